"""What is wrong with a document itself, each with its line: the words are those of `records.control.DOCUMENT_FLAWS`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from qmsreport.records import DocumentFlaw
from qmsreport.sources._policy_document import Field, Reading, flaw
from qmsreport.sources._policy_marks import is_empty, wanted
from qmsreport.sources._policy_plan import WHOLE
from qmsreport.sources._policy_settings import written

_STAGES = "implementation_stages"


def flaws(found: Reading) -> list[DocumentFlaw]:
    """Every flaw of a document, one for each key and kind, in the order of their lines."""
    every = [*_text(found)]
    if found.unreadable:
        every.append(
            flaw(
                found,
                "front matter",
                "unreadable",
                found.unreadable.line,
                found.unreadable.why,
                "TOML between +++ lines",
            )
        )
    for item in found.fields:
        every += _of_field(found, item)
    every += [*_stage_order(found), *_effort(found), *_counts(found)]
    once = {(one.key, one.flaw): one for one in reversed(every)}
    return sorted(once.values(), key=lambda one: (one.line or 0, one.flaw, one.key))


def _of_field(found: Reading, item: Field) -> Iterator[DocumentFlaw]:
    own = ".".join(item.home)
    if item.home != item.path:
        table = ".".join(item.path[:-1])
        yield flaw(
            found,
            own,
            "misfiled",
            item.line,
            f"stands under [{table}]",
            "at the top level, before the first [table]",
        )
    if item.mark.required and is_empty(item.value):
        yield flaw(
            found, own, "empty required", item.line, written(item.value) or '""', "filled in: marked REQUIRED"
        )
    expected = wanted(item.home[-1], item.value, item.mark) or item.normal.wanted
    if expected:
        yield flaw(found, own, "unknown value", item.line, written(item.value), expected)
    elif item.normal.unit_unstated:
        observed = f"{written(item.value)}, {item.normal.unit_unstated}"
        yield flaw(found, own, "unit unstated", item.line, observed, "the unit in the key or in the comment")


def _text(found: Reading) -> Iterator[DocumentFlaw]:
    """Code page accidents: one for each key of the front matter, and one for all the rest."""
    if found.text.encoding != "UTF-8":
        yield flaw(found, "(file)", "mojibake", None, f"not UTF-8; read as {found.text.encoding}", "UTF-8")
    keys = {item.line: ".".join(item.home) for item in found.fields}
    rest: list[int] = []
    for line, before in found.text.mended.items():
        if line in keys:
            yield flaw(
                found, keys[line], "mojibake", line, before.strip(), found.text.lines[line - 1].strip()
            )
        else:
            rest.append(line)
    if rest:
        first = rest[0]
        lines = "1 line" if len(rest) == 1 else f"{len(rest)} lines"
        yield flaw(
            found, "(text)", "mojibake", first, f"{lines}, first: {found.text.mended[first].strip()}",
            found.text.lines[first - 1].strip(),
        )  # fmt: skip


def _stage_order(found: Reading) -> Iterator[DocumentFlaw]:
    """Each stage stands in the order, and after those it depends on; each name in the order is a stage."""
    stages = _stages(found)
    listed = next((item for item in found.fields if item.home == (_STAGES, "stage_order")), None)
    names = listed.value if listed and isinstance(listed.value, list) else []
    order = {name: place for place, name in reversed(list(enumerate(names)))}
    for name in order:
        if listed and name not in stages:
            yield flaw(
                found,
                f"{_STAGES}.{name}",
                "stage order",
                listed.line,
                "in the order, and no such stage",
                "a table of its own",
            )
    for name, fields in stages.items():
        line = min(item.line for item in fields.values())
        key = f"{_STAGES}.{name}"
        if listed and name not in order:
            yield flaw(
                found, key, "stage order", line, "a stage that stage_order leaves out", "in stage_order"
            )
        needs = fields.get("dependencies")
        for need in needs.value if needs and isinstance(needs.value, list) else ():
            said = _misplaced(str(need), name, stages, order)
            if said and needs:
                yield flaw(found, f"{key}.dependencies", "stage order", needs.line, *said)


def _misplaced(
    need: str, name: str, stages: dict[str, dict[str, Field]], order: dict[str, int]
) -> tuple[str, str] | None:
    """What is wrong with a stage's dependency, and what would be right."""
    if need not in stages:
        return f"depends on '{need}', and there is no such stage", "an existing stage"
    if need == name or (need in order and name in order and order[need] > order[name]):
        return f"stands before '{need}', on which it depends", f"'{need}' first"
    off = stages[need].get("enabled")
    on = stages[name].get("enabled")
    if off and off.value is False and not (on and on.value is False):
        return f"depends on '{need}', which is switched off", f"'{need}' enabled, or no dependency on it"
    return None


def _stages(found: Reading) -> dict[str, dict[str, Field]]:
    stages: dict[str, dict[str, Field]] = {}
    for item in found.fields:
        if len(item.path) == 3 and item.path[0] == _STAGES:
            stages.setdefault(item.path[1], {})[item.path[2]] = item
    return stages


def _effort(found: Reading) -> Iterator[DocumentFlaw]:
    """The hours of the enabled stages add up to the document's own estimate."""
    hours = [
        Decimal(stage["estimated_hours"].value)
        for stage in _stages(found).values()
        if "estimated_hours" in stage
        and _is_number(stage["estimated_hours"].value)
        and not ("enabled" in stage and stage["enabled"].value is False)
    ]
    stated = next((item for item in found.fields if item.home == ("estimated_effort_hours",)), None)
    if hours and stated and _is_number(stated.value) and sum(hours) != stated.value:
        yield flaw(
            found, "estimated_effort_hours", "effort", stated.line, f"{written(stated.value)} hours",
            f"{written(sum(hours))} hours: the sum of the {len(hours)} enabled stages",
        )  # fmt: skip


def _is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and Decimal(value).is_finite()


def _counts(found: Reading) -> Iterator[DocumentFlaw]:
    """The checkboxes are as many as the document claims, and its table's rows add up to the table's total."""
    plan = found.plan
    for claim in plan.claims:
        counted = plan.counted(claim.section)
        if claim.count != counted:
            key = claim.label if claim.section == WHOLE else claim.section
            yield flaw(
                found, key, "count", claim.line, f"states {claim.count}", f"{counted}: the checkboxes counted"
            )
    for claim in plan.unmatched:
        yield flaw(
            found,
            claim.label,
            "count",
            claim.line,
            f"states {claim.count}",
            "the name of a section with checkboxes",
        )
    for line, total, parts in plan.sums:
        yield flaw(
            found, "sum of the rows", "count", line, f"a total of {total}", f"{parts}: the sum of the rows"
        )
