"""What a QMS document says of its own fields in comments: `<< REQUIRED - Options: "a", "b" >>`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

_MARK = re.compile(r"\b(REQUIRED|OPTIONAL)\b")
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")  # examples stand in brackets
_LISTED = re.compile(r':\s*("[^"]*"(?:\s*,\s*"[^"]*")+)')
_DATE = re.compile(r"\bISO\b.*\bdate\b|\bYYYY-MM-DD\b", re.IGNORECASE)
_UNFILLED = re.compile(r"(?:todo|tbd|tba|fixme|xxx+|\?+|<[^<>]*>|\{\{.*\}\})", re.IGNORECASE)
# the template asks for a status and lists none, so these are the house's
STATUSES = (
    "draft", "proposed", "planning", "planned", "approved", "active", "in progress", "blocked", "on hold", "review",
    "testing", "deployed", "done", "complete", "completed", "cancelled", "deprecated", "retired",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """Whether the field is required (`None`: the document does not say), its options, and whether it is a date."""

    required: bool | None
    options: tuple[str, ...]
    is_date: bool


def mark(comment: str) -> Mark:
    """Read one comment."""
    found = _MARK.search(comment)
    bare = _ASIDE.sub("", comment)
    listed = _LISTED.search(bare)
    return Mark(
        required=found.group(1) == "REQUIRED" if found else None,
        options=tuple(re.findall(r'"([^"]*)"', listed.group(1))) if listed else (),
        is_date=bool(_DATE.search(comment)),
    )


def is_empty(value: Any) -> bool:
    """Whether a field is not filled in: nothing, or a placeholder."""
    if isinstance(value, str):
        return not value.strip() or bool(_UNFILLED.fullmatch(value.strip()))
    return isinstance(value, list | dict) and not value


def wanted(field: str, value: Any, said: Mark) -> str | None:
    """What a field should have held, when what it holds is none of it."""
    if is_empty(value):
        return None
    if said.options:
        values = value if isinstance(value, list) else [value]
        return None if all(item in said.options for item in values) else f"one of {', '.join(said.options)}"
    if said.is_date and not _is_date(value):
        return "a date, YYYY-MM-DD"
    if field == "status" and isinstance(value, str) and _word(value) not in STATUSES:
        return f"one of {', '.join(STATUSES)}"
    return None


def _word(status: str) -> str:
    """A status without the symbol before it."""
    return " ".join(re.findall(r"[^\W\d_]+", status)).lower()


def _is_date(value: Any) -> bool:
    if isinstance(value, date):
        return True
    try:
        return isinstance(value, str) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False
