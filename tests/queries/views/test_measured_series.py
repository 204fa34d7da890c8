"""Measured series beside their declared limits, by local day."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories import declared, metric_windows
from tests.queries.conftest import Report


def test_a_day(report: Report) -> None:
    """Windows above, their seconds and the highest value of a day; unknown values count nowhere, other days not here."""
    series = {"service": "checkout"}
    found = report(
        declared("latency.p99", "500", "ms"),
        metric_windows("latency_p99", series, "2026-07-01 00:00", 2, 0.6, 600, "s"),
        metric_windows("latency_p99", series, "2026-07-01 01:00", 3, 0.5, 600, "s"),
        metric_windows("latency_p99", series, "2026-07-01 02:00", 1, None, 600, "s"),
        metric_windows("latency_p99", series, "2026-07-01 03:00", 1, -1.0, 600, "s"),
        metric_windows("latency_p99", series, "2026-06-30 03:00", 1, 9.0, 600, "s"),
        metric_windows("requests", series, "2026-07-01 00:00", 1, 9.0, 600, "s"),
        only=set(),
    )
    (row,) = found.view("measured_series")
    assert (row["key"], row["series"], row["local_date"]) == (
        "latency.p99",
        "service:checkout",
        date(2026, 7, 1),
    )
    assert (row["known_windows"], row["known_seconds"]) == (5, 3000.0)
    assert (row["windows_above"], row["seconds_above"]) == (2, 1200.0)
    assert (row["highest"], row["declared_number"]) == (pytest.approx(600.0), 500.0)
