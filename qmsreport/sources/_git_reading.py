"""One reading of one clone: what was there before, what is there now, and the extracts in between."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qmsreport.errors import SourceError
from qmsreport.extracts import Batch, Extract, Progress
from qmsreport.sources import _git_deployments as deploying
from qmsreport.sources._commit_graph import CommitGraph
from qmsreport.sources._git_history import History, Part, Rules, State, moment, plan
from qmsreport.sources._git_log import Touches, seconds
from qmsreport.sources._git_process import Repository, version
from qmsreport.sources._git_refs import Branch, Tag, digest, lines_digest, main_branch, tags

__all__ = ["Choices", "Reading", "Rules", "oldest", "shallow_sentence"]

_FORMAT = 1  # raise it when the same repository gives other records than before: then all is read anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The configuration as the reading needs it; `options` are hashed, to notice when they change."""

    branch: str
    deployments: str
    pattern: re.Pattern[str]
    environment: str
    options: dict[str, Any]
    has_services: bool  # whether the configuration has any [[service]]
    rules: Rules


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads one clone once."""

    repository: Repository
    choices: Choices
    since: datetime
    until: datetime
    progress: Progress
    clock: Callable[[], datetime]

    def extracts(self) -> Iterator[Extract]:
        """Commits and changes in chunks, then the deployments; a failure of either is yielded as one."""
        try:
            product = version()
            branch = main_branch(self.repository, self.choices.branch)
            found, elsewhere = (
                tags(self.repository, self.choices.pattern) if self.choices.deployments == "tags" else ([], 0)
            )
            warnings = self._about(branch, found, elsewhere)
            touches = Touches.where_needed(self.repository, self.choices.rules.services)
            graph = yield from self._commits(branch, found, product, warnings, touches)
        except SourceError as error:
            yield self.failed("commits", error)
            return
        if self.choices.deployments == "none":
            return
        try:
            yield self._deployments(branch, found, product, warnings, touches, graph)
        except SourceError as error:
            yield self.failed("deployments", error)

    def failed(self, what: str, error: SourceError) -> Extract:
        """The ledger's line for a clone that could not be read."""
        now = self.clock()
        return Extract(
            subject=f"{what}:{self.repository.name}",
            asked=f"git: {what} of {self.repository.name}",
            started_at=now,
            finished_at=now,
            window_start=self.since,
            window_end=self.until,
            product="git",
            error=str(error),
        )

    def _commits(
        self,
        branch: Branch,
        found: list[Tag],
        product: str,
        warnings: tuple[str, ...],
        touches: Touches | None,
    ) -> Generator[Extract, None, CommitGraph | None]:
        subject, started = f"commits:{self.repository.name}", self.clock()
        rules = self._digest(branch)
        cursor = self.progress.cursor(subject)
        todo = plan(self.repository, branch, [tag.sha for tag in found], rules, cursor)
        known = todo.known or State(rules)
        tips = [tag.sha for tag in found]
        history = History(self.repository, branch, tips, self.choices.rules, known, touches)
        warnings = (*warnings, *todo.warnings)

        def extract(batches: Iterable[Batch], raw_sha256: str, state: State, *, last: bool) -> Extract:
            return Extract(
                subject=subject,
                asked=history.asked(),
                started_at=started,
                finished_at=self.clock(),
                window_start=self.since if last else None,  # a part of a walk covers no window yet
                window_end=self.until if last else None,
                product="git",
                product_version=product,
                truncated=bool(self.repository.shallow_at),
                warnings=warnings if last else (),
                batches=batches,
                raw_sha256=raw_sha256,
                cursor=state.text(),
                lists_all=("commits", "changes", "change_commits") if todo.complete else (),
            )

        if todo.complete:  # in one piece, because only then it is known what is missing
            batches = (batch for part in history.parts() for batch in part.batches)
            yield extract(batches, _hash(history.end), history.end, last=True)
            return history.graph
        held: Part | None = None
        for part in history.parts():
            if held:
                yield extract(held.batches, held.raw_sha256, held.state, last=False)
            held = part
        end = history.end
        yield extract(held.batches if held else (), held.raw_sha256 if held else _hash(end), end, last=True)
        return history.graph

    def _deployments(
        self,
        branch: Branch,
        found: list[Tag],
        product: str,
        warnings: tuple[str, ...],
        touches: Touches | None,
        whole: CommitGraph | None,
    ) -> Extract:
        subject, started = f"deployments:{self.repository.name}", self.clock()
        choices, repository = self.choices, self.repository
        if choices.deployments == "tags":
            listed = deploying.of_tags(repository, found, choices.environment, choices.rules)
            asked = f"git for-each-ref refs/tags: those that match {choices.options['tag_pattern']}"
        else:
            listed = deploying.of_branch(repository, branch, choices.environment, choices.rules, touches)
            asked = f"git log --first-parent: commits of '{branch.name}'"
        ordered = deploying.lines(listed)
        rules = self._digest(branch)
        known = deploying.Known.parse(self.progress.cursor(subject))
        same_rules = known is not None and known.rules == rules
        goes_on = known is not None and same_rules and known.still_begins(ordered)
        skip = known.read if known is not None and goes_on else {}
        graph, made = deploying.contents(repository, ordered, skip, whole, choices.rules, touches)
        if same_rules and not goes_on:
            warnings += (
                f"Deployments of {repository.name} that were read before were moved, deleted, or joined by earlier ones. All were listed anew; records that are no longer there are marked as gone.",
            )
        unmapped = deploying.unmapped(listed, choices.rules.services)
        if unmapped and choices.has_services:
            warnings += (
                f"Deployments of {repository.name} name services that no [[service]] goes by: {', '.join(unmapped)}. Add them, or put the words into a service's 'labels'.",
            )
        return Extract(
            subject=subject,
            asked=f"{asked}; git rev-list --parents for the commits of each new one",
            started_at=started,
            finished_at=self.clock(),
            window_start=self.since,
            window_end=self.until,
            product="git",
            product_version=product,
            server_total=len(listed),
            truncated=bool(repository.shallow_at),
            warnings=warnings,
            batches=deploying.batches(repository, graph, made),
            raw_sha256=lines_digest(one.fingerprint for found in ordered.values() for one in found),
            cursor=deploying.Known.of(rules, ordered).text(),
            lists_all=() if goes_on else ("deployments", "deployment_commits"),
        )

    def _digest(self, branch: Branch) -> str:
        """A hash over all that decides the records besides the commits themselves."""
        entries = [
            (entry.name, entry.paths, entry.labels)
            for entry in self.choices.rules.services.in_repository(self.repository.name)
        ]
        cut = sorted(self.repository.shallow_at)
        return digest(_FORMAT, branch.name, self.choices.options, entries, cut)

    def _about(self, branch: Branch, found: list[Tag], elsewhere: int) -> tuple[str, ...]:
        """What the reader of the ledger should know about this clone."""
        name, choices = self.repository.name, self.choices
        said = []
        if branch.tip is None:
            said.append(
                f"The repository {name} has no commits on '{branch.name}' yet. There was nothing to read."
            )
        if self.repository.shallow_at:
            said.append(shallow_sentence(self.repository))
        if choices.deployments == "tags":
            pattern = choices.options["tag_pattern"]
            if elsewhere:
                said.append(
                    f"{elsewhere} tags of {name} match '{pattern}' but stand on no commit. They were left out."
                )
            if not found and branch.tip:
                said.append(
                    f"No tag of {name} matches '{pattern}': it has no deployments. Mend 'tag_pattern' (it must match the whole name), or fetch the tags."
                )
            if (
                found
                and len(choices.rules.services.in_repository(name)) > 1
                and not any("service" in tag.groups for tag in found)
            ):
                said.append(
                    f"Tags of {name} do not say which of its services they deploy. Name the group in 'tag_pattern', like (?P<service>[\\w-]+)/v.+"
                )
        return tuple(said)


def _hash(state: State) -> str:
    return lines_digest([state.branch or "", *state.beside])


def shallow_sentence(repository: Repository) -> str:
    """What a shallow clone means, and how to mend it."""
    return f"The repository {repository.path} is a shallow clone: older commits are missing, and the commits of a deployment may be too few or too many. Run 'git fetch --unshallow' in it."


def oldest(repository: Repository, tip: str) -> datetime | None:
    """When the oldest of a branch's first commits was made.

    Raises:
        SourceError: when git cannot read the repository.
    """
    listed = repository.run("rev-list", "--max-parents=0", "--timestamp", "--stdin", lines=[tip])
    times = [seconds(line.split()[0]) for line in listed.splitlines()]
    return moment(min((time for time in times if time is not None), default=None))
