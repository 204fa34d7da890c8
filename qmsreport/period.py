"""Periods: calendar quarters, months and free spans, half-open, cut in one declared zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from qmsreport.errors import UsageError, suggest

_YEARS = range(1970, 3000)  # others are slips of the finger


@dataclass(frozen=True, slots=True)
class Period:
    """Local days `[first, after)` in `zone`; `grain` is quarter, month or span."""

    first: date
    after: date
    zone: str
    grain: str

    @property
    def label(self) -> str:
        """`2026-Q3`, `2026-09`, or `2026-07-01_2026-08-15` (both days included)."""
        if self.grain == "quarter":
            return f"{self.first.year}-Q{(self.first.month + 2) // 3}"
        if self.grain == "month":
            return f"{self.first:%Y-%m}"
        return f"{self.first}_{self.after - timedelta(days=1)}"

    @property
    def starts_at(self) -> datetime:
        """First instant, naive UTC."""
        return to_utc(self.first, self.zone)

    @property
    def ends_at(self) -> datetime:
        """First instant after the period, naive UTC."""
        return to_utc(self.after, self.zone)

    @property
    def outlook_until(self) -> datetime:
        """Where the next quarter ends that a report looks ahead to: three months after the period, naive UTC."""
        first = date(self.after.year, self.after.month, 1)
        ahead = _months(first, 3) + (self.after - first)
        return to_utc(ahead, self.zone)

    @property
    def days(self) -> int:
        """Local calendar days."""
        return (self.after - self.first).days

    def previous(self) -> Period:
        """The period of the same kind just before."""
        if self.grain == "quarter":
            return Period(_months(self.first, -3), self.first, self.zone, self.grain)
        if self.grain == "month":
            return Period(_months(self.first, -1), self.first, self.zone, self.grain)
        return Period(self.first - (self.after - self.first), self.first, self.zone, self.grain)

    def trend(self, count: int = 8) -> list[Period]:
        """The `count` periods that end with this one, oldest first."""
        found = [self]
        try:
            while len(found) < count:
                found.append(found[-1].previous())
        except (ValueError, OverflowError) as error:
            raise UsageError(
                f"{count} periods as long as {self.label} go back beyond the year 1. "
                "Choose a shorter period, or fewer as [report] trend_periods."
            ) from error
        return found[::-1]


def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name; `UsageError` when the system knows none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, IsADirectoryError) as error:
        near = suggest(name, available_timezones())
        hint = near if "Did you mean" in near else ""  # the list of all would fill the screen
        raise UsageError(
            f"Unknown time zone '{name}': this machine has no such IANA zone.{hint} "
            "Write one like 'Europe/Berlin' or 'UTC', or install the system's tzdata."
        ) from error


def to_utc(day: date, zone_name: str) -> datetime:
    """Local midnight of a day as naive UTC."""
    return datetime.combine(day, time(), zone(zone_name)).astimezone(UTC).replace(tzinfo=None)


def naive_utc(moment: datetime) -> datetime:
    """An aware moment as naive UTC; a naive one is refused, because it does not say where it is from."""
    if moment.tzinfo is None:
        raise UsageError(f"The time {moment.isoformat()} has no zone. Write it like 2026-07-01T00:00:00Z.")
    return moment.astimezone(UTC).replace(tzinfo=None)


def parse_moment(text: str, zone_name: str) -> datetime:
    """A day (`2026-07-01`, local midnight) or an ISO 8601 time with a zone, as naive UTC."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return to_utc(parse_day(text), zone_name)
    try:
        moment = datetime.fromisoformat(text)
        _see_year(moment.year, text)
        return naive_utc(moment)
    except ValueError as error:
        raise UsageError(
            f"Cannot read the time '{text}'. Write a day like 2026-07-01 or a time like 2026-07-01T00:00:00Z."
        ) from error


def parse_day(text: str) -> date:
    """`2026-07-01` as a date."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"Cannot read the day '{text}'. Write it like 2026-07-01.") from error
    _see_year(day.year, text)
    return day


def quarter(text: str, zone_name: str) -> Period:
    """`2026-Q3` (also `2026q3`, `Q3 2026`) as a period; `UsageError` with the likely meaning otherwise."""
    found = re.fullmatch(r"(\d{4})[-_ ]?[qQ]([1-4])", text) or re.fullmatch(r"[qQ]([1-4])[-_ ]?(\d{4})", text)
    if not found:
        month = re.fullmatch(r"(\d{4})-(\d\d?)", text)
        hint = ""
        if month and 1 <= int(month[2]) <= 12:
            hint = f" Did you mean '{month[1]}-Q{(int(month[2]) + 2) // 3}', or --month {month[1]}-{int(month[2]):02}?"
        loose = re.search(r"(20\d\d)\D*([1-4])\b", text) or re.search(r"(20\d\d)", text)
        if loose and not hint:
            likely = loose[2] if loose.re.groups == 2 else "4"
            hint = f" Did you mean '{loose[1]}-Q{likely}'?"
        raise UsageError(f"Cannot read the quarter '{text}': write a year and a quarter like 2026-Q3.{hint}")
    first, second = found.groups()
    year, number = (int(first), int(second)) if len(first) == 4 else (int(second), int(first))
    _see_year(year, text)
    start = date(year, 3 * number - 2, 1)
    return Period(start, _months(start, 3), zone_name, "quarter")


def month(text: str, zone_name: str) -> Period:
    """`2026-09` as a period."""
    found = re.fullmatch(r"(\d{4})-(\d\d?)", text)
    if not found or not 1 <= int(found[2]) <= 12:
        raise UsageError(f"Cannot read the month '{text}': write it like 2026-09.")
    _see_year(int(found[1]), text)
    start = date(int(found[1]), int(found[2]), 1)
    return Period(start, _months(start, 1), zone_name, "month")


def span(first: date, after: date, zone_name: str) -> Period:
    """The days `[first, after)`."""
    if after <= first:
        raise UsageError(f"The period ends ({after}) before it starts ({first}). Swap --from and --to.")
    return Period(first, after, zone_name, "span")


def days(first: date, last: date, zone_name: str) -> Period:
    """The days from `first` to `last`, both included."""
    return span(first, last + timedelta(days=1), zone_name)


def last_complete_quarter(now: datetime, zone_name: str) -> Period:
    """The quarter before the one that `now` (naive UTC) falls in, in the zone."""
    local = now.replace(tzinfo=UTC).astimezone(zone(zone_name)).date()
    start = date(local.year, 3 * ((local.month - 1) // 3) + 1, 1)
    return Period(start, _months(start, 3), zone_name, "quarter").previous()


def _see_year(year: int, text: str) -> None:
    if year not in _YEARS:
        raise UsageError(f"The year of '{text}' is not from {_YEARS[0]} to {_YEARS[-1]}. Mend the year.")


def _months(day: date, count: int) -> date:
    index = day.year * 12 + day.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)
