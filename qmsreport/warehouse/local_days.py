"""The local day of a moment, in SQL and fast.

DuckDB converts a zone for about a microsecond a row: seconds for ten million windows. Within the trend the zone
has a handful of offsets, which are known beforehand; only moments outside it are converted one by one.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from qmsreport.period import zone


def local_date(moment: str, zone_name: str, first: datetime, after: datetime) -> str:
    """An expression for the local date of `moment`, an expression of naive UTC.

    Args:
        moment: the expression; null gives null.
        zone_name: IANA zone.
        first: start of the span that nearly all moments lie in, naive UTC.
        after: its end.
    """
    steps = _offsets(zone(zone_name), first, after)
    cases = [
        f"when {moment} >= timestamp '{begins}' then cast({moment} + to_seconds({seconds}) as date)"
        for begins, seconds in reversed(steps)
    ]
    slow = f"cast(timezone('{zone_name}', timezone('UTC', {moment})) as date)"
    return f"case when {moment} >= timestamp '{after}' then {slow} {' '.join(cases)} else {slow} end"


@cache  # asked for each kind of record
def _offsets(place: ZoneInfo, first: datetime, after: datetime) -> list[tuple[datetime, int]]:
    """From when on which offset in seconds holds, oldest first; all in `[first, after)`."""

    def offset(moment: datetime) -> int:
        found = moment.replace(tzinfo=UTC).astimezone(place).utcoffset()
        return int((found or timedelta()).total_seconds())

    steps = [(first, offset(first))]
    day = first
    while day < after:
        low, high = day, min(day + timedelta(days=1), after)
        if offset(high) != offset(low):
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
                low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
            steps.append((high, offset(high)))
        day += timedelta(days=1)
    return steps
