"""Deployments of one repository, from whichever of three signals the organisation uses, with their commits.

`deployments`: the REST list, newest first, tells which there are (100 for each request; it keeps the ref of a
deleted branch and the 64-bit id, both of which GraphQL has lost); GraphQL then reads the full status history
of 100 at a time. They are stored oldest first, 100 at a time, so that an interrupted run goes on from there.

A deployment that vanishes upstream is kept: it took place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from qmsreport.config import Delivery
from qmsreport.extracts import Extract, Progress
from qmsreport.records import Deployment
from qmsreport.services import ServiceMap
from qmsreport.sources import _github_words as words
from qmsreport.sources._github_api import Api, Reply
from qmsreport.sources._github_commits import attribute
from qmsreport.sources._github_faults import ServerFault
from qmsreport.sources._github_read import SMALLEST_PAGE, extract, known_moment, login, refused, whole
from qmsreport.sources._github_state import ListState, Success, load_chain, load_list

CHUNK = 100  # what GraphQL's `nodes` takes at once
UNSETTLED_DAYS = 35  # a waiting deployment expires after 30 days, and a run can be re-run for 30
_JUST_NOW = timedelta(seconds=60)  # a success this fresh may still get an earlier neighbour


@dataclass(frozen=True, slots=True)
class Seen:
    """One deployment as read, and what its history comes to."""

    record: Deployment
    created_at: datetime
    course: words.Course

    @property
    def waiting(self) -> bool:
        """Whether it is still on its way; a failed one is not, though it may be retried."""
        return self.course.outcome in (None, "running")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some deployments, all older than those of the next chunk."""

    seen: list[Seen]
    replies: list[Reply]
    until: datetime  # everything created before this is read
    last: bool
    etag: str | None = None
    etag_since: datetime | None = None  # the tagged page holds everything created after this
    unchanged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What every stream of one repository needs."""

    api: Api
    repository: str
    services: ServiceMap
    delivery: Delivery
    environments: Mapping[str, str]
    overlap: timedelta
    since: datetime
    until: datetime

    @property
    def variables(self) -> dict[str, Any]:
        """The repository as GraphQL names it."""
        owner, name = self.repository.split("/")
        return {"owner": owner, "name": name}

    def environment(self, name: str | None) -> str | None:
        """An environment as the report names it; GitHub's own names do not differ by case."""
        if not name or name in self.environments:
            return self.environments.get(name or "")
        named = {theirs.lower(): ours for theirs, ours in self.environments.items()}
        production = {ours.lower(): ours for ours in self.delivery.production}
        return (production | named).get(name.lower(), name)


def stream(scope: Scope, progress: Progress, signal: Any) -> Iterator[Extract]:
    """Yield the deployments chunk by chunk, each followed by the commits of those that succeeded.

    `signal(scope, start, state)` yields `Chunk`s from `start` on, oldest first.
    """
    subject = f"deployments:{scope.repository}"
    state = load_list(progress.cursor(subject), scope.since)
    chain = load_chain(
        progress.cursor(f"deployment_commits:{scope.repository}"), state.since if state else scope.since
    )
    start = begins(scope, "deployments", progress)
    covered = state.at if state else scope.since
    since = state.since if state else scope.since
    todo = {success.deployment_id: success for success in state.todo} if state else {}
    unsettled = state.unsettled if state and not state.done else None
    waiting = False
    if start >= scope.until:
        return
    for chunk in signal(scope, start, state):
        todo |= {success.deployment_id: success for success in _successes(chunk.seen)}
        todo = {
            key: success for key, success in todo.items() if chain.until is None or success.at > chain.until
        }
        unsettled = unsettled or _oldest_unsettled(chunk.seen, scope.api.clock())
        if chunk.unchanged and state:
            unsettled = state.unsettled
        waiting = waiting or any(one.waiting for one in chunk.seen)
        covered = max(covered, chunk.until)
        noted = ListState(
            since=since,
            at=covered,
            done=chunk.last,
            unsettled=unsettled,
            etag=None if waiting or not _tagged(chunk, unsettled) else chunk.etag,
            todo=list(todo.values()),
        )
        yield extract(
            scope.api,
            subject,
            chunk.replies,
            {"deployments": [seen.record for seen in chunk.seen]},
            window_start=start,
            window_end=min(covered, scope.until),
            cursor=noted.dump(),
            warnings=_unmapped(scope, chunk.seen),
        )
        start = min(covered, scope.until)
        found = attribute(scope.api, scope.repository, todo.values(), chain, _final(chunk, scope.api))
        if found:
            yield found


