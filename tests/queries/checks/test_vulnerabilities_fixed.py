"""Critical and high vulnerabilities are fixed in time."""

from __future__ import annotations

from qmsreport import records
from tests.factories import moment
from tests.queries.conftest import Report

CHECK = "vulnerabilities_fixed"


def hole(
    name: str, found: str | None, fixed: str | None, severity: str = "critical"
) -> records.Vulnerability:
    """One vulnerability."""
    return records.Vulnerability(
        vulnerability_id=name, severity=severity, found_at=moment(found), fixed_at=moment(fixed)
    )


def test_statuses(report: Report) -> None:
    """30 days pass for a critical one, 90 for a high one; what is still open fails when its time is up."""
    found = report(
        hole("in time", "2026-07-01 12:00", "2026-07-31 12:00"),
        hole("late", "2026-07-01 12:00", "2026-07-31 12:00:01"),
        hole("high in time", "2026-06-15 12:00", "2026-09-13 12:00", "high"),
        hole("high late", "2026-06-15 12:00", "2026-09-14", "high"),
        hole("open too long", "2026-08-01", None),
        hole("open", "2026-09-20", None),
        hole("fixed after the period", "2026-09-20", "2026-10-02"),
        hole("found when", None, None),
        hole("medium", "2026-01-01", None, "medium"),
        hole("fixed before", "2026-01-01", "2026-06-01"),
        hole("found after", "2026-10-05", None),
    )
    assert found.findings(CHECK) == {
        "in time": "pass",
        "late": "fail",
        "high in time": "pass",
        "high late": "fail",
        "open too long": "fail",
        "open": "not assessed",
        "fixed after the period": "not assessed",
        "found when": "not assessed",
    }


def test_nothing_found_is_not_assessed(report: Report) -> None:
    """No vulnerability on record may mean that nobody looked."""
    assert report([]).findings(CHECK) == {"(none)": "not assessed"}
