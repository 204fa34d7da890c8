"""Objectives in each period and month."""

from __future__ import annotations

from datetime import date

from tests.queries.conftest import Report
from tests.queries.metrics.test_slo_attainment import days, maintenance, slo


def test_months_add_up_to_the_quarter(report: Report) -> None:
    """Events and known time of July, August and September are those of the quarter."""
    found = report(days("2026-07-01", 60, 999.5), more=slo())
    rows = [row for row in found.view("slo_periods") if row["starts_on"] >= date(2026, 7, 1)]
    for name in ("good_events", "known_seconds", "expected_seconds", "known_windows", "breach_days"):
        months = sum(row[name] for row in rows if row["grain"] == "month")
        assert [row[name] for row in rows if row["grain"] == "period"] == [months]


def test_all_of_it_maintained(report: Report) -> None:
    """Where no time is expected there is nothing to attain, and no division by zero."""
    found = report(
        days("2026-07-01", 92), more=slo() + maintenance("2026-06-01T00:00:00", "2026-11-01T00:00:00")
    )
    assert not [row for row in found.view("slo_periods") if row["starts_on"] >= date(2026, 7, 1)]
