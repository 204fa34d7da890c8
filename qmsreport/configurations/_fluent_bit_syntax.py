"""Fluent Bit's two syntaxes – sections in brackets, and YAML – as the same list of sections with lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from qmsreport.configurations.reading import Scalar, Unreadable
from qmsreport.configurations.yaml_tree import Node, document

_SECTION = re.compile(r"\[([A-Za-z_][\w ]*)\]")
_SET = re.compile(r"@SET\s+(\w+)\s*=\s*(.*)", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_GROUPS = {"inputs": "input", "filters": "filter", "outputs": "output"}
_KEYS = (
    "pipeline",
    "service",
    "env",
    "includes",
    "parsers",
    "customs",
    "plugins",
    "multiline_parsers",
    "upstream_servers",
)


@dataclass(frozen=True, slots=True)
class Section:
    """One input, filter, output or the service; keys are in lower case, as the product takes them."""

    kind: str
    line: int
    values: dict[str, list[Scalar]] = field(default_factory=dict)
    hides: int | None = None  # the line of a processor of its own that deletes or hashes values (YAML only)

    def get(self, *names: str) -> Scalar:
        """The last value of the first of these keys that stands there."""
        return next((self.values[name][-1] for name in names if name in self.values), Scalar(names[0]))

    @property
    def plugin(self) -> str:
        """What it is: `forward`, `es`."""
        return (self.get("name").text or "").lower()


@dataclass(frozen=True, slots=True)
class Configuration:
    """The sections of a file, and the line of an include in it."""

    sections: tuple[Section, ...]
    includes: int | None = None


def load(text: str, *, is_yaml: bool, title: str) -> Configuration:
    """The sections of a file, with the variables it sets itself put in.

    Raises:
        Unreadable: it is not what the product reads. The sentence quotes nothing.
    """
    if is_yaml:
        return _from_yaml(document(text, title, _KEYS))
    return _classic(text, title)


def _classic(text: str, title: str) -> Configuration:
    own: dict[str, str] = {}
    includes: int | None = None
    sections: list[Section] = []
    for number, row in enumerate(text.splitlines(), 1):
        bare = row.strip()
        if not bare or bare.startswith("#"):
            continue
        setting = _SET.fullmatch(bare)
        named = _SECTION.fullmatch(bare)
        if setting:
            own[setting[1]] = setting[2]
        elif bare.upper().startswith("@INCLUDE"):
            includes = number
        elif named:
            sections.append(Section(named[1].lower(), number))
        elif not sections or not re.match(r"\S+(\s|$)", bare):
            raise Unreadable(f"It is not what {title} reads: a value stands before any section.", number)
        else:
            key, _, value = bare.replace("\t", " ").partition(" ")
            _add(sections[-1], key, value.strip(), number, own)
    if not sections and includes is None:
        raise Unreadable(f"It holds no section that {title} reads. Name its product, or leave it out.")
    return Configuration(tuple(sections), includes)


def _from_yaml(root: Node) -> Configuration:
    own = {name: node.text or "" for name, node in root.get("env").items()}
    sections = []
    service = root.get("service")
    if service.items():
        sections.append(_section("service", service, own))
    for group, kind in _GROUPS.items():
        for item in root.get("pipeline", group).each():
            # before 2.1 an item was a mapping from the plugin's name to its values
            only = item.items()
            if len(only) == 1 and only[0][1].is_mapping:
                section = _section(kind, only[0][1], own)
                _add(section, "name", only[0][0], item.line or 0, own)
            else:
                section = _section(kind, item, own)
            sections.append(section)
    includes = root.get("includes")
    return Configuration(tuple(sections), includes.line if includes.there else None)


def _section(kind: str, node: Node, own: Mapping[str, str]) -> Section:
    section = Section(kind, node.line or 0, {}, _hiding_processor(node.get("processors")))
    for name, value in node.items():
        for item in value.each():
            if item.text is not None:
                _add(section, name, item.text, item.line or 0, own)
    return section


def _hiding_processor(processors: Node) -> int | None:
    """The line of a `content_modifier` that deletes or hashes."""
    for signal in processors.below():
        for step in signal.each():
            action = (step.get("action").text or "").lower()
            if step.get("name").text == "content_modifier" and action in ("delete", "hash"):
                return step.line
    return None


def _add(section: Section, key: str, value: str, number: int, own: Mapping[str, str]) -> None:
    text = _VARIABLE.sub(lambda found: own.get(found[1], found[0]), value)
    name = key.lower()
    section.values.setdefault(name, []).append(Scalar(f"[{section.kind.upper()}] {key}", text, number))


def plugins(found: Iterable[Section], kind: str) -> list[Section]:
    """The sections of a kind."""
    return [section for section in found if section.kind == kind]
