"""From the keys and values of a document to the settings that it declares: names, units and numbers made alike.

What a document calls its settings is data: `_policy_keys.csv` beside this module, and `[sources.NAME.keys]`.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from qmsreport.sources._policy_marks import is_empty

AUTO = "auto"  # the key does not state the unit
UNITS = ("days", "h", "s", "ms", "share", "count", "flag", "text", "list", "version", "")
_NUMBERS = ("days", "h", "s", "ms", "share", "count", "")
_LARGEST = 30  # digits before the point; a larger number is a slip, and writing it out would fill pages
_LENGTHS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_LENGTH = re.compile(r"\b(\d+(?:\.\d+)?)\s*(second|minute|hour|day)s?\b", re.IGNORECASE)
_PERCENT = re.compile(r"percent|%", re.IGNORECASE)
_RATIO = re.compile(r"\bratio\b|\b0(?:\.0)?\s*(?:-|–|to)\s*1(?:\.0)?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rule:
    """What one key of a document means.

    `factor` turns the document's number into the unit; `auto`, where nothing in the key says which unit it is. For
    a list it is the member that a true flag stands for.
    """

    key: str
    unit: str
    factor: str = "1"


@dataclass(frozen=True, slots=True)
class Normal:
    """A value in its unit. `unit_unstated` says how it was taken where nothing states it; `wanted`, what it is not."""

    value: str | None
    unit: str | None
    unit_unstated: str | None = None
    wanted: str | None = None


@cache
def known_rules() -> Mapping[str, Rule]:
    """The document keys that are known: dotted, `*` for one part that may have any name."""
    text = resources.files("qmsreport.sources").joinpath("_policy_keys.csv").read_text("utf-8")
    return {
        row["document_key"]: Rule(row["key"], row["unit"], row["factor"])
        for row in csv.DictReader(text.splitlines())
    }


class Rules:
    """The known keys and an organisation's own."""

    def __init__(self, own: Mapping[str, Rule] | None = None) -> None:
        self._rules = {**known_rules(), **(own or {})}
        self._tables = {key.rpartition(".")[0] for key in self._rules}

    def find(self, path: tuple[str, ...]) -> Rule | None:
        """The rule of a key, with `*` filled in from it."""
        dotted = ".".join(path)
        if dotted in self._rules:
            return self._rules[dotted]
        for place in range(1, len(path) - 1):
            rule = self._rules.get(".".join((*path[:place], "*", *path[place + 1 :])))
            if rule:
                return replace(rule, key=rule.key.replace("*", path[place]))
        return None

    def home(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """Where a key belongs: itself, or the top level when it stands under a known table that has no such key.

        TOML files everything behind `[table]` under it until the next table, so that keys meant for the whole
        document end up there when they are written last.
        """
        lost = len(path) > 1 and self.find(path) is None and path[-1] in self._rules
        return path[-1:] if lost and ".".join(path[:-1]) in self._tables else path


def normal(value: Any, rule: Rule | None, comment: str = "") -> Normal:
    """One value in its rule's unit; without a rule, as it stands.

    A share whose unit neither key nor comment states is taken as a ratio up to 1 and as a percentage above it.
    A time whose unit nothing states is taken as seconds; a comment such as `5 minutes` states it.
    """
    if is_empty(value):
        return Normal(None, (rule.unit or None) if rule else None)
    if rule is None:
        return Normal(written(value), _own_unit(value))
    if rule.unit in _NUMBERS:
        return _number(value, rule, comment)
    if rule.unit == "flag" and not isinstance(value, bool):
        return Normal(written(value), None, wanted="true or false")
    if rule.unit == "list" and not isinstance(value, list):
        return Normal(written([value]), "list")
    return Normal(written(value), rule.unit)


def _number(value: Any, rule: Rule, comment: str) -> Normal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return Normal(written(value), None, wanted="a number")
    number = Decimal(value)
    if not number.is_finite() or number.adjusted() > _LARGEST:
        return Normal(str(value)[:40], None, wanted="a finite number")
    if number < 0:
        return Normal(written(number), None, wanted="a number that is not negative")
    factor, said = (Decimal(rule.factor), None) if rule.factor != AUTO else _unit(number, rule.unit, comment)
    if rule.unit == "share" and not 0 <= number * factor <= 1:
        return Normal(
            written(number), None, said, "a share: a ratio from 0 to 1, or a percentage from 0 to 100"
        )
    return Normal(written(number * factor), rule.unit or None, said)


def _unit(number: Decimal, unit: str, comment: str) -> tuple[Decimal, str | None]:
    """The factor of a number whose key does not state the unit, and how it was taken if the comment does not either."""
    if unit == "share":
        if _PERCENT.search(comment):
            return Decimal("0.01"), None
        if _RATIO.search(comment):
            return Decimal(1), None
        return (Decimal(1), "taken as a ratio") if number <= 1 else (Decimal("0.01"), "taken as a percentage")
    if unit == "s":
        length = _LENGTH.search(comment)
        if length:
            stated = Decimal(length.group(1)) * _LENGTHS[length.group(2).lower()]
            if number == stated:
                return Decimal(1), None
            if number == Decimal(length.group(1)):
                return Decimal(_LENGTHS[length.group(2).lower()]), None
        return Decimal(1), "taken as seconds"
    return Decimal(1), "taken as a bare number"


def written(value: Any) -> str:
    """A value as text: true, false, a plain number without superfluous zeros, a list as JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        number = Decimal(value)
        if not number.is_finite() or abs(number.adjusted()) > 10 * _LARGEST:
            return str(value)[:40]
        return format(number.normalize() + 0, "f") if number else "0"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=_json)
    return value if isinstance(value, str) else str(value.isoformat())


def _json(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value.isoformat()


def _own_unit(value: Any) -> str | None:
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, list | dict):
        return "list"
    return None if isinstance(value, int | Decimal) else "text"


def own_rules(given: Mapping[str, Any], where: str) -> tuple[dict[str, Rule], list[str]]:
    """`[sources.NAME.keys]` as rules, and a sentence for each entry that is none.

    `"logging.keep_days" = "retention.logs"` takes the unit from the setting; a table says it:
    `{ key = "retention.logs", unit = "days", factor = 7 }`.
    """
    units = {rule.key: rule.unit for rule in known_rules().values()}
    rules: dict[str, Rule] = {}
    problems: list[str] = []
    for name, entry in _flat(given):
        table = {"key": entry} if isinstance(entry, str) else entry
        if not isinstance(table, dict) or not isinstance(table.get("key"), str):
            problems.append(
                f"{where} {name}: must be the name of a setting, like 'retention.logs', or a table with 'key'."
            )
            continue
        unit = table.get("unit", units.get(table["key"], ""))
        factor = table.get("factor", AUTO if unit == "share" else 1)
        extra = sorted(set(table) - {"key", "unit", "factor"})
        if extra:
            problems.append(f"{where} {name}: unknown key '{extra[0]}'. Known: factor, key, unit.")
        if unit not in UNITS:
            problems.append(f"{where} {name}: '{unit}' is no unit. Known: {', '.join(filter(None, UNITS))}.")
        number = isinstance(factor, int | float) and not isinstance(factor, bool) and 0 < factor < math.inf
        if unit in _NUMBERS and factor != AUTO and not number:
            problems.append(
                f"{where} {name}: the factor {factor!r} is neither a number above zero nor 'auto'."
            )
        rules[name] = Rule(table["key"], str(unit), str(factor))
    return rules, problems


def _flat(given: Mapping[str, Any], above: str = "") -> Iterable[tuple[str, Any]]:
    """Dotted names, whether they were quoted or not: without quotes TOML makes tables of them."""
    for name, entry in given.items():
        if isinstance(entry, dict) and "key" not in entry:
            yield from _flat(entry, f"{above}{name}.")
        else:
            yield f"{above}{name}", entry
