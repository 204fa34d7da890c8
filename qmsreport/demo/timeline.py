"""When things happen: the quarters the demonstration covers, working hours, holidays. All moments naive UTC."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from qmsreport.demo.organisation import ZONE
from qmsreport.period import Period, quarter, to_utc, zone

_ZONE = zone(ZONE)
_HOLIDAYS = {(1, 1), (5, 1), (10, 3), (12, 24), (12, 25), (12, 26), (12, 31)}


@dataclass(frozen=True, slots=True)
class Timeline:
    """Eight complete quarters, the running one, and the instant after which nothing is known yet."""

    quarters: tuple[Period, ...]
    cutoff: datetime

    @property
    def last(self) -> Period:
        """The last complete quarter: where most of what goes wrong is put."""
        return self.quarters[-2]

    def index(self, moment: datetime) -> int:
        """Which quarter a moment falls in: 0 the oldest, 8 the running one."""
        starts = [period.starts_at for period in self.quarters]
        return max(0, bisect_right(starts, moment) - 1)

    def days(self) -> list[date]:
        """Every local day of all nine quarters, the days of the running one still to come too."""
        first, after = self.quarters[0].first, self.quarters[-1].after
        return [first + timedelta(days=count) for count in range((after - first).days)]


def timeline(today: date) -> Timeline:
    """The timeline of a day. Everything is drawn up to the end of the running quarter and cut at `today`, so
    that tomorrow's demonstration tells the same history and one day more."""
    running = quarter(f"{today.year}-Q{(today.month + 2) // 3}", ZONE)
    return Timeline(tuple(running.trend(9)), to_utc(today, ZONE))


def dice(*names: str) -> Random:
    """A generator of its own for each part of the story, so that a change in one leaves the others as they were.

    A text seeds it through SHA-512, the same in every process and on every machine.
    """
    return Random("/".join(("lindhafen", *names)))  # noqa: S311 # it draws a story, not a secret


def at(day: date, hour: float) -> datetime:
    """A local day and hour of that day (14.5 is half past two), to the millisecond."""
    moment = datetime.combine(day, time()) + timedelta(milliseconds=round(hour * 3_600_000))
    return moment.replace(tzinfo=_ZONE).astimezone(UTC).replace(tzinfo=None)


def local(moment: datetime) -> datetime:
    """The moment on the organisation's clock, with its offset."""
    return moment.replace(tzinfo=UTC).astimezone(_ZONE)


def after(moment: datetime, seconds: float) -> datetime:
    """A moment so many seconds later, to the millisecond: real clocks have fractions, machines round alike."""
    return moment + timedelta(milliseconds=round(seconds * 1000))


def works_on(day: date) -> bool:
    """Whether people are at work."""
    return day.weekday() < 5 and (day.month, day.day) not in _HOLIDAYS


def frozen(day: date) -> bool:
    """Whether releases rest: the weeks around Christmas are the shops' best and the platform's quietest."""
    return (day.month == 12 and day.day >= 19) or (day.month == 1 and day.day <= 2)


def at_work(moment: datetime) -> bool:
    """Whether a moment is on a working day between eight and half past seven in the evening."""
    here = local(moment)
    return works_on(here.date()) and 8 <= here.hour + here.minute / 60 < 19.5


def back_to_work(random: Random, moment: datetime) -> datetime:
    """The moment, or a working moment before it: people mostly act in working hours, not always."""
    if random.random() < 0.06 or at_work(moment):
        return moment
    here = local(moment)
    day = here.date()
    if here.hour < 19 or not works_on(day):
        day -= timedelta(days=1)
        while not works_on(day):
            day -= timedelta(days=1)
    return at(day, random.uniform(9.0, 18.5))


def work_between(random: Random, start: datetime, end: datetime) -> datetime:
    """A working moment in `[start, end)` where there is one."""
    span = (end - start).total_seconds()
    moment = start
    for _ in range(12):
        moment = after(start, random.uniform(0.0, 0.995) * span)
        if at_work(moment):
            break
    return moment


def spread(random: Random, median: float, sigma: float = 0.6) -> float:
    """A duration with that median and a long tail, in the median's unit."""
    return median * random.lognormvariate(0.0, sigma)
