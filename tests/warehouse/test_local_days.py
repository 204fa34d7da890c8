"""The local day of a moment, in SQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import polars as pl
import pytest

from qmsreport.warehouse.local_days import local_date

# naive UTC, as inside the product
FIRST, AFTER = datetime.fromisoformat("2024-06-30 22:00"), datetime.fromisoformat("2026-06-30 22:00")
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
]


def days(moments: list[datetime | None], zone: str) -> list[object]:
    """What the expression gives for each moment."""
    with duckdb.connect() as connection:
        given = {"position": range(len(moments)), "moment": moments}
        connection.register(
            "moments", pl.DataFrame(given, schema={"position": pl.Int64, "moment": pl.Datetime("us")})
        )
        sql = f"select {local_date('moment', zone, FIRST, AFTER)} from moments order by position"
        return [day for (day,) in connection.execute(sql).fetchall()]


@pytest.mark.parametrize("zone", ZONES)
def test_every_hour_has_the_day_of_the_zone(zone: str) -> None:
    """Each moment inside the span, before it and after it gets the date a calendar on the wall there shows."""
    moments = [FIRST + timedelta(minutes=97 * step) for step in range(-2_700, 13_300)]
    place = ZoneInfo(zone)
    assert days(list(moments), zone) == [at.replace(tzinfo=UTC).astimezone(place).date() for at in moments]


def test_the_second_a_clock_change_moves_midnight() -> None:
    """Around local midnight in summer and in winter the day changes at the right microsecond."""
    summer, winter = datetime.fromisoformat("2025-07-09 22:00"), datetime.fromisoformat("2025-12-09 23:00")
    tick = timedelta(microseconds=1)
    found = days([summer - tick, summer, winter - tick, winter], "Europe/Berlin")
    assert [str(day) for day in found] == ["2025-07-09", "2025-07-10", "2025-12-09", "2025-12-10"]


def test_no_moment_has_no_day() -> None:
    """A fact without a time has no local day."""
    assert days([None], "Europe/Berlin") == [None]
