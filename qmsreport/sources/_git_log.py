"""What git says of commits and of the paths they touch, read as a stream and kept by column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from qmsreport.services import ServiceMap
from qmsreport.sources._git_process import Repository

if TYPE_CHECKING:
    import polars as pl

# Subject and body stand last: git cuts a message at a NUL and a name cannot hold a line end, so nothing that
# an author writes can shift the fields before them. No path begins with "//", so NUL and "//" part the commits.
_MARK = "//"
_COLUMNS = (
    *("sha", "parents", "authored", "committed"),
    *("author_name", "author_address", "committer_name", "committer_address", "subject", "body"),
)
_FIELDS = "//%H%n%P%n%at%n%ct%n%an%n%ae%n%cn%n%ce%n%s%n%b"
_LOG = ("log", "-z", "--encoding=UTF-8", "--no-notes", "--no-mailmap", f"--format={_FIELDS}", "--stdin")
# each of these a configuration could say otherwise
_PATHS = ("--root", "--name-only", "--no-renames", "--ignore-submodules=none", "--diff-merges=first-parent")
_TOUCHED = ("--literal-pathspecs", "diff-tree", "--stdin", "-r", "-z", *_PATHS, "--format=//%H")
_EARLIEST, _LATEST = -62_135_596_800, 253_402_300_799  # the years 1 and 9999: what a timestamp can hold
_AT_ONCE = 50_000  # commits, where the caller wants them one by one


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


def frames(
    repository: Repository,
    *options: str,
    revisions: Iterable[str],
    size: int,
    touches: Touches | None = None,
) -> Iterator[pl.DataFrame]:
    """The commits that `git log` lists for these revisions (`^sha` leaves out what is reachable from it).

    Each frame holds `size` of them, the last one what is left: a column for each field, the times in Unix
    seconds, absent where what is written there is no time. With `touches`, the paths are read along, and what
    each commit touches is remembered there before its frame is yielded: in one process that costs three
    quarters of asking for them apart.

    Raises:
        SourceError: when git cannot read the repository.
    """
    import polars as pl

    held: list[pl.DataFrame] = []
    paths = _PATHS if touches else ()
    for texts in repository.texts(*_LOG, *options, *paths, lines=revisions, mark=_MARK):
        commits = _split(texts, "\0", ("fields", "paths"))
        fields = _split(commits["fields"], "\n", _COLUMNS)
        if touches:
            touches.remember(fields["sha"], commits["paths"])
        held.append(fields.with_columns(_time("authored"), _time("committed")))
        if sum(map(len, held)) >= size:
            *whole, rest = pl.concat(held).iter_slices(size)
            yield from whole
            held = [rest]
    if held:
        yield from pl.concat(held).iter_slices(size)


def _split(texts: pl.Series | list[str], mark: str, names: Sequence[str]) -> pl.DataFrame:
    """Each text cut at its first marks, into columns of these names; absent where there is nothing to cut."""
    import polars as pl

    cut = pl.Series(texts, dtype=pl.String).str.splitn(mark, len(names))
    return cut.struct.rename_fields(names).struct.unnest()


def _time(column: str) -> pl.Expr:
    """As `seconds` reads it."""
    import polars as pl

    number = pl.col(column).cast(pl.Int64, strict=False)
    return pl.when(number.is_between(_EARLIEST, _LATEST)).then(number).alias(column)


def entries(frame: pl.DataFrame, person: Callable[[str, str], Person]) -> Iterator[Entry]:
    """The commits of a frame one by one."""
    for sha, parents, authored, committed, an, ae, cn, ce, subject, body in frame.iter_rows():
        yield Entry(sha, parents.split(), authored, committed, person(an, ae), person(cn, ce), subject, body)


def log(
    repository: Repository, *options: str, revisions: Iterable[str], person: Callable[[str, str], Person]
) -> Iterator[Entry]:
    """The commits that `git log` lists, one by one. Errors as in `frames`."""
    for frame in frames(repository, *options, revisions=revisions, size=_AT_ONCE):
        yield from entries(frame, person)


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
        depth = max(prefix.count("/") for prefix in prefixes)  # no prefix looks deeper into a path
        self._start = rf"^[^/]+(?:/[^/]+){{0,{depth}}}"
        self._known: dict[str, tuple[str, ...]] = {}
        self._of_start = cache(lambda start: tuple(services.of_paths(repository.name, [start])))
        # few distinct answers: one of each is kept
        self._both = cache(lambda some, others: tuple(sorted({*some, *others})))

    @classmethod
    def where_needed(cls, repository: Repository, services: ServiceMap) -> Touches | None:
        """Only a repository in which some service declares paths needs to be looked into."""
        declared = any(entry.paths for entry in services.in_repository(repository.name))
        return cls(repository, services) if declared else None

    def remember(self, shas: pl.Series, paths: pl.Series) -> None:
        """Note what commits touch: of each its NUL-terminated paths, the first of them after a line end."""
        import polars as pl

        listed = pl.DataFrame({"sha": shas, "path": paths.str.strip_prefix("\n").str.split("\0")})
        starts = listed.explode("path").with_columns(pl.col("path").str.extract(self._start, 0)).unique()
        known = self._known
        known.update(dict.fromkeys(shas.to_list(), ()))
        for start, touching in starts.drop_nulls().group_by("path").agg("sha").iter_rows():
            if services := self._of_start(start):
                for sha in touching:
                    known[sha] = self._both(known[sha], services)

    def of(self, shas: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """The services that each of these commits, and maybe of others, touches; empty for one that touches none.

        Raises:
            SourceError: when git cannot read the repository, or a partial clone lacks the trees.
        """
        missing = [sha for sha in shas if sha not in self._known]
        if missing:
            self._known.update(dict.fromkeys(missing, ()))
            for texts in self._repository.texts(*_TOUCHED, *self._limits, lines=missing, mark=_MARK):
                commits = _split(texts, "\0", ("sha", "paths"))
                self.remember(commits["sha"], commits["paths"])
        return self._known
