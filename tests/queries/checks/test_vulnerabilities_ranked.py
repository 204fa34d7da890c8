"""Every known vulnerability is ranked."""

from __future__ import annotations

from typing import Any

from qmsreport.records import Vulnerability
from tests.factories import moment
from tests.queries.conftest import Report

CHECK = "vulnerabilities_ranked"


def found(name: str, service: str | None, severity: str | None, **given: Any) -> Vulnerability:
    """A vulnerability that was found in July and is open."""
    times = {"found_at": "2026-07-10", **given}
    return Vulnerability(
        vulnerability_id=name,
        service=service,
        severity=severity,
        **{key: moment(value) for key, value in times.items()},
    )


def test_statuses(report: Report) -> None:
    """One without a severity is enough to fail its service, and the first of them is named."""
    made = report(
        found("V-1", "api", "low"),
        found("V-2", "api", "critical"),
        found("V-4", "web", None),
        found("V-3", "web", None),
        found("V-5", "web", "high"),
        found("V-6", None, None),
    )
    assert made.findings(CHECK) == {"api": "pass", "web": "fail", "(no service)": "fail"}
    row = made.finding(CHECK, "web")
    assert (row["reason"], row["observed"]) == ("Without a severity: 2, V-3 among them.", "1 of 3 ranked")


def test_only_what_was_open_in_the_period(report: Report) -> None:
    """Fixed before the period or found after it does not count; found nobody knows when does."""
    made = report(
        found("V-1", "old", None, found_at="2026-05-01", fixed_at="2026-06-01"),
        found("V-2", "new", None, found_at="2026-10-02"),
        found("V-3", "undated", None, found_at=None),
    )
    assert made.findings(CHECK) == {"undated": "fail"}


def test_no_data(report: Report) -> None:
    """Without a vulnerability on record nothing is known, which is no pass."""
    assert report([]).findings(CHECK) == {"(none)": "not assessed"}