def listed(scope: Scope, start: datetime, state: ListState | None) -> Iterator[Chunk]:
    """GitHub's own deployments created in `[start, until)`."""
    asked_at = scope.api.clock()
    etag = state.etag if state and state.done else None
    path: str | None = f"/repos/{scope.repository}/deployments"
    parameters: dict[str, Any] | None = {"per_page": 100}
    items: dict[int, dict[str, Any]] = {}
    replies: list[Reply] = []
    new_etag: str | None = None
    tagged_since: datetime | None = None
    while path:
        reply = scope.api.rest(path, parameters, etag if not replies else None)
        replies.append(reply)
        if reply.status == 304:  # nothing was created or changed, and nothing was still running
            yield Chunk([], replies, min(asked_at, scope.until), last=True, etag=etag, unchanged=True)
            return
        if scope.until >= asked_at:  # otherwise the page holds some that are left for a later run
            new_etag = new_etag or reply.etag
            if reply.data and reply.next_page:
                tagged_since = tagged_since or known_moment(reply.data[-1]["created_at"])
        for item in reply.data:
            if start <= known_moment(item["created_at"]) < scope.until:
                items[item["id"]] = item  # a new one at the list's head pushes others onto the next page
        reached = bool(reply.data) and known_moment(reply.data[-1]["created_at"]) < start
        path, parameters = (None if reached else reply.next_page), None
    ordered = sorted(items.values(), key=lambda item: (item["created_at"], item["id"]))
    for first in range(0, max(len(ordered), 1), CHUNK):
        part = ordered[first : first + CHUNK]
        last = first + CHUNK >= len(ordered)
        end = min(asked_at, scope.until) if last else known_moment(part[-1]["created_at"])
        histories = _histories(scope, part, replies)
        seen = [_seen(scope, item, histories.get(item["node_id"])) for item in part]
        yield Chunk(seen, replies, end, last=last, etag=new_etag, etag_since=tagged_since)
        replies = []


def _histories(
    scope: Scope, items: Sequence[Mapping[str, Any]], replies: list[Reply]
) -> dict[str, list[words.Status]]:
    """The full status history of some deployments, by REST's `node_id`: one question, if GitHub can bear it."""
    if not items:
        return {}
    ids = [item["node_id"] for item in items]
    try:
        reply = scope.api.graphql("DeploymentStatuses", {"ids": ids})
    except ServerFault:
        if len(items) <= SMALLEST_PAGE:
            raise
        half = len(items) // 2
        return _histories(scope, items[:half], replies) | _histories(scope, items[half:], replies)
    replies.append(reply)
    found = {}
    # answered in the order asked: an id may come back in GitHub's other format, so the place counts
    for asked, node in zip(ids, reply.data["nodes"], strict=True):
        if node and "statuses" in node:
            found[asked] = words.statuses_of(whole(scope.api, node, "statuses", "StatusesRest", replies))
    return found


def _seen(scope: Scope, item: Mapping[str, Any], history: list[words.Status] | None) -> Seen:
    created = known_moment(item["created_at"])
    course = words.course(history or ())
    payload = words.payload_of(item.get("payload"))
    said = words.texts(item.get("ref"), item.get("description"), item.get("task"), payload)
    environment = item.get("environment") or item.get("original_environment")
    links = [status.url for status in history or () if status.url]
    record = Deployment(
        deployment_id=str(item["id"]),
        service=words.service_of(
            scope.services, scope.repository, environment=environment, task=item.get("task"), payload=payload
        ),
        environment=scope.environment(environment),
        repository=scope.repository,
        commit_sha=item["sha"],
        ref=item.get("ref"),
        started_at=created,
        finished_at=course.finished_at,
        outcome=course.outcome,
        attempt=course.attempt,
        is_rollback=words.is_rollback(said),
        is_unplanned=words.is_unplanned(said, scope.delivery.unplanned_patterns),
        fixes_incident=words.fixed_incident(scope.repository, said),
        actor=login(item.get("creator")),
        url=links[0] if links else None,
    )
    return Seen(record, created, course)


def begins(scope: Scope, subject: str, progress: Progress) -> datetime:
    """Where reading a list begins: at the beginning, where it was broken off, or some days before where it ended."""
    state = load_list(progress.cursor(f"{subject}:{scope.repository}"), scope.since)
    if state is None:
        return scope.since
    if not state.done:
        return max(state.at, scope.since)
    start = state.at - scope.overlap
    return max(min(start, state.unsettled or start), scope.since)


def _successes(seen: Sequence[Seen]) -> Iterator[Success]:
    for one in seen:
        record = one.record
        if record.outcome == "succeeded" and record.finished_at and record.commit_sha:
            yield Success(
                record.finished_at,
                record.deployment_id,
                record.service,
                record.environment,
                record.commit_sha,
            )


def _oldest_unsettled(seen: Sequence[Seen], now: datetime) -> datetime | None:
    """The oldest deployment that a later status may still finish; one that waited too long never will."""
    oldest = now - timedelta(days=UNSETTLED_DAYS)
    return min(
        (one.created_at for one in seen if not one.course.settled and one.created_at > oldest), default=None
    )


def _tagged(chunk: Chunk, unsettled: datetime | None) -> bool:
    """Whether a change of anything that may still change would change the tagged first page."""
    return chunk.unchanged or unsettled is None or chunk.etag_since is None or unsettled > chunk.etag_since


def _final(chunk: Chunk, api: Api) -> datetime:
    """Up to when the order of successes cannot change any more: what is read later was created later."""
    return min(api.clock() - _JUST_NOW, chunk.until) if chunk.last else chunk.until


def _unmapped(scope: Scope, seen: Sequence[Seen]) -> list[str]:
    lost = sum(1 for one in seen if one.record.service is None)
    return [f"{lost} of {len(seen)} deployments of {scope.repository} map to no service"] if lost else []


def no_answer(
    scope: Scope, subject: str, started_at: datetime, error: Any, begins: datetime | None = None
) -> Extract:
    """The ledger's line when a stream of this repository was refused, with the window it was asked about.

    `begins`: `None` for what is asked about no time, like settings.
    """
    asked = f"{subject} of {scope.repository}"
    window = (min(begins, scope.until), scope.until) if begins else (None, None)
    return refused(scope.api, f"{subject}:{scope.repository}", asked, started_at, error, window)
