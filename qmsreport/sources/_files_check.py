"""From a file's values to the vocabulary's types, by whole columns; rows that do not fit are set aside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import msgspec
import polars as pl
import pyarrow as pa

from qmsreport import records
from qmsreport.errors import suggest
from qmsreport.extracts import Reject
from qmsreport.records import Column

LINE = "_line"  # the column that says where a row stands
_EXCERPT = 80
_REMEMBERED = 100_000  # distinct lists or objects kept while a column is read
_TIME = r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:[0-5]\d([.,]\d{1,9})?)?([Zz]|[+-]\d\d(:?\d\d)?)$"
_SECONDS = -62_135_596_800, 253_402_300_799  # the years 1 and 9999: what can be written as a time again
_TICKS = {"ms": 1_000, "us": 1_000_000}  # nanoseconds in 64 bits reach no further than the year 2262
_ZONELESS = re.compile(r"^\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d([.,]\d+)?)?)?$")
WANTED = {
    "text": "a text",
    "integer": "a whole number",
    "number": "a finite number, like 12.5; leave it empty where it is not known",
    "boolean": "true, false, 1 or 0",
    "time": "a time that exists, with a zone, like 2026-07-01T00:00:00Z or 2026-07-01T02:00:00.5+02:00",
    "texts": 'a list of texts, like ["a","b"] or a;b',
    "object": 'a JSON object, like {"a":1}',
}


class Unfit(Exception):  # it says what happened, like the house's other errors
    """A file that cannot be loaded as a whole; the message is a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Checked:
    """Good rows with the kind's schema and their `LINE`; the bad ones, and how many rows there were."""

    rows: pl.DataFrame
    rejects: list[Reject]
    seen: int


def match_columns(kind: str, names: list[str]) -> None:
    """See that a file's columns are the kind's.

    Raises:
        Unfit: naming every unknown, repeated or missing one.
    """
    known = {column.name for column in records.columns(kind)}
    problems = [
        f"there is no column '{name}' in {kind}.{suggest(name, known)}" if name else "a column has no name."
        for name in names
        if name not in known
    ]
    problems += [
        f"the column '{name}' stands twice." for name in sorted({n for n in names if names.count(n) > 1})
    ]
    problems += [f"the key column '{name}' is missing." for name in records.key_of(kind) if name not in names]
    if problems:
        raise Unfit(f"{' '.join(problems)} Mend its columns; nothing of it was loaded.")


def check(kind: str, raw: pl.DataFrame, origin: str) -> Checked:
    """Convert every column that is there, leave the others null, and set bad rows aside.

    Args:
        kind: the kind of record.
        raw: some of the kind's columns as text or already typed, and `LINE`.
        origin: the file's name, for the rejects.
    """
    typed: list[pl.Series] = []
    faults: dict[int, tuple[Column, str, Any]] = {}
    wanted = records.schema(kind)
    for column in records.columns(kind):
        if column.name not in raw.columns:
            typed.append(
                pl.repeat(None, raw.height, dtype=wanted[column.name], eager=True).alias(column.name)
            )
            continue
        source = raw.get_column(column.name)
        value = _convert(source, column).alias(column.name)
        if value.null_count() > (0 if column.key else source.null_count()):
            bad = value.is_null() if column.key else value.is_null() & ~_absent(source)
            # polars cannot show an instant outside the years of a calendar, but the number behind it
            stands = source.to_physical() if isinstance(source.dtype, pl.Datetime) else source
            for row in bad.arg_true().to_list():
                _blame(faults, row, column, stands[row])
        typed.append(value)
    rows = pl.DataFrame([*typed, raw.get_column(LINE)])
    if not faults:
        return Checked(rows, [], raw.height)
    lines = raw.get_column(LINE)
    rejects = [
        Reject(
            origin=origin, line=lines[row], column=column.name, reason=reason, excerpt=excerpt(value, column)
        )
        for row, (column, reason, value) in sorted(faults.items())
    ]
    good = pl.repeat(True, raw.height, eager=True).scatter(list(faults), False)
    return Checked(rows.filter(good), rejects, raw.height)


def _blame(faults: dict[int, tuple[Column, str, Any]], row: int, column: Column, value: Any) -> None:
    """One reject for a row: at its first bad column, with the others named in the reason."""
    reason = _reason(column, value)
    if row in faults:
        first, before, shown = faults[row]
        faults[row] = (first, f"{before} Column {column.name}: {reason}", shown)
    else:
        faults[row] = (column, reason, value)


def excerpt(value: Any, column: Column) -> str | None:
    """The start of a bad value; nothing where the column names people."""
    if column.person or value is None:
        return None
    text = str(value.to_list() if isinstance(value, pl.Series) else value)
    return text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…"


def _absent(source: pl.Series) -> pl.Series:
    return source.is_null() | (source == "") if source.dtype == pl.String else source.is_null()


