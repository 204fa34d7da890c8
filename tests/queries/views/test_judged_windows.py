"""Windows of service level indicators and what is known of them."""

from __future__ import annotations

import pytest

from tests.factories import moment, sli_windows
from tests.queries.conftest import Report
from tests.queries.metrics.test_slo_attainment import maintenance, slo


def test_known_silent_and_neither(report: Report) -> None:
    """With events, silent, of no counts: only the first is known; its own length counts, not the declared one."""
    found = report(
        sli_windows("api", "2026-07-01 10:00", 1, 9.0, 10.0, 300),
        sli_windows("api", "2026-07-01 11:00", 1, 0.0, 0.0, 300),
        sli_windows("api", "2026-07-01 12:00", 1, -1.0, 10.0, 300),
        more=slo(3600),
    )
    rows = {row["window_start"].hour: row for row in found.view("judged_windows")}
    assert {hour: row["is_known"] for hour, row in rows.items()} == {10: True, 11: False, 12: False}
    assert [rows[hour]["is_silent"] for hour in (10, 11, 12)] == [False, True, False]
    assert rows[10]["length_us"] == 300_000_000


@pytest.mark.parametrize(
    ("budgeting", "points"), [("timeslices", [1, 0, 1]), ("ratio_timeslices", [0.95, 0.9, 1])]
)
def test_slice_points(report: Report, budgeting: str, points: list[float]) -> None:
    """What a slice counts: whether it reached its target, or its ratio; silence that is good counts 1."""
    found = report(
        sli_windows("api", "2026-07-01 10:00", 1, 95.0, 100.0, 300),
        sli_windows("api", "2026-07-01 11:00", 1, 90.0, 100.0, 300),
        sli_windows("api", "2026-07-01 12:00", 1, 0.0, 0.0, 300),
        more=slo(300, budgeting=budgeting) + '[slo_policy]\nzero_traffic = "good"\n',
    )
    rows = sorted(found.view("judged_windows"), key=lambda row: row["window_start"])
    assert [float(row["slice_points"]) for row in rows] == points


def test_maintenance_by_the_start(report: Report) -> None:
    """A window that starts in approved maintenance is out, one that starts before it or at its end is in."""
    found = report(
        sli_windows("api", "2026-07-01 09:30", 3, seconds=3600),
        sli_windows("api", "2026-07-01 12:00", 1, seconds=3600),
        more=slo(3600) + maintenance("2026-07-01T10:00:00", "2026-07-01T12:00:00"),
    )
    assert sorted(row["window_start"] for row in found.view("judged_windows")) == [
        moment("2026-07-01 09:30"),
        moment("2026-07-01 12:00"),
    ]
