"""Deployments and their failures by the words of their definitions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from tests.oracle.incidents import Case, cases
from tests.oracle.known import (
    Bucket,
    Figure,
    Figures,
    Key,
    World,
    durations,
    grouped,
    quantile,
    seconds,
)

Lane = tuple[str | None, str, str | None]


@dataclass
class Release:
    """One completed production deployment."""

    record: Any
    is_baseline: bool
    explicit: bool = False
    failed: bool = False
    blamed: list[Case] = field(default_factory=list)
    repair: Any = None
    recovered: datetime | None = None
    recovery_unknown: bool = False
    noticed: datetime | None = None

    @property
    def id(self) -> str:
        """The provider's own."""
        return self.record.deployment_id  # type: ignore[no-any-return]

    @property
    def at(self) -> datetime:
        """When it ended."""
        return self.record.finished_at  # type: ignore[no-any-return]

    @property
    def succeeded(self) -> bool:
        """Whether it ended well."""
        return self.record.outcome == "succeeded"  # type: ignore[no-any-return]

    @property
    def lane(self) -> Lane:
        """One repository of one service in one environment."""
        return self.record.service, self.record.environment, self.record.repository

    @property
    def is_repair(self) -> bool:
        """A rollback, or unplanned as its source calls it."""
        return bool(self.record.is_unplanned or self.record.is_rollback)

    @property
    def is_rework(self) -> bool:
        """Made because of an incident or a bug."""
        record = self.record
        return bool(record.is_unplanned or record.is_rollback or record.fixes_incident)


def releases(world: World) -> list[Release]:
    """Completed production deployments of the trend, in order, with what is laid to them."""
    ended = [
        record
        for record in world.deployments
        if record.environment in world.config.delivery.production
        and record.outcome in ("succeeded", "failed")
        and record.finished_at
    ]
    firsts = grouped(
        (record for record in ended if record.outcome == "succeeded"),
        lambda record: [(record.service, record.environment, record.repository)],
    )
    earliest = {lane: min(record.finished_at for record in members) for lane, members in firsts.items()}
    found = [
        Release(
            record,
            record.outcome == "succeeded"
            and record.finished_at == earliest.get((record.service, record.environment, record.repository)),
        )
        for record in ended
        if world.starts_at <= record.finished_at < world.ends_at
    ]
    return sorted(found, key=lambda release: (release.at, release.id))


def lay_incidents(world: World, known: list[Release]) -> set[str]:
    """Lay each incident to the deployments it names, or to the latest before it; the incidents that were laid."""
    window = timedelta(hours=world.config.delivery.causal_window_hours)
    linked = set()
    for case in cases(world):
        causes: list[Release] = []
        if case.record.caused_by_deployment:
            causes = [release for release in known if release.id == case.record.caused_by_deployment]
            for release in causes:
                release.explicit = True
        elif case.detected:
            for service in case.record.services or []:
                before = [
                    release
                    for release in known
                    if release.record.service == service
                    and release.at <= case.detected <= release.at + window
                    and release.record.fixes_incident != case.id
                ]
                causes += before[-1:]
        for release in causes:
            linked.add(case.id)
            release.failed = True
            release.blamed.append(case)
    return linked


def find_failures(world: World, known: list[Release]) -> None:
    """Mark what failed, why, and when it had recovered."""
    window = timedelta(hours=world.config.delivery.causal_window_hours)
    incidents = {case.id for case in cases(world)}
    for members in grouped(known, lambda release: [release.lane]).values():
        for place, release in enumerate(members):
            if not release.succeeded:
                release.failed = release.explicit = True
            if release.is_repair:
                _blame(release, members[:place], window, incidents)
        for place, release in enumerate(members):
            if release.failed:
                _recover(release, members[place + 1 :])


def _blame(repair: Release, before: list[Release], window: timedelta, incidents: set[str]) -> None:
    """A repair makes what it repairs a failure: what came before, but for repairs that failed themselves."""
    while before and before[-1].is_repair and not before[-1].succeeded:
        before = before[:-1]
    if not before:
        return
    repaired = before[-1]
    record = repair.record
    shas = record.commit_sha, repaired.record.commit_sha
    if record.is_rollback:
        if None not in shas and shas[0] == shas[1]:
            return
        repaired.explicit = True
    elif record.fixes_incident in incidents or repair.at > repaired.at + window:
        return
    repaired.failed = True
    repaired.repair = repaired.repair or repair


def _recover(release: Release, after: list[Release]) -> None:
    following = next((other for other in after if other.succeeded), None)
    release.recovered = following.at if following else None
    if release.blamed:
        if any(not case.mitigated and "mitigate" not in case.untimed for case in release.blamed):
            release.recovered = None
        else:
            ends = [case.mitigated for case in release.blamed if case.mitigated]
            if any("mitigate" in case.untimed for case in release.blamed):
                release.recovery_unknown = following is None
                ends = [*ends, following.at] if following else []
            release.recovered = max(ends, default=None)
    noticed = [case.detected for case in release.blamed if case.detected]
    if not release.succeeded:
        noticed.append(release.at)
    if release.repair and release.repair.record.started_at:
        noticed.append(release.repair.record.started_at)
    release.noticed = min(noticed, default=None)


