"""Deployments of one repository, from its tags or its branch, and the commits that each brought in.

A tag's time is its tagger's; a lightweight tag has none, so its commit's time stands in for it, which is
earlier than the deployment. Tags and merges tell only of deployments that were made: all count as succeeded.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from qmsreport.extracts import Batch
from qmsreport.records import Deployment, frame, schema
from qmsreport.services import ServiceMap
from qmsreport.sources import _git_changes as rules
from qmsreport.sources._commit_graph import CommitGraph, only_in
from qmsreport.sources._git_history import Rules, moment
from qmsreport.sources._git_log import Touches, log
from qmsreport.sources._git_process import Repository
from qmsreport.sources._git_refs import Branch, Tag, digest

if TYPE_CHECKING:
    import polars as pl

_ROWS = 200_000  # rows of one frame of deployment_commits


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One deployment before its commits are known. `order` sorts the deployments of one service and environment."""

    id: str
    service: str | None
    environment: str
    sha: str
    ref: str
    at: int | None
    order: tuple[int, int, str]
    fingerprint: str  # changes when anything changes that the rows are made of
    actor: str | None = None
    is_unplanned: bool = False

    @property
    def line(self) -> str:
        """The service and environment whose deployments follow one another."""
        return f"{self.environment}/{self.service or ''}"


def of_tags(repository: Repository, tags: Iterable[Tag], environment: str, read: Rules) -> list[Found]:
    """One deployment for each tag; the pattern's groups `service` and `environment` say of what and where to."""
    services, whole = read.services, read.services.of_repository(repository.name)
    found = []
    for tag in tags:
        word = tag.groups.get("service")
        found.append(
            Found(
                id=f"{repository.name}@{tag.name}",
                service=(services.of_label(word) or word) if word else whole,
                environment=tag.groups.get("environment", environment),
                sha=tag.sha,
                ref=tag.name,
                at=tag.tagged,
                order=(tag.tagged or 0, tag.committed or 0, tag.name),
                fingerprint=f"{tag.name} {tag.object_id}",
                actor=read.person(*tag.tagger).login if tag.tagger else None,
                is_unplanned=rules.is_unplanned(read.unplanned, [tag.name], tag.title),
            )
        )
    return found


def of_branch(
    repository: Repository, branch: Branch, environment: str, read: Rules, touches: Touches | None
) -> list[Found]:
    """One deployment for each commit of the branch's first-parent line, in a monorepo one for each service it touches.

    Raises:
        SourceError: when git cannot read the repository.
    """
    if branch.tip is None:
        return []
    line = list(log(repository, "--first-parent", "--reverse", revisions=[branch.tip], person=read.person))
    of = touches.of(entry.sha for entry in line) if touches else {}
    whole = read.services.of_repository(repository.name)
    found = []
    for number, entry in enumerate(line):
        message = rules.read_message(entry.subject, entry.body)
        found += [
            Found(
                id=f"{repository.name}@{entry.sha}" + (f":{service}" if touches and service else ""),
                service=service,
                environment=environment,
                sha=entry.sha,
                ref=branch.name,
                at=entry.committed,
                order=(number, 0, ""),
                fingerprint=entry.sha,
                actor=rules.merged_by(entry),
                is_unplanned=rules.is_unplanned(read.unplanned, [message.branch], message.title),
            )
            for service in ((of[entry.sha] or (None,)) if touches else (whole,))
        ]
    return found


def lines(found: Iterable[Found]) -> dict[str, list[Found]]:
    """The deployments of each service and environment, in the order they followed one another."""
    ordered: dict[str, list[Found]] = {}
    for deployment in sorted(found, key=lambda one: one.order):
        ordered.setdefault(deployment.line, []).append(deployment)
    return ordered


@dataclass(frozen=True, slots=True)
class Known:
    """What the cursor keeps: for each line how many deployments were read, and a hash over them."""

    rules: str
    read: dict[str, tuple[int, str]]

    def text(self) -> str:
        """The cursor."""
        return json.dumps({"rules": self.rules, "read": self.read}, sort_keys=True)

    @classmethod
    def of(cls, rules_digest: str, ordered: dict[str, list[Found]]) -> Known:
        """The state in which all of these are read."""
        return cls(rules_digest, {line: (len(found), _hash(found)) for line, found in ordered.items()})

    @classmethod
    def parse(cls, text: str | None) -> Known | None:
        """The cursor read back; `None` for no cursor, or one that this version cannot read."""
        try:
            values = json.loads(text or "null")
            return cls(
                values["rules"], {line: (count, made) for line, (count, made) in values["read"].items()}
            )
        except (ValueError, TypeError, KeyError, AttributeError):
            return None

    def still_begins(self, ordered: dict[str, list[Found]]) -> bool:
        """Whether every line only grew at its end: nothing moved, vanished, or appeared in between."""
        return all(_hash(ordered.get(line, [])[:count]) == made for line, (count, made) in self.read.items())


