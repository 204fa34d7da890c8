"""Incidents by the words of their definitions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from tests.oracle.known import Bucket, Figure, Figures, Key, World, durations, grouped, quantile, seconds


@dataclass(frozen=True)
class Case:
    """One incident with the times that its state bears out."""

    id: str
    record: Any
    detected: datetime | None
    acknowledged: datetime | None
    mitigated: datetime | None
    resolved: datetime | None
    untimed: frozenset[str]
    reopened: bool
    scopes: list[tuple[str, str]]


def cases(world: World) -> list[Case]:
    """Every incident that the report knows of."""
    found = []
    for record in world.incidents:
        detected = record.detected_at or record.created_at
        if detected and detected >= world.ends_at:
            continue
        changes = [
            (event.occurred_at, event.metadata.get("from"), event.metadata.get("to"))
            for event in world.incident_events
            if event.incident_id == record.incident_id
            and event.type == "status_change"
            and event.metadata
            and (event.occurred_at is None or event.occurred_at < world.ends_at)
        ]
        state = record.status
        resolved = record.resolved_at if state in ("resolved", None) else None
        mitigated = (record.mitigated_at or resolved) if state in ("mitigated", "resolved", None) else None
        left_open = [at for at, before, _ in changes if before == "open" and at]
        acknowledged = record.acknowledged_at or min(
            [*left_open, *filter(None, [mitigated, resolved])], default=None
        )
        reached = {
            "acknowledge": state in ("investigating", "mitigated", "resolved") and not acknowledged,
            "mitigate": state in ("mitigated", "resolved") and not mitigated,
            "resolve": state == "resolved" and not resolved,
        }
        services = list(dict.fromkeys(record.services or [])) or [None]
        scopes = [scope for service in services for scope in world.scopes(service)]
        found.append(
            Case(
                id=record.incident_id,
                record=record,
                detected=detected,
                acknowledged=acknowledged,
                mitigated=mitigated,
                resolved=resolved,
                untimed=frozenset(name for name, is_so in reached.items() if is_so),
                reopened=any(before == "resolved" for _, before, _ in changes),
                scopes=[*dict.fromkeys(scopes), ("severity", record.severity or "(no severity)")],
            )
        )
    return found


def figures(world: World, linked: set[str]) -> Figures:
    """Every figure about incidents; `linked`: the ids of those laid to a deployment."""
    found: Figures = {}
    for (scope_type, scope), members in grouped(cases(world), lambda case: case.scopes).items():
        for bucket in world.buckets("period", "month"):
            rows = _counts(world, members, bucket, linked) | _in_target(world, members, bucket)
            for step in ("acknowledge", "mitigate", "resolve"):
                rows |= _times(world, members, bucket, step)
            for (metric, statistic), figure in rows.items():
                key = Key(metric, bucket.grain, bucket.starts_on, scope_type, scope, None, statistic)
                found[key] = figure
    return found


Rows = dict[tuple[str, str], Figure]


def _times(world: World, members: list[Case], bucket: Bucket, step: str) -> Rows:
    found = {}

    def end(case: Case) -> datetime | None:
        return {"acknowledge": case.acknowledged, "mitigate": case.mitigated, "resolve": case.resolved}[step]

    ended = [case for case in members if end(case) and world.day(end(case)) in bucket.days and case.detected]
    if ended:
        values = [seconds(case.detected, end(case)) for case in ended]
        found = {"median": durations(values), "p90": durations(values, 0.9)}
    before = [case for case in members if case.detected and case.detected < bucket.ends_at]
    untimed = [case for case in before if step in case.untimed]
    still = [
        case for case in before if case not in untimed and not (end(case) and end(case) < bucket.ends_at)
    ]
    if bucket.grain == "period" and (still or untimed):
        ages = [seconds(case.detected, bucket.known_until) for case in still]
        found["open"] = Figure(len(still), len(still), excluded=len(untimed))
        found["oldest_open"] = Figure(max(ages, default=None), len(still), excluded=len(untimed))
    return {(f"incident_time_to_{step}", name): figure for name, figure in found.items()}


def _counts(world: World, members: list[Case], bucket: Bucket, linked: set[str]) -> Rows:
    known = sorted((case for case in members if case.detected), key=lambda case: case.detected)
    inside = [case for case in known if world.day(case.detected) in bucket.days]
    if not known:
        return {}
    is_zero = bucket.grain == "period" and any(
        world.day(case.detected) < bucket.days[0]
        and world.covered[world.source_of[case.id]] & set(bucket.days)
        for case in known
    )
    if not inside and not is_zero:
        return {}
    count = len(inside)
    found = {"detected": Figure(count, count)}
    if inside:
        for name, hits in (
            ("with_postmortem", [case for case in inside if case.record.postmortem_url]),
            ("linked", [case for case in inside if case.id in linked]),
            ("reopened", [case for case in inside if case.reopened]),
        ):
            share = len(hits) if name == "reopened" else len(hits) / count
            found[name] = Figure(share, count, len(hits), count)
    if inside and bucket.grain == "period":
        gaps = [seconds(one.detected, other.detected) for one, other in pairwise(known) if other in inside]
        found["median_between"] = Figure(quantile(gaps, 0.5), len(gaps))
    return {("incidents", name): figure for name, figure in found.items()}


def _in_target(world: World, members: list[Case], bucket: Bucket) -> Rows:
    inside = [case for case in members if case.detected and world.day(case.detected) in bucket.days]
    (period,) = (item for item in world.periods if item.first <= bucket.days[0] < item.after)
    hits = misses = left_out = 0
    for case in inside:
        target = getattr(world.config.response_targets, case.record.severity or "", None)
        taken = seconds(case.detected, case.acknowledged)
        if target is None or "acknowledge" in case.untimed or (taken is not None and taken < 0):
            left_out += 1
        elif taken is not None and case.acknowledged < period.ends_at:
            hits, misses = (hits + 1, misses) if taken <= target else (hits, misses + 1)
        elif seconds(case.detected, min(period.ends_at, world.as_of)) > target:
            misses += 1
        else:
            left_out += 1
    if not inside:
        return {}
    total = hits + misses
    rate = Figure(hits / total if total else None, total, hits, total, left_out)
    return {("incident_response_in_target", "rate"): rate}
