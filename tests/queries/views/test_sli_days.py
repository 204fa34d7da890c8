"""Service level indicators by local day."""

from __future__ import annotations

import random
from pathlib import Path

from tests.factories import sli_windows
from tests.queries.conftest import Report, reported
from tests.queries.metrics.test_slo_attainment import slo


def test_counts_of_a_day(report: Report) -> None:
    """Two windows with events, one silent, one of no counts, one above 1."""
    windows = [(99.0, 100.0), (50.0, 100.0), (0.0, 0.0), (-1.0, 100.0), (101.0, 100.0)]
    found = report(
        [
            sli_windows("api", f"2026-07-01 {hour:02}:00", 1, *counts, 3600)
            for hour, counts in enumerate(windows)
        ],
        sli_windows("unknown", "2026-07-01", 1),
        more=slo(3600),
    )
    (row,) = found.view("sli_days")
    assert (row["known_windows"], row["known_seconds"]) == (3, 3 * 3600)
    assert (row["silent_windows"], row["unsound_windows"], row["windows_above_one"]) == (1, 1, 1)
    assert (row["good_events"], row["valid_events"], row["windows_below_objective"]) == (250, 300, 1)


def test_no_order_of_adding_changes_a_sum(tmp_path: Path) -> None:
    """Fractions of events, as extrapolated counters have, give the same sum to the last digit in any order."""
    chance = random.Random(4)  # no secret
    windows = [
        window
        for number in range(288)
        for window in sli_windows(
            "api",
            f"2026-07-01 {number // 12:02}:{number % 12 * 5:02}",
            1,
            chance.uniform(0, 1e6),
            1e6 + chance.random(),
        )
    ]
    sums = set()
    for number in range(4):
        folder = tmp_path / str(number)
        folder.mkdir()
        chance.shuffle(windows)
        (row,) = reported(folder, windows, more=slo(300), only=()).view("sli_days")
        sums.add((row["good_events"], row["valid_events"]))
    assert len(sums) == 1
