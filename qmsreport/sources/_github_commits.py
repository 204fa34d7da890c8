"""Which commits a deployment brought in: from GitHub's comparisons, a few for many deployments.

GitHub compares two commits (`GET /compare/base...head`, paged) and lists what is reachable from the second
and not from the first, each with its parents. One such *span*, from the oldest commit that was live to the
newest that went live, answers for every deployment inside it by walking those parents; only a pair that it
cannot answer for (a hotfix branch, rewritten history) is compared by itself.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from qmsreport.errors import Malformed
from qmsreport.extracts import Extract
from qmsreport.records import Commit, DeploymentCommit
from qmsreport.sources._github_api import Api, Reply
from qmsreport.sources._github_faults import Refused, ServerFault
from qmsreport.sources._github_read import extract, is_bot, login, moment
from qmsreport.sources._github_state import ChainState, Success

_WIDE_SPANS = 3  # how many guesses at a span that answers many pairs
_NO_ANSWER_EVER = (404, 422, 500)  # a commit is gone, the two have no common history, or are too far apart


@dataclass(slots=True)
class Span:
    """Everything reachable from `head` and not from `base`, with parents."""

    base: str
    head: str
    parents: Mapping[str, Sequence[str]]
    commits: list[Commit] = field(default_factory=list)

    def between(self, base: str, head: str) -> list[str] | None:
        """Commits reachable from `head` and not from `base`; `None` when the span cannot tell.

        It can when `base` leads back to the span's own base: then all that lies outside the span, being
        reachable from the span's base, is reachable from `base` too.
        """
        if base == head:
            return []
        known = head in self.parents or head == self.base
        if not known:
            return None
        behind: set[str] = set()
        if base != self.base:
            if base not in self.parents:
                return None
            behind, exits = self._walk(base)
            if self.base not in exits:
                return None
        return sorted(self._walk(head)[0] - behind) if head in self.parents else []

    def _walk(self, start: str) -> tuple[set[str], set[str]]:
        """Commits of the span reachable from one of them, and the first ones outside that they lead to."""
        inside: set[str] = set()
        exits: set[str] = set()
        waiting = [start]
        while waiting:
            sha = waiting.pop()
            if sha in inside:
                continue
            inside.add(sha)
            for parent in self.parents[sha]:
                (waiting.append if parent in self.parents else exits.add)(parent)
        return inside, exits


def compare(api: Api, repository: str, base: str, head: str, replies: list[Reply]) -> Span:
    """Ask for one span, page by page; the answers are added to `replies`.

    Raises:
        Refused: GitHub knows one of the two no longer (rewritten history), or they are too far apart.
    """
    found: dict[str, Commit] = {}
    path = f"/repos/{repository}/compare/{base}...{head}"
    page = 1
    while True:
        # the first page also lists up to 300 changed files, which no parameter leaves out
        reply = api.rest(path, {"per_page": 100, "page": page})
        replies.append(reply)
        before = len(found)
        for item in reply.data["commits"]:
            found[item["sha"]] = commit_of(repository, item)
        if len(found) == before or len(found) >= reply.data["total_commits"] or reply.next_page is None:
            break
        page += 1
    if len(found) < reply.data["total_commits"]:
        raise Malformed(
            f"GitHub lists {len(found)} of the {reply.data['total_commits']} commits of {repository} {base}...{head}: "
            "the comparison is incomplete. Run the extraction again later."
        )
    parents = {sha: tuple(commit.parent_shas or ()) for sha, commit in found.items()}
    return Span(base, head, parents, list(found.values()))


def commit_of(repository: str, item: Mapping[str, Any]) -> Commit:
    """REST's commit as a record; the author is the account, not the name and e-mail in the commit."""
    author = item.get("author") or None
    return Commit(
        repository=repository,
        commit_sha=item["sha"],
        parent_shas=[parent["sha"] for parent in item["parents"]],
        authored_at=moment((item["commit"].get("author") or {}).get("date")),
        committed_at=moment((item["commit"].get("committer") or {}).get("date")),
        author=login(author),
        is_bot=is_bot(author),
    )


def attribute(
    api: Api, repository: str, todo: Iterable[Success], state: ChainState, until: datetime
) -> Extract | None:
    """The commits of every success up to `until`, in the order they went live; moves `state` on.

    The first success of a service and environment is a baseline and gets none. One whose predecessor GitHub
    no longer knows gets none either, and a warning. `None` when there is nothing to do.
    """
    ready = sorted(
        {
            success
            for success in todo
            if success.at <= until and (state.until is None or success.at > state.until)
        },
        key=lambda success: (success.at, success.deployment_id),
    )
    if not ready:
        return None
    pairs: list[tuple[Success, Success]] = []
    for success in ready:
        previous = state.heads.get(success.chain)
        if previous:
            pairs.append((previous, success))
        state.heads[success.chain] = success
    replies: list[Reply] = []
    warnings: list[str] = []
    finder = _Finder(api, repository, pairs, replies)
    links: list[DeploymentCommit] = []
    for previous, success in pairs:
        shas = finder.between(previous.sha, success.sha)
        if shas is None:
            warnings.append(
                f"The commits of deployment {success.deployment_id} are not computed: GitHub cannot compare "
                f"{previous.sha[:12]} with {success.sha[:12]} (rewritten history, or too far apart?)"
            )
            continue
        links += [DeploymentCommit(deployment_id=success.deployment_id, commit_sha=sha) for sha in shas]
    state.until = ready[-1].at
    commits = {commit.commit_sha: commit for span in finder.spans for commit in span.commits}
    return extract(
        api,
        f"deployment_commits:{repository}",
        replies,
        {"deployment_commits": links, "commits": list(commits.values())},
        asked=replies[0].asked
        if replies
        else f"nothing: {len(ready)} deployment(s) with no other before or no new commit",
        warnings=warnings,
        cursor=state.dump(),
    )


class _Finder:
    """Answers pairs from as few spans as it can."""

    def __init__(
        self, api: Api, repository: str, pairs: Sequence[tuple[Success, Success]], replies: list[Reply]
    ) -> None:
        self._api, self._repository, self._replies = api, repository, replies
        self.spans: list[Span] = []
        self._unknown: set[tuple[str, str]] = set()
        differing = [pair for pair in pairs if pair[0].sha != pair[1].sha]
        # the last head may be a roll-back that leads nowhere: the one before it is the next guess
        self._heads = list(dict.fromkeys(success.sha for _, success in reversed(differing)))[:_WIDE_SPANS]
        self._widest = min((previous for previous, _ in differing), key=lambda found: found.at, default=None)

    def between(self, base: str, head: str) -> list[str] | None:
        """Commits reachable from `head` and not from `base`; `None` when GitHub cannot tell."""
        if base == head:
            return []
        found = self._known(base, head)
        while found is None and self._heads and self._widest:
            with contextlib.suppress(ServerFault):  # too much at once, perhaps: the pair alone is less
                self._ask(self._widest.sha, self._heads.pop(0))
            found = self._known(base, head)
        if found is None:
            self._ask(base, head)
            found = self._known(base, head)
        return found

    def _known(self, base: str, head: str) -> list[str] | None:
        for span in self.spans:
            if (base, head) == (span.base, span.head):
                return sorted(span.parents)
            if (found := span.between(base, head)) is not None:
                return found
        return None

    def _ask(self, base: str, head: str) -> None:
        if (base, head) in self._unknown or base == head:
            return
        try:
            self.spans.append(compare(self._api, self._repository, base, head, self._replies))
        except Refused as error:
            if error.status not in _NO_ANSWER_EVER:
                raise
            self._unknown.add((base, head))
