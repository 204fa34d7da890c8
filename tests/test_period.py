"""How far a report looks ahead and back."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from qmsreport import period
from qmsreport.errors import UsageError
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


def test_a_trend_that_goes_back_too_far() -> None:
    """Periods so long, or so many, that the first would begin before the year 1 are refused in a sentence."""
    with pytest.raises(UsageError, match="go back beyond the year 1"):
        period.days(date(1970, 1, 1), date(2999, 12, 31), "UTC").trend(8)
    with pytest.raises(UsageError, match="fewer as"):
        period.quarter("2026-Q3", "UTC").trend(10_000)
