"""How far a report looks ahead."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from qmsreport import period
from qmsreport.period import Period


@pytest.mark.parametrize(
    ("given", "until"),
    [
        (period.quarter("2026-Q3", "UTC"), "2027-01-01"),
        (period.quarter("2026-Q3", "Europe/Berlin"), "2026-12-31T23:00"),
        (period.month("2026-11", "UTC"), "2027-03-01"),
        (period.days(date(2026, 7, 1), date(2026, 8, 14), "UTC"), "2026-11-15"),
        (period.days(date(2026, 11, 1), date(2026, 11, 29), "UTC"), "2027-03-02"),  # there is no 30 February
    ],
)
def test_the_outlook_is_three_months(given: Period, until: str) -> None:
    """It ends three months after the period, at local midnight."""
    assert given.outlook_until == datetime.fromisoformat(until)
