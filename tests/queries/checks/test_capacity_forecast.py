"""Memory and disks last beyond the next quarter: the limit is nine tenths."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qmsreport.records import MetricWindow
from tests.factories import declared, metric_windows, moment
from tests.queries.conftest import Report

CHECK = "capacity_forecast"
DISK = declared("resources.disk", "0.9", "share")
DAY = 86400
LAST = moment("2026-09-30")


def growing(node: str, at_end: float, per_day: float, days: int = 90, ago: int = 0) -> list[MetricWindow]:
    """Daily values on a straight line that ends, `ago` days before the period does, at `at_end`."""
    assert LAST
    rows = []
    for back in range(ago, ago + days):
        value = at_end - per_day * back
        rows += metric_windows("disk_utilisation", {"node": node}, LAST - timedelta(days=back), 1, value, DAY)
    return rows


@pytest.mark.parametrize(
    ("rows", "status", "words"),
    [
        (growing("a", 0.5, 0.001), "pass", "more than a year away"),
        (growing("a", 0.8, 0.001), "pass", "passes the limit on 2027-01-08"),
        (growing("a", 0.85, 0.001), "fail", "passes the limit on 2026-11-19"),
        (growing("a", 0.91, 0.001), "fail", "has reached the limit already"),
        (growing("a", 0.91, -0.00001), "fail", "has reached the limit already"),
        (growing("a", 0.5, 0.0), "pass", "does not grow"),
        (growing("a", 0.5, 0.000001), "pass", "more than a year away"),
        (growing("a", 0.5, -0.001), "pass", "does not grow"),
        (growing("a", 0.5, 0.001, 60), "partial", "60 days are known"),
        (growing("a", 0.85, 0.001, 30), "fail", "30 days are known"),
        (growing("a", 0.5, 0.001, 29), "not assessed", "a trend needs 30"),
        (growing("a", 0.5, 0.001, 90, ago=80), "not assessed", "Only 10 days"),
    ],
)
def test_statuses(report: Report, rows: list[MetricWindow], status: str, words: str) -> None:
    """Passing the limit within the next quarter fails, with the day; later or never passes, few days are no trend."""
    found = report(DISK, rows).finding(CHECK, "resources.disk node:a")
    assert found["status"] == status, found["reason"]
    assert words in found["reason"]


def test_the_highest_value_of_a_day_counts(report: Report) -> None:
    """A disk that is nearly full every noon is judged by its noons; a value that is no share is unknown."""
    noons = [
        window
        for window in growing("a", 0.89, 0.0005)
        for window in (
            window,
            *metric_windows(
                "disk_utilisation", {"node": "a"}, window.window_start + timedelta(hours=1), 1, 0.1
            ),
        )
    ]
    wrong = metric_windows("disk_utilisation", {"node": "b"}, "2026-07-01", 92, 60.0, DAY, "ratio")
    assert report(DISK, noons, wrong).findings(CHECK) == {"resources.disk node:a": "fail"}


def test_no_data(report: Report) -> None:
    """Declared and measured by nothing is not assessed; measured and not declared leaves nothing to judge."""
    assert report(DISK).findings(CHECK) == {"resources.disk": "not assessed"}


def test_nothing_declared(report: Report) -> None:
    """Without a declared limit nothing is forecast."""
    assert report(growing("a", 0.5, 0.0)).findings(CHECK) == {"(none)": "not assessed"}