def _reason(column: Column, value: Any) -> str:
    """Why a value does not do, in a sentence without the value where that names people."""
    if value is None or (isinstance(value, str) and not value):
        return "The key is empty."
    if column.choices:
        return f"Is none of {', '.join(column.choices)}.{_nearest(str(value), column.choices)}"
    if column.type == "time" and isinstance(value, str) and _ZONELESS.match(value):
        return "Is a time without a zone. End it with Z for UTC, or with an offset like +02:00."
    return f"Is not {WANTED[column.type]}."


def _nearest(word: str, choices: tuple[str, ...]) -> str:
    hint = suggest(word.lower(), choices)
    return hint if hint.startswith(" Did") else ""


def _convert(source: pl.Series, column: Column) -> pl.Series:
    """The column's type; null where a value is absent or does not fit."""
    if isinstance(source.dtype, (pl.Categorical, pl.Enum)):
        source = source.cast(pl.String)
    if source.dtype == pl.Null:
        source = source.cast(pl.String)
    text = source.dtype == pl.String
    if text and column.type in ("texts", "object"):
        return _parsed(source, column.type)
    if column.type == "texts":
        return _full(source)
    v = pl.col(source.name)
    if column.type == "time":
        instant = _time(v) if text else v.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        unit = source.dtype.time_unit if isinstance(source.dtype, pl.Datetime) else "us"
        if unit in _TICKS:
            ticks, (first, last) = _TICKS[unit], _SECONDS
            instant = pl.when(instant.to_physical().is_between(first * ticks, last * ticks)).then(instant)
        expression = instant.cast(pl.Datetime("us"))
    elif column.type == "boolean" and text:
        lowered = v.str.to_lowercase()
        expression = (
            pl.when(lowered.is_in(["true", "1"])).then(True).when(lowered.is_in(["false", "0"])).then(False)
        )
    elif column.type == "integer":
        fraction = source.dtype.is_float() or source.dtype.is_decimal()
        whole = pl.when(v == v.floor()).then(v) if fraction else v
        expression = whole.cast(pl.Int64, strict=False)
    elif column.type == "number":
        number = v.cast(pl.Float64, strict=False)
        expression = pl.when(number.is_finite()).then(number)
    elif column.choices:
        expression = pl.when(v.is_in(column.choices)).then(v)
    elif column.type == "text":
        expression = pl.when(v != "").then(v)
    else:
        expression = v  # already true and false
    return source.to_frame().select(expression.alias(source.name)).to_series()


def _time(v: pl.Expr) -> pl.Expr:
    """ISO 8601 with a zone as naive UTC; finer than a microsecond is cut off."""
    zoned = v.str.replace(r"[Zz]$", "+00:00").str.replace(r"([+-]\d\d)$", "${1}:00")
    plain = zoned.str.replace(" ", "T").str.replace("t", "T").str.replace(",", ".")
    whole = plain.str.replace(r"T(\d\d:\d\d)([+-])", "T$1:00$2")
    right = pl.when(v.str.contains(_TIME)).then(whole)
    parsed = right.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%z", time_unit="us", strict=False)
    return parsed.dt.replace_time_zone(None)


def _parsed(source: pl.Series, kind: str) -> pl.Series:
    """Lists and objects written as text; each distinct text is read once."""
    read = _texts if kind == "texts" else _object
    known: dict[str | None, Any] = {None: None, "": None}
    found = []
    for text in source.to_list():
        if text not in known:
            if len(known) > _REMEMBERED:
                known = {None: None, "": None}
            known[text] = read(text)
        found.append(known[text])
    return (
        text_lists(source.name, found) if kind == "texts" else pl.Series(source.name, found, dtype=pl.String)
    )


def _full(source: pl.Series) -> pl.Series:
    """Lists of texts; null for one that holds an absent or an empty text, which names nobody and nothing."""
    source = source.cast(pl.List(pl.String))
    parts = source.list.explode(empty_as_null=False)
    if not (parts.is_null() | (parts == "")).any():
        return source
    v = pl.col(source.name)
    whole = v.list.eval(pl.element().filter(pl.element() != "")).list.len() == v.list.len()
    return source.to_frame().select(pl.when(whole).then(v)).to_series()


def text_lists(name: str, values: list[list[str] | None]) -> pl.Series:
    """A column of lists; by way of Arrow, because polars makes each list on its own, ten times slower."""
    return pl.Series(name, pa.array(values, pa.large_list(pa.large_string())), dtype=pl.List(pl.String))


def _texts(text: str) -> list[str] | None:
    if text.startswith("["):
        try:
            parts = msgspec.json.decode(text, type=list[str])
        except (msgspec.MsgspecError, RecursionError):
            return None
    else:
        parts = [part.strip() for part in text.split(";")]
    return parts if all(parts) else None


def _object(text: str) -> str | None:
    try:
        return records.canonical(msgspec.json.decode(text, type=dict[str, Any]))
    except (msgspec.MsgspecError, RecursionError):
        return None
