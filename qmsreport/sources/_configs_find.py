"""Which files in a folder are configurations, and of which product."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from qmsreport.sources._paths import label


@dataclass(frozen=True, slots=True)
class Found:
    """One file to read."""

    path: Path
    name: str  # in the ledger: relative to the configuration's folder
    inside: str  # relative to the configured folder: what subjects name
    product: str | None  # `None`: nothing tells


@dataclass(frozen=True, slots=True)
class Listing:
    """What is in the folders."""

    files: tuple[Found, ...]
    closed: tuple[
        tuple[str, str], ...
    ] = ()  # folders that could not be listed, and why: what is below is unknown
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for: globs, by product and at large."""

    named: Mapping[str, Sequence[str]]  # as configured: they win
    known: Mapping[str, Sequence[str]]  # as the products' files are usually called
    include: Sequence[str] = field(default_factory=tuple)
    exclude: Sequence[str] = field(default_factory=tuple)

    def product(self, inside: str) -> tuple[bool, str | None]:
        """Whether a file is read, and as whose."""
        if any(fits(inside, glob) for glob in self.exclude):
            return False, None
        for patterns in (self.named, self.known):
            for product, globs in patterns.items():
                if any(fits(inside, glob) for glob in globs):
                    chosen = patterns is self.named or not self.include
                    return chosen or any(fits(inside, glob) for glob in self.include), product
        return any(fits(inside, glob) for glob in self.include), None


def look(folders: Sequence[Path], base: Path, wanted: Wanted) -> Listing:
    """List the configurations in the folders, by name; hidden files and folders are left alone.

    Raises:
        OSError: a folder itself cannot be listed.
    """
    files: dict[str, Found] = {}
    closed: list[tuple[str, str]] = []
    for folder in folders:
        for path, why in _walk(folder):
            name = label(path, base)
            if why:
                closed.append((name, why))
                continue
            inside = path.relative_to(folder).as_posix()
            chosen, product = wanted.product(inside)
            if chosen:
                # with several folders the same path may stand in each of them
                files.setdefault(name, Found(path, name, inside if len(folders) == 1 else name, product))
    listed = tuple(files[name] for name in sorted(files))
    globs = [*wanted.include, *(glob for globs in wanted.named.values() for glob in globs)]
    unused = [glob for glob in globs if not any(fits(_inside(file, folders), glob) for file in listed)]
    return Listing(listed, tuple(closed), tuple(f"The pattern '{glob}' matches no file." for glob in unused))


def _inside(file: Found, folders: Iterable[Path]) -> str:
    return next(
        file.path.relative_to(folder).as_posix() for folder in folders if file.path.is_relative_to(folder)
    )


def fits(inside: str, glob: str) -> bool:
    """Whether a glob fits a path: `*` stays within a folder, `**/` stands for any folders or none."""
    return _pattern(glob).fullmatch(inside) is not None


@cache
def _pattern(glob: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", glob)
    words = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(words.get(part, re.escape(part)) for part in parts), re.DOTALL)


def _walk(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every regular file, through linked folders too, each folder once; with a sentence if it cannot be listed."""
    seen: set[Path] = set()
    waiting = [folder]
    while waiting:
        current = waiting.pop()
        real = current.resolve()
        if real in seen:
            continue
        seen.add(real)
        try:
            entries = sorted(current.iterdir())
        except OSError as error:
            if current == folder:
                raise
            yield current, f"it cannot be listed: {error.strerror}. Mend its permissions."
            continue
        for entry in entries:
            if entry.name.startswith(".") and entry.name != ".env":
                continue
            if entry.is_dir():
                waiting.append(entry)
            elif entry.is_file():
                yield entry, ""
