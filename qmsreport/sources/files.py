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
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qmsreport import __version__
from qmsreport.errors import ConfigError, Rejected, suggest
from qmsreport.extracts import Batch, Diagnosis, Extract, Progress, Reject, Source
from qmsreport.records import KINDS
from qmsreport.sources import Context
from qmsreport.sources._files_cursors import Note, State, decoded, encoded
from qmsreport.sources._files_find import Found, Listing, look
from qmsreport.sources._paths import label

if TYPE_CHECKING:
    from qmsreport.sources._files_load import Fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`[sources.NAME]` with `kind = "files"`."""

    path: str = "sources"  # the folder: KIND.csv, KIND/anything.parquet, …
    patterns: dict[str, Any] = field(default_factory=dict)  # kind → glob or globs in that folder


@dataclass(frozen=True, slots=True)
class _Look:
    """A file and what is stored of it: the same bytes, known as `known`, or something else."""

    file: Found
    before: Fingerprint | None  # `None`: it cannot be read, as `error` says
    error: str | None = None
    known: Note | None = None
    stored: bool = False


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
        subject = label(self._folder, self._base)
        before = decoded(progress.cursor(subject), State) or State()
        settled = dict(before.settled)
        for _, group in itertools.groupby(listing.files, lambda file: file.kind):
            yield from self._one_kind(list(group), progress, settled)
        notes = listing.notes
        if not listing.files:
            notes = (*notes, f"There is no file to read in {self._folder}.")
        state = State(bool(notes or listing.strays), settled)
        if state.told or state != before:
            now = self._clock()
            yield Extract(
                subject=subject,
                asked=f"{subject}: which files hold which records",
                started_at=now,
                finished_at=now,
                product="files",
                warnings=notes,
                rejects=[Reject(origin=name, reason=why) for name, why in listing.strays],
                cursor=encoded(state),
            )

    def _look(self) -> Listing:
        try:
            return look(self._folder, self._base, self._patterns)
        except OSError as error:
            raise Rejected(
                f"Cannot list the folder {self._folder} of [sources.{self.name}]: {error.strerror}. "
                "Make it, mend its permissions, or change 'path'."
            ) from error

    def _one_kind(self, files: list[Found], progress: Progress, settled: dict[str, str]) -> Iterator[Extract]:
        """The files of one kind by name, and some of them twice.

        One that was loaded before and has changed is read first of all: a row that moved out of it gets its tombstone,
        and the file that has the row now brings it back. After one that is read, those with later names are read again,
        for they count where both say something of one key. A run that is stopped in between is made up for: until the
        others were read, such a file is not settled, which `settled` keeps by name.
        """
        looks = [self._look_at(file, progress, settled) for file in files]
        loaded = [progress.raw_sha256(file.name) is not None for file in files]
        changed = [place for place, look in enumerate(looks) if look.before and not look.stored]
        shrunk = [place for place in changed if loaded[place] and len(files) > 1]
        waiting = [place for place in changed if place in shrunk or any(loaded[place + 1 :])]
        whole = True
        for place in filter(None, shrunk):  # the first is read first anyway
            item = self._offer(looks[place], settled=False)
            if not item.rejects and not item.error:  # else nothing vanishes
                yield item
        again = 0 if shrunk else min(changed, default=len(files))
        for place, found in enumerate(looks):
            known = found.stored and place < again
            item = self._told(found) if known else self._offer(found, settled=place not in waiting)
            taken = _Taken(item.batches)
            yield replace(item, batches=taken)
            whole = whole and taken.whole and not item.error
        if whole:
            settled |= {files[place].name: _sha256(looks[place]) for place in waiting}

    def _look_at(self, file: Found, progress: Progress, settled: dict[str, str]) -> _Look:
        """Whether a file is stored as it is."""
        # polars is loaded when there is something to read, so that naming the kinds does not need it
        from qmsreport.sources._files_check import Unfit
        from qmsreport.sources._files_load import fingerprint

        try:
            before = fingerprint(file)
        except (Unfit, OSError) as error:
            return _Look(file, None, _why(error))
        known = decoded(progress.cursor(file.name), Note)
        stored = (
            known is not None
            and (known.kind, known.version) == (file.kind, __version__)
            and progress.raw_sha256(file.name) == before.sha256
            and (known.settled or settled.get(file.name) == before.sha256)
        )
        return _Look(file, before, known=known, stored=stored)

    def _told(self, look: _Look) -> Extract:
        """A file that is stored as it is: nothing of it but, once more, the rows that were set aside."""
        file, before, note = look.file, look.before, look.known
        assert before and note  # noqa: S101  # it is stored
        if not note.clean:
            return replace(self._offer(look, settled=note.settled), batches=(), lists_all=())
        started = self._clock()
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
            cursor=encoded(note),
        )

    def _offer(self, look: _Look, *, settled: bool) -> Extract:
        """The rows of a file."""
        from qmsreport.sources._files_check import Unfit
        from qmsreport.sources._files_load import batches, examine

        file, before, started = look.file, look.before, self._clock()
        if before is None:
            return self._failed(file, look.error, started)
        try:
            examined = examine(file)
        except (Unfit, OSError) as error:
            return self._failed(file, _why(error), started)
        rows = examined.good + examined.repeated + len(examined.rejects)
        clean = not examined.rejects
        note = Note(__version__, file.kind, clean, rows, examined.starts, examined.ends, settled)
        warnings = []
        if examined.repeated:
            warnings.append(
                f"{examined.repeated} rows repeat an earlier row word for word; each was stored once."
            )
        # what it listed while it was configured as another kind is gone
        former = (look.known.kind,) if look.known and look.known.kind != file.kind else ()
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
            cursor=encoded(note),
            lists_all=(file.kind, *former),
        )

    def _failed(self, file: Found, why: str | None, started: datetime) -> Extract:
        return Extract(
            subject=file.name,
            asked=f"{file.name} as {file.format}",
            started_at=started,
            finished_at=self._clock(),
            product="files",
            error=f"Cannot load {file.path}: {why}",
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


class _Taken:
    """Batches that know whether they were taken to the end."""

    def __init__(self, batches: Iterable[Batch]) -> None:
        self._batches = batches
        self.whole = False

    def __iter__(self) -> Iterator[Batch]:
        yield from self._batches
        self.whole = True


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.strerror or error}. Check the file, its disk and its permissions."
    return str(error)


def _sha256(look: _Look) -> str:
    assert look.before  # noqa: S101  # it was read
    return look.before.sha256
