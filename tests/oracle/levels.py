"""Service levels by the words of their definitions."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from tests.oracle.known import Figure, Figures, Key, World, seconds


@dataclass(frozen=True)
class Slice:
    """One window that is known."""

    start: datetime
    day: date
    length: float
    good: float
    valid: float


def _maintained(world: World, slo: Any, start: datetime, end: datetime) -> float:
    """Seconds of approved maintenance in a stretch of time."""
    pieces = sorted(
        (max(start, _utc(item.starts_at)), min(end, _utc(item.ends_at)))
        for item in world.config.maintenance
        if item.service == slo.service and item.approver and item.reason
    )
    total, until = 0.0, start
    for first, last in pieces:
        if last > max(first, until):
            total += (last - max(first, until)).total_seconds()
            until = last
    return total


def _utc(moment: datetime) -> datetime:
    return (moment - moment.utcoffset()).replace(tzinfo=None)  # type: ignore[operator]


def slices(world: World, slo: Any) -> list[Slice]:
    """The known windows of an objective within the trend."""
    found = []
    for window in world.sli_windows:
        if window.slo_id != slo.id or not world.starts_at <= window.window_start < world.ends_at:
            continue
        end = window.window_end or window.window_start + timedelta(seconds=slo.window_seconds)
        counts = window.good, window.valid
        if any(count is None or not math.isfinite(count) or count < 0 for count in counts):
            continue
        if window.valid == 0 and (window.good or world.config.slo_policy.zero_traffic != "good"):
            continue
        if _maintained(world, slo, window.window_start, window.window_start + timedelta.resolution):
            continue
        length = (end - window.window_start).total_seconds()
        found.append(Slice(window.window_start, world.day(window.window_start), length, *counts))
    return found


@dataclass
class Sum:
    """Some days of an objective."""

    windows: int
    good: float
    valid: float
    points: float
    known: float
    expected: float
    attainment: float | None


def _sum(world: World, slo: Any, known: list[Slice], days: Iterable[date]) -> Sum:
    days = list(days)
    inside = [item for item in known if item.day in days]
    expected = covered = 0.0
    for day in days:
        start, end = world.starts(day), world.starts(day + timedelta(days=1))
        due = (end - start).total_seconds() - _maintained(world, slo, start, end)
        lengths = [item.length for item in inside if item.day == day]
        expected += due
        covered += sum(lengths) if slo.window_seconds > 86400 else min(sum(lengths), due)
    points = sum(_point(slo, item) for item in inside)
    good, valid = sum(item.good for item in inside), sum(item.valid for item in inside)
    above, of = (good, valid) if slo.budgeting == "occurrences" else (points, float(len(inside)))
    return Sum(len(inside), good, valid, points, covered, expected, above / of if of else None)


def _point(slo: Any, item: Slice) -> float:
    ratio = item.good / item.valid if item.valid else 1.0
    return float(ratio >= slo.timeslice_target) if slo.budgeting == "timeslices" else ratio


def figures(world: World, slos: Iterable[Any]) -> Figures:
    """Every figure of every objective."""
    found: Figures = {}
    for slo in slos:
        known = slices(world, slo)
        for bucket in world.buckets("period", "month"):
            rows = _attainment(world, slo, known, bucket.days)
            if bucket.grain == "period":
                rows |= _budget(world, slo, known, bucket.days)
                rows |= _rolling(world, slo, known, bucket.days[-1])
                if bucket.days[-1] == world.periods[-1].after - timedelta(days=1):
                    rows |= _burn(world, slo, known, bucket.days)
            for (metric, statistic), figure in rows.items():
                key = Key(metric, bucket.grain, bucket.starts_on, "slo", slo.id, None, statistic)
                found[key] = figure
    return found


Rows = dict[tuple[str, str], Figure]


def _parts(slo: Any, total: Sum) -> tuple[float, float]:
    if slo.budgeting == "occurrences":
        return total.good, total.valid
    return total.points, float(total.windows)


def _attainment(world: World, slo: Any, known: list[Slice], days: Any) -> Rows:
    total = _sum(world, slo, known, days)
    coverage = total.known / total.expected if total.expected else None
    worst = None
    if total.attainment is not None and coverage is not None:
        worst = min(total.attainment, 1.0) * coverage
    daily = [_sum(world, slo, known, [day]) for day in days]
    breaches = sum(day.attainment is not None and day.attainment < slo.objective for day in daily)
    n = total.windows
    rows = {
        "attainment": Figure(total.attainment, n, *_parts(slo, total)),
        "attainment_worst": Figure(worst, n),
        "good_events": Figure(total.good, n),
        "bad_events": Figure(total.valid - total.good, n),
        "breach_days": Figure(breaches, n),
        "coverage": Figure(coverage, n, total.known, total.expected),
        "unknown_minutes": Figure((total.expected - total.known) / 60, n),
    }
    return {("slo_attainment", name): figure for name, figure in rows.items()}


def _budget(world: World, slo: Any, known: list[Slice], days: Any) -> Rows:
    total = _sum(world, slo, known, days)
    if total.attainment is None:
        return {}
    allowed, n = 1 - slo.objective, total.windows
    bad = 1 - total.attainment
    minutes = total.expected / 60
    rows = {
        "spent": Figure(bad / allowed, n, bad, allowed),
        "allowed_minutes": Figure(allowed * minutes, n),
        "left_minutes": Figure((allowed - bad) * minutes, n),
    }
    if slo.budgeting == "occurrences":
        rows["allowed_events"] = Figure(allowed * total.valid, n)
        rows["left_events"] = Figure(allowed * total.valid - (total.valid - total.good), n)
    return {("slo_error_budget", name): figure for name, figure in rows.items()}


def _rolling(world: World, slo: Any, known: list[Slice], last: date) -> Rows:
    rows = {}
    for length in {7, 28, 30, slo.rolling_days}:
        days = [last - timedelta(days=index) for index in range(length)]
        if days[-1] < world.periods[0].first:
            continue
        total = _sum(world, slo, known, days)
        coverage = total.known / total.expected if total.expected else None
        rows[f"attainment_{length}d"] = Figure(total.attainment, total.windows, *_parts(slo, total))
        rows[f"coverage_{length}d"] = Figure(coverage, total.windows, total.known, total.expected)
    return {("slo_rolling_attainment", name): figure for name, figure in rows.items()}


def _burn(world: World, slo: Any, known: list[Slice], days: Any) -> Rows:
    inside = [
        item for item in known if item.day in days and (item.valid > 0 or slo.budgeting != "occurrences")
    ]
    if not inside:
        return {}
    rows = {}
    for hours, limit in ((1, 14.4), (6, 6.0), (24, 3.0), (72, 1.0)):
        shares = _blocks(slo, inside, hours)
        rates = [bad / (1 - slo.objective) for bad in shares.values()]
        over = sum(rate >= limit - 1e-9 for rate in rates)
        rows[f"over_{hours}h"] = Figure(over, len(rates))
        if hours == 1:
            rows["highest_1h"] = Figure(max(rates), len(rates))
            bad_hours = sorted(hour for hour, bad in shares.items() if 1 - bad < slo.objective - 1e-12)
            runs = groupby(enumerate(bad_hours), key=lambda pair: pair[1] - pair[0])
            longest = max((len(list(run)) for _, run in runs), default=0)
            rows["longest_breach"] = Figure(longest * 3600, len(rates))
    return {("slo_burn_rate", name): figure for name, figure in rows.items()}


def _blocks(slo: Any, inside: list[Slice], hours: int) -> dict[int, float]:
    """The bad share of each block of hours in which a window starts, by its number since 1970."""
    found: dict[int, list[Slice]] = {}
    for item in inside:
        number = int((seconds(datetime.fromisoformat("1970-01-01"), item.start) or 0) // (hours * 3600))
        found.setdefault(number, []).append(item)
    shares = {}
    for number, items in found.items():
        if slo.budgeting == "occurrences":
            shares[number] = 1 - sum(item.good for item in items) / sum(item.valid for item in items)
        else:
            shares[number] = 1 - sum(_point(slo, item) for item in items) / len(items)
    return shares
