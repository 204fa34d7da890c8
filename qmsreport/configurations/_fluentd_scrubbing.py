"""Whether each output of Fluentd that leaves the machine is redacted: `pii.scrubbing`, one row per output.

Events meet filters and matches in the order of the file, within their label. A filter counts for an output that
stands after it when its pattern is `**` or covers each of the output's patterns word for word. What a label is sent
by `relabel` is redacted where all of it was redacted before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qmsreport.configurations._fluentd_syntax import Section
from qmsreport.configurations.reading import Reading, numbered

# outputs after which an event is still on the machine
LOCAL = (
    "stdout",
    "null",
    "file",
    "relabel",
    "copy",
    "roundrobin",
    "rewrite_tag_filter",
    "label",
    "flowcounter",
    "exec_filter",
    "",
)
_HIDING = ("anonymizer", "masking", "sanitizer", "mask", "redact", "redaction")
_RUBY = re.compile(r"\bg?sub\s*\(|\bg?sub!?\b|Digest|tr\(|\*{3,}")


def sections(section: Section) -> Iterator[Section]:
    """Every section below, in the order of the file."""
    for inner in section.sections:
        yield inner
        yield from sections(inner)


def outputs(root: Section) -> Iterator[tuple[Section, Section]]:
    """Every match with each store it writes to: itself, or those of its `copy`."""
    for section in sections(root):
        if section.name == "match":
            stores = section.below("store")
            for store in stores or [section]:
                yield section, store


def pipelines(root: Section, reading: Reading) -> None:
    """Put one row for each output that leaves the machine."""
    labels = {section.argument: section for section in sections(root) if section.name == "label"}
    labels[""] = root
    inside = {id(match): name for name, label in labels.items() for match in _of(label, "match")}
    leaving = [(match, store) for match, store in outputs(root) if store.kind not in LOCAL]
    names = numbered(
        store.get("@id").text or f"{match.argument or '**'}/{store.kind}" for match, store in leaving
    )
    for name, (match, store) in zip(names, leaving, strict=True):
        step = _redacted(match, inside.get(id(match), ""), labels, root, frozenset())
        reading.put(
            "pii.scrubbing", step is not None, "flag", step.line if step else store.line, f"pipeline:{name}"
        )


def _of(label: Section, name: str) -> list[Section]:
    """The sections of a name in a label; workers are looked into, other labels are not."""
    found = []
    for section in label.sections:
        if section.name == name:
            found.append(section)
        elif section.name == "worker":
            found += _of(section, name)
    return found


def _redacted(
    match: Section, label: str, labels: dict[str, Section], root: Section, seen: frozenset[str]
) -> Section | None:
    """The filter that redacts all that a match takes, if there is one."""
    for candidate in _of(labels[label], "filter"):
        before = (candidate.line or 0) < (match.line or 0)
        if before and _covers(candidate.argument, match.argument) and _hides(candidate):
            return candidate
    if not label or label in seen:
        return None
    sources = [section for section in sections(root) if section.name == "source"]
    if any(source.get("@label").text == label for source in sources):
        return None
    feeding = [
        (outer, name)
        for name, other in labels.items()
        for outer in _of(other, "match")
        for store in (outer.below("store") or [outer])
        if store.kind == "relabel" and store.get("@label").text == label
    ]
    steps = [_redacted(outer, name, labels, root, seen | {label}) for outer, name in feeding]
    return steps[0] if steps and all(steps) else None


def _covers(pattern: str, wanted: str) -> bool:
    patterns, targets = pattern.split() or ["**"], wanted.split() or ["**"]
    return "**" in patterns or set(targets) <= set(patterns)


def _hides(section: Section) -> bool:
    """Whether a filter takes values away or replaces parts of them."""
    if section.kind in _HIDING:
        return True
    if section.kind in ("record_transformer", "record_modifier"):
        if any(section.get(name).text for name in ("remove_keys", "keep_keys", "whitelist_keys")):
            return True
        if section.below("replace"):
            return True
        values = [
            value.text or "" for record in section.below("record") for value in record.parameters.values()
        ]
        return any(_RUBY.search(text) for text in values)
    return False
