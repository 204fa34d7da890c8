"""One module per kind of source; the module's name is the `kind` in the configuration.

Each module has an `Options` dataclass (what its table in the configuration may hold), a first docstring
line that `qmsreport sources` prints, and `create(name, options, context) -> Source`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import ModuleType

from qmsreport.config import Config, read_table
from qmsreport.errors import ConfigError, suggest
from qmsreport.extracts import Source
from qmsreport.services import ServiceMap


def utc_now() -> datetime:
    """Now, naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Context:
    """What a source may know besides its own options."""

    config: Config
    services: ServiceMap
    clock: Callable[[], datetime] = utc_now


def kinds() -> list[str]:
    """The kinds there are."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))


def module(kind: str) -> ModuleType:
    """The module of a kind."""
    return importlib.import_module(f"{__name__}.{kind}")


def build(config: Config, names: Iterable[str] = (), clock: Callable[[], datetime] = utc_now) -> list[Source]:
    """The configured sources, all of them or those named.

    Raises:
        ConfigError: with every wrong option of every source.
    """
    known = [entry.name for entry in config.sources]
    wanted = list(names) or known
    for name in wanted:
        if name not in known:
            raise ConfigError(f"There is no [sources.{name}] in {config.path}.{suggest(name, known)}")
    if not known:
        raise ConfigError(
            f"{config.path} has no [sources.…] table. Add one: 'qmsreport sources' lists the kinds."
        )
    context = Context(config, ServiceMap(config.services), clock)
    problems: list[str] = []
    built = []
    for entry in config.sources:
        if "/" in entry.name or "\\" in entry.name:
            problems.append(f"[sources.{entry.name}]: a name goes into a file's name. Leave out the slash.")
        if entry.kind not in kinds():
            problems.append(
                f"[sources.{entry.name}] kind: there is no '{entry.kind}'.{suggest(entry.kind, kinds())}"
            )
            continue
        kind = module(entry.kind)
        options = read_table(kind.Options, entry.options, f"sources.{entry.name}", problems)
        if options is not None and entry.name in wanted:
            try:
                built.append(kind.create(entry.name, options, context))
            except ConfigError as error:
                problems += error.problems or [f"[sources.{entry.name}] {error}"]
    if problems:
        raise ConfigError(f"{config.path} has {len(problems)} problem(s):", problems)
    return built
