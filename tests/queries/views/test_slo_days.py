"""Objectives on each local day: what is expected and what is known."""

from __future__ import annotations

from datetime import date

from tests.factories import moment, sli_windows
from tests.queries.conftest import Known, Report
from tests.queries.metrics.test_slo_attainment import maintenance, slo


def test_length_of_days(report: Report) -> None:
    """Berlin's 25 October 2026 has 25 hours, maintenance takes some out, and no day is known for longer than it is."""
    found = report(
        history=[
            Known(
                [
                    sli_windows("api", "2026-10-24 22:00", 25, seconds=3600),
                    sli_windows("api", "2026-10-25 23:00", 48, seconds=3600 // 2 * 2),
                    sli_windows("api", "2026-10-25 23:00:01", 24, seconds=3600),
                ],
                moment("2027-02-01"),  # type: ignore[arg-type]
            )
        ],
        more=slo(3600) + maintenance("2026-10-26T00:00:00", "2026-10-26T02:00:00"),
        zone="Europe/Berlin",
        quarter="2026-Q4",
    )
    days = {
        row["local_date"]: (row["expected_seconds"], row["known_seconds"]) for row in found.view("slo_days")
    }
    assert days[date(2026, 10, 25)] == (25 * 3600, 25 * 3600)
    assert days[date(2026, 10, 26)] == (22 * 3600, 22 * 3600)
    assert days[date(2026, 10, 27)] == (24 * 3600, 24 * 3600)
    assert days[date(2026, 10, 28)] == (24 * 3600, 0)


def test_windows_longer_than_a_day(report: Report) -> None:
    """A window of a week stands on the day it starts, with all of its length."""
    found = report(sli_windows("api", "2026-07-06", 1, seconds=7 * 86400), more=slo(7 * 86400))
    assert sum(row["known_seconds"] for row in found.view("slo_days")) == 7 * 86400
