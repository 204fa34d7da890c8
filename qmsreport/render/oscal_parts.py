"""What every part of the OSCAL document is built from: identifiers, properties, lines, times."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qmsreport.render.judged import one_line

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "qmsreport.invalid")  # our own; .invalid is nobody's (RFC 2606)
PROPERTIES = "urn:qmsreport:oscal"  # the namespace of our properties
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Report:
    """What every part refers to. `key` starts the name of what belongs to this one report."""

    key: str
    as_of: str
    tool: str
    tokens: Mapping[str, str]

    def uuid(self, *names: str) -> str:
        """The UUID of a part of this report."""
        return identifier(self.key, *names)

    @property
    def origins(self) -> list[Json]:
        """Who says so: the tool."""
        return [{"actors": [{"type": "tool", "actor-uuid": self.tool}]}]


def identifier(*names: str) -> str:
    """A version 5 UUID of what the names name together."""
    return str(uuid.uuid5(NAMESPACE, "\n".join(names)))


def props(values: Mapping[str, Any]) -> list[Json]:
    """Properties in our namespace; those without a value are left out."""
    return [
        {"name": name, "ns": PROPERTIES, "value": text}
        for name, value in values.items()
        if (text := one_line(str(value or "")))
    ]


def some(name: str, items: list[Json]) -> dict[str, list[Json]]:
    """OSCAL forbids empty lists: none is left out."""
    return {name: items} if items else {}


def line(text: Any) -> str:
    """The text on one line; a dash where it is empty, which OSCAL forbids."""
    return one_line(str(text)) or "–"


def moment(value: datetime) -> str:
    """A naive UTC time as OSCAL writes it."""
    return value.isoformat(timespec="microseconds" if value.microsecond else "seconds") + "Z"
