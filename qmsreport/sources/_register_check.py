"""Register files read and judged: their records, or every problem in them with line and way out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from qmsreport.errors import suggest
from qmsreport.http import redact
from qmsreport.period import naive_utc, to_utc
from qmsreport.records import KINDS
from qmsreport.sources import _toml_lines
from qmsreport.sources._policy_settings import written
from qmsreport.sources._register_forms import FORMS, Key
from qmsreport.sources._toml_lines import Path, Unreadable


@dataclass(slots=True)
class Entry:
    """One entry with the line it begins on; `values` holds record fields."""

    form: str
    line: int
    values: dict[str, Any]
    lines: dict[str, int]  # of each key that stands in it

    @property
    def id(self) -> str:
        """Its id, or nothing where it has none."""
        return str(self.values.get(next(iter(FORMS[self.form].keys.values())).field) or "")

    def at(self, key: str) -> int:
        """The line of a key, or of the entry where it has no such key."""
        return self.lines.get(key, self.line)


@dataclass(slots=True)
class Register:
    """What one file holds. `problems` are (line, sentence); with one of them nothing of the file may be taken."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def records(self, name: str) -> dict[str, list[Any]]:
        """Records of every kind that a register may hold, each with file and line."""
        found: dict[str, list[Any]] = {form.records: [] for form in FORMS.values()}
        for entry in self.entries:
            kind = FORMS[entry.form].records
            found[kind].append(KINDS[kind](**entry.values, origin=f"{name}:{entry.line}"))
        return found

    def problem(self, line: int, sentence: str) -> None:
        """Note a problem."""
        self.problems.append((line, sentence))


def read(text: str, zone: str, checks: Iterable[str]) -> Register:
    """Read one register.

    A day counts from its beginning where something begins (granted, opened), and to its end, so as the moment the
    next day begins, where something ends (expires, due). Days are local to the zone.

    Args:
        text: the TOML.
        zone: the organisation's zone.
        checks: the ids of the checks there are.
    """
    register = Register()
    try:
        toml = _toml_lines.read(text.replace("\r\n", "\n"))
    except Unreadable as error:
        register.problem(error.line, f"{error.why}.")
        return register
    lines = _first_lines(toml)
    for name, rows in toml.values.items():
        line = lines.get((name,), 1)
        if name not in FORMS:
            register.problem(line, f"unknown table '{name}'.{suggest(name, FORMS)}")
        elif not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            register.problem(line, f"write it as [[{name}]], once for each.")
        else:
            for number, row in enumerate(rows):
                _entry(register, name, row, (name, number), lines, zone)
    for entry in register.entries:
        _judge(register, entry)
    _warn(register, sorted(checks))
    return register


def _first_lines(toml: _toml_lines.Toml) -> dict[Path, int]:
    """The first line of everything that has one: of each value, each table, and all that holds them."""
    found: dict[Path, int] = {}
    for path, line in [*toml.heads.items(), *((entry.path, entry.line) for entry in toml.entries)]:
        for length in range(1, len(path) + 1):
            found[path[:length]] = min(line, found.get(path[:length], line))
    return found


def _entry(
    register: Register, form: str, row: Mapping[str, Any], path: Path, lines: Mapping[Path, int], zone: str
) -> None:
    keys = FORMS[form].keys
    begins = lines.get(path, 1)
    entry = Entry(form, begins, {}, {key: lines.get((*path, key), begins) for key in row})
    title = f"{form} {row['id']!r}" if isinstance(row.get("id"), str) else form
    nested = []
    for key, value in row.items():
        if form == "nonconformity" and key == "action":
            if isinstance(value, list) and all(isinstance(one, dict) for one in value):
                nested = value
            else:
                register.problem(
                    entry.at(key), f"{title}: write its actions as [[nonconformity.action]], once for each."
                )
        elif key not in keys:
            register.problem(entry.at(key), f"{title}: unknown key '{key}'.{suggest(key, keys)}")
        else:
            entry.values[keys[key].field] = _value(
                register, title, entry.at(key), key, value, keys[key], zone
            )
    for key, said in keys.items():
        if said.required and key not in row:
            register.problem(begins, f"{title}: '{key}' is missing.{said.why} Add it.")
    register.entries.append(entry)
    for number, one in enumerate(nested):
        inside = dict(one)
        if inside.setdefault("nonconformity", row.get("id", "")) != row.get("id", ""):
            at = lines.get((*path, "action", number, "nonconformity"), begins)
            register.problem(
                at, f"an action stands under {title} and names another one. Leave 'nonconformity' out."
            )
        _entry(register, "action", inside, (*path, "action", number), lines, zone)


