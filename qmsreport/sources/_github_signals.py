"""What stands for a deployment where GitHub's deployments are not used: releases, or runs of a workflow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from qmsreport.errors import Malformed
from qmsreport.records import Deployment
from qmsreport.sources import _github_words as words
from qmsreport.sources._github_api import Reply
from qmsreport.sources._github_deployments import CHUNK, Chunk, Scope, Seen
from qmsreport.sources._github_faults import Refused
from qmsreport.sources._github_read import known_moment, login, moment, pages
from qmsreport.sources._github_state import ListState

_WINDOW = timedelta(days=28)
_SHORTEST_WINDOW = timedelta(minutes=1)
_FEW_ENOUGH = 300  # runs for each window
_LONGEST_JOB = timedelta(
    hours=6
)  # on GitHub's own runners; one that waited for approval takes one question more
_MOST_LISTED = 1000  # GitHub lists no more for a search, and says nothing
_ENDED = {
    "success": "succeeded",
    "failure": "failed",
    "timed_out": "failed",
    "startup_failure": "failed",
    "cancelled": "cancelled",
    "skipped": "cancelled",
    "stale": "cancelled",
}


def releases(scope: Scope, start: datetime, _state: ListState | None) -> Iterator[Chunk]:
    """Releases published in `[start, until)`; `environments` maps `release` and, if wanted, `prerelease`.

    The whole list is read, 100 for each request: GitHub dates and orders a release by its tag's commit, which says
    nothing of the day on which it was published. A draft is no deployment yet: it is kept as one that still runs.
    """
    asked_at = scope.api.clock()
    for page in pages(scope.api, "Releases", scope.variables, None, CHUNK):
        seen = [one for node in page.nodes if (one := _release(scope, node, start))]
        end = asked_at if page.last else max(known_moment(node["createdAt"]) for node in page.nodes)
        yield Chunk(seen, page.replies, min(end, scope.until), last=page.last)


def _release(scope: Scope, node: Mapping[str, Any], start: datetime) -> Seen | None:
    environment = (
        scope.environments.get("prerelease")
        if node["isPrerelease"]
        else scope.environments.get("release", "production")
    )
    created = known_moment(node["createdAt"])
    published = None if node["isDraft"] else moment(node["publishedAt"])
    if environment is None or (published or created) >= scope.until or (published and published < start):
        return None
    said = words.texts(node["tagName"], node["name"])
    course = (
        words.Course("succeeded", published, 1, settled=True)
        if published
        else words.Course("running", None, None, settled=False)
    )
    record = Deployment(
        deployment_id=f"release-{node['databaseId']}",
        service=words.service_of(scope.services, scope.repository, environment=_tag_prefix(node["tagName"])),
        environment=environment,
        repository=scope.repository,
        commit_sha=(node["tagCommit"] or {}).get("oid"),
        ref=node["tagName"],
        started_at=None if published else created,  # of a published one it is the date of the commit
        finished_at=course.finished_at,
        outcome=course.outcome,
        attempt=course.attempt,
        is_rollback=words.is_rollback(said),
        is_unplanned=words.is_unplanned(said, scope.delivery.unplanned_patterns),
        actor=login(node["author"]),
        url=node["url"],
    )
    return Seen(record, created, course)


def _tag_prefix(tag: str) -> str:
    """`checkout-v1.2.3`, `checkout/1.2.3` and `checkout@1.2.3` begin with a monorepo's service."""
    return tag.replace("@", "/")


def runs_path(workflow: str) -> str:
    """Where a repository lists the runs of a workflow; without one, of all."""
    return f"/actions/workflows/{workflow}/runs" if workflow else "/actions/runs"


