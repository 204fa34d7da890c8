"""Local or bare git clones: tags or merges as deployments, commits and their graph as changes.

The whole history is read whatever the window: which commits a deployment brought in, and which one is the
baseline, depends on all that came before. Later runs read what came since the last one.

What git cannot tell: a squash keeps only the time it was made (a provider's source knows the original
commits), a rebase merge leaves nothing that shows a request (use `changes = "commits"`), a lightweight tag has
no time of its own (its commit's stands in), and a deployment that failed leaves no tag.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from glob import glob, has_magic
from pathlib import Path

from qmsreport.errors import ConfigError, Rejected, SourceError, suggest
from qmsreport.extracts import Diagnosis, Extract, Progress
from qmsreport.sources import Context
from qmsreport.sources._git_log import persons
from qmsreport.sources._git_process import NoAnswer, Repository, name_of, version
from qmsreport.sources._git_reading import Choices, Reading, Rules, oldest, shallow_sentence
from qmsreport.sources._git_refs import main_branch, tag_pattern
from qmsreport.sources._paths import shown

_DEPLOYMENTS = ("tags", "merges", "none")
_CHANGES = ("merges", "commits", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    r"""Which clones, and what in them is a deployment and a change.

    `repositories`: a list of paths (globs too; the name is the origin's `owner/name`, else the folder's), or a
    table from a name to a path. `tag_pattern`: a glob, or a regular expression that may name the groups
    `service` and `environment`, like `(?P<service>[\w-]+)/v.+`.
    """

    repositories: object  # paths or globs of clones; or a table from a name to a path
    branch: str = ""  # empty: the origin's default branch, else the one checked out
    deployments: str = "tags"  # or "merges": the branch's first-parent commits; or "none"
    tag_pattern: str = "v*"  # a glob, or a regular expression with the groups service and environment
    environment: str = "production"  # where what is tagged or merged goes
    changes: str = "merges"  # merges and squashed requests on the branch; or "commits", or "none"
    bot_patterns: list[str] = field(
        default_factory=lambda: [r"\[bot\]", "dependabot", "renovate", "github-actions"]
    )  # regular expressions of authors that are no people
    chunk_commits: int = 50_000  # committed to the warehouse at a time


def create(name: str, options: Options, context: Context) -> GitSource:
    """A source over these clones.

    Raises:
        ConfigError: with every wrong option.
    """
    problems: list[str] = []
    where = f"[sources.{name}]"
    named = options.repositories
    paths = named if isinstance(named, list) else list(named.values()) if isinstance(named, dict) else []
    if not paths or not all(isinstance(path, str) and path for path in paths):
        problems.append(f'{where} repositories: write a list of paths, or a table of name = "path".')
    for key, value, words in (
        ("deployments", options.deployments, _DEPLOYMENTS),
        ("changes", options.changes, _CHANGES),
    ):
        if value not in words:
            problems.append(f"{where} {key}: {value!r} is none of {', '.join(words)}.{suggest(value, words)}")
    if options.chunk_commits < 1:
        problems.append(f"{where} chunk_commits: must be at least 1.")
    for key, pattern in (
        *(("bot_patterns", pattern) for pattern in options.bot_patterns),
        *(
            ("[delivery] unplanned_patterns", pattern)
            for pattern in context.config.delivery.unplanned_patterns
        ),
        ("tag_pattern", options.tag_pattern),
    ):
        try:
            tag_pattern(pattern) if key == "tag_pattern" else re.compile(pattern)
        except re.error as error:
            problems.append(f"{where} {key}: {pattern!r} is not a regular expression: {error}.")
    if problems:
        raise ConfigError(f"{where} has {len(problems)} problem(s):", problems)
    return GitSource(name, options, context)


class GitSource:
    """Reads clones through the `git` program; writes nothing and reaches no network."""

    kind = "git"

    def __init__(self, name: str, options: Options, context: Context) -> None:
        unplanned = context.config.delivery.unplanned_patterns
        self.name = name
        self._context = context
        self._named = options.repositories
        self._choices = Choices(
            branch=options.branch,
            deployments=options.deployments,
            pattern=tag_pattern(options.tag_pattern),
            environment=options.environment,
            options=dataclasses.asdict(options) | {"repositories": None, "unplanned": unplanned},
            has_services=bool(context.config.services),
            rules=Rules(
                changes=options.changes,
                person=persons(options.bot_patterns),
                unplanned=tuple(re.compile(pattern, re.IGNORECASE) for pattern in unplanned),
                services=context.services,
                chunk_commits=options.chunk_commits,
            ),
        )

    def extract(self, since: datetime, until: datetime, progress: Progress) -> Iterator[Extract]:
        """Yield each clone's commits and changes, then its deployments; see `Source.extract`.

        A clone that cannot be read yields its failure, and the others are read all the same.
        """
        seen: dict[str, Path] = {}
        for path, given in self._clones():
            reading = Reading(
                Repository(path, given or name_of(path, "")),
                self._choices,
                since,
                until,
                progress,
                self._context.clock,
            )
            try:
                repository = _named(path, given)
                if repository.name in seen:
                    raise Rejected(
                        f"Cannot read the repository {path}: it goes by the name '{repository.name}', as {seen[repository.name]} does. Give each its own name in the table 'repositories'."
                    )
            except SourceError as error:
                yield reading.failed("commits", error)
                continue
            seen[repository.name] = path
            yield from dataclasses.replace(reading, repository=repository).extracts()

    def diagnose(self) -> Diagnosis:
        """Look at each clone: there, readable, whole, and on which branch; see `Source.diagnose`."""
        problems: list[str] = []
        since: list[datetime] = []
        product = None
        clones = self._clones()
        try:
            product = version()
            for path, given in clones:
                problems += _problems(path, given, self._choices.branch, since)
        except SourceError as error:
            problems.append(str(error))
        return Diagnosis(
            reachable=product is not None and bool(since),
            permitted=not any(
                "permission" in problem or "another account" in problem for problem in problems
            ),
            product="git",
            version=product,
            answers_since=max(since, default=None),
            problems=tuple(problems),
        )

    def _clones(self) -> list[tuple[Path, str]]:
        """Each clone's path and the name given to it, or an empty one."""
        resolve = self._context.config.resolve
        if isinstance(self._named, dict):
            return [(resolve(path), name) for name, path in self._named.items()]
        listed = self._named if isinstance(self._named, list) else []
        found = []
        for path in map(resolve, listed):
            matching = sorted(glob(str(path))) if has_magic(str(path)) else []  # noqa: PTH207  # absolute patterns too
            found += [(Path(match), "") for match in matching or [str(path)]]
        return found


def _named(path: Path, given: str) -> Repository:
    """The clone under its logical name."""
    if shown(path) != str(path):
        raise Rejected(
            f"Cannot read the repository {shown(path)}: its path is not UTF-8. Rename it, or link to it."
        )
    try:
        origin = "" if given else Repository(path).run("config", "--get", "remote.origin.url").strip()
    except NoAnswer:  # it has no origin
        origin = ""
    return Repository(path, given or name_of(path, origin))


def _problems(path: Path, given: str, wanted: str, since: list[datetime]) -> list[str]:
    """What is wrong with one clone; adds the time of its oldest commit to `since`."""
    try:
        repository = _named(path, given)
        branch = main_branch(repository, wanted)
        if branch.tip is None:
            return [
                f"The repository {path} has no commits on '{branch.name}' yet. Push or fetch something into it."
            ]
        first = oldest(repository, branch.tip)
    except SourceError as error:
        return [str(error)]
    if first:
        since.append(first)
    return [shallow_sentence(repository)] if repository.shallow_at else []
