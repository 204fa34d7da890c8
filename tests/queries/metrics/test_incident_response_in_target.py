"""Incidents acknowledged in time: high within 900 s, critical within 300 s, as the configuration declares."""

from __future__ import annotations

from typing import Any

from tests.factories import deployment, incident, moment
from tests.queries.conftest import Evaluated, Known, Report

METRIC = "incident_response_in_target"


def one(at: str, acknowledged: str | None, **more: Any) -> Any:
    """A high incident, investigated since it was acknowledged."""
    given = {
        "acknowledged_at": acknowledged,
        "mitigated_at": None,
        "resolved_at": None,
        "status": "investigating" if acknowledged else "open",
    }
    return incident(at, **(given | more))


def values(found: Evaluated, **where: Any) -> tuple[Any, Any, Any]:
    """Numerator, denominator and excluded."""
    row = found.row(METRIC, "rate", **where)
    assert row
    return row["numerator"], row["denominator"], row["excluded"]


def test_to_the_microsecond(report: Report) -> None:
    """After exactly 900 s it is in time, a microsecond later it is not."""
    found = report(
        one("2026-07-01 10:00", "2026-07-01 10:15"), one("2026-07-01 10:00", "2026-07-01 10:15:00.000001")
    )
    assert values(found) == (1, 2, 0)
    assert found.figure(METRIC, "rate") == 0.5


def test_open_ones_count_as_running(report: Report) -> None:
    """Not acknowledged and older than its target when the quarter ends: missed. Younger: left out."""
    found = report(one("2026-09-30 23:44:59.9", None), one("2026-09-30 23:45", None))
    assert values(found) == (0, 1, 1)


def test_answered_as_the_period_ends(report: Report) -> None:
    """An acknowledgement at the first instant of the next quarter is not one of this quarter."""
    assert values(report(one("2026-09-30 23:50", "2026-10-01 00:00"))) == (0, 0, 1)


def test_running_when_the_report_was_made(report: Report) -> None:
    """An incident ten minutes old when the report is made is not yet missed."""
    found = report(history=[Known([one("2026-07-01 10:00", None)], moment("2026-07-01 10:10:00"))])
    assert values(found) == (0, 0, 1)
    assert found.figure(METRIC, "rate") is None


def test_what_cannot_be_judged(report: Report) -> None:
    """No severity, an acknowledgement before the detection, one at an unknown time: excluded, not in time."""
    found = report(
        one("2026-07-01 10:00", "2026-07-01 10:01", severity=None),
        one("2026-07-01 10:00", "2026-07-01 09:59"),
        one("2026-07-01 10:00", None, status="investigating"),
        one("2026-07-01 10:00", "2026-07-01 10:01"),
    )
    assert values(found) == (1, 1, 3)


def test_declared_times(report: Report) -> None:
    """The configuration's own response times count."""
    found = report(
        one("2026-07-01 10:00", "2026-07-01 10:01", severity="critical"),
        more="[response_targets]\ncritical = 59.5\n",
    )
    assert values(found, scope="critical") == (0, 1, 0)


def test_no_data(report: Report) -> None:
    """Without incidents there is no share."""
    assert report(deployment()).row(METRIC, "rate") is None