def scopes(world: World, release: Release) -> list[tuple[str, str, str | None]]:
    """Where a deployment counts: all environments together, and each but for teams."""
    found = []
    for scope_type, scope in world.scopes(release.record.service):
        found.append((scope_type, scope, None))
        if scope_type != "team":
            found.append((scope_type, scope, release.record.environment))
    return found


def figures(world: World, known: list[Release]) -> Figures:
    """Change fail rate, recovery, frequency and rework."""
    found: Figures = {}
    for (scope_type, scope, environment), members in grouped(
        known, lambda release: scopes(world, release)
    ).items():
        for bucket in world.buckets("period", "month", "week"):
            if environment and bucket.grain != "period":
                continue
            inside = [release for release in members if world.day(release.at) in bucket.days]
            rows = {
                **_fail_rate(inside, bucket),
                **_rework(world, members, inside, bucket, environment, _covered(world, known)),
                **_frequency(world, members, inside, bucket, (scope_type, environment)),
                **_recovery(world, members, bucket, environment),
            }
            for (metric, statistic), figure in rows.items():
                key = Key(metric, bucket.grain, bucket.starts_on, scope_type, scope, environment, statistic)
                found[key] = figure
    return found


Rows = dict[tuple[str, str], Figure]


def share(hits: int, of: int) -> Figure:
    """A part of so many."""
    return Figure(hits / of if of else None, of, hits, of)


def _fail_rate(inside: list[Release], bucket: Bucket) -> Rows:
    if not inside:
        return {}
    good = [release for release in inside if release.succeeded]
    rates = {
        "rate": share(sum(release.failed for release in inside), len(inside)),
        "rate_explicit": share(sum(release.explicit for release in inside), len(inside)),
        "rate_of_successful": share(sum(release.failed for release in good), len(good)),
    }
    return {
        ("change_fail_rate", name): rate
        for name, rate in rates.items()
        if name == "rate" or bucket.grain == "period"
    }


def _rework(
    world: World,
    members: list[Release],
    inside: list[Release],
    bucket: Bucket,
    environment: str | None,
    covered: set[date],
) -> Rows:
    found = {}
    if inside:
        hits = sum(release.is_rework for release in inside)
        found["deployment_rework_rate", "rate"] = share(hits, len(inside))
    days = [bucket.days[-1] - timedelta(days=index) for index in range(182)]
    late = [release for release in members if world.day(release.at) in days]
    if bucket.grain == "period" and not environment and late and set(days) <= covered:
        hits = sum(release.is_rework for release in late)
        found["deployment_rework_rate", "rate_six_months"] = share(hits, len(late))
    return found


def _covered(world: World, members: list[Release]) -> set[date]:
    """The days that a source of these deployments covers."""
    return set[date]().union(*(world.covered[world.source_of[release.id]] for release in members))


def _frequency(
    world: World,
    members: list[Release],
    inside: list[Release],
    bucket: Bucket,
    place: tuple[str, str | None],
) -> Rows:
    good = [release for release in inside if release.succeeded]
    if not good and not any(
        world.day(release.at) <= bucket.days[-1]
        and world.covered[world.source_of[release.id]] & set(bucket.days)
        for release in members
    ):
        return {}
    days = [day for day in bucket.days if world.starts(day) < bucket.known_until]
    count = len(good)
    used = len({world.day(release.at) for release in good})
    found = {"count": Figure(count, count, count)}
    if bucket.grain != "week":
        found["per_week"] = Figure(count / (len(days) / 7), count, count, len(days) / 7)
    if bucket.grain == "period":
        found["deployment_days"] = Figure(used, count, used, len(days))
    scope_type, environment = place
    if scope_type == "service" and environment:
        every = [release for release in members if release.succeeded]
        gaps = [seconds(one.at, other.at) for one, other in pairwise(every) if other in inside]
        if gaps:
            found["median_interval"] = Figure(quantile(gaps, 0.5), len(gaps))
    return {("deployment_frequency", name): figure for name, figure in found.items()}


def _recovery(world: World, members: list[Release], bucket: Bucket, environment: str | None) -> Rows:
    failed = [release for release in members if release.failed]
    ended = [
        release for release in failed if release.recovered and world.day(release.recovered) in bucket.days
    ]
    found = {}
    if ended:
        values = [seconds(release.at, release.recovered) for release in ended]
        found["median"] = durations(values)
        if bucket.grain == "period":
            found["p90"] = durations(values, 0.9)
            known = [seconds(release.noticed, release.recovered) for release in ended if release.noticed]
            found["median_from_detection"] = durations(known)
    if bucket.grain == "period" and not environment:
        before = [release for release in failed if release.at < bucket.ends_at]
        unknown = [release for release in before if release.recovery_unknown]
        still = [
            release
            for release in before
            if not release.recovery_unknown and not (release.recovered and release.recovered < bucket.ends_at)
        ]
        if still or unknown:
            ages = [seconds(release.at, bucket.known_until) for release in still]
            found["open"] = Figure(len(still), len(still), excluded=len(unknown))
            found["oldest_open"] = Figure(max(ages, default=None), len(still), excluded=len(unknown))
    return {("failed_deployment_recovery_time", name): figure for name, figure in found.items()}
