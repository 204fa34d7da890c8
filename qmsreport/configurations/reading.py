"""What a parser is given and what it hands back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from qmsreport.configurations import values
from qmsreport.records.control import Dashboard, Setting
from qmsreport.records.operation import AlertRoute, AlertRule

_T = TypeVar("_T")
SEVERITIES = ("critical", "high", "warning", "medium", "low", "info")


class Unreadable(ValueError):
    """A file is not what its product would read: a sentence without the file's name, and the line if known."""

    def __init__(self, why: str, line: int | None = None) -> None:
        self.line = line
        super().__init__(why)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One configuration as text, and what must be known beside it to judge it."""

    text: str
    path: str  # relative to the configured folder, or the source's name: what stands after the product
    origin: str = ""  # what stands in `origin`: the path itself unless given, an endpoint for an API
    numbered: bool = True  # whether lines mean something to the reader of `origin`
    severities: Sequence[str] = SEVERITIES  # whose routes are asked for
    services: Sequence[str] = ()
    service_label: str = "service"
    categories: tuple[
        tuple[str, str], ...
    ] = ()  # tag or folder, and the category of dashboards it stands for

    def place(self, line: int | None) -> str:
        """`deploy/loki.yaml:12`, or without the line where there is none."""
        shown = self.origin or self.path
        return f"{shown}:{line}" if line and self.numbered else shown


class Value(Protocol):
    """One value of a file: a YAML node, or an entry of another syntax."""

    @property
    def there(self) -> bool:
        """Whether the file holds it, and not as an explicit nothing."""

    @property
    def line(self) -> int | None:
        """The line it stands on, from 1."""

    @property
    def path(self) -> str:
        """What it is called: `limits_config.retention_period`."""

    @property
    def text(self) -> str | None:
        """It as written; `None` where it is no scalar."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value of a syntax that knows lines only; without text it is not there."""

    path: str
    text: str | None = field(default=None, repr=False)  # never shown: it may be a secret
    line: int | None = None

    @property
    def there(self) -> bool:
        """Whether the file holds it."""
        return self.text is not None


@dataclass(slots=True)
class Reading:
    """What one file says: settings, other records, and sentences about what could not be known."""

    file: File
    product: str
    title: str
    settings: list[Setting] = field(default_factory=list)
    alert_rules: list[AlertRule] = field(default_factory=list)
    alert_routes: list[AlertRoute] = field(default_factory=list)
    dashboards: list[Dashboard] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def subject(self) -> str:
        """`loki:deploy/loki.yaml`."""
        return f"{self.product}:{self.file.path}"

    def put(
        self, key: str, value: object, unit: str, line: int | None, part: str = "", default: str = ""
    ) -> None:
        """Keep one setting; `None` is unknown and is not kept.

        Args:
            key: the normalised key.
            value: a text, number, flag or list of texts.
            unit: days, s, share, flag, text, list or version.
            line: where it stands; `None`: it stands nowhere and the product's default applies.
            part: what follows `#` in the subject.
            default: whose default, where that needs more words than the product's name.
        """
        if value is None:
            return
        if isinstance(value, bool):
            text = "true" if value else "false"
        elif isinstance(value, (int, float)):
            text = values.plain(value)
        else:
            text = json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)
        origin = self.file.place(line) if line else f"default of {default or self.title}"
        subject = f"{self.subject}#{part}" if part else self.subject
        self.settings.append(
            Setting(subject=subject, key=key, layer="effective", value=text, unit=unit, origin=origin)
        )

    def warn(self, what: str, line: int | None = None) -> None:
        """Say what could not be known, and where."""
        sentence = f"{self.file.place(line)}: {what}"
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def known(self, value: Value) -> bool:
        """Whether a value stands in the file itself; one that is put in from outside is told of."""
        text = value.text
        if text is None or not values.from_outside(text):
            return True
        name = values.variable(text)
        where = f" (variable {name})" if name else ""
        self.warn(f"{value.path} is set from outside the file{where}, so it is not known.", value.line)
        return False

    def text(self, value: Value, default: str | None = None) -> str | None:
        """A scalar as written; the default where there is none, `None` where it is not known."""
        if not value.there:
            return default
        return value.text if self.known(value) else None

    def flag(self, value: Value, default: bool | None = None) -> bool | None:
        """A scalar as yes or no; `None` where that is not known."""
        return self._as(value, default, values.flag, "neither true nor false")

    def seconds(self, value: Value, default: float | None = None) -> float | None:
        """A scalar as a length of time."""
        return self._as(value, default, values.seconds, "no length of time")

    def number(self, value: Value, default: float | None = None) -> float | None:
        """A scalar as a number."""
        return self._as(value, default, float, "no number")

    def tls_version(self, value: Value, default: str | None = None) -> str | None:
        """A scalar as a TLS version."""
        return self._as(value, default, values.tls_version, "no version of TLS")

    def _as(self, value: Value, default: _T | None, read: Callable[[str], _T], otherwise: str) -> _T | None:
        if not value.there:
            return default
        if not self.known(value):
            return None
        try:
            return read(value.text or "")
        except ValueError:
            self.warn(f"{value.path} is {otherwise}, so it is not known.", value.line)
            return None

    def put_flag(
        self, key: str, value: Value, default: bool | None, part: str = "", *, negated: bool = False
    ) -> bool | None:
        """Keep a flag of the file, or the product's default; hand back what was kept."""
        found = self.flag(value, default)
        if found is not None:
            found = found != negated
            self.put(key, found, "flag", line(value), part)
        return found

    def put_version(self, value: Value, default: str | None, part: str = "") -> None:
        """Keep the oldest version of TLS that is spoken."""
        self.put("tls.minimum", self.tls_version(value, default), "version", line(value), part)

    def put_loopback(self, addresses: Iterable[Value], part: str) -> None:
        """Keep that an endpoint is this machine's own, where all its addresses are; nothing leaves it then."""
        found = list(addresses)
        if found and all(address.text and values.loopback(address.text) for address in found):
            self.put("network.loopback", True, "flag", found[0].line, part)


def line(value: Value) -> int | None:
    """The line of a value that is there; `None` makes it a default."""
    return value.line if value.there else None


def numbered(names: Iterable[str]) -> list[str]:
    """The names, a second and later one of a kind with its number: `email`, `email:2`."""
    counts: dict[str, int] = {}
    found = []
    for name in names:
        counts[name] = counts.get(name, 0) + 1
        found.append(name if counts[name] == 1 else f"{name}:{counts[name]}")
    return found
