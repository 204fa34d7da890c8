"""Windows of service level indicators, each with what it counts for."""

from __future__ import annotations

from tests.factories import sli_windows
from tests.queries.conftest import Report
from tests.queries.metrics.test_slo_attainment import slo


def test_what_a_window_counts_for(report: Report) -> None:
    """Events, none, and counts that are no counts: known, and unknown twice."""
    windows = [(99.0, 100.0), (0.0, 0.0), (-1.0, 100.0)]
    found = report(
        [
            sli_windows("api", f"2026-07-01 {hour:02}:00", 1, *counts, 3600)
            for hour, counts in enumerate(windows)
        ],
        more=slo(3600),
    )
    rows = sorted(found.view("judged_windows"), key=lambda row: row["window_start"])
    assert [(row["is_known"], row["has_events"], row["is_silent"]) for row in rows] == [
        (True, True, False),
        (False, False, True),
        (False, False, False),
    ]
    assert rows[0]["length_us"] == 3600 * 1_000_000
    assert rows[0]["ratio"] == 0.99
