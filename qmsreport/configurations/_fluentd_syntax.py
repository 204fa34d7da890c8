"""Fluentd's own syntax with lines: sections in angle brackets, one parameter per line, values that run over lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from qmsreport.configurations.reading import Scalar, Unreadable

_OPEN = re.compile(r"<([a-zA-Z_]\w*)(?:\s+(.*?))?\s*>")
_CLOSE = re.compile(r"</([a-zA-Z_]\w*)\s*>")
_PAIRS = {"[": "]", "{": "}"}


@dataclass(slots=True)
class Section:
    """One section: `<match app.**>` has the name `match` and the argument `app.**`."""

    name: str
    argument: str = ""
    line: int | None = None
    parameters: dict[str, Scalar] = field(default_factory=dict)
    sections: list[Section] = field(default_factory=list)

    def get(self, *names: str) -> Scalar:
        """A parameter by the first of its names that stands there."""
        return next((self.parameters[name] for name in names if name in self.parameters), Scalar(names[0]))

    def below(self, name: str) -> list[Section]:
        """The sections of a name right below."""
        return [section for section in self.sections if section.name == name]

    @property
    def kind(self) -> str:
        """The plugin: `@type`, or `type` as it once was."""
        return self.get("@type", "type").text or ""


def load(text: str) -> Section:
    """The whole file as one section; `@include` stays a parameter of where it stands.

    Raises:
        Unreadable: a section is not closed, or closed by another. The sentence quotes no value.
    """
    root = Section("")
    stack = [root]
    rows = enumerate(text.splitlines(), 1)
    for number, row in rows:
        bare = row.strip()
        if not bare or bare.startswith("#"):
            continue
        closing = _CLOSE.fullmatch(_uncommented(bare))
        if closing:
            if len(stack) == 1 or stack[-1].name != closing[1]:
                raise Unreadable(f"</{closing[1]}> closes nothing that is open. Mend it there.", number)
            stack.pop()
            continue
        opening = _OPEN.fullmatch(_uncommented(bare))
        if opening:
            section = Section(opening[1], opening[2] or "", number)
            stack[-1].sections.append(section)
            stack.append(section)
            continue
        name, _, rest = bare.partition(" ") if "\t" not in bare else bare.replace("\t", " ").partition(" ")
        value = _value(rest.strip(), rows)
        path = ".".join(part for part in (*(section.name for section in stack[1:]), name) if part)
        stack[-1].parameters[name] = Scalar(path, value, number)
    if len(stack) > 1:
        raise Unreadable(f"<{stack[-1].name}> is never closed. Close it.", stack[-1].line)
    return root


def _uncommented(text: str) -> str:
    return re.split(r"\s+#", text, maxsplit=1)[0]


def _value(text: str, rows: Iterator[tuple[int, str]]) -> str:
    """A value as written: quoted, a JSON list or object, or the rest of the line without its comment."""
    if text[:1] == '"':
        while not re.fullmatch(r'"(?:[^"\\]|\\.)*"\s*(#.*)?', text, re.DOTALL):
            following = next(rows, None)
            if following is None:
                break
            text += "\n" + following[1]
        found = re.match(r'"((?:[^"\\]|\\.)*)"', text, re.DOTALL)
        return found[1] if found else text
    if text[:1] == "'":
        found = re.match(r"'([^']*)'", text)
        return found[1] if found else text
    if text[:1] in _PAIRS:
        opened, closed = text[0], _PAIRS[text[0]]
        while text.count(opened) > text.count(closed):
            following = next(rows, None)
            if following is None:
                break
            text += "\n" + following[1]
        return text
    return _uncommented(text)
