"""Tests that are claimed to be run have evidence."""

from __future__ import annotations

import pytest

from qmsreport.records import Document, QualityMeasure
from tests.factories import declared, moment
from tests.queries.conftest import Report

CHECK = "tests_evidenced"
CLAIMS = [
    declared(f"tests.{name}", "true", "flag", line=number)
    for number, name in enumerate(("smoke", "load", "security", "monitoring.alerts"), 1)
]


def ran(measure: str, at: str) -> QualityMeasure:
    """One run of a test."""
    return QualityMeasure(service="checkout", measured_at=moment(at), measure=measure, value=0.2)


def reported(kind: str, at: str | None) -> Document:
    """The report of a test, approved or not."""
    return Document(document_id=f"T {kind} {at}", kind=kind, approved_at=moment(at))


@pytest.mark.parametrize(
    "evidence",
    [
        ran("smoke_tests", "2026-07-01"),
        ran("Smoke_Tests", "2026-09-30 23:59"),
        reported("Smoke test", "2026-08-01"),
    ],
)
def test_evidence_of_the_period(report: Report, evidence: object) -> None:
    """A measure or an approved document of the period is evidence, whatever the test found; of its own claim only."""
    found = report(CLAIMS, evidence).findings(CHECK)
    assert found.pop("tests.smoke") == "pass"
    assert set(found.values()) == {"not assessed"}


@pytest.mark.parametrize(
    "evidence",
    [
        ran("smoke_tests", "2026-06-30 23:59"),
        ran("smoke_tests", "2026-10-01"),
        ran("line_coverage", "2026-08-01"),
        reported("smoke test", "2026-06-30"),
        reported("smoke test", None),
        reported("restore test", "2026-08-01"),
    ],
)
def test_no_evidence_of_the_period(report: Report, evidence: object) -> None:
    """What is older, later, of another kind or not approved shows nothing of the period."""
    assert report(CLAIMS, evidence).findings(CHECK)["tests.smoke"] == "not assessed"


def test_what_is_not_claimed_is_not_judged(report: Report) -> None:
    """A claim of false, and the coverage, leave nothing to judge."""
    found = report(declared("tests.chaos", "false", "flag"), declared("tests.coverage", "1", "share"))
    assert found.findings(CHECK) == {"(none)": "not assessed"}


def test_no_data(report: Report) -> None:
    """A claim that nothing stands beside is not assessed."""
    assert set(report(CLAIMS).findings(CHECK).values()) == {"not assessed"}
