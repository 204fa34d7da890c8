"""Reading CSV, JSON Lines and Parquet piece by piece, each row with the place where it stands."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any

import msgspec
import polars as pl

from qmsreport import records
from qmsreport.errors import suggest
from qmsreport.extracts import Reject
from qmsreport.sources._files_check import LINE, WANTED, Unfit, match_columns, text_lists
from qmsreport.sources._files_find import Found

TEXT_ROWS = 20_000  # rows of a piece; more Python objects at once are slower, the collector looks at them all
PARQUET_ROWS = 500_000
_UNKNOWN = re.compile(r"unknown field `(.*)`")
_PATH = re.compile(r" - at `\$\.(\w+)")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows as they stand, with `LINE`, and rows that could not even be taken apart."""

    raw: pl.DataFrame
    rejects: list[Reject] = field(default_factory=list)


def pieces(file: Found) -> Iterator[Piece]:
    """The file, piece by piece.

    Raises:
        Unfit: the file as a whole cannot be read; also half-way.
        OSError: it cannot be opened.
    """
    readers = {"CSV": _csv, "JSON Lines": _json_lines, "Parquet": _parquet}
    return readers[file.format](file)


def _csv(file: Found) -> Iterator[Piece]:
    with file.path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, strict=True)
        try:
            names = next(reader, [])
            if not names:
                raise Unfit("Its first line is empty, where the columns must be named. Write it again.")
            if len(names) == 1 and re.search(r"[;\t|]", names[0]):
                raise Unfit("Its columns are not separated by commas. Save it with commas.")
            match_columns(file.kind, names)
            while True:
                rows, places, rejects = _csv_rows(reader, len(names), file.name)
                if not rows and not rejects:
                    return
                values = zip(*rows, strict=True) if rows else ([] for _ in names)
                columns = [
                    pl.Series(name, column, dtype=pl.String)
                    for name, column in zip(names, values, strict=True)
                ]
                yield Piece(pl.DataFrame([*columns, pl.Series(LINE, places, dtype=pl.Int64)]), rejects)
        except csv.Error as error:
            if "field limit" in str(error):
                raise Unfit(
                    f"A value that ends near line {reader.line_num} has more than {csv.field_size_limit():,} "
                    "characters. Close the quote if one was left open; else write the file as JSON Lines."
                ) from error
            raise Unfit(
                f"Its quoting breaks off near line {reader.line_num} ({error}). Mend it there."
            ) from error


def _csv_rows(reader: Any, width: int, origin: str) -> tuple[list[list[str]], list[int], list[Reject]]:
    """The next rows, the lines they begin on, and those with another number of fields."""
    rows: list[list[str]] = []
    places: list[int] = []
    rejects: list[Reject] = []
    begins = reader.line_num + 1  # a quoted field may hold line ends, so a row may take several lines
    for row in reader:
        if len(row) == width:
            rows.append(row)
            places.append(begins)
        elif row:  # an empty line is no row
            reason = f"Has {len(row)} fields where the first line names {width} columns. Quote fields that hold commas."
            rejects.append(Reject(origin=origin, line=begins, reason=reason))
        if len(rows) >= TEXT_ROWS:
            break
        begins = reader.line_num + 1
    return rows, places, rejects


def _json_lines(file: Found) -> Iterator[Piece]:
    decoder = _decoder(file.kind)
    wanted = records.schema(file.kind) | {
        column.name: pl.String() for column in records.columns(file.kind) if column.type == "time"
    }
    with file.path.open("rb") as stream:
        numbered = enumerate(stream, 1)
        empty = True
        while lines := list(itertools.islice(numbered, TEXT_ROWS)):
            if lines[0][0] == 1:
                lines[0] = (1, lines[0][1].removeprefix(b"\xef\xbb\xbf"))
            rows: list[Any] = []
            places: list[int] = []
            rejects: list[Reject] = []
            for place, line in lines:
                if line.isspace() or not line:
                    continue
                try:
                    rows.append(decoder.decode(line))
                    places.append(place)
                except (msgspec.DecodeError, RecursionError) as error:
                    rejects.append(_json_reject(file, place, str(error)))
            empty = empty and not rows and not rejects
            columns = [
                _json_column(rows, column, wanted[column.name]) for column in records.columns(file.kind)
            ]
            yield Piece(pl.DataFrame([*columns, pl.Series(LINE, places, dtype=pl.Int64)]), rejects)
        if empty:  # a file cut short looks the same, and would make every stored row vanish
            raise Unfit("It holds no row. Write it again; delete it if it is not wanted.")


