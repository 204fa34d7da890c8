"""Every incident was acknowledged within the time of its severity: 900 s where it is high."""

from __future__ import annotations

from typing import Any

import pytest

from qmsreport.records import IncidentEvent
from tests.factories import deployment, incident, moment
from tests.queries.conftest import Known, Report

CHECK = "incident_acknowledged_in_time"


def one(at: str, acknowledged: str | None, **more: Any) -> Any:
    """The high incident `i1`, investigated since it was acknowledged."""
    given = {
        "incident_id": "i1",
        "acknowledged_at": acknowledged,
        "mitigated_at": None,
        "resolved_at": None,
        "status": "investigating" if acknowledged else "open",
    }
    return incident(at, **(given | more))


@pytest.mark.parametrize(
    ("status", "observed", "detected", "acknowledged", "more"),
    [
        ("pass", "900 s", "2026-07-01 10:00", "2026-07-01 10:15", {}),
        ("fail", "900 s", "2026-07-01 10:00", "2026-07-01 10:15:00.000001", {}),
        ("fail", "open for 901 s", "2026-09-30 23:44:59", None, {}),
        ("not assessed", "open for 900 s", "2026-09-30 23:45", None, {}),
        ("fail", "open for 901 s", "2026-09-30 23:44:59", "2026-10-01 00:00", {}),
        ("not assessed", "60 s", "2026-07-01 10:00", "2026-07-01 10:01", {"severity": None}),
        ("not assessed", "-1 s", "2026-07-01 10:00", "2026-07-01 09:59:59.5", {}),
        (
            "not assessed",
            "acknowledged at an unknown time",
            "2026-07-01 10:00",
            None,
            {"status": "mitigated"},
        ),
    ],
)
def test_statuses(
    report: Report, status: str, observed: str, detected: str, acknowledged: str | None, more: dict[str, Any]
) -> None:
    """In time passes, late and unanswered fail, and what cannot be judged yet or at all is not assessed."""
    finding = report(one(detected, acknowledged, **more)).finding(CHECK, "i1")
    assert (finding["status"], finding["observed"]) == (status, observed)


def test_running_when_the_report_was_made(report: Report) -> None:
    """In a report made while its time runs an incident is not late, though the quarter ends later."""
    found = report(history=[Known([one("2026-07-01 10:00", None)], moment("2026-07-01 10:10"))])  # type: ignore[arg-type]
    assert found.findings(CHECK) == {"i1": "not assessed"}


def test_answered_in_the_timeline(report: Report) -> None:
    """The timeline's first change away from open acknowledges an incident without a time of its own."""
    event = IncidentEvent(
        event_id="e1",
        incident_id="i1",
        occurred_at=moment("2026-07-01 10:10"),
        type="status_change",
        metadata={"from": "open", "to": "investigating"},
    )
    found = report(one("2026-07-01 10:00", None, status="investigating"), event)
    assert found.findings(CHECK) == {"i1": "pass"}


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        ("high", "within 900 s (high)"),
        ("critical", "within 59.5 s (critical)"),
        (None, "a severity with a declared response time"),
    ],
)
def test_expected(report: Report, severity: str | None, expected: str) -> None:
    """What was expected is printed as it was declared, not rounded."""
    found = report(
        one("2026-07-01 10:00", "2026-07-01 10:01", severity=severity),
        more="[response_targets]\ncritical = 59.5\n",
    )
    assert found.finding(CHECK, "i1")["expected"] == expected


def test_several_services(report: Report) -> None:
    """An incident of two services is one resource."""
    found = report(one("2026-07-01 10:00", "2026-07-01 10:01", services=["checkout", "search"]))
    assert found.findings(CHECK) == {"i1": "pass"}


def test_no_data(report: Report) -> None:
    """Without an incident in the quarter nothing is assessed."""
    found = report(deployment(), one("2026-06-30 23:59:59.9", None))
    assert found.findings(CHECK) == {"(none)": "not assessed"}
