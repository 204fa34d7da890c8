"""Files: records as CSV, JSON Lines or Parquet, in the record vocabulary, checked row by row.

Each file says everything about itself, so it is always read whole: `since` and `until` do not cut it. One that
has not changed since it was last read without a bad row is not read again. A row that is gone from a file is
stored as vanished, unless rows were set aside; a file that is gone says nothing about its rows.

Where two files of a kind hold the same key, the last one by name is what counts.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from qmsreport import __version__
from qmsreport.errors import ConfigError, Rejected, suggest
from qmsreport.extracts import Diagnosis, Extract, Progress, Reject, Source
from qmsreport.records import KINDS
from qmsreport.sources import Context
from qmsreport.sources._files_find import Found, Listing, label, look

if TYPE_CHECKING:
    from qmsreport.sources._files_load import Examined, Fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`[sources.NAME]` with `kind = "files"`."""

    path: str = "sources"  # the folder: KIND.csv, KIND/anything.parquet, …
    patterns: dict[str, Any] = field(default_factory=dict)  # kind → glob or globs in that folder


class _Note(msgspec.Struct, frozen=True):
    """The cursor: what the next run wants to know of a file that turns out to be the same."""

    version: str  # another version may read it otherwise
    clean: bool  # no row was set aside
    rows: int
    starts: datetime | None = None
    ends: datetime | None = None


def create(name: str, options: Options, context: Context) -> Source:
    """The source of one folder.

    Raises:
        ConfigError: with every pattern that cannot work.
    """
    where = f"[sources.{name}] patterns"
    problems = []
    patterns: dict[str, list[str]] = {}
    for kind, given in options.patterns.items():
        globs = [given] if isinstance(given, str) else given
        if kind not in KINDS:
            problems.append(f"{where}: '{kind}' is no kind of record.{suggest(kind, KINDS)}")
        elif not isinstance(globs, list) or not globs or not all(isinstance(glob, str) for glob in globs):
            problems.append(f"{where} {kind}: must be a glob or a list of globs, like 'exports/*.csv'.")
        else:
            patterns[kind] = globs
    if problems:
        raise ConfigError(f"{where} cannot work:", problems)
    return _Files(name, context.config.resolve(options.path), context.config.path.parent, patterns, context)


