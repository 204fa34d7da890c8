"""TOML tables as dataclasses: every key and value checked against the fields, every problem named at once."""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar

from qmsreport.errors import suggest

_T = TypeVar("_T")
# the words that a key may be, by table and key
_WORDS = {
    "slo.kind": ("ratio", "latency", "threshold", "ready"),
    "slo.operator": ("<=", "<", ">=", ">"),
    "slo.budgeting": ("occurrences", "timeslices", "ratio_timeslices"),
    "slo_policy.zero_traffic": ("unknown", "good"),
}
# the least that a number may be; of the others it is 0, and a source's options are the source's to judge
_LEAST = {"report.trend_periods": 1, "slo.threshold": -math.inf}


def read_table(
    cls: type[_T], table: object, key: str, problems: list[str], where: str | None = None
) -> _T | None:
    """Build `cls` from a TOML table, adding a sentence to `problems` for everything wrong with it."""
    where = where or f"[{key}]"
    if not isinstance(table, dict):
        problems.append(f"{where}: must be a table.")
        return None
    hints = _hints(cls)  # type: ignore[arg-type]  # every class is hashable
    values: dict[str, Any] = {}
    before = len(problems)
    for name, value in table.items():
        if name not in hints:
            secret = name in ("token", "password", "secret", "key")
            hint = (
                f" A secret never stands in the configuration: put it in an environment variable and name that in '{name}_env'."
                if secret
                else suggest(name, hints)
            )
            problems.append(f"{where} {name}: unknown key.{hint}")
            continue
        if nested := _nested(hints[name]):
            values[name] = _read_list(nested, value, f"{key}.{name}", problems)
            continue
        converted, wanted = _convert(value, hints[name])
        if wanted:
            problems.append(f"{where} {name}: {value!r} is not {wanted}.")
        elif isinstance(converted, int | float) and not key.startswith("sources"):
            least = _LEAST.get(f"{key}.{name}", 0)
            if converted < least:
                problems.append(f"{where} {name}: {value!r} is too small. The least is {least}.")
        words = _WORDS.get(f"{key}.{name}")
        if words and converted not in words:
            problems.append(f"{where} {name}: {value!r} is none of {', '.join(words)}.")
        values[name] = converted
    for item in dataclasses.fields(cls):  # type: ignore[arg-type]  # every caller hands a dataclass
        required = item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING
        if required and item.name not in table:
            problems.append(f"{where} {item.name}: missing, and it has no default.")
    return cls(**values) if len(problems) == before else None


def _nested(hint: Any) -> type | None:
    """The class of a list of tables, like `list[ScopeExclusion]`."""
    inner = typing.get_args(hint)
    is_list = typing.get_origin(hint) is list and bool(inner) and dataclasses.is_dataclass(inner[0])
    return inner[0] if is_list else None


def _read_list(cls: type[_T], rows: object, key: str, problems: list[str]) -> list[_T | None]:
    """A list of tables inside a table: `[[key]]`."""
    if not isinstance(rows, list):
        problems.append(f"[{key}]: write it as [[{key}]], once for each.")
        return []
    return [read_table(cls, row, key, problems, f"[[{key}]] no. {at}") for at, row in enumerate(rows, 1)]


@cache
def _hints(cls: type) -> Mapping[str, Any]:
    """The type of each field; working them out takes longer than reading thousands of tables."""
    return typing.get_type_hints(cls)


def _convert(value: object, hint: Any) -> tuple[Any, str]:
    """The value as the hinted type, and what it should have been if it is not."""
    if isinstance(hint, types.UnionType):
        hint = next(arg for arg in typing.get_args(hint) if arg is not types.NoneType)
    if isinstance(value, float) and not math.isfinite(value):
        return value, "a number that can be reckoned with"
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value), ""
    if hint is datetime and isinstance(value, datetime):
        return value, "" if value.tzinfo else "a time with a zone, like 2026-07-01T00:00:00Z"
    if hint is str and isinstance(value, date):
        return value.isoformat(), ""
    if hint == list[str]:
        good = isinstance(value, list) and all(isinstance(item, str) for item in value)
        return value, "" if good else "a list of texts"
    origin = typing.get_origin(hint) or hint
    if isinstance(value, origin) and not (origin in (int, float) and isinstance(value, bool)):
        return value, ""
    names = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", dict: "a table"}
    return value, names.get(origin, "a time with a zone, like 2026-07-01T00:00:00Z")
