"""What a kind's columns are: derived from its record class, so that there is one place to change."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from qmsreport.records.kinds import KINDS

if TYPE_CHECKING:
    import polars as pl

SQL_TYPES: Mapping[str, str] = types.MappingProxyType(
    {
        "text": "varchar",
        "integer": "bigint",
        "number": "double",
        "boolean": "boolean",
        "time": "timestamp",
        "texts": "varchar[]",
        "object": "varchar",  # canonical JSON text, so that Spark reads it too
    }
)

_NAMES = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "boolean",
    datetime: "time",
    list[str]: "texts",
    dict[str, Any]: "object",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a kind: its name, its type (a key of `SQL_TYPES`) and what is special about it."""

    name: str
    type: str
    key: bool
    person: bool
    choices: tuple[str, ...]

    @property
    def sql_type(self) -> str:
        """The DuckDB type."""
        return SQL_TYPES[self.type]


@cache
def columns(kind: str) -> tuple[Column, ...]:
    """The columns of a kind, in order, the key ones marked."""
    record = KINDS[kind]
    hints = typing.get_type_hints(record)
    found = []
    for item in fields(record):
        hint = hints[item.name]
        args = [arg for arg in typing.get_args(hint) if arg is not types.NoneType]
        bare = args[0] if isinstance(hint, types.UnionType) else hint
        found.append(
            Column(
                name=item.name,
                type=_NAMES[bare],
                key=item.metadata.get("key", False),
                person=item.metadata.get("person", False),
                choices=item.metadata.get("choices", ()),
            )
        )
    return tuple(found)


@cache
def key_of(kind: str) -> tuple[str, ...]:
    """The names of the key columns of a kind."""
    return tuple(column.name for column in columns(kind) if column.key)


def schema(kind: str) -> dict[str, pl.DataType]:
    """The polars schema of a kind: what a batch's frame must have, in this order."""
    import polars as pl

    polars_types: dict[str, pl.DataType] = {
        "text": pl.String(),
        "integer": pl.Int64(),
        "number": pl.Float64(),
        "boolean": pl.Boolean(),
        "time": pl.Datetime("us"),
        "texts": pl.List(pl.String()),
        "object": pl.String(),
    }
    return {column.name: polars_types[column.type] for column in columns(kind)}


def frame(kind: str, records: Iterable[Any]) -> pl.DataFrame:
    """Turn records of one kind into a frame with that kind's schema; mappings become canonical JSON."""
    import polars as pl

    rows = map(attrgetter(*(column.name for column in columns(kind))), records)
    if any(column.type == "object" for column in columns(kind)):
        rows = map(_plain, rows)
    return pl.DataFrame(list(rows), schema=schema(kind), orient="row")


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(canonical(value) if isinstance(value, dict) else value for value in row)


def canonical(mapping: Mapping[str, Any]) -> str:
    """A mapping as JSON with sorted keys and no blanks: equal mappings give equal text."""
    return json.dumps(mapping, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
