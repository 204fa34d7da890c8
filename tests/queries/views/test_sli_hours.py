"""Service level indicators by hour, in the report's period."""

from __future__ import annotations

from tests.factories import moment, sli_windows
from tests.queries.conftest import Report
from tests.queries.metrics.test_slo_attainment import slo


def test_hours_with_events(report: Report) -> None:
    """Windows of an hour are summed; silent ones, other periods' and those of no counts are not there."""
    found = report(
        sli_windows("api", "2026-07-01 10:00", 2, 90.5, 100.0),
        sli_windows("api", "2026-07-01 11:00", 1, 0.0, 0.0),
        sli_windows("api", "2026-07-01 12:00", 1, float("inf"), 100.0),
        sli_windows("api", "2026-06-30 23:55", 1, 90.0, 100.0),
        sli_windows("api", "2026-10-01 00:00", 1, 90.0, 100.0),
        more=slo(300),
    )
    (row,) = found.view("sli_hours")
    assert row["hour_start"] == moment("2026-07-01 10:00")
    assert (row["good_events"], row["valid_events"]) == (181, 200)
    assert round(row["bad_share"], 12) == 0.095
