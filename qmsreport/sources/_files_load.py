"""One file, twice over: first looked at to the end, then handed over, so that a broken one changes nothing."""

from __future__ import annotations

import codecs
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import polars as pl

from qmsreport import records
from qmsreport.errors import Malformed
from qmsreport.extracts import Batch, Reject
from qmsreport.sources._files_check import LINE, Unfit, check
from qmsreport.sources._files_find import Found
from qmsreport.sources._files_read import pieces

_BLOCK = 1 << 20
_HELD = {
    "CSV": 200 << 20,
    "JSON Lines": 200 << 20,
    "Parquet": 30 << 20,
}  # bytes; Parquet is read again faster
_BATCH_ROWS = 400_000  # the warehouse takes large batches faster; pieces are put together up to this


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a file was when it was looked at: SHA-256 of its bytes, size in bytes, time of its last change."""

    sha256: str
    size: int
    changed_ns: int


@dataclass(slots=True)
class Examined:
    """What a file holds: good rows, bad ones, which to leave out, and the span of its kind's time."""

    good: int = 0
    repeated: int = 0  # rows that say again, word for word, what an earlier one says
    rejects: tuple[Reject, ...] = ()
    leave_out: pl.Series | None = None  # the lines of rows whose key an earlier row has
    starts: datetime | None = None
    ends: datetime | None = None
    held: list[pl.DataFrame] | None = field(
        default_factory=list
    )  # the rows, so that a small file is read once


def fingerprint(file: Found) -> Fingerprint:
    """Hash a file, and see that text is UTF-8.

    Raises:
        Unfit: it is not UTF-8.
        OSError: it cannot be read.
    """
    decoder = None if file.format == "Parquet" else codecs.getincrementaldecoder("utf-8")()
    digest = hashlib.sha256()
    lines = 0
    with file.path.open("rb") as stream:
        status = os.fstat(stream.fileno())
        while block := stream.read(_BLOCK):
            digest.update(block)
            if decoder:
                _decode(decoder, block, lines)
                lines += block.count(b"\n")
    if decoder:
        _decode(decoder, b"", lines, final=True)
    return Fingerprint(digest.hexdigest(), status.st_size, status.st_mtime_ns)


def _decode(decoder: codecs.IncrementalDecoder, block: bytes, lines: int, *, final: bool = False) -> None:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError as error:
        if block.startswith(b"\x1f\x8b"):
            raise Unfit("It is compressed. Unpack it, or write it as Parquet.") from error
        line = lines + block[: max(error.start, 0)].count(b"\n") + 1
        raise Unfit(f"It is not UTF-8 on line {line}. Save it as UTF-8.") from error


def examine(file: Found) -> Examined:
    """Read a file to its end.

    Raises:
        Unfit: it cannot be loaded as a whole.
        OSError: it cannot be read.
    """
    found = Examined()
    rejects: list[Reject] = []
    hashes: list[pl.Series] = []
    keys = list(records.key_of(file.kind))
    size = 0.0
    for piece in pieces(file):
        checked = check(file.kind, piece.raw, file.name)
        rejects += piece.rejects + checked.rejects
        hashes.append(checked.rows.select(keys).hash_rows())
        _widen(found, file.kind, checked.rows)
        found.good += checked.rows.height
        size += checked.rows.estimated_size()
        if found.held is not None and size <= _HELD[file.format]:
            found.held.append(checked.rows)
        else:
            found.held = None
    again = _twice(hashes)
    if again is not None:
        rejects += _repeats(file, again, found)
    found.rejects = tuple(sorted(rejects, key=lambda reject: reject.line or 0))
    return found


def _widen(found: Examined, kind: str, rows: pl.DataFrame) -> None:
    if kind not in records.TIME_OF or rows.is_empty():
        return
    moments = rows.select(pl.coalesce(records.TIME_OF[kind]).alias("at")).to_series()
    least, most = moments.min(), moments.max()
    if isinstance(least, datetime) and isinstance(most, datetime):
        found.starts = min(found.starts or least, least)
        found.ends = max(found.ends or most, most)


def _twice(hashes: list[pl.Series]) -> pl.Series | None:
    """The hashes of keys that occur more than once; equal keys have equal hashes, others may too."""
    if not hashes:
        return None
    ordered = pl.concat(hashes).sort()
    again = ordered.filter((ordered == ordered.shift(1)).fill_null(False))
    return again.unique() if again.len() else None


def _repeats(file: Found, again: pl.Series, found: Examined) -> list[Reject]:
    """Leave out every later row of a key; the ones that say something else than the first are rejects."""
    keys = list(records.key_of(file.kind))
    content = [column.name for column in records.columns(file.kind) if not column.key]
    everything = found.held if found.held is not None else _rows(file, found)
    rows = pl.concat(
        rows.filter(rows.select(keys).hash_rows().is_in(again.implode())) for rows in everything
    ).sort(LINE)
    firsts = rows.unique(keys, keep="first", maintain_order=True)
    paired = rows.join(firsts, on=keys, how="left", suffix="_first", maintain_order="left")
    later = paired.filter(pl.col(LINE) != pl.col(f"{LINE}_first"))
    differs = pl.any_horizontal(
        pl.lit(False), *(pl.col(name).ne_missing(pl.col(f"{name}_first")) for name in content)
    )
    others = later.filter(differs)
    found.repeated = later.height - others.height
    found.good -= later.height
    found.leave_out = later.get_column(LINE)
    return [
        Reject(
            origin=file.name,
            line=row[LINE],
            column=keys[0],
            reason=f"The key stands already on line {row[f'{LINE}_first']}, with other content. Keep one of them.",
            excerpt=", ".join(f"{name}={row[name]}" for name in keys)[:160],
        )
        for row in others.select(*keys, LINE, f"{LINE}_first").iter_rows(named=True)
    ]


def batches(file: Found, examined: Examined, before: Fingerprint) -> Iterator[Batch]:
    """The good rows, piece by piece.

    Raises:
        Malformed: the file is not the one that was looked at.
    """
    names = list(records.schema(file.kind))
    try:
        waiting: list[pl.DataFrame] = []
        for rows in _rows(file, examined):
            waiting.append(_kept(rows, examined).select(names))
            if sum(part.height for part in waiting) >= _BATCH_ROWS:
                yield Batch(file.kind, pl.concat(waiting))
                waiting = []
        if waiting:
            yield Batch(file.kind, pl.concat(waiting))
    except (Unfit, OSError) as error:
        raise Malformed(_changed(file.path)) from error
    if not _is_still(file.path, before):
        raise Malformed(_changed(file.path))


def _rows(file: Found, examined: Examined) -> Iterator[pl.DataFrame]:
    """The rows that were looked at: those still held, else read again."""
    if examined.held is not None:
        while examined.held:  # let go of each as it is handed on
            yield examined.held.pop(0)
    else:
        for piece in pieces(file):
            yield check(file.kind, piece.raw, file.name).rows


def _kept(rows: pl.DataFrame, examined: Examined) -> pl.DataFrame:
    if examined.leave_out is None:
        return rows
    return rows.filter(~pl.col(LINE).is_in(examined.leave_out.implode()))


def _is_still(path: Path, before: Fingerprint) -> bool:
    try:
        status = path.stat()
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) == (before.size, before.changed_ns)


def _changed(path: Path) -> str:
    return f"The file {path} was changed while it was read. Run this again when it is finished; nothing of it was stored."
