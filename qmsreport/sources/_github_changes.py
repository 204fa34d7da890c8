"""Pull requests of one repository, with their own commits, reviews, labels and checks: a page for each question.

Read in the order in which they were last updated, so that going on behind the last entry misses nothing. An
own commit is what squash and rebase replace by another: taken from the pull request, its authored time lasts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from qmsreport.extracts import Extract, Progress
from qmsreport.records import Change, ChangeCommit
from qmsreport.sources._github_api import Reply
from qmsreport.sources._github_deployments import Scope
from qmsreport.sources._github_read import (
    extract,
    is_bot,
    known_moment,
    login,
    moment,
    pages,
    start_cursor,
    whole,
)
from qmsreport.sources._github_state import ListState, load_list

PAGE = 50
_OPINIONS = ("APPROVED", "CHANGES_REQUESTED", "DISMISSED")
_GHOST = "ghost"  # how GitHub shows a deleted account


def stream(
    scope: Scope, progress: Progress, emergency_labels: Iterable[str], required: int | None
) -> Iterator[Extract]:
    """Yield the changes page by page.

    Args:
        scope: the repository.
        progress: what is known already.
        emergency_labels: labels of an emergency change.
        required: approvals that the branch's rules ask for; `None` when they could not be read.
    """
    subject = f"pulls:{scope.repository}"
    asked_at = scope.api.clock()
    state = load_list(progress.cursor(subject), scope.since)
    by_path = any(entry.paths for entry in scope.services.in_repository(scope.repository))
    variables = scope.variables | {"files": by_path}
    emergency = {label.lower() for label in emergency_labels}
    if state and not state.done:
        start, after = state.at, state.after
    else:
        start = max(state.at - scope.overlap, scope.since) if state else scope.since
        after = start_cursor(scope.api, "PullRequests", scope.variables, start)
    covered = state.at if state else scope.since
    for page in pages(scope.api, "PullRequests", variables, after, PAGE, start):
        changes: list[Change] = []
        commits: list[ChangeCommit] = []
        for node in page.nodes:
            change, own = _change(scope, node, page.replies, emergency, required)
            changes.append(change)
            commits += own
        times = [known_moment(node["updatedAt"]) for node in page.nodes]
        end = asked_at if page.last else max(times, default=covered)
        covered = max(covered, end)
        noted = ListState(
            since=state.since if state else scope.since, at=covered, done=page.last, after=page.after
        )
        yield extract(
            scope.api,
            subject,
            page.replies,
            {"changes": changes, "change_commits": commits},
            window_start=min(start, scope.until),
            window_end=min(covered, scope.until),
            truncated=page.hidden > 0,
            cursor=noted.dump(),
        )
        start = covered


def _change(
    scope: Scope, node: Mapping[str, Any], replies: list[Reply], emergency: set[str], required: int | None
) -> tuple[Change, list[ChangeCommit]]:
    change_id = f"{scope.repository}#{node['number']}"
    labels = sorted(entry["name"] for entry in whole(scope.api, node, "labels", "PullLabelsRest", replies))
    own = [
        ChangeCommit(
            change_id=change_id,
            commit_sha=entry["commit"]["oid"],
            authored_at=moment(entry["commit"]["authoredDate"]),
        )
        for entry in whole(scope.api, node, "commits", "PullCommitsRest", replies)
    ]
    reviews = whole(scope.api, node, "reviews", "ReviewsRest", replies)
    are_hidden = node["reviews"] is None  # by a permission; that nobody approved is not known then
    merged = moment(node["mergedAt"])
    author = login(node["author"])
    approvals = standing_approvals(reviews, author, merged)
    change = Change(
        change_id=change_id,
        repository=scope.repository,
        service=_service(scope, node, labels, replies),
        title=node["title"],
        base_ref=node["baseRefName"],
        head_sha=node["headRefOid"],
        merge_sha=(node["mergeCommit"] or {}).get("oid") if merged else None,
        opened_at=moment(node["createdAt"]),
        first_reviewed_at=first_review(reviews, author),
        approved_at=approved_at(approvals.values(), required),
        merged_at=merged,
        author=author,
        merged_by=login(node["mergedBy"]),
        approvers=None if are_hidden else sorted(approvals),
        labels=labels,
        is_bot=is_bot(node["author"]),
        is_emergency=any(label.lower() in emergency for label in labels),
        checks_passed=checks_passed(node),
        url=node["url"],
    )
    return change, own


def _service(scope: Scope, node: Mapping[str, Any], labels: list[str], replies: list[Reply]) -> str | None:
    """The repository's service; in a monorepo the one its labels, else the changed paths, name."""
    only = scope.services.of_repository(scope.repository)
    if only:
        return only
    named = scope.services.of_labels(labels)
    if not named and node.get("files"):
        paths = [entry["path"] for entry in whole(scope.api, node, "files", "FilesRest", replies)]
        named = scope.services.of_paths(scope.repository, paths)
    return named[0] if len(named) == 1 else None


def first_review(reviews: Iterable[Mapping[str, Any]], author: str | None) -> datetime | None:
    """The time of the first review by a person who is not the author. A program's review is not one."""
    return min((known_moment(review["submittedAt"]) for review in _by_others(reviews, author)), default=None)


def standing_approvals(
    reviews: Iterable[Mapping[str, Any]], author: str | None, merged: datetime | None
) -> dict[str, datetime]:
    """Who approves, and since when: each person's last word at the merge, if that is an approval.

    The author's own, a program's and a dismissed one do not count; a comment does not take one back.
    """
    last_words: dict[str, tuple[datetime, str]] = {}
    for review in _by_others(reviews, author):
        at = known_moment(review["submittedAt"])
        if review["state"] in _OPINIONS and (merged is None or at <= merged):
            name = login(review["author"]) or _GHOST
            last_words[name] = max(last_words.get(name, (at, review["state"])), (at, review["state"]))
    return {name: at for name, (at, state) in last_words.items() if state == "APPROVED"}


def approved_at(approvals: Iterable[datetime], required: int | None) -> datetime | None:
    """When the last approval that was needed was given.

    With `required` known, that many; unknown, all that stand. Fewer than required: never approved.
    """
    times = sorted(approvals)
    needed = len(times) if required is None else max(required, 1)
    return times[needed - 1] if times and len(times) >= needed else None


def checks_passed(node: Mapping[str, Any]) -> bool | None:
    """Whether all checks of the head passed; `None` without checks, or while they run."""
    heads = (node.get("head") or {}).get("nodes") or ()
    rollup = heads[0]["commit"].get("statusCheckRollup") if heads and heads[0] else None
    return {"SUCCESS": True, "FAILURE": False, "ERROR": False}.get(rollup["state"]) if rollup else None


def _by_others(reviews: Iterable[Mapping[str, Any]], author: str | None) -> Iterator[Mapping[str, Any]]:
    for review in reviews:
        submitted = review["submittedAt"] and review["state"] != "PENDING"
        if (
            submitted
            and not is_bot(review["author"])
            and (login(review["author"]) or _GHOST) != (author or _GHOST)
        ):
            yield review
