"""Which files in a folder hold which kind of record; what is left over is named, never passed over."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from qmsreport.errors import suggest
from qmsreport.records import KINDS
from qmsreport.sources._paths import label, shown

FORMATS: Mapping[str, str] = {
    ".csv": "CSV",
    ".jsonl": "JSON Lines",
    ".ndjson": "JSON Lines",
    ".parquet": "Parquet",
}


@dataclass(frozen=True, slots=True)
class Found:
    """One file to read: where it is, what it is called in the ledger, and the kind of its records."""

    path: Path
    name: str
    kind: str

    @property
    def format(self) -> str:
        """Its format, from its suffix."""
        return FORMATS[self.path.suffix.lower()]


@dataclass(frozen=True, slots=True)
class Listing:
    """What is in the folder.

    `strays` are data nobody would read: (file, sentence). `notes` are sentences about everything else.
    """

    files: tuple[Found, ...]
    strays: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def look(folder: Path, base: Path, patterns: Mapping[str, Sequence[str]]) -> Listing:
    """List the files of `folder`, sorted by kind and name.

    Args:
        folder: where to look; hidden files and folders in it are left alone.
        base: the folder that names in the ledger are relative to.
        patterns: globs for each kind, relative to `folder`; a kind without one is found by its name.

    Raises:
        OSError: the folder itself cannot be listed.
    """
    files: list[Found] = []
    strays: list[tuple[str, str]] = []
    notes: list[str] = []
    used: set[tuple[str, str]] = set()
    for path, why in _walk(folder):
        name = label(path, base)
        if why:
            strays.append((name, why))
            continue
        inside = path.relative_to(folder)
        hits = [(kind, glob) for kind, globs in patterns.items() for glob in globs if _matches(inside, glob)]
        used.update(hits)
        wanted = sorted({kind for kind, _ in hits})
        known = path.suffix.lower() in FORMATS
        if len(wanted) > 1:
            strays.append((name, f"It matches the patterns of {' and '.join(wanted)}. Let it match one."))
        elif wanted and known:
            files.append(Found(path, name, wanted[0]))
        elif wanted or _kind_by_name(inside) in KINDS:
            if not known:
                strays.append((name, f"'{path.suffix}' is not read. Write it as CSV, JSON Lines or Parquet."))
            elif _kind_by_name(inside) in patterns:
                strays.append(
                    (name, f"No pattern of {_kind_by_name(inside)} matches it. Add one, or move it away.")
                )
            else:
                files.append(Found(path, name, _kind_by_name(inside)))
        elif known:
            word = _kind_by_name(inside)
            strays.append((name, f"'{word}' is no kind of record.{suggest(word, KINDS)}"))
        else:
            notes.append(f"{name} is not read: it is neither CSV, JSON Lines nor Parquet.")
    notes += [
        f"The pattern '{glob}' of {kind} matches no file."
        for kind, globs in patterns.items()
        for glob in globs
        if (kind, glob) not in used
    ]
    return Listing(tuple(sorted(files, key=lambda file: (file.kind, file.name))), tuple(strays), tuple(notes))


def _kind_by_name(inside: PurePath) -> str:
    """`deployments.csv` and `deployments/2026/q1.csv` are both deployments; `deployments.csv.gz` would be."""
    return inside.parts[0] if len(inside.parts) > 1 else inside.name.split(".", 1)[0]


def _matches(inside: PurePath, glob: str) -> bool:
    """Whether the glob fits; `**/` stands for any folders or none."""
    text = inside.as_posix()
    if "/" not in glob:
        return len(inside.parts) == 1 and fnmatch.fnmatchcase(text, glob)
    return fnmatch.fnmatchcase(text, glob) or fnmatch.fnmatchcase(text, glob.replace("**/", ""))


def _walk(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every file, through linked folders too, each folder once; with a sentence if it cannot be looked at."""
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
            yield current, f"The folder cannot be listed: {error.strerror}. Check its permissions."
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            name = shown(entry)
            if name != str(entry):  # the ledger could not name it
                yield Path(name), "Its name is not UTF-8. Rename it."
            elif entry.is_dir():
                waiting.append(entry)
            elif entry.is_file():
                yield entry, ""
            else:
                yield entry, "It is not a regular file, or a link to nowhere. Put the file itself there."
