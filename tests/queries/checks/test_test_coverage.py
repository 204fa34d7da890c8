"""Tests cover as much code as declared."""

from __future__ import annotations

from typing import Any

from qmsreport.records import QualityMeasure
from tests.factories import declared, deployment, moment, service
from tests.queries.conftest import Report

CHECK = "test_coverage"
LEAST = declared("tests.coverage", "0.8", "share")


def covered(
    value: float | None, at: str = "2026-08-01", name: str = "checkout", **given: Any
) -> QualityMeasure:
    """The line coverage of a service, as a share."""
    defaults = {"measure": "line_coverage", "unit": "share"}
    return QualityMeasure(service=name, measured_at=moment(at), value=value, **(defaults | given))


def test_the_last_measurement_of_the_period_decides(report: Report) -> None:
    """What was measured before it, or after the period, does not; a percentage is a share times a hundred."""
    found = report(
        LEAST,
        service("low"),
        deployment("2026-09-30 12:00", commit_sha="new"),
        covered(0.5, "2026-07-02"),
        covered(80.0, "2026-09-30", unit="percent", commit_sha="new"),
        covered(0.9, "2026-07-02", "low"),
        covered(0.7999, "2026-09-02", "low"),
        covered(0.9, "2026-10-02", "low"),
    )
    assert found.findings(CHECK) == {"checkout": "pass", "low": "fail"}
    assert found.finding(CHECK, "low")["observed"] == "80.0 % at last"
    assert found.finding(CHECK, "checkout")["expected"] == "at least 80.0 %"


def test_a_release_below_fails(report: Report) -> None:
    """A measured state that reached production without enough tests fails, although the last one is good again."""
    found = report(
        LEAST,
        deployment("2026-07-10 12:00", commit_sha="thin"),
        deployment("2026-07-11 12:00", commit_sha="unmeasured"),
        covered(0.6, "2026-07-09", commit_sha="thin"),
        covered(0.9, "2026-09-01", commit_sha="later"),
    )
    assert found.findings(CHECK) == {"checkout": "fail"}
    assert found.finding(CHECK, "checkout")["reason"] == (
        "1 of 1 measured states that reached production were below it, the lowest with 60.0 %."
    )


def test_nothing_measured_that_reached_production(report: Report) -> None:
    """A good last measurement of a state that is not known to be deployed is only a part of the evidence."""
    found = report(LEAST, deployment("2026-09-30 12:00", commit_sha="new"), covered(0.9, commit_sha="other"))
    assert found.findings(CHECK) == {"checkout": "partial"}


def test_not_measured_is_not_assessed(report: Report) -> None:
    """Neither a measurement of another period, nor another measure, nor an unknown unit, nor none tells the coverage."""
    found = report(
        LEAST,
        [service(name) for name in ("other", "odd", "never")],
        covered(0.9, "2026-06-30"),
        covered(0.9, name="other", measure="branch_coverage"),
        covered(0.9, name="odd", unit="points"),
    )
    assert found.findings(CHECK) == dict.fromkeys(("checkout", "other", "odd", "never"), "not assessed")


def test_nothing_declared_is_not_assessed(report: Report) -> None:
    """A good figure without a declared one is no pass, and without either there is nothing to judge."""
    found = report(covered(0.99))
    assert found.findings(CHECK) == {"checkout": "not assessed"}
    assert found.finding(CHECK, "checkout")["reason"] == "No document declares how much is to be covered."


def test_without_data_nothing_passes(report: Report) -> None:
    """No measurement and no declaration is not assessed."""
    assert report([]).findings(CHECK) == {"(none)": "not assessed"}
