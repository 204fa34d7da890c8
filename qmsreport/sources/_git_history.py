"""Commits and changes of one repository: what is new since the cursor, in extracts of bounded size."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain, compress
from typing import TYPE_CHECKING

from qmsreport.extracts import Batch
from qmsreport.records import schema
from qmsreport.services import ServiceMap
from qmsreport.sources import _git_changes as rules
from qmsreport.sources._commit_graph import CommitGraph, OwnCommits
from qmsreport.sources._git_log import Entry, Person, Touches, entries, frames
from qmsreport.sources._git_process import Repository
from qmsreport.sources._git_refs import Branch, lines_digest

if TYPE_CHECKING:
    import polars as pl

_PARENTS_FIRST = ("--topo-order", "--reverse")
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # naive UTC, as everywhere inside


def moment(seconds: int | None) -> datetime | None:
    """Unix seconds as naive UTC."""
    return None if seconds is None else _EPOCH + timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Rules:
    """How commits are read: what is a change, who is a bot, what is unplanned."""

    changes: str
    person: Callable[[str, str], Person]
    unplanned: tuple[re.Pattern[str], ...]
    services: ServiceMap
    chunk_commits: int


@dataclass(frozen=True, slots=True)
class State:
    """How far the history was read: the branch's commit, and tagged commits beside the branch."""

    rules: str  # digest of everything else that decides the rows
    branch: str | None = None
    beside: tuple[str, ...] = ()

    def text(self) -> str:
        """The cursor."""
        return json.dumps({"rules": self.rules, "branch": self.branch, "beside": self.beside})

    @classmethod
    def read(cls, text: str | None) -> State | None:
        """The cursor read back; `None` for no cursor, or one that this version cannot read."""
        try:
            values = json.loads(text or "null")
            return cls(values["rules"], values["branch"], tuple(values["beside"]))
        except (ValueError, TypeError, KeyError):
            return None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be read: all of it, listed as complete, or what came after `known`."""

    known: State | None
    complete: bool = False  # stored records that are missing from it are gone
    warnings: tuple[str, ...] = ()


def plan(
    repository: Repository, branch: Branch, tagged: list[str], rules_digest: str, cursor: str | None
) -> Plan:
    """Compare what was read before with what is there.

    Going on is right only where a reading from the start would give the same records: the rules are the same,
    the branch's line only grew at its end, and nothing that was read became unreachable.

    Raises:
        SourceError: when git cannot read the repository.
    """
    if cursor is None:
        return Plan(None)
    known = State.read(cursor)
    if known is None or known.rules != rules_digest:
        return Plan(None, complete=True)
    if known.branch and not _grew(repository, branch.tip, known.branch):
        lost = f"The branch '{branch.name}' of {repository.name} was rewritten: its line no longer holds the commit {known.branch[:12]} that was read before. Everything was read anew; records that are no longer there are marked as gone."
        return Plan(None, complete=True, warnings=(lost,))
    now = [tip for tip in (branch.tip, *tagged) if tip]
    if any(_unreachable(repository, tip, now) for tip in known.beside):
        lost = f"A tag of {repository.name} beside the branch '{branch.name}' was moved or deleted, and commits that were read before are reachable no more. Everything was read anew; records that are no longer there are marked as gone."
        return Plan(None, complete=True, warnings=(lost,))
    return Plan(known)


def _grew(repository: Repository, tip: str | None, before: str) -> bool:
    """Whether the branch's first-parent line leads from `tip` to `before`."""
    if tip == before:
        return True
    if tip is None or repository.resolve(before) is None:
        return False
    line = repository.run(
        "rev-list", "--first-parent", "--parents", "--reverse", "--stdin", lines=(tip, f"^{before}")
    )
    oldest = line.partition("\n")[0].split()
    return len(oldest) > 1 and oldest[1] == before


def _unreachable(repository: Repository, sha: str, tips: list[str]) -> bool:
    if sha in tips:
        return False
    if repository.resolve(sha) is None:
        return True
    left = repository.run("rev-list", "--max-count=1", "--stdin", lines=(sha, *(f"^{tip}" for tip in tips)))
    return bool(left.strip())


@dataclass(slots=True)
class Part:
    """The records of one chunk of commits, and where reading them brings us."""

    batches: list[Batch]
    commits: int
    raw_sha256: str
    state: State


