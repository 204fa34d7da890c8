"""Changes and commits on their way to production, by the words of their definitions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.oracle.deployments import Lane, Release, share
from tests.oracle.known import Figure, Figures, Key, World, durations, grouped, seconds


@dataclass(frozen=True)
class Arrival:
    """One change or commit in one lane, with the deployment that brought it there."""

    kind: str
    id: str
    lane: Lane
    release: Release
    authored: datetime | None
    is_bot: bool
    request: Any = None

    @property
    def lead(self) -> float | None:
        """Seconds from authoring to production."""
        return seconds(self.authored, self.release.at)


def arrived(world: World, known: list[Release]) -> dict[str, dict[Lane, Release]]:
    """The deployment that first brought each commit to each lane."""
    listed = grouped(world.deployment_commits, lambda record: [record.deployment_id])
    found: dict[str, dict[Lane, Release]] = {}
    for release in known:
        if release.succeeded and not release.is_baseline:
            for record in listed.get(release.id, []):
                found.setdefault(record.commit_sha, {}).setdefault(release.lane, release)
    return found


def _merged(world: World) -> list[Any]:
    return [record for record in world.changes if record.merged_at and record.merged_at < world.ends_at]


def _shas(world: World, request: Any) -> tuple[set[str], set[str]]:
    """The commits that hold all of a request, and those that hold a part."""
    whole = {sha for sha in (request.merge_sha, request.head_sha) if sha}
    own = [record for record in world.change_commits if record.change_id == request.change_id]
    times = {record.authored_at for record in own if record.authored_at}
    copies = {
        commit.commit_sha
        for commit in _commits(world)
        if commit.repository == request.repository
        and commit.authored_at in times
        and len(commit.parent_shas or []) < 2
        and commit.committed_at
        and abs(commit.committed_at - request.merged_at) <= timedelta(minutes=1)
    }
    return whole, ({record.commit_sha for record in own} | copies) - whole


def _commits(world: World) -> list[Any]:
    return [
        commit for commit in world.commits if not commit.committed_at or commit.committed_at < world.ends_at
    ]


def arrivals(world: World, known: list[Release]) -> tuple[list[Arrival], list[Arrival]]:
    """Changes in production, and commits in production, one for each lane."""
    brought = arrived(world, known)
    requests, members = [], set()
    for request in _merged(world):
        whole, parts = _shas(world, request)
        members |= whole | parts
        own = [
            record.authored_at
            for record in world.change_commits
            if record.change_id == request.change_id and record.authored_at
        ]
        for lane in {lane for sha in whole | parts for lane in brought.get(sha, {})}:
            full = [brought[sha][lane] for sha in whole if lane in brought.get(sha, {})]
            some = [brought[sha][lane] for sha in parts if lane in brought.get(sha, {})]
            release = min(full, key=_order) if full else max(some, key=_order)
            requests.append(
                Arrival(
                    "request",
                    request.change_id,
                    lane,
                    release,
                    min(own, default=None),
                    bool(request.is_bot),
                    request,
                )
            )
    records = grouped(_commits(world), lambda record: [record.commit_sha])
    commits, loose = [], []
    for sha, lanes in brought.items():
        known_as = records.get(sha, [])
        if any(record.parent_shas and len(record.parent_shas) > 1 for record in known_as):
            continue
        authored = min((record.authored_at for record in known_as if record.authored_at), default=None)
        is_bot = any(record.is_bot for record in known_as)
        made = [Arrival("commit", sha, lane, release, authored, is_bot) for lane, release in lanes.items()]
        commits += made
        if sha not in members:
            loose += made
    return requests + loose, commits


def _order(release: Release) -> tuple[datetime, str]:
    return release.at, release.id


def firsts(found: list[Arrival]) -> list[Arrival]:
    """Of each change or commit the first arrival in each service; what maps to none keeps to its repository."""

    def group(arrival: Arrival) -> list[Any]:
        service, _, repository = arrival.lane
        return [(arrival.kind, arrival.id, service, None if service else repository)]

    return [min(same, key=lambda arrival: _order(arrival.release)) for same in grouped(found, group).values()]


def figures(world: World, known: list[Release]) -> Figures:
    """Lead times of changes and commits, by stage too, and what was merged and not deployed."""
    changes, commits = arrivals(world, known)
    found: Figures = {}

    def put(items: list[Arrival], metric: str, rows: Any, *grains: str, environments: bool = False) -> None:
        def scopes(arrival: Arrival) -> list[Any]:
            service, environment, _ = arrival.lane
            names = world.scopes(service)
            if environments:
                return [(*name, environment) for name in names if name[0] == "service"]
            return [(*name, None) for name in names]

        for scope, members in grouped(items, scopes).items():
            for bucket in world.buckets(*grains):
                inside = [item for item in members if world.day(item.release.at) in bucket.days]
                for statistic, figure in rows(inside, bucket.grain).items() if inside else ():
                    if metric == "commit_lead_time" and bucket.grain == "month" and scope[0] == "service":
                        continue
                    found[Key(metric, bucket.grain, bucket.starts_on, *scope, statistic)] = figure

    bots = world.config.delivery.include_bots

    def counted(items: list[Arrival]) -> list[Arrival]:
        return [item for item in items if bots or not item.is_bot]

    def lead(inside: list[Arrival], grain: str) -> dict[str, Figure]:
        within = counted(inside)
        values = [item.lead for item in within]
        rows = {"median": durations(values)}
        if grain == "period":
            unknown = sum(value is None for value in values)
            negative = sum(value is not None and value < 0 for value in values)
            rows |= {
                "p90": durations(values, 0.9),
                "not_attributable": Figure(unknown, len(values), unknown, len(values)),
                "negative": Figure(negative, len(values), negative, len(values)),
                "median_with_bots": durations([item.lead for item in inside]),
                "median_without_bots": durations([item.lead for item in inside if not item.is_bot]),
                "bot_share": share(sum(item.is_bot for item in inside), len(inside)),
            }
        return rows

    def by_environment(inside: list[Arrival], grain: str) -> dict[str, Figure]:
        values = [item.lead for item in counted(inside)]
        return {"median": durations(values), "p90": durations(values, 0.9)}

    def plain(inside: list[Arrival], grain: str) -> dict[str, Figure]:
        return {"median": durations([item.lead for item in inside])}

    def stages(inside: list[Arrival], grain: str) -> dict[str, Figure]:
        spans: dict[str, list[float | None]] = {"coding": [], "review": [], "waiting": [], "deploying": []}
        for item in inside:
            request, release = item.request, item.release
            spans["coding"].append(seconds(item.authored, request.opened_at))
            spans["review"].append(seconds(request.opened_at, request.merged_at))
            spans["waiting"].append(seconds(request.merged_at, release.record.started_at))
            spans["deploying"].append(seconds(release.record.started_at, release.at))
        return {
            name: durations([value for value in values if value is not None])
            for name, values in spans.items()
        }

    put(firsts(changes), "change_lead_time", lead, "period", "month", "week")
    put(
        changes,
        "change_lead_time",
        by_environment,
        "period",
        environments=True,
    )
    put(counted(firsts(commits)), "commit_lead_time", plain, "period", "month")
    requests = [item for item in firsts(changes) if item.request]
    put(counted(requests), "change_lead_time_stages", stages, "period", "month")
    live = {
        change_id: min(item.release.at for item in same)
        for change_id, same in grouped(
            [item for item in changes if item.request], lambda item: [item.id]
        ).items()
    }
    return found | _not_deployed(world, known, live)


def _not_deployed(world: World, known: list[Release], live: dict[str, datetime]) -> Figures:
    """Requests by when they were merged; `live`: when each of them first reached production."""
    found: Figures = {}
    for (scope_type, scope), members in grouped(
        _merged(world), lambda request: world.scopes(request.service)
    ).items():
        for bucket in world.buckets("period"):
            undeployed = deployed = untold = 0
            for request in members:
                if world.day(request.merged_at) not in bucket.days:
                    continue
                when, begins = live.get(request.change_id), _records_begin(known, request)
                if when and when < bucket.ends_at:
                    deployed += 1
                elif when is None and begins and request.merged_at < begins:
                    untold += 1
                else:
                    undeployed += 1
            total = undeployed + deployed
            if total + untold:
                key = Key(
                    "change_lead_time", "period", bucket.starts_on, scope_type, scope, None, "not_deployed"
                )
                found[key] = Figure(undeployed, total, undeployed, total, untold)
    return found


def _records_begin(known: list[Release], request: Any) -> datetime | None:
    """The first known deployment of a request's service, else of its repository; `None` if that is before the trend."""
    for release in known:
        name, wanted = (
            (release.record.service, request.service)
            if request.service
            else (release.record.repository, request.repository)
        )
        if release.succeeded and wanted and name == wanted:
            return release.at if release.is_baseline else None
    return None