def _hash(found: Sequence[Found]) -> str:
    return digest([deployment.fingerprint for deployment in found])


@dataclass(slots=True)
class Contents:
    """A deployment with the commits it brought in: positions in the graph, `None` for a baseline."""

    found: Found
    commits: array[int] | None
    is_rollback: bool | None


def contents(
    repository: Repository,
    ordered: dict[str, list[Found]],
    skip: dict[str, tuple[int, str]],
    whole: CommitGraph | None,
    read: Rules,
    touches: Touches | None,
) -> tuple[CommitGraph, list[Contents]]:
    """Walk the graph once for each deployment after the first `skip` of its line.

    `whole`: the graph of the repository, where it is at hand; else it is read as far as it is needed.

    Raises:
        SourceError: when git cannot read the repository.
    """
    new: list[tuple[Found | None, Found]] = []
    for line, found in ordered.items():
        pairs = pairwise([None, *found])
        new += [
            (before, one)
            for number, (before, one) in enumerate(pairs)
            if one and number >= skip.get(line, (0,))[0]
        ]
    graph = whole or _graph(repository, {one.sha for pair in new if pair[0] for one in pair if one})
    made = []
    for before, one in new:
        if before is None:
            made.append(Contents(one, None, None))
            continue
        positions = graph.positions
        brought = array("i", only_in(graph.parents, positions[one.sha], positions[before.sha]))
        made.append(Contents(one, brought, not brought and one.sha != before.sha))
    if touches:
        _narrow({entry.name for entry in read.services.in_repository(repository.name)}, graph, made, touches)
    return graph, made


def _graph(repository: Repository, shas: set[str]) -> CommitGraph:
    graph = CommitGraph()
    if shas:
        listed = repository.run(
            "rev-list", "--topo-order", "--reverse", "--parents", "--stdin", lines=sorted(shas)
        )
        for line in listed.splitlines():
            sha, *parents = line.split()
            graph.add(sha, parents)
    return graph


def _narrow(known: set[str], graph: CommitGraph, made: list[Contents], touches: Touches) -> None:
    """Keep of each deployment the commits that touch its service; one without a known service keeps all."""
    narrowed = [one for one in made if one.commits and one.found.service in known]
    wanted = set().union(*(one.commits or () for one in narrowed))
    of = touches.of(graph.shas[position] for position in sorted(wanted))
    touching: dict[str | None, set[int]] = {service: set() for service in known}
    for position in wanted:
        for service in of[graph.shas[position]]:
            touching[service].add(position)
    for one in narrowed:
        one.commits = array("i", filter(touching[one.found.service].__contains__, one.commits or ()))


def batches(repository: Repository, graph: CommitGraph, made: Sequence[Contents]) -> Iterator[Batch]:
    """The records, in frames of bounded size."""
    yield Batch("deployments", frame("deployments", (_record(repository, one) for one in made)))
    ids: list[str] = []
    shas: list[str] = []
    for one in made:
        commits = one.commits or ()
        ids += [one.found.id] * len(commits)
        shas += map(graph.shas.__getitem__, commits)
        if len(ids) >= _ROWS:
            yield Batch("deployment_commits", _pairs(ids, shas))
            ids, shas = [], []
    yield Batch("deployment_commits", _pairs(ids, shas))


def _record(repository: Repository, one: Contents) -> Deployment:
    return Deployment(
        deployment_id=one.found.id,
        service=one.found.service,
        environment=one.found.environment,
        repository=repository.name,
        commit_sha=one.found.sha,
        ref=one.found.ref,
        finished_at=moment(one.found.at),
        outcome="succeeded",
        is_rollback=one.is_rollback,
        is_unplanned=one.found.is_unplanned,
        actor=one.found.actor,
    )


def _pairs(ids: list[str], shas: list[str]) -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame({"deployment_id": ids, "commit_sha": shas}, schema=schema("deployment_commits"))


def unmapped(found: Iterable[Found], services: ServiceMap) -> list[str]:
    """The words in tags that no `[[service]]` goes by."""
    words = {deployment.service for deployment in found if deployment.service}
    return sorted(word for word in words if services.of_label(word) is None)
