"""Notifications of alerts were delivered."""

from __future__ import annotations

from qmsreport import records
from tests.factories import moment
from tests.queries.conftest import Report

CHECK = "alerts_delivered"


def sent(
    channel: str, attempts: float | None, failures: float | None, at: str = "2026-07-10"
) -> list[records.MetricWindow]:
    """What one channel's counters grew by in an hour."""
    labels = f'{{"integration":"{channel}"}}'
    values = {"notifications": attempts, "failed_notifications": failures}
    return [
        records.MetricWindow(metric=metric, labels=labels, window_start=moment(at), value=value)
        for metric, value in values.items()
        if value is not None
    ]


def test_statuses(report: Report) -> None:
    """One in a hundred may fail; a channel without attempts or without a count of failures is not assessed."""
    found = report(
        sent("good", 200, 0),
        sent("just", 50, 0),
        sent("just", 50, 1, "2026-08-10"),
        sent("bad", 100, 2),
        sent("idle", 0, 0),
        sent("blind", 10, None),
        sent("before", 10, 10, "2026-06-10"),
    )
    named = {resource.split('"')[3]: status for resource, status in found.findings(CHECK).items()}
    assert named == {
        "good": "pass",
        "just": "pass",
        "bad": "fail",
        "idle": "not assessed",
        "blind": "not assessed",
    }


def test_without_counters_nothing_passes(report: Report) -> None:
    """No counter on record is not assessed."""
    assert report([]).findings(CHECK) == {"(none)": "not assessed"}