class _Files:
    """A folder of files."""

    kind = "files"

    def __init__(
        self, name: str, folder: Path, base: Path, patterns: dict[str, list[str]], context: Context
    ) -> None:
        self.name = name
        self._folder = folder
        self._base = base
        self._patterns = patterns
        self._clock = context.clock

    def extract(self, since: datetime, until: datetime, progress: Progress) -> Iterable[Extract]:  # noqa: ARG002  # a file is a whole
        """One extract per file, by kind and name; one for the folder when something in it is not read."""
        listing = self._look()
        yield from self._about_folder(listing, progress)
        for _, group in itertools.groupby(listing.files, lambda file: file.kind):
            yield from self._one_kind(list(group), progress)

    def _look(self) -> Listing:
        try:
            return look(self._folder, self._base, self._patterns)
        except OSError as error:
            raise Rejected(
                f"Cannot list the folder {self._folder} of [sources.{self.name}]: {error.strerror}. "
                "Make it, mend its permissions, or change 'path'."
            ) from error

    def _about_folder(self, listing: Listing, progress: Progress) -> Iterator[Extract]:
        """What is left over; once more without a word when what was left over last time is gone."""
        subject = label(self._folder, self._base)
        notes = listing.notes
        if not listing.files:
            notes = (*notes, f"There is no file to read in {self._folder}.")
        remarks = len(notes) + len(listing.strays)
        if remarks or progress.cursor(subject) not in (None, "0"):
            now = self._clock()
            yield Extract(
                subject=subject,
                cursor=str(remarks),
                asked=f"{subject}: which files hold which records",
                started_at=now,
                finished_at=now,
                product="files",
                warnings=notes,
                rejects=[Reject(origin=name, reason=why) for name, why in listing.strays],
            )

    def _one_kind(self, files: list[Found], progress: Progress) -> Iterator[Extract]:
        """The files of one kind, and some of them twice.

        A row may have moved out of a file that was loaded before into another one of its kind. It got a
        tombstone when the first was stored, so the others are read again after it and bring it back.
        """
        shrunk: list[Found] = []
        for file in files:
            item = self._read(file, progress)
            yield item
            if not item.rejects and progress.raw_sha256(file.name) not in (None, item.raw_sha256):
                shrunk.append(file)
        for file in files if shrunk else ():
            if shrunk != [file]:
                yield self._read(file, None)

    def _read(self, file: Found, progress: Progress | None) -> Extract:
        """Look at a file and offer its rows; without `progress`, whatever was read before."""
        # polars is loaded when there is something to read, so that naming the kinds does not need it
        from qmsreport.sources._files_check import Unfit
        from qmsreport.sources._files_load import examine, fingerprint

        started = self._clock()
        try:
            before = fingerprint(file)
            if progress and progress.raw_sha256(file.name) == before.sha256:
                note = _read_note(progress.cursor(file.name))
                if note and note.clean and note.version == __version__:
                    return self._unchanged(file, before, note, started)
            return self._offer(file, before, examine(file), started, lists_all=progress is not None)
        except (Unfit, OSError) as error:
            why = str(error)
            if isinstance(error, OSError):
                why = f"{error.strerror or error}. Check the file, its disk and its permissions."
            return Extract(
                subject=file.name,
                asked=f"{file.name} as {file.format}",
                started_at=started,
                finished_at=self._clock(),
                product="files",
                error=f"Cannot load {file.path}: {why}",
            )

    def _unchanged(self, file: Found, before: Fingerprint, note: _Note, started: datetime) -> Extract:
        return Extract(
            subject=file.name,
            asked=f"{file.name} as {file.format}: unchanged, not read again",
            started_at=started,
            finished_at=self._clock(),
            window_start=note.starts,
            window_end=note.ends,
            product="files",
            pages=1,
            rows_received=note.rows,  # the same bytes hold the same rows
            raw_sha256=before.sha256,
            cursor=msgspec.json.encode(note).decode(),
        )

    def _offer(
        self, file: Found, before: Fingerprint, examined: Examined, started: datetime, *, lists_all: bool
    ) -> Extract:
        from qmsreport.sources._files_load import batches

        rows = examined.good + examined.repeated + len(examined.rejects)
        note = _Note(__version__, not examined.rejects, rows, examined.starts, examined.ends)
        warnings = []
        if examined.repeated:
            warnings.append(
                f"{examined.repeated} rows repeat an earlier row word for word; each was stored once."
            )
        return Extract(
            subject=file.name,
            asked=f"{file.name} as {file.format}",
            started_at=started,
            finished_at=self._clock(),
            batches=batches(file, examined, before),
            rejects=examined.rejects,
            window_start=examined.starts,
            window_end=examined.ends,
            product="files",
            pages=1,
            rows_received=rows,
            warnings=tuple(warnings),
            raw_sha256=before.sha256,
            cursor=msgspec.json.encode(note).decode(),
            lists_all=(file.kind,) if lists_all else (),
        )

    def diagnose(self) -> Diagnosis:
        """Whether the folder is there, and what in it is readable."""
        try:
            listing = self._look()
        except Rejected as error:
            return Diagnosis(reachable=False, problems=(str(error),))
        problems = [f"{name}: {why}" for name, why in listing.strays] + list(listing.notes)
        closed = []
        for file in listing.files:
            try:
                file.path.open("rb").close()
            except OSError as error:
                closed.append(f"{file.name}: {error.strerror}. Mend its permissions.")
        if not listing.files:
            problems.append(
                f"There is no file to read in {self._folder}. Put KIND.csv, .jsonl or .parquet there."
            )
        counts = Counter(file.kind for file in listing.files)
        held = ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items()))
        return Diagnosis(
            reachable=True,
            permitted=not closed,
            product=f"{len(listing.files)} files ({held})" if held else "no files",
            problems=(*problems, *closed),
        )


def _read_note(cursor: str | None) -> _Note | None:
    try:
        return msgspec.json.decode(cursor, type=_Note) if cursor else None
    except msgspec.MsgspecError:  # another version's note
        return None