@cache
def _decoder(kind: str) -> msgspec.json.Decoder[Any]:
    """Reads one line: the kind's columns, none required, because an empty key is told with its line later."""
    types: dict[str, Any] = {
        "text": str,
        "time": str,
        "integer": Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)],
        "number": float,
        "boolean": bool,
        "texts": list[str],
        "object": dict[str, Any] | str,
    }
    columns = [(column.name, types[column.type] | None, None) for column in records.columns(kind)]
    return msgspec.json.Decoder(msgspec.defstruct(kind, columns, forbid_unknown_fields=True))


def _json_column(rows: list[Any], column: records.Column, dtype: pl.DataType) -> pl.Series:
    values = [getattr(row, column.name) for row in rows]
    if column.type == "object":
        values = [records.canonical(value) if isinstance(value, dict) else value for value in values]
    if column.type == "texts":
        return text_lists(column.name, values)
    return pl.Series(column.name, values, dtype=dtype)


def _json_reject(file: Found, place: int, message: str) -> Reject:
    """A line that is not what a row may be; the line itself may name people, so it is not quoted."""
    unknown = _UNKNOWN.search(message)
    if unknown:
        word = unknown.group(1)
        hint = suggest(word, [column.name for column in records.columns(file.kind)])
        raise Unfit(
            f"On line {place} there is no column '{word}' in {file.kind}.{hint} Mend its columns; nothing of it was loaded."
        )
    at = _PATH.search(message)
    name = at.group(1) if at else None
    wanted = {column.name: WANTED[column.type] for column in records.columns(file.kind)}
    reason = f"Is not {wanted[name]}." if name else f"Is not one JSON object: {message}."
    return Reject(origin=file.name, line=place, column=name, reason=reason)


def _parquet(file: Found) -> Iterator[Piece]:
    try:
        present = pl.read_parquet_schema(file.path)
        match_columns(file.kind, list(present))
        _see_types(file.kind, present)
        scan = pl.scan_parquet(file.path, glob=False)
        height = scan.select(pl.len()).collect().item()
        for start in range(0, height, PARQUET_ROWS):
            raw = scan.slice(start, PARQUET_ROWS).collect()
            places = pl.int_range(start + 1, start + raw.height + 1, eager=True).alias(LINE)
            yield Piece(raw.with_columns(places))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        why = " ".join(str(error).split("\n")[0].split())
        raise Unfit(f"It is no whole Parquet file ({why}). Write it again.") from error


def _see_types(kind: str, present: Mapping[str, pl.DataType]) -> None:
    problems = []
    for column in records.columns(kind):
        dtype = present.get(column.name)
        if dtype is None or dtype == pl.Null or isinstance(dtype, (pl.String, pl.Categorical, pl.Enum)):
            bare = column.type in ("integer", "number", "boolean") and isinstance(dtype, pl.String)
            good = not bare
        elif column.type == "time" and isinstance(dtype, pl.Datetime):
            good = dtype.time_zone is not None
            if not good:
                problems.append(f"The times in '{column.name}' have no zone. Write them as instants in UTC.")
                continue
        elif column.type == "texts":
            good = isinstance(dtype, pl.List) and dtype.inner in (pl.String, pl.Null)
        else:
            good = {
                "integer": dtype.is_integer() or dtype.is_float() or dtype.is_decimal(),
                "number": dtype.is_numeric(),
                "boolean": dtype == pl.Boolean,
            }.get(column.type, False)
        if not good:
            problems.append(f"The column '{column.name}' holds {dtype}, not {WANTED[column.type]}.")
    if problems:
        raise Unfit(f"{' '.join(problems)} Mend its columns; nothing of it was loaded.")
