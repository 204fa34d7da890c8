"""Time to resolve an incident."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.factories import deployment, incident, moment
from tests.queries.conftest import Evaluated, Known, Report

METRIC = "incident_time_to_resolve"


def one(at: str, end: str | None, **more: Any) -> Any:
    """An incident detected and resolved at these times, and nothing else known."""
    given = {"acknowledged_at": None, "mitigated_at": None, "resolved_at": None, "status": "resolved"}
    return incident(at, **(given | {"resolved_at": end} | more))


def values(found: Evaluated, statistic: str, **where: Any) -> tuple[Any, Any, Any]:
    """Value, n and excluded of one figure."""
    row = found.row(METRIC, statistic, **where)
    assert row, statistic
    return row["value"], row["n"], row["excluded"]


def test_median_and_p90(report: Report) -> None:
    """Of 10, 20 and 60.5 seconds the median is 20, and the 90th percentile lies 80 % of the way from 20 to 60.5."""
    found = report(
        one("2026-07-01 10:00", "2026-07-01 10:00:20"),
        one("2026-07-02 10:00", "2026-07-02 10:01:00.5"),
        one("2026-07-03 10:00", "2026-07-03 10:00:10"),
    )
    assert values(found, "median") == (20, 3, 0)
    assert round(values(found, "p90")[0], 9) == 52.4


def test_counts_where_it_ended(report: Report) -> None:
    """An incident of June that is resolved in July belongs to July, and is open at the end of June."""
    found = report(one("2026-06-30 23:00:00.5", "2026-07-01 01:00:01"))
    assert values(found, "median") == (7200.5, 1, 0)
    assert values(found, "open", starts_on=date(2026, 4, 1))[0] == 1
    assert values(found, "oldest_open", starts_on=date(2026, 4, 1))[0] == 3599.5
    assert found.row(METRIC, "open") is None


def test_open_incidents_vanishing_or_looking_resolved(report: Report) -> None:
    """An incident that is still open at the quarter's end is shown with its age then, however old it is."""
    found = report(
        one("2019-07-01 00:00", None, status="open"), one("2026-09-30 23:59:59.5", None, status="open")
    )
    assert found.row(METRIC, "median") is None
    assert values(found, "open") == (2, 2, 0)
    assert values(found, "oldest_open")[0] == (moment("2026-10-01") - moment("2019-07-01")).total_seconds()


def test_ended_after_the_period(report: Report) -> None:
    """What ended after the quarter was open at its end: later knowledge does not close it."""
    found = report(one("2026-09-30 23:00", "2026-10-03 12:00"))
    assert values(found, "open") == (1, 1, 0)
    assert found.row(METRIC, "median") is None


def test_age_when_the_report_was_made(report: Report) -> None:
    """A report made on the second day of an open incident does not know the rest of the quarter."""
    found = report(
        history=[Known([one("2026-07-01 00:00", None, status="open")], moment("2026-07-02 00:00:01"))]
    )
    assert values(found, "oldest_open")[0] == 86401


def test_state_without_a_time(report: Report) -> None:
    """Where the state says that it happened and no time does, it is neither open nor measured, but excluded."""
    found = report(one("2026-07-01 10:00", None), one("2026-07-02 10:00", None, status="open"))
    assert values(found, "open") == (1, 1, 1)
    assert found.row(METRIC, "median") is None


def test_negative_time(report: Report) -> None:
    """An end before the detection is excluded, not clipped."""
    assert values(report(one("2026-07-01 10:00", "2026-07-01 09:59:59.999999")), "median") == (None, 0, 1)


def test_detection_is_creation_where_unknown(report: Report) -> None:
    """Without a time of detection the clock starts with the record's creation."""
    found = report(one(None, "2026-07-01 10:00:30.25", created_at="2026-07-01 10:00"))  # type: ignore[arg-type]
    assert values(found, "median")[0] == 30.25


def test_scopes(report: Report) -> None:
    """Severities, services and teams have their own rows, months too."""
    found = report(one("2026-07-01 10:00", "2026-07-01 10:00:20", services=None, severity="low"))
    for scope in ("all", "low", "(no service)", "(no team)"):
        assert values(found, "median", scope=scope)[0] == 20
    assert values(found, "median", grain="month")[0] == 20


def test_opened_again(report: Report) -> None:
    """An incident that is open again is open, though a resolution is on record."""
    found = report(one("2026-07-01 10:00", "2026-07-01 11:00", status="investigating"))
    assert found.row(METRIC, "median") is None
    assert values(found, "open")[0] == 1


def test_state_not_given(report: Report) -> None:
    """Where no state is recorded the times speak for themselves."""
    found = report(
        one("2026-07-01 10:00", "2026-07-01 11:00", status=None), one("2026-07-02 10:00", None, status=None)
    )
    assert values(found, "median")[0] == 3600
    assert values(found, "open") == (1, 1, 0)


def test_no_data(report: Report) -> None:
    """Without incidents there is neither a time nor an open one."""
    found = report(deployment())
    assert found.row(METRIC, "median") is None
    assert found.row(METRIC, "open") is None
