"""The clocks of the sources agree with this one."""

from __future__ import annotations

import pytest

from tests.factories import moment
from tests.queries.conftest import Known, Report

CHECK = "clocks_agree"


@pytest.mark.parametrize(
    ("offset", "status"),
    [(5.0, "pass"), (-5.0, "pass"), (5.1, "fail"), (-60.0, "fail"), (None, "not assessed")],
)
def test_statuses(report: Report, offset: float | None, status: str) -> None:
    """Five seconds either way pass, more fails, and a source that was never asked is not assessed."""
    read = Known([], extract={"clock_offset_seconds": offset, "window_start": moment("2026-07-01")})
    assert report(history=[read]).findings(CHECK) == {"files": status}


def test_readings_outside_the_period_do_not_count(report: Report) -> None:
    """A clock that was wrong before the period began is another report's matter."""
    at = moment("2026-06-20")
    assert at
    before = Known([], at=at, extract={"clock_offset_seconds": 90.0, "window_start": moment("2026-05-01")})
    assert report(history=[before, Known([])]).findings(CHECK) == {"files": "not assessed"}