def workflow_runs(workflow: str) -> Any:
    """The signal of one workflow's runs (its file name or id), or of every workflow named in `environments`."""

    def signal(scope: Scope, start: datetime, _state: ListState | None) -> Iterator[Chunk]:
        path = f"/repos/{scope.repository}{runs_path(workflow)}"
        asked_at = scope.api.clock()
        until = min(asked_at, scope.until)
        # a failed run can be re-run for 30 days without becoming a new one
        begin = max(scope.since, min(start, until - timedelta(days=30)))
        width = _WINDOW
        while begin < until:
            end = min(begin + width, until)
            parameters = {"created": f"{_whole_second(begin)}..{_whole_second(end)}", "per_page": 100}
            replies = [scope.api.rest(path, parameters)]
            count = replies[0].data["total_count"]
            if count > _FEW_ENOUGH and width > _SHORTEST_WINDOW:
                width = max(width / 2, _SHORTEST_WINDOW)
                continue
            if count > _MOST_LISTED:
                raise Malformed(
                    f"GitHub lists {_MOST_LISTED} of the {count} runs of {scope.repository} from {begin} to {end}. "
                    "Name the workflow that deploys in 'workflow'."
                )
            while replies[-1].next_page:
                replies.append(scope.api.rest(replies[-1].next_page))
            runs = {run["id"]: run for reply in replies for run in reply.data["workflow_runs"]}
            seen = [one for run in runs.values() if (one := _run(scope, run, replies, named=not workflow))]
            seen.sort(key=lambda one: (one.created_at, one.record.deployment_id))
            yield Chunk(seen, replies, end, last=end == until)
            begin = end
            if len(runs) < _FEW_ENOUGH // 4:
                width = min(width * 2, _WINDOW)

    return signal


def _whole_second(at: datetime) -> str:
    """A time as GitHub's search takes it: without a fraction."""
    return f"{at.isoformat(timespec='seconds')}Z"


def _run(scope: Scope, run: Mapping[str, Any], replies: list[Reply], *, named: bool) -> Seen | None:
    name = run.get("name") or ""
    if named and name not in scope.environments:
        return None
    created = known_moment(run["created_at"])
    course = _run_course(scope, run, replies)
    environment = scope.environments.get(name, scope.environments.get("workflow_run", "production"))
    said = words.texts(run.get("head_branch"), run.get("display_title"), name)
    record = Deployment(
        deployment_id=f"run-{run['id']}",
        service=words.service_of(scope.services, scope.repository, environment=name),
        environment=environment,
        repository=scope.repository,
        commit_sha=run["head_sha"],
        ref=run.get("head_branch"),
        started_at=created,
        finished_at=course.finished_at,
        outcome=course.outcome,
        attempt=course.attempt,
        is_rollback=words.is_rollback(said),
        is_unplanned=words.is_unplanned(said, scope.delivery.unplanned_patterns),
        actor=login(run.get("actor")),
        url=run["html_url"],
    )
    return Seen(record, created, course)


def _run_course(scope: Scope, run: Mapping[str, Any], replies: list[Reply]) -> words.Course:
    """The first successful attempt ever: a run that is re-run months later keeps the date it went live on.

    GitHub lists the newest attempt only, so the earlier ones of a re-run are asked for, one by one.
    """
    attempts = int(run.get("run_attempt") or 1)
    for number in range(1, attempts):
        try:
            reply = scope.api.rest(f"/repos/{scope.repository}/actions/runs/{run['id']}/attempts/{number}")
        except Refused as error:
            if error.status != 404:
                raise
            continue  # its retention is over; what follows is what is known
        replies.append(reply)
        if reply.data["conclusion"] == "success":
            return words.Course("succeeded", _jobs_ended(scope, run, number, replies), number, settled=True)
    if run["status"] != "completed":
        return words.Course("running", None, attempts, settled=False)
    outcome = _ENDED.get(run["conclusion"] or "")
    updated = known_moment(run["updated_at"])
    is_doubtful = updated - known_moment(run.get("run_started_at") or run["created_at"]) > _LONGEST_JOB
    ended = _jobs_ended(scope, run, attempts, replies) if is_doubtful else updated
    return words.Course(outcome, ended, attempts, settled=outcome == "succeeded")


def _jobs_ended(scope: Scope, run: Mapping[str, Any], attempt: int, replies: list[Reply]) -> datetime | None:
    """When the last job of an attempt ended; `None` when GitHub no longer has them.

    The run's `updated_at` is that time only until something touches the run: the next attempt, or a note of it that
    expires. So the jobs are asked for where an attempt has a successor, or seems to have taken longer than a job may.
    """
    path: str | None = f"/repos/{scope.repository}/actions/runs/{run['id']}/attempts/{attempt}/jobs"
    parameters: dict[str, Any] | None = {"per_page": 100}
    ends: list[datetime] = []
    while path:
        try:
            replies.append(scope.api.rest(path, parameters))
        except Refused as error:
            if error.status != 404:
                raise
            return None
        ends += [at for job in replies[-1].data["jobs"] if (at := moment(job["completed_at"]))]
        path, parameters = replies[-1].next_page, None
    return max(ends, default=known_moment(run["updated_at"]))
