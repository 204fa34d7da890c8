"""Frameworks: what each asks, one CSV each; which of them a report speaks of, and what lies outside its scope.

Shipped ones stand in `queries/frameworks/`; a company's own is one more CSV beside its configuration. A row is one
requirement in our own words. One that asks for several numbers has a row for each: the further rows repeat
`framework` and `control_id`, carry the number and its basis, and leave the rest empty.
"""

from __future__ import annotations

import calendar
import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qmsreport import assets
from qmsreport.config import Config
from qmsreport.errors import ConfigError, suggest

if TYPE_CHECKING:
    import polars as pl

# the themes of a report, in its order
AREAS = (
    "retention",
    "encryption",
    "access",
    "logging and monitoring",
    "change",
    "vulnerabilities",
    "alerting and incidents",
    "capacity and availability",
    "backup and recovery",
    "privacy",
    "monitoring of the monitoring",
    "governance",
)
_NUMBER = ("setting", "relation", "threshold", "unit")
_ALWAYS = ("framework", "framework_title", "edition", "control_id", "basis", "basis_text")
_ONCE = ("title", "area", "mandatory", "check_kind")  # of a requirement; its further rows leave them empty
COLUMNS = (*_ALWAYS, *_ONCE, "level", "note", *_NUMBER)
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "area": AREAS,
    "basis": ("law", "standard", "interpretation", "policy"),
    "level": ("required", "addressable"),  # HIPAA's words
    "mandatory": ("true", "false"),  # whether the framework itself leaves no choice
    "relation": ("at least", "at most"),
    "unit": ("minutes", "hours", "days", "months", "years", "s", "ms", "share", "count", "version"),
    "check_kind": ("automatic", "record", "none"),  # by facts, by a record people keep, by nothing automatic
}
_ID = re.compile(r"[a-z][a-z0-9_]*")
Row = dict[str, str]


@dataclass(slots=True)
class _Catalogue:
    """What was read so far, and everything that is wrong with it."""

    rows: list[Row] = field(default_factory=list)
    origin: dict[str, Path] = field(default_factory=dict)  # framework to its file
    problems: list[str] = field(default_factory=list)


def tables(config: Config) -> dict[str, pl.DataFrame]:
    """The tables of a snapshot that speak of frameworks.

    `controls` has one row for each requirement of every framework known; `control_thresholds` one for each number,
    with `days`, what it is in days; `selected_frameworks` those that the report speaks of, in its order;
    `scope_exclusions` the requirements declared not applicable; `areas` the themes in their order.

    Raises:
        ConfigError: with everything wrong in the files and in `[compliance]`, each with its place.
    """
    import polars as pl

    known, selected = read(config)
    first: dict[tuple[str, str], Row] = {}
    for row in known:
        first.setdefault((row["framework"], row["control_id"]), row)
    titles = {row["framework"]: row for row in reversed(known)}
    text, number, whole, flag = pl.String(), pl.Float64(), pl.Int64(), pl.Boolean()

    def table(columns: Mapping[str, Any], rows: Iterable[tuple[Any, ...]]) -> pl.DataFrame:
        return pl.DataFrame(list(rows), schema=dict(columns), orient="row")

    names = [*_ALWAYS, "title", "area", "level", "check_kind", "note"]
    return {
        "controls": table(
            {**dict.fromkeys(names, text), "mandatory": flag, "position": whole},
            (
                (*(row[name] or None for name in names), row["mandatory"] == "true", position)
                for position, row in enumerate(first.values(), 1)
            ),
        ),
        "control_thresholds": table(
            {
                **dict.fromkeys(("framework", "control_id", "setting", "relation"), text),
                "threshold": number,
                "unit": text,
                "days": number,
                "basis": text,
                "basis_text": text,
            },
            (_threshold(row) for row in known if row["threshold"]),
        ),
        "selected_frameworks": table(
            {"framework": text, "framework_title": text, "edition": text, "position": whole},
            (
                (name, titles[name]["framework_title"], titles[name]["edition"], position)
                for position, name in enumerate(selected, 1)
            ),
        ),
        "scope_exclusions": table(
            dict.fromkeys(("framework", "control_id", "reason", "approver"), text),
            (
                (*item.control.split(":", 1), item.reason, item.approver)
                for item in config.compliance.not_applicable
            ),
        ),
        "areas": table(
            {"area": text, "title": text, "position": whole},
            ((area, area.capitalize(), at) for at, area in enumerate(AREAS, 1)),
        ),
    }


