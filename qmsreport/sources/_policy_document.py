"""One QMS document taken apart: front matter, body, what both declare, and the documents it refers to. No I/O."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from qmsreport.http import redact
from qmsreport.period import to_utc
from qmsreport.records import Document, DocumentFlaw, PlanItem, Setting
from qmsreport.sources import _policy_plan, _toml_lines
from qmsreport.sources._policy_marks import Mark, is_empty, mark
from qmsreport.sources._policy_settings import Normal, Rule, Rules, normal, written
from qmsreport.sources._policy_text import Text, decode
from qmsreport.sources._toml_lines import Unreadable

FENCE = "+++"
_VERSIONS = ("template_version", "version", "document_version")
_KINDS = {
    "documents.implementation": "implementation document",
    "documents.architecture": "architecture diagram",
    "documents.runbooks": "runbook",
    "documents.compliance": "compliance document",
    "documents.api": "API documentation",
}
_SECRET = re.compile(
    r"(?:^|_)(?:password|passwd|secret|token|credentials?|api_?key|private_?key)$", re.IGNORECASE
)
_STATED = re.compile(
    r"^\W*(owner|approved by|approver|version)\W*:\W*([^\n|*]+?)\W*$", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Field:
    """One value of the front matter, read by its rule and by what its comment says of it."""

    path: tuple[str, ...]  # as TOML files it
    home: tuple[str, ...]  # where it belongs
    value: Any
    line: int
    comment: str
    rule: Rule | None
    mark: Mark
    normal: Normal

    @property
    def key(self) -> str:
        """The setting's key: the normalised one, else the document's own."""
        return self.rule.key if self.rule else ".".join(self.home)


@dataclass(frozen=True, slots=True)
class Reference:
    """A document that this one names: what it is, and the path or address as written."""

    kind: str
    target: str
    title: str | None = None


@dataclass(slots=True)
class Reading:
    """What one document says. `unreadable` is set where its front matter is no TOML: the rest is empty then."""

    name: str
    text: Text
    sha256: str
    version: str = ""
    fields: list[Field] = field(default_factory=list)
    toml: _toml_lines.Toml | None = None
    plan: _policy_plan.Plan = field(default_factory=_policy_plan.Plan)
    references: list[Reference] = field(default_factory=list)
    unreadable: Unreadable | None = None
    warnings: tuple[str, ...] = ()

    def value(self, *names: str) -> str | None:
        """The text of the first of these keys that is filled in, wherever it stands."""
        for name in names:
            for item in self.fields:
                if item.home == (name,) and not is_empty(item.value):
                    return written(item.value)
        return None


def read(raw: bytes, name: str, rules: Rules) -> Reading:
    """Take a document apart.

    Args:
        raw: its bytes.
        name: what it is called in the ledger and in origins.
        rules: what its keys mean.
    """
    text = decode(raw)
    found = Reading(name=name, text=text, sha256=hashlib.sha256(raw).hexdigest())
    found.version = f"sha256:{found.sha256[:12]}"
    try:
        front, body_starts = _front_matter(text.lines)
        if front is not None:
            found.toml = _toml_lines.read("\n".join(front), 2)
    except Unreadable as error:
        found.unreadable = error
        return found
    if text.lines[0].strip() == "---" and "---" in (line.strip() for line in text.lines[1:]):
        found.warnings = (
            "Its front matter stands between --- and is not read. Write it as TOML between +++ lines.",
        )
    if found.toml:
        found.fields = [_field(entry, rules) for entry in found.toml.entries if _is_plain(entry.path)]
        found.version = found.value(*_VERSIONS) or found.version
        found.references = _references(found)
    found.plan = _policy_plan.read(text.lines[body_starts:], body_starts + 1)
    return found


def _front_matter(lines: Sequence[str]) -> tuple[Sequence[str] | None, int]:
    """The lines between the fences, and how many lines there are before the body."""
    if lines[0].strip() != FENCE:
        return None, 0
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() == FENCE:
            return lines[1:number], number + 1
    raise Unreadable(1, "the front matter is opened with +++ and never closed")


def _is_plain(path: _toml_lines.Path) -> bool:
    return all(isinstance(part, str) for part in path)


def _field(entry: _toml_lines.Entry, rules: Rules) -> Field:
    path = tuple(str(part) for part in entry.path)
    home = rules.home(path)
    rule = rules.find(home)
    secret = isinstance(entry.value, str) and entry.value.strip() and _SECRET.search(path[-1])
    value = "***" if secret else entry.value  # a secret does not belong in a document, nor into the warehouse
    found = normal(value, rule, entry.comment)
    return Field(path, home, value, entry.line, entry.comment, rule, mark(entry.comment), found)


def settings(found: Reading) -> list[Setting]:
    """Every declared setting, one row each.

    Where two keys of a document declare the same setting with different values, the later one's subject names its
    key, so that both stand. Flags that stand for members of a list become one list.
    """
    rows: dict[tuple[str, str], Setting] = {}
    members: dict[str, list[Field]] = {}
    for item in found.fields:
        if item.rule and item.rule.unit == "list" and isinstance(item.value, bool):
            members.setdefault(item.rule.key, []).append(item)
            continue
        _put(rows, found, item, item.normal.value, item.normal.unit)
    for key, items in members.items():
        listed = [item.rule.factor for item in items if item.value and item.rule]
        together = rows.get((f"document:{found.name}", key))
        if together and together.value == written(listed):
            continue
        _put(rows, found, items[0], written(listed), "list")
    for name, values in (found.toml.values if found.toml else {}).items():
        if isinstance(values, list) and values and isinstance(values[0], dict):
            line = min(line for path, line in _lines(found) if path[0] == name)
            rows[f"document:{found.name}", name] = Setting(
                subject=f"document:{found.name}", key=name, layer="declared", value=redact(written(values)), unit="list",
                origin=f"{found.name}:{line}", document_version=found.version,
            )  # fmt: skip
    return list(rows.values())


def _lines(found: Reading) -> list[tuple[_toml_lines.Path, int]]:
    toml = found.toml
    return (
        [] if toml is None else [*toml.heads.items(), *((entry.path, entry.line) for entry in toml.entries)]
    )


def _put(
    rows: dict[tuple[str, str], Setting], found: Reading, item: Field, value: str | None, unit: str | None
) -> None:
    subject = f"document:{found.name}"
    value = None if value is None else redact(value)
    there = rows.get((subject, item.key))
    if there and (there.value, there.unit) == (value, unit):
        return
    if there:
        subject += "#" + ".".join(item.path)
    rows[subject, item.key] = Setting(
        subject=subject, key=item.key, layer="declared", value=value, unit=unit,
        origin=f"{found.name}:{item.line}", document_version=found.version, required=item.mark.required,
    )  # fmt: skip


def plan_items(found: Reading) -> list[PlanItem]:
    """The checkboxes with the counts of their section, and one row for each count the document claims of itself."""
    plan = found.plan
    claimed = {claim.section: claim.count for claim in plan.claims}
    rows = [
        PlanItem(
            document=found.name, section=item.section, item=redact(item.text), done=item.done,
            declared_count=claimed.get(item.section), counted=plan.counted(item.section),
        )
        for item in plan.items
    ]  # fmt: skip
    whole = {claim.label: claim for claim in plan.claims if claim.section == _policy_plan.WHOLE}
    rows += [
        PlanItem(
            document=found.name, section=_policy_plan.WHOLE, item=label, declared_count=claim.count,
            counted=plan.counted(_policy_plan.WHOLE),
        )
        for label, claim in whole.items()
    ]  # fmt: skip
    return list({(row.section, row.item): row for row in rows}.values())


def document(found: Reading, zone: str) -> Document:
    """The document itself; those it refers to are looked up by whoever can read files. Days are local to the zone."""
    body = "\n".join(found.text.lines[:60])
    stated = {} if found.toml else {name.lower(): value.strip() for name, value in _STATED.findall(body)}
    kind = "plan" if found.plan.items else "document"
    if found.value("implementation_type", "template_id"):
        kind = "implementation"
    elif found.value("slug"):
        kind = "mode"
    return Document(
        document_id=found.name,
        title=found.value("title", "name", "template_name") or found.plan.title or found.name,
        kind=found.value("kind") or kind,
        owner=found.value("owner", "implementation_lead") or stated.get("owner"),
        approved_by=found.value("approved_by", "approver")
        or stated.get("approved by")
        or stated.get("approver"),
        approved_at=_moment(found.value("approved_at", "approved_date", "approval_date"), zone),
        review_due=_moment(found.value("review_due", "next_review"), zone),
        sha256=found.sha256,
    )


def _moment(text: str | None, zone: str) -> datetime | None:
    try:
        return to_utc(date.fromisoformat(text[:10]), zone) if text else None
    except ValueError:
        return None


def _references(found: Reading) -> list[Reference]:
    references = [
        Reference(_KINDS[item.key], target)
        for item in found.fields
        if item.key in _KINDS and isinstance(item.value, list)
        for target in item.value
        if isinstance(target, str) and target.strip()
    ]
    for name, values in (found.toml.values if found.toml else {}).items():
        for entry in values if isinstance(values, list) else ():
            if isinstance(entry, dict) and isinstance(entry.get("path"), str) and entry["path"].strip():
                title = entry.get("title") or entry.get("description")
                kind = name.removesuffix("s").replace("_", " ")
                references.append(Reference(kind, entry["path"], title if isinstance(title, str) else None))
    return list({(one.kind, one.target): one for one in references}.values())


def flaw(found: Reading, key: str, kind: str, line: int | None, observed: str, expected: str) -> DocumentFlaw:
    """One flaw of the document."""
    return DocumentFlaw(
        document=found.name, key=key, flaw=kind, line=line, observed=redact(observed)[:200], expected=redact(expected)[:200],
        document_version=found.version,
    )  # fmt: skip
