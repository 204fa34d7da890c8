"""What the oracle reads: records in plain lists, what was declared, and the calendar, in plain Python.

Written from the words of the definitions, never from their SQL, so that the two can be held against each other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from qmsreport.config import Config
from qmsreport.period import Period, to_utc


class Key(NamedTuple):
    """Which figure."""

    metric: str
    grain: str
    starts_on: date
    scope_type: str
    scope: str
    environment: str | None
    statistic: str


class Figure(NamedTuple):
    """What it says."""

    value: float | None
    n: int
    numerator: float | None = None
    denominator: float | None = None
    excluded: int = 0


Figures = dict[Key, Figure]


@dataclass(frozen=True)
class Bucket:
    """A period, month or ISO week of the trend: its local days, and when it ends as far as it is known."""

    grain: str
    starts_on: date
    days: Sequence[date]
    ends_at: datetime
    known_until: datetime


@dataclass(frozen=True)
class World:
    """The records of one kind each, and what they are judged by."""

    config: Config
    periods: Sequence[Period]
    as_of: datetime
    covered: dict[str, set[date]]  # the local days that each source covers
    deployments: list[Any]
    deployment_commits: list[Any]
    commits: list[Any]
    changes: list[Any]
    change_commits: list[Any]
    incidents: list[Any]
    incident_events: list[Any]
    sli_windows: list[Any]
    source_of: dict[str, str]  # of each deployment and incident, by its id

    def day(self, moment: datetime) -> date:
        """The local day of a moment."""
        return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(self.config.time_zone)).date()

    def starts(self, day: date) -> datetime:
        """The first moment of a local day, naive UTC."""
        return to_utc(day, self.config.time_zone)

    @property
    def ends_at(self) -> datetime:
        """The end of the trend: what happened later is no part of a report."""
        return self.periods[-1].ends_at

    @property
    def starts_at(self) -> datetime:
        """The start of the trend."""
        return self.periods[0].starts_at

    def team(self, service: str | None) -> str:
        """The team of a service."""
        teams = {item.name: item.team for item in self.config.services}
        return teams.get(service or "") or "(no team)"

    def scopes(self, service: str | None) -> list[tuple[str, str]]:
        """Where something of one service counts."""
        return [
            ("organisation", "all"),
            ("team", self.team(service)),
            ("service", service or "(no service)"),
        ]

    def buckets(self, *grains: str) -> Iterator[Bucket]:
        """The calendar of the trend."""
        for period in self.periods:
            days = [period.first + timedelta(days=index) for index in range(period.days)]
            if "period" in grains:
                yield self._bucket("period", period.first, days)
        days = [day for period in self.periods for day in _days(period.first, period.after)]
        for grain, first in (("month", _month), ("week", _monday)):
            if grain in grains:
                for start in sorted({first(day) for day in days}):
                    yield self._bucket(grain, start, [day for day in days if first(day) == start])

    def _bucket(self, grain: str, start: date, days: list[date]) -> Bucket:
        ends_at = self.starts(days[-1] + timedelta(days=1))
        return Bucket(grain, start, days, ends_at, min(ends_at, self.as_of))


def _days(first: date, after: date) -> list[date]:
    return [first + timedelta(days=index) for index in range((after - first).days)]


def _month(day: date) -> date:
    return day.replace(day=1)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def seconds(start: datetime | None, end: datetime | None) -> float | None:
    """From one moment to the other, `None` if one is not known."""
    return (end - start) / timedelta(seconds=1) if start and end else None


def quantile(values: Iterable[float], share: float) -> float | None:
    """Interpolated between the two nearest; `None` of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    place = (len(ordered) - 1) * share
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def durations(values: Sequence[float | None], share: float = 0.5) -> Figure:
    """A quantile of those that are neither unknown nor negative, which are counted as excluded."""
    good = [value for value in values if value is not None and value >= 0]
    return Figure(quantile(good, share), len(good), excluded=len(values) - len(good))


def grouped(items: Iterable[Any], groups: Callable[[Any], Iterable[Any]]) -> dict[Any, list[Any]]:
    """The items of each group; one may be in several."""
    found: dict[Any, list[Any]] = {}
    for item in items:
        for group in dict.fromkeys(groups(item)):
            found.setdefault(group, []).append(item)
    return found