def read(config: Config) -> tuple[list[Row], list[str]]:
    """Every requirement known, and the frameworks selected.

    Without `frameworks` in the configuration all that ship are selected; the key narrows them. A company's own
    is selected by being named in `files`.

    Raises:
        ConfigError: with every problem at once.
    """
    found = _Catalogue()
    shipped = sorted((assets.folder("queries") / "frameworks").glob("*.csv"))
    for path in shipped:
        _read_file(path, found)
    ship = list(found.origin)
    for name in config.compliance.files:
        _read_file(config.resolve(name), found)
    own = [name for name in found.origin if name not in ship]
    wanted = config.compliance.frameworks
    for name in wanted or ():
        if name not in found.origin:
            found.problems.append(
                f"[compliance] frameworks: '{name}' is not known.{suggest(name, found.origin)}"
            )
    _check_exclusions(config, found)
    if found.problems:
        raise ConfigError(
            f"The frameworks that {config.path} names have {len(found.problems)} problem(s):", found.problems
        )
    selected = [*(ship if wanted is None else wanted), *own]
    return found.rows, list(dict.fromkeys(selected))


def controls(rows: Iterable[Row]) -> set[str]:
    """The requirements as checks name them: `soc2:CC8.1`."""
    return {f"{row['framework']}:{row['control_id']}" for row in rows}


