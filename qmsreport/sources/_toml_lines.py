"""TOML with the line of every key, which tomllib does not tell.

A statement is what tomllib itself accepts as one: lines are handed to it until they parse. So this cannot read
a file otherwise than tomllib does; it only adds where things stand and the comment behind them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Path = tuple[str | int, ...]  # keys, and a number where [[tables]] repeat

_AT = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")
_MAY_END = re.compile(r"""[\]}]|\"{3}|'{3}""")  # a line that goes on a statement ends it with one of these


class Unreadable(Exception):  # it says what happened, like the house's other errors
    """Text that is not TOML: the line where reading stops, and why."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line
        self.why = why


@dataclass(frozen=True, slots=True)
class Entry:
    """One value: its keys from the top, the line its key stands on, and the comment behind it."""

    path: Path
    value: Any  # numbers with a fraction are Decimal
    line: int
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Toml:
    """A file as tomllib reads it, its values one by one in their order, and the line of each table's head."""

    values: dict[str, Any]
    entries: tuple[Entry, ...]
    heads: Mapping[Path, int]


def read(text: str, first: int = 1) -> Toml:
    """Read TOML.

    Args:
        text: the TOML, its lines ended by a line feed.
        first: the number of its first line in the file.

    Raises:
        Unreadable: naming the line in the file.
    """
    lines = text.split("\n")
    try:
        values = tomllib.loads(text, parse_float=Decimal)
    except RecursionError as error:
        raise Unreadable(first, "it is nested too deeply") from error
    except ValueError as error:
        at = _AT.search(str(error))
        line = int(at.group(1)) if at and at.group(1) else len(lines)
        raise Unreadable(first + line - 1, _AT.sub("", str(error)).rstrip(".")) from error
    entries: list[Entry] = []
    heads: dict[Path, int] = {}
    repeats: dict[Path, int] = {}
    table: Path = ()
    number = 0
    while number < len(lines):
        begins, bare = number, lines[number].strip()
        number += 1
        if bare.startswith("["):
            table = _head(bare, repeats)
            heads[table] = first + begins
        elif bare and not bare.startswith("#"):
            while number < len(lines) and _statement(lines[begins:number]) is None:
                number += 1
                while number < len(lines) and not _MAY_END.search(lines[number - 1]):
                    number += 1
            statement = lines[begins:number]
            comment = _comment(statement)
            entries += [
                Entry((*table, *path), value, first + begins, comment)
                for path, value in _leaves(_statement(statement) or {})
            ]
    return Toml(values, tuple(entries), heads)


def _statement(lines: list[str]) -> dict[str, Any] | None:
    try:
        return tomllib.loads("\n".join(lines), parse_float=Decimal)
    except ValueError:
        return None


def _head(bare: str, repeats: dict[Path, int]) -> Path:
    """The path that `[a.b]` or `[[a.b]]` opens, with the number of each repeated table on the way."""
    level: Any = _statement([bare]) or {}
    keys: list[str] = []
    while isinstance(level, dict) and level:
        ((key, level),) = level.items()
        keys.append(key)
    path: Path = ()
    for key in keys[:-1]:
        path = _newest((*path, key), repeats)
    path = (*path, *keys[-1:])
    if bare.startswith("[["):
        repeats[path] = repeats.get(path, 0) + 1
    return _newest(path, repeats)


def _newest(path: Path, repeats: Mapping[Path, int]) -> Path:
    return (*path, repeats[path] - 1) if path in repeats else path


def _leaves(level: Mapping[str, Any], above: Path = ()) -> list[tuple[Path, Any]]:
    """Dotted keys and inline tables come out alike; what is in a list stays together."""
    found: list[tuple[Path, Any]] = []
    for key, value in level.items():
        if isinstance(value, dict) and value:
            found += _leaves(value, (*above, key))
        else:
            found.append(((*above, key), value))
    return found


def _comment(lines: list[str]) -> str:
    """The comment behind a statement; of one that takes several lines also the one behind its first bracket."""
    before, last = lines[:-1], lines[-1]
    for place, letter in enumerate(last):
        if letter == "#" and _statement([*before, last[:place]]) is not None:
            return last[place + 1 :].strip()
    opening = re.match(r"""[^"'#]*\[\s*#(.*)$""", lines[0]) if before else None
    return opening.group(1).strip() if opening else ""
