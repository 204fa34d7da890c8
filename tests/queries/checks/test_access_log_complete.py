"""Access was recorded on every day of the period."""

from __future__ import annotations

from datetime import timedelta

from qmsreport.records import LogSample, MetricWindow
from tests.factories import declared, metric_windows, moment
from tests.queries.conftest import Report

CHECK = "access_log_complete"
DAY = 86400


def recorded(
    stream: str, first: str, days: int, count: float | None, seconds: int = DAY
) -> list[MetricWindow]:
    """So many records a window of one stream."""
    return metric_windows("audit_records", {"stream": stream}, first, days, count, seconds, "records")


def test_windows(report: Report) -> None:
    """An empty day fails and is named; a day of which nothing, or only a part, is known is no empty one."""
    found = report(
        recorded("whole", "2026-07-01", 92, 40),
        recorded("empty", "2026-07-01", 90, 40),
        recorded("empty", "2026-09-29", 1, 0),
        recorded("empty", "2026-09-30", 1, 40),
        recorded("gap", "2026-07-01", 91, 40),
        recorded("half a day", "2026-07-01", 91, 40),
        recorded("half a day", "2026-09-30", 12, 0, 3600),
        recorded("unknown", "2026-07-01", 92, None),
        recorded("part", "2026-07-01", 12, 0, 3600),
        recorded("never", "2026-07-01", 92, 0),
        recorded("before", "2026-06-01", 30, 40),
    )
    assert found.findings(CHECK) == {
        "stream:whole": "pass",
        "stream:empty": "fail",
        "stream:gap": "partial",
        "stream:half a day": "partial",
        "stream:part": "not assessed",
        "stream:never": "fail",
    }
    reason = found.finding(CHECK, "stream:empty")["reason"]
    assert reason == "No record on 1 day: 2026-09-29."
    assert "2026-07-10 and later ones." in found.finding(CHECK, "stream:never")["reason"]


def test_samples(report: Report) -> None:
    """A sample with lines shows its day; an empty sample shows nothing, and other streams are not asked."""
    start = moment("2026-07-01 06:00")
    assert start

    def samples(stream: str, days: int, size: int = 10) -> list[LogSample]:
        return [
            LogSample(stream=stream, sampled_at=start + timedelta(days=index), sample_size=size)
            for index in range(days)
        ]

    found = report(
        samples("audit", 92), samples("web-access", 13), samples("shop", 1), samples("audit-old", 92, 0)
    )
    assert found.findings(CHECK) == {"audit": "pass", "web-access": "partial"}


def test_no_data(report: Report) -> None:
    """Declared and no stream seen is not assessed."""
    found = report(declared("access.logging", "true", "flag"), declared("audit.logging", "true", "flag"))
    assert found.findings(CHECK) == {"access.logging": "not assessed", "audit.logging": "not assessed"}


def test_nothing_declared(report: Report) -> None:
    """Without a stream and without a claim there is nothing to judge, which is no pass."""
    assert report([]).findings(CHECK) == {"(none)": "not assessed"}