@cache
def span_days(months: int, longest: bool) -> int:
    """The most, or the fewest, days that so many calendar months can have, wherever they start.

    Twelve months have up to 366 days, so that what keeps 365 misses a day of a leap year; seven years up to 2557.
    """
    years = range(2000, 2400 + months // 12 + 1)  # the calendar repeats after 400 years
    lengths = [calendar.monthrange(year, month)[1] for year in years for month in range(1, 13)]
    spans = (sum(lengths[start : start + months]) for start in range(4800))
    return max(spans) if longest else min(spans)


def in_days(threshold: float, unit: str, relation: str) -> float | None:
    """A span as the number of days that keeps to it wherever it starts; `None` for what is no span."""
    if unit in ("months", "years"):
        months = round(threshold * (12 if unit == "years" else 1))
        return float(span_days(months, longest=relation == "at least"))
    per_day = {"days": 1, "hours": 24, "minutes": 1440, "s": 86400}
    return threshold / per_day[unit] if unit in per_day else None


def _threshold(row: Row) -> tuple[Any, ...]:
    value, unit, relation = float(row["threshold"]), row["unit"], row["relation"]
    head = (row["framework"], row["control_id"], row["setting"] or None, relation)
    return (*head, value, unit, in_days(value, unit, relation), row["basis"], row["basis_text"])


def _read_file(path: Path, found: _Catalogue) -> None:
    """Add a file's rows to `found`, or what is wrong with them."""
    before = len(found.problems)
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened:
            lines = csv.reader(opened, strict=True)
            header = next(lines, [])
            found.problems += _wrong_header(path, header)
            if len(found.problems) > before:
                return
            rows = []
            for cells in lines:
                if len(cells) != len(header):
                    found.problems.append(
                        f"{path}:{lines.line_num}: {len(cells)} cells, not {len(header)}. Quote texts that hold commas."
                    )
                elif any(cells):
                    values = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
                    rows.append((lines.line_num, dict.fromkeys(COLUMNS, "") | values))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        found.problems.append(
            f"{path}: cannot be read: {why}. Check [compliance] files, and save the file as CSV in UTF-8."
        )
        return
    _check_rows(path, rows, found)
    if len(found.problems) == before:
        found.rows += [row for _, row in rows]


def _wrong_header(path: Path, header: list[str]) -> list[str]:
    problems = [
        f"{path}:1 {name}: unknown column.{suggest(name, COLUMNS)}" for name in header if name not in COLUMNS
    ]
    problems += [
        f"{path}:1 {name}: this column is missing. Add it."
        for name in (*_ALWAYS, *_ONCE)
        if name not in header
    ]
    return problems


def _check_rows(path: Path, rows: list[tuple[int, Row]], found: _Catalogue) -> None:
    def wrong(line: int, column: str, why: str) -> None:
        found.problems.append(f"{path}:{line} {column}: {why}")

    if not rows:
        found.problems.append(f"{path}: no requirement in it. Write a row for each.")
        return
    head = rows[0][1]
    name = head["framework"]
    if name in found.origin:
        wrong(
            rows[0][0],
            "framework",
            f"'{name}' stands in {found.origin[name]} already. Give this one its own name.",
        )
    if not _ID.fullmatch(name):
        wrong(
            rows[0][0], "framework", f"'{name}' is no name. Use small letters, digits and '_', like 'soc2'."
        )
    found.origin.setdefault(name, path)
    seen: set[str] = set()
    for line, row in rows:
        further = row["control_id"] in seen
        seen.add(row["control_id"])
        for column in (*_ALWAYS, *(() if further else _ONCE)):
            if not row[column]:
                wrong(line, column, "is empty. Fill it in.")
        for column in ("framework", "framework_title", "edition"):
            if row[column] and row[column] != head[column]:
                wrong(
                    line,
                    column,
                    f"'{row[column]}', and '{head[column]}' above. One file holds one framework.",
                )
        for column, choices in _CHOICES.items():
            if row[column] and row[column] not in choices:
                wrong(line, column, f"'{row[column]}' is none of its words.{suggest(row[column], choices)}")
        _check_number(line, row, further, wrong)


def _check_number(line: int, row: Row, further: bool, wrong: Any) -> None:
    filled = [column for column in ("relation", "threshold", "unit") if row[column]]
    if 0 < len(filled) < 3:
        wrong(line, "threshold", "relation, threshold and unit belong together. Fill in all three or none.")
    elif row["setting"] and not filled:
        wrong(line, "setting", "a setting without a number. Fill in relation, threshold and unit.")
    if row["threshold"] and not re.fullmatch(r"\d+(\.\d+)?", row["threshold"]):
        wrong(line, "threshold", f"'{row['threshold']}' is not a number. Write it like 12 or 0.5.")
    if further and (not filled or any(row[column] for column in (*_ONCE, "level", "note"))):
        wrong(
            line,
            "control_id",
            f"'{row['control_id']}' stands above already. A further row of it holds one more number and no other text.",
        )


def _check_exclusions(config: Config, found: _Catalogue) -> None:
    """What is declared not applicable must exist, with a reason and somebody who answers for it."""
    known = controls(found.rows)
    seen: set[str] = set()
    for index, item in enumerate(config.compliance.not_applicable, 1):
        where = f"[[compliance.not_applicable]] no. {index}"
        if item.control not in known:
            found.problems.append(
                f"{where} control: '{item.control}' is in no framework.{suggest(item.control, known)}"
                if ":" in item.control
                else f"{where} control: '{item.control}' names no framework. Write it like soc2:CC8.1."
            )
        if item.control in seen:
            found.problems.append(f"{where} control: '{item.control}' stands twice. Keep one.")
        seen.add(item.control)
        for name in ("reason", "approver"):
            if not getattr(item, name).strip():
                found.problems.append(
                    f"{where} {name}: is empty. A scope is declared with a reason and an approver."
                )