def _value(register: Register, title: str, line: int, key: str, value: Any, said: Key, zone: str) -> Any:
    """A value as its record field holds it; `None`, and a problem, where it cannot."""
    wanted = {
        "text": "a text",
        "flag": "true or false",
        "value": "a text, a number, true, false or a list",
        "first": "a day, like 2026-07-01, or a time with a zone",
        "last": "a day, like 2026-07-01, or a time with a zone",
    }[said.kind]
    if said.kind == "text" and isinstance(value, str):
        if not value.strip():
            register.problem(line, f"{title}: '{key}' is empty. Fill it in, or leave the line out.")
            return None
        if said.words and value not in said.words:
            register.problem(line, f"{title}: '{key}' is {value!r}, none of {', '.join(said.words)}.")
            return None
        return redact(value.strip())
    if said.kind == "flag" and isinstance(value, bool):
        return value
    if said.kind == "value" and not isinstance(value, dict):
        return redact(written(value))
    if said.kind in ("first", "last") and isinstance(value, str):
        value = _moment(value)
    if said.kind in ("first", "last") and isinstance(value, datetime) and value.tzinfo:
        return naive_utc(value)
    if said.kind in ("first", "last") and isinstance(value, date) and not isinstance(value, datetime):
        try:
            return to_utc(value + timedelta(days=said.kind == "last"), zone)
        except OverflowError:
            register.problem(line, f"{title}: '{key}' lies beyond the calendar. Choose a nearer day.")
            return None
    register.problem(line, f"{title}: '{key}' is not {wanted}.")
    return None


def _moment(text: str) -> Any:
    """A quoted day or time as TOML would give it; the text itself where it is neither."""
    for parse in (date.fromisoformat, datetime.fromisoformat):
        try:
            return parse(text.strip())
        except ValueError:
            continue
    return text


# (entry, the earlier key, the later key): the second cannot be before the first
_ORDER = (
    ("waiver", "granted", "expires"),
    ("attestation", "attested", "expires"),
    ("nonconformity", "opened", "due"),
    ("nonconformity", "opened", "closed"),
)


def _judge(register: Register, entry: Entry) -> None:
    """What cannot be right within one entry."""
    keys, values = FORMS[entry.form].keys, entry.values
    title = f"{entry.form} {entry.id!r}"
    for form, earlier, later in _ORDER:
        start, end = values.get(keys[earlier].field) if form == entry.form else None, None
        if start:
            end = values.get(keys[later].field)
        if start and end and end < start:
            register.problem(
                entry.at(later), f"{title}: '{later}' is before '{earlier}'. Correct one of them."
            )
    pairs = {"waiver": ("approver", "An exception"), "nonconformity": ("verifier", "A closure")}
    if entry.form in pairs:
        key, what = pairs[entry.form]
        if values.get(key) and _same(values[key], values.get("owner")):
            register.problem(
                entry.at(key),
                f"{title}: the {key} is its owner. {what} wants a second person: name another {key}.",
            )
    if entry.form == "nonconformity" and "closed_at" in values and not values.get("verifier"):
        register.problem(
            entry.at("closed"),
            f"{title}: closed without a 'verifier'. Name who saw that the action works, not the owner.",
        )


def _same(one: str, other: str | None) -> bool:
    return other is not None and " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def together(registers: Mapping[str, Register]) -> None:
    """Judge what cannot be right between the entries of all files; the later file has the problem.

    Args:
        registers: file name → its register, to which problems are added.
    """
    everything = [
        (name, register, entry) for name, register in registers.items() for entry in register.entries
    ]
    first: dict[tuple[str, str], tuple[str, Entry]] = {}
    for name, register, entry in everything:
        where, there = first.setdefault((entry.form, entry.id), (name, entry))
        if entry.id and there is not entry:
            place = f"on line {there.line}" + (f" of {where}" if where != name else "")
            register.problem(
                entry.at("id"), f"{entry.form} {entry.id!r} stands already {place}. Give each its own id."
            )
    known = {named for form, named in first if form == "nonconformity"}
    closed = {
        entry.id
        for _, _, entry in everything
        if entry.form == "nonconformity" and entry.values.get("closed_at")
    }
    for _, register, entry in everything:
        title = f"{entry.form} {entry.id!r}"
        key = {"action": "nonconformity", "nonconformity": "repeat_of"}.get(entry.form)
        named = entry.values.get(FORMS[entry.form].keys[key].field) if key else None
        if named and key and named not in known:
            sentence = f"{title}: there is no nonconformity {named!r}.{suggest(named, known)}"
            register.problem(entry.at(key), sentence)
        if entry.form == "action" and not named:
            sentence = (
                f"{title}: 'nonconformity' is missing. Name it, or put the action under [[nonconformity]]."
            )
            register.problem(entry.line, sentence)
        if entry.form == "action" and named in closed and "done_at" not in entry.values:
            sentence = f"{title} is not done, and its nonconformity is closed. Date it with 'done', or open that again."
            register.problem(entry.line, sentence)
    for register in registers.values():
        register.problems.sort()


def _warn(register: Register, checks: list[str]) -> None:
    """An entry for a check that is not there excuses nothing, so it is no reason to refuse the others."""
    for entry in register.entries:
        check = entry.values.get("check_id")
        if check and check not in checks:
            register.warnings.append(
                f"Line {entry.at('check')}: {entry.form} {entry.id!r} names the check '{check}', "
                f"and there is none of that name, so it answers for nothing.{_near(check, checks)}"
            )


def _near(word: str, known: list[str]) -> str:
    hint = suggest(word, known)
    return hint if "Did you mean" in hint else " 'qmsreport checks' lists them."
