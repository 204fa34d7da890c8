"""Which local days each UTC date reaches into."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.queries.conftest import Report

QUARTERS = {
    "Europe/Berlin": "2025-Q4",
    "America/St_Johns": "2025-Q4",
    "Pacific/Kiritimati": "2026-Q1",
    "UTC": "2026-Q1",
}


@pytest.mark.parametrize("zone", QUARTERS)
def test_each_moment_lies_in_one_day_of_its_date(report: Report, zone: str) -> None:
    """Every half hour of the quarter is found in exactly one local day through its UTC date, clock changes included."""
    found = report(zone=zone, quarter=QUARTERS[zone], trend=1)
    days = found.view("utc_dates")
    moment, end = min(day["starts_at"] for day in days), max(day["ends_at"] for day in days)
    by_date = {
        day["utc_date"]: [other for other in days if other["utc_date"] == day["utc_date"]] for day in days
    }
    while moment < end:
        holding = [day for day in by_date[moment.date()] if day["starts_at"] <= moment < day["ends_at"]]
        assert len(holding) == 1, moment
        moment += timedelta(minutes=30)
