"""Code quality is measured as declared."""

from __future__ import annotations

from typing import Any

from qmsreport.records import QualityMeasure
from tests.factories import declared, moment, service
from tests.queries.conftest import Report

CHECK = "code_quality"
CLAIM = declared("metrics.code_quality", "true", "flag")


def measured(at: str, name: str = "checkout", **given: Any) -> QualityMeasure:
    """One measure of a service's code."""
    defaults: dict[str, Any] = {"measure": "lint_issues", "value": 12.0}
    return QualityMeasure(service=name, measured_at=moment(at), **(defaults | given))


def test_statuses(report: Report) -> None:
    """Measured in the period passes, measured only before fails, never measured is not assessed."""
    found = report(
        CLAIM,
        [service(name) for name in ("stopped", "never", "covered", "run")],
        measured("2026-08-01"),
        measured("2026-08-01", measure="duplication", value=3.25, unit="percent"),
        measured("2026-06-01", "stopped"),
        measured("2026-08-01", "covered", measure="line_coverage"),
        measured("2026-08-01", "run", measure="smoke_tests"),
    )
    assert found.findings(CHECK) == {
        "checkout": "pass",
        "stopped": "fail",
        "never": "not assessed",
        "covered": "not assessed",
        "run": "not assessed",
    }
    assert found.finding(CHECK, "checkout")["observed"] == "duplication 3.25 percent, lint issues 12"
    assert "Measured last on 2026-06-01" in found.finding(CHECK, "stopped")["reason"]


def test_without_a_claim_only_what_was_measured_is_judged(report: Report) -> None:
    """A service that nobody claims anything about is not listed."""
    assert report(service("silent"), measured("2026-08-01")).findings(CHECK) == {"checkout": "pass"}


def test_without_data_nothing_passes(report: Report) -> None:
    """A claim alone is no evidence, and a claim that is false asks for none."""
    assert report(CLAIM).findings(CHECK) == {"checkout": "not assessed"}


def test_nothing_claimed_and_nothing_measured(report: Report) -> None:
    """There is nothing to judge."""
    assert report(declared("metrics.code_quality", "false", "flag")).findings(CHECK) == {
        "(none)": "not assessed"
    }
