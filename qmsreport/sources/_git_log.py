"""What git says of commits and of the paths they touch, read as a stream."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice
from typing import NamedTuple

from qmsreport.services import ServiceMap
from qmsreport.sources._git_process import Repository

# Subject and body stand last: git cuts a message at a NUL and a name cannot hold a line end, so nothing that
# an author writes can shift the fields before them. No path begins with "//".
_FIELDS = "//%H%n%P%n%at%n%ct%n%an%n%ae%n%cn%n%ce%n%s%n%b"
_LOG = ("log", "-z", "--encoding=UTF-8", "--no-notes", "--no-mailmap", f"--format={_FIELDS}", "--stdin")
_PATHS = ("--name-only", "--no-renames", "--ignore-submodules=none", "--diff-merges=first-parent")
_TOUCHED = ("--literal-pathspecs", "diff-tree", "--stdin", "-r", "--root", "-z", *_PATHS, "--format=//%H")
_EARLIEST, _LATEST = -62_135_596_800, 253_402_300_799  # the years 1 and 9999: what a timestamp can hold


class Person(NamedTuple):
    """Whom a commit names: the provider's login where the address shows it, else the address."""

    login: str | None
    is_bot: bool


class Entry(NamedTuple):
    """One commit; times in Unix seconds, `None` where what is written there is no time."""

    sha: str
    parents: list[str]
    authored: int | None
    committed: int | None
    author: Person
    committer: Person
    subject: str
    body: str


def persons(bot_patterns: Iterable[str]) -> Callable[[str, str], Person]:
    """A function from a name and an address to a person; the patterns say which are bots."""
    bots = [re.compile(pattern, re.IGNORECASE) for pattern in bot_patterns]

    @cache
    def person(name: str, address: str) -> Person:
        # "12345+login@users.noreply.github.com" is how providers write a login where an address must stand
        hidden = re.fullmatch(r"(?:\d+[+-])?(.+)@users\.noreply\..+", address)
        login = hidden[1] if hidden else address or name
        return Person(login or None, any(bot.search(f"{name} <{address}>") for bot in bots))

    return person


def log(
    repository: Repository,
    *options: str,
    revisions: Iterable[str],
    person: Callable[[str, str], Person],
    touches: Touches | None = None,
) -> Iterator[Entry]:
    """The commits that `git log` lists for these revisions (`^sha` leaves out what is reachable from it).

    With `touches`, the paths are read along, and what each commit touches is remembered there before the
    commit is yielded: in one process that costs half of asking for them apart.

    Raises:
        SourceError: when git cannot read the repository.
    """
    paths = _PATHS if touches else ()
    for head, listed in _groups(repository.records(*_LOG, *options, *paths, lines=revisions)):
        sha, parents, authored, committed, an, ae, cn, ce, subject, body = head.split("\n", 9)
        if touches:
            touches.remember(sha, listed)
        yield Entry(
            sha,
            parents.split(),
            seconds(authored),
            seconds(committed),
            person(an, ae),
            person(cn, ce),
            subject,
            body,
        )


def _groups(records: Iterable[bytes]) -> Iterator[tuple[str, list[str]]]:
    """Each commit's fields and the paths that follow them."""
    head, paths = "", list[str]()
    for record in records:
        text = record.decode("utf-8", "replace")
        if text[:2] == "//":
            if head:
                yield head, paths
            head, paths = text[2:], []
        elif text:  # the first path of a commit follows a line end
            paths.append(text if paths else text.removeprefix("\n"))
    if head:
        yield head, paths


def seconds(text: str) -> int | None:
    """Unix seconds as git prints them, or `None` where a timestamp cannot hold what stands there."""
    try:
        number = int(text)
    except ValueError:
        return None
    return number if _EARLIEST <= number <= _LATEST else None


class Touches:
    """Which services each commit of a monorepo touches, seen from its first parent; asked of git once."""

    def __init__(self, repository: Repository, services: ServiceMap) -> None:
        entries = services.in_repository(repository.name)
        prefixes = sorted({path.strip("/") for entry in entries for path in entry.paths})
        everywhere = "" in prefixes or not all(entry.paths for entry in entries)
        self._repository = repository
        self._limits = () if everywhere else ("--", *prefixes)
        self._depth = max(prefix.count("/") for prefix in prefixes) + 1  # no prefix looks deeper into a path
        self._known: dict[str, tuple[str, ...]] = {}
        self._of_start = cache(lambda start: tuple(services.of_paths(repository.name, [start])))
        self._same: dict[tuple[str, ...], tuple[str, ...]] = {}  # few distinct answers: keep one of each

    @classmethod
    def where_needed(cls, repository: Repository, services: ServiceMap) -> Touches | None:
        """Only a repository in which some service declares paths needs to be looked into."""
        declared = any(entry.paths for entry in services.in_repository(repository.name))
        return cls(repository, services) if declared else None

    def remember(self, sha: str, paths: Iterable[str]) -> None:
        """Note what a commit touches."""
        depth = self._depth
        starts = {"/".join(path.split("/", depth)[:depth]) for path in paths}
        if len(starts) == 1:
            self._known[sha] = self._of_start(*starts)
            return
        names = tuple(sorted({name for start in starts for name in self._of_start(start)}))
        self._known[sha] = self._same.setdefault(names, names)

    def of(self, shas: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The services that each of these commits touches; empty for one that touches none.

        Raises:
            SourceError: when git cannot read the repository, or a partial clone lacks the trees.
        """
        wanted = list(shas)
        missing = [sha for sha in wanted if sha not in self._known]
        if missing:
            records = self._repository.records(*_TOUCHED, *self._limits, lines=missing)
            for sha, paths in _groups(records):
                self.remember(sha, paths)
        return {sha: self._known.setdefault(sha, ()) for sha in wanted}


def chunks(entries: Iterator[Entry], size: int) -> Iterator[list[Entry]]:
    """The entries in lists of at most `size`."""
    while chunk := list(islice(entries, size)):
        yield chunk