@dataclass
class History:
    """One walk over what is new. Parents come before their children, so every prefix of it is closed."""

    repository: Repository
    branch: Branch
    tagged: list[str]
    rules: Rules
    known: State
    touches: Touches | None
    _graph: CommitGraph = field(default_factory=CommitGraph)
    _authored: list[int | None] = field(default_factory=list)  # by position, as in the graph
    _authors: list[Person] = field(default_factory=list)
    _ended: bool = False

    def asked(self) -> str:
        """The walk in words, for the ledger."""
        after = f", not reachable from {self.known.branch[:12]}" if self.known.branch else ""
        return f"git log --topo-order --reverse: commits reachable from '{self.branch.name}' and {len(self.tagged)} tagged commits{after}; changes: {self.rules.changes}"

    def parts(self) -> Iterator[Part]:
        """The chunks, oldest first.

        Raises:
            SourceError: when git cannot read the repository.
        """
        reached = self.known.branch
        tip = self.branch.tip
        if tip and tip != reached:
            revisions = [tip, *([f"^{reached}"] if reached else [])]
            own = OwnCommits(self._graph.parents)
            with ThreadPoolExecutor(1) as beside:  # while git gets ready to list the first commit
                asked = beside.submit(self._line, revisions)
                for chunk, shas in self._read(revisions):
                    line = asked.result()
                    on_line = [sha in line for sha in shas]
                    reached = next((sha for sha in reversed(shas) if sha in line), reached)
                    state = State(self.known.rules, reached, self.known.beside)
                    yield self._part(chunk, self._changes(chunk, on_line, own), state)
        yield from self._beside()
        self._ended = True

    def _line(self, revisions: list[str]) -> set[str]:
        """The commits of the branch's first-parent line."""
        return set(self.repository.run("rev-list", "--first-parent", "--stdin", lines=revisions).split())

    def _beside(self) -> Iterator[Part]:
        """Tagged commits that the branch does not hold, like those of a release branch."""
        tip, known = self.branch.tip, self.known.beside
        new = [sha for sha in self.end.beside if sha not in known]
        seen = [f"^{sha}" for sha in (tip, *known) if sha]
        for chunk, _ in self._read([*new, *seen]) if new else ():
            yield self._part(chunk, [], State(self.known.rules, tip, known))

    @cached_property
    def end(self) -> State:
        """Where the whole walk ends; cheaper to ask when the branch was walked."""
        tip = self.branch.tip
        # after a walk from the start, what is not in the graph is not on the branch
        tips = sorted({sha for sha in self.tagged if self.known.branch or sha not in self._graph.positions})
        off = [f"^{tip}"] if tip else []
        outside = self.repository.run("rev-list", "--stdin", lines=[*tips, *off]).split() if tips else []
        return State(self.known.rules, tip, tuple(sorted(set(outside).intersection(tips))))

    @property
    def graph(self) -> CommitGraph | None:
        """The graph of everything, if this walk began at the start and has ended; `None` if it broke off."""
        return self._graph if self._ended and self.branch.tip and not self.known.branch else None

    def _read(self, revisions: list[str]) -> Iterator[tuple[pl.DataFrame, list[str]]]:
        size = self.rules.chunk_commits
        for chunk in frames(
            self.repository, *_PARENTS_FIRST, revisions=revisions, size=size, touches=self.touches
        ):
            shas = chunk["sha"].to_list()
            for sha, parents in zip(shas, chunk["parents"].to_list(), strict=True):
                self._graph.add(sha, parents.split())
            self._authored += chunk["authored"].to_list()
            self._authors += map(
                self.rules.person, chunk["author_name"].to_list(), chunk["author_address"].to_list()
            )
            yield chunk, shas

    def _changes(self, chunk: pl.DataFrame, on_line: list[bool], own: OwnCommits) -> list[Batch]:
        """The changes of a chunk and their commits."""
        rule, positions = self.rules.changes, self._graph.positions
        if rule == "none":
            return []
        rows = chunk.filter(on_line) if rule == "merges" else chunk
        listed = list(entries(rows, self.rules.person))
        owned = []  # of every commit of the line in turn, whether it is a change or not
        for entry in listed:
            others = [positions[sha] for sha in entry.parents[1:] if sha in positions]
            brought = own.of(positions[entry.sha], others) if rule == "merges" else []
            owned.append(brought if len(entry.parents) > 1 else [positions[entry.sha]])
        chosen = [rules.is_change(entry, rule) for entry in listed]
        if not any(chosen):
            return []
        listed, owned = list(compress(listed, chosen)), list(compress(owned, chosen))
        changes = self._change_records(rows.filter(chosen), listed, owned)
        return [
            Batch("changes", changes),
            Batch("change_commits", self._own_records(changes["change_id"].to_list(), owned)),
        ]

    def _change_records(
        self, rows: pl.DataFrame, listed: list[Entry], owned: list[list[int]]
    ) -> pl.DataFrame:
        import polars as pl

        name, whole = self.repository.name, self.rules.services.of_repository(self.repository.name)
        services: list[str | None] = [whole] * len(listed)
        if self.touches:
            touched = self.touches.of(entry.sha for entry in listed)
            services = [of[0] if len(of) == 1 else None for of in (touched[entry.sha] for entry in listed)]
        heads = [
            entry.parents[1]
            if len(entry.parents) > 1
            else entry.sha
            if self.rules.changes == "commits"
            else None
            for entry in listed
        ]
        ats = (self._graph.positions.get(head or "", -1) for head in heads)
        # the head's author wrote it; a merge whose head brings nothing new has no author but its own
        authors = [
            self._authors[at] if at in positions else entry.author
            for at, positions, entry in zip(ats, owned, listed, strict=True)
        ]
        messages = [rules.read_message(entry.subject, entry.body) for entry in listed]
        unplanned = self.rules.unplanned
        return _records(
            "changes",
            rows,
            change_id=pl.lit(f"{name}@") + pl.col("sha"),
            repository=pl.lit(name),
            service=pl.Series(services),
            title=pl.Series([message.title for message in messages]),
            base_ref=pl.lit(self.branch.name),
            head_sha=pl.Series(heads),
            merge_sha=pl.col("sha"),
            merged_at=_moment("committed"),
            author=pl.Series([author.login for author in authors]),
            merged_by=pl.Series([rules.merged_by(entry) for entry in listed]),
            is_bot=pl.Series([author.is_bot for author in authors]),
            is_emergency=pl.Series(
                [rules.is_unplanned(unplanned, [message.branch], message.title) for message in messages]
            ),
        )

    def _own_records(self, changes: list[str], owned: list[list[int]]) -> pl.DataFrame:
        import polars as pl

        positions = list(chain.from_iterable(owned))
        authored = pl.Series("authored", map(self._authored.__getitem__, positions), pl.Int64)
        return _records(
            "change_commits",
            authored.to_frame(),
            change_id=pl.Series([change for change, own in zip(changes, owned, strict=True) for _ in own]),
            commit_sha=pl.Series(map(self._graph.shas.__getitem__, positions)),
            authored_at=_moment("authored"),
        )

    def _part(self, chunk: pl.DataFrame, changes: list[Batch], state: State) -> Part:
        batches = [Batch("commits", _commits(self.repository, chunk, self._authors[-len(chunk) :])), *changes]
        return Part(batches, len(chunk), lines_digest(chunk["sha"].to_list()), state)


def _commits(repository: Repository, chunk: pl.DataFrame, authors: list[Person]) -> pl.DataFrame:
    import polars as pl

    parents = pl.col("parents")
    listed = pl.when(parents == "").then(pl.lit([], pl.List(pl.String))).otherwise(parents.str.split(" "))
    cut = pl.Series(sorted(repository.shallow_at), dtype=pl.String)
    return _records(
        "commits",
        chunk,
        repository=pl.lit(repository.name),
        commit_sha=pl.col("sha"),
        # git shows none where a shallow clone was cut: they are there, and we do not know them
        parent_shas=pl.when(pl.col("sha").is_in(cut)).then(None).otherwise(listed),
        authored_at=_moment("authored"),
        committed_at=_moment("committed"),
        author=pl.Series([author.login for author in authors]),
        is_bot=pl.Series([author.is_bot for author in authors]),
    )


def _records(kind: str, rows: pl.DataFrame, **columns: pl.Expr | pl.Series) -> pl.DataFrame:
    """A record for each row, the columns that are not given absent; records one by one would take as long as git."""
    import polars as pl

    absent = pl.lit(None)
    return rows.select(
        columns.get(name, absent).cast(kept).alias(name) for name, kept in schema(kind).items()
    )


def _moment(column: str) -> pl.Expr:
    """Unix seconds as naive UTC."""
    import polars as pl

    return (pl.col(column) * 1_000_000).cast(pl.Datetime("us"))
