"""`qmsreport.toml`: read once, checked whole, every problem named at once.

Secrets never stand in it: an option that ends in `_env` names an environment variable, one that ends in
`_file` a file. Relative paths are relative to the configuration file.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from qmsreport import declarations
from qmsreport.declarations import Limits, Monitoring, Policy, PolicySetting
from qmsreport.errors import ConfigError, UsageError, suggest
from qmsreport.period import parse_moment, zone
from qmsreport.toml_tables import read_table as read_table  # part of this module's face

FILE = "qmsreport.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Whose report this is, and the one zone its days are cut in."""

    name: str
    system: str = ""
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the cover and the sign-off say, and where bundles go."""

    folder: str = "reports"
    title: str = "Software delivery, service level and control report"
    document_number: str = ""
    classification: str = "Internal"
    notice: str = ""  # printed on every page, e.g. "Demonstration data"
    prepared_by: str = ""
    reviewed_by: str = ""
    approved_by: str = ""
    trend_periods: int = 8
    sample_size: int = 25
    sample_seed: str = ""  # empty: the period and the evidence digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Warehouse:
    """Where facts are kept."""

    path: str = "warehouse.duckdb"
    lock_timeout_seconds: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """How far back the first extraction goes (a day; empty: as far as the trend needs)."""

    since: str = ""
    overlap_days: int = 7  # re-read, for what changed late


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Choices behind the delivery metrics; each is printed in the report."""

    production: list[str] = field(default_factory=lambda: ["production"])
    causal_window_hours: float = 24.0  # an incident without a link blames a deployment at most this old
    unplanned_patterns: list[str] = field(
        default_factory=lambda: [
            r"(^|[/_-])hotfix([/_-]|$)",
            r"^revert([/_:-]|$)",
            r"(^|[/_-])emergency([/_-]|$)",
        ]
    )
    include_bots: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """People are pseudonymised with a key that never enters the warehouse."""

    pseudonymise: bool = True
    key_file: str = "qmsreport.key"
    key_env: str = "QMSREPORT_KEY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """With which key reports are signed; none by default."""

    key_file: str = ""
    key_env: str = ""  # a variable that holds the key's PEM text
    passphrase_env: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseTargets:
    """Seconds within which an incident of each severity is acknowledged."""

    critical: float = 300.0
    high: float = 900.0
    medium: float = 3600.0
    low: float = 86400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SloPolicy:
    """How unknown time is judged."""

    minimum_coverage: float = 0.95  # share of the period that must be known for an attainment to be judged
    zero_traffic: str = "unknown"  # or "good"
    files: list[str] = field(default_factory=list)  # OpenSLO v1 YAML


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeExclusion:
    """One requirement that does not apply here: the only way to *not applicable*."""

    control: str  # soc2:P6.6
    reason: str
    approver: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compliance:
    """The frameworks a report speaks of: all that ship, or those named; own ones are CSV files."""

    frameworks: list[str] | None = None
    files: list[str] = field(default_factory=list)
    not_applicable: list[ScopeExclusion] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEntry:
    """One service and what maps to it. A path prefix wins over the repository it is in."""

    name: str
    team: str = ""
    tier: str = ""
    criticality: str = ""
    repositories: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)  # prefixes inside a monorepo
    labels: list[str] = field(default_factory=list)  # words by which issues and alerts name it
    environments: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class SloEntry:
    """One objective. `kind`: ratio, latency, threshold or ready (a ready-made ratio).

    ratio: `valid` and `good` (or `bad`) are selectors or expressions of counters. latency: `metric` is a histogram's base
    name with a selector, `threshold` the bucket bound in its unit. threshold: `metric` is a gauge expression
    compared by `operator` with `threshold`. ready: `metric` is an expression that yields the good share.
    """

    id: str
    objective: float
    service: str = ""
    title: str = ""
    source: str = ""
    kind: str = "ratio"
    good: str = ""
    bad: str = ""  # instead of good: good is valid less bad
    valid: str = ""
    metric: str = ""
    threshold: float | None = None
    operator: str = "<="
    window_seconds: int = 300
    budgeting: str = "occurrences"  # or "timeslices", "ratio_timeslices" (OpenSLO's terms)
    timeslice_target: float = 0.95
    rolling_days: int = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance:
    """An approved window that is taken out of an objective's period, and listed."""

    service: str
    starts_at: datetime
    ends_at: datetime
    approver: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEntry:
    """One source: its name, its kind, and options that the source's own module checks."""

    name: str
    kind: str
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole configuration, with the folder that its relative paths start from."""

    path: Path
    organisation: Organisation
    report: Report
    warehouse: Warehouse
    extraction: Extraction
    delivery: Delivery
    privacy: Privacy
    signing: Signing
    response_targets: ResponseTargets
    limits: Limits
    monitoring: Monitoring
    slo_policy: SloPolicy
    compliance: Compliance
    policy: Policy
    services: tuple[ServiceEntry, ...]
    slos: tuple[SloEntry, ...]
    maintenance: tuple[Maintenance, ...]
    sources: tuple[SourceEntry, ...]
    document: Mapping[str, Any]  # the TOML as read: what the evidence digest covers

    def resolve(self, path: str) -> Path:
        """A path of the configuration, relative to the configuration file."""
        return self.path.parent / Path(path).expanduser()

    @property
    def time_zone(self) -> str:
        """The zone that periods are cut in."""
        return self.organisation.time_zone


_TABLES: dict[str, tuple[str, type]] = {
    "organisation": ("organisation", Organisation),
    "report": ("report", Report),
    "warehouse": ("warehouse", Warehouse),
    "extraction": ("extraction", Extraction),
    "delivery": ("delivery", Delivery),
    "privacy": ("privacy", Privacy),
    "signing": ("signing", Signing),
    "response_targets": ("response_targets", ResponseTargets),
    "limits": ("limits", Limits),
    "monitoring": ("monitoring", Monitoring),
    "slo_policy": ("slo_policy", SloPolicy),
    "compliance": ("compliance", Compliance),
}
_LISTS: dict[str, tuple[str, type]] = {
    "service": ("services", ServiceEntry),
    "slo": ("slos", SloEntry),
    "maintenance": ("maintenance", Maintenance),
}


def find(explicit: str | None) -> Path:
    """The configuration file: `--config`, else `QMSREPORT_CONFIG`, else `./qmsreport.toml`."""
    named = explicit or os.environ.get("QMSREPORT_CONFIG")
    path = Path(named or FILE).expanduser()
    if path.is_dir():
        path = path / FILE
    if not path.is_file():
        tried = f"'{path}'" + ("" if named else " and the variable QMSREPORT_CONFIG")
        raise ConfigError(
            f"No configuration: looked at {tried}. Run 'qmsreport init' here, or name one with --config FILE."
        )
    return path


def load(path: Path) -> Config:
    """Read and check a configuration.

    Raises:
        ConfigError: with every problem in the file, each with its place and the nearest valid word.
    """
    try:
        document = tomllib.loads(path.read_text("utf-8-sig"))  # some editors begin a file with a mark
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"Cannot read {path}: byte {error.start + 1} is not UTF-8. Save the file as UTF-8."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f'Cannot read {path}: {error}. Mend that line; TOML quotes text with "…".'
        ) from error
    except OSError as error:
        raise ConfigError(
            f"Cannot read {path}: {error.strerror}. Check the path and its permissions."
        ) from error
    known = {*_TABLES, *_LISTS, "policy", "sources"}
    problems = [f"[{key}]: unknown table.{suggest(key, known)}" for key in document if key not in known]
    parts: dict[str, Any] = {}
    for key, (name, cls) in _TABLES.items():
        parts[name] = read_table(cls, document.get(key, {}), key, problems)
    for key, (name, cls) in _LISTS.items():
        rows = document.get(key, [])
        if not isinstance(rows, list):
            problems.append(f"[{key}]: write it as [[{key}]], once for each.")
            rows = []
        parts[name] = tuple(
            read_table(cls, row, key, problems, f"[[{key}]] no. {index}") for index, row in enumerate(rows, 1)
        )
    parts["policy"] = _policy(document.get("policy", {}), problems)
    parts["sources"] = tuple(_sources(document.get("sources", {}), problems))
    named = document.get("organisation")
    found = named.get("time_zone") if isinstance(named, dict) else None
    problems += _cross_check(parts, found if isinstance(found, str) else "UTC")
    if problems:
        raise ConfigError(f"{path} has {len(problems)} problem(s):", problems)
    return Config(path=path.absolute(), document=document, **parts)


def _policy(table: object, problems: list[str]) -> Policy | None:
    """`[policy]` with its `[[policy.setting]]` tables."""
    if not isinstance(table, dict):
        problems.append("[policy]: must be a table.")
        return None
    rows = table.get("setting", [])
    if not isinstance(rows, list):
        problems.append("[policy.setting]: write it as [[policy.setting]], once for each.")
        return None
    before = len(problems)
    settings = [
        read_table(PolicySetting, row, "policy.setting", problems, f"[[policy.setting]] no. {at}")
        for at, row in enumerate(rows, 1)
    ]
    policy = read_table(Policy, {**table, "setting": []}, "policy", problems)
    if policy is None or len(problems) > before:
        return None
    policy = Policy(authority=policy.authority, setting=[item for item in settings if item])
    problems += declarations.problems(policy)
    return policy


def _sources(table: object, problems: list[str]) -> list[SourceEntry]:
    if not isinstance(table, dict):
        problems.append("[sources]: write one table for each source, like [sources.prometheus].")
        return []
    entries = []
    for name, options in table.items():
        if not isinstance(options, dict):
            problems.append(f"[sources] {name}: must be a table, like [sources.{name}].")
        else:
            kind = options.get("kind", name)
            entries.append(
                SourceEntry(
                    name=name,
                    kind=str(kind),
                    options={key: value for key, value in options.items() if key != "kind"},
                )
            )
    return entries


def _cross_check(parts: Mapping[str, Any], time_zone: str) -> list[str]:
    """What is wrong beyond the form of a key; a table that could not be read is `None` and passed over."""
    problems = []
    where, since = "[organisation] time_zone", parts["extraction"].since if parts["extraction"] else ""
    try:
        zone(time_zone)
        where = "[extraction] since"
        if since:
            parse_moment(since, time_zone)
    except UsageError as error:
        problems.append(f"{where}: {error}")
    slos = [slo for slo in parts["slos"] if slo]
    services = {service.name for service in parts["services"] if service}
    for key, attribute, rows in (("service", "name", parts["services"]), ("slo", "id", slos)):
        seen: set[str] = set()
        for row in filter(None, rows):
            value = getattr(row, attribute)
            if value in seen:
                problems.append(f'[[{key}]] {attribute} = "{value}" stands twice. Give each its own.')
            seen.add(value)
    sources = {source.name for source in parts["sources"]}
    for slo in slos:
        if not 0 < slo.objective < 1:
            problems.append(
                f"[[slo]] {slo.id} objective: {slo.objective} is not between 0 and 1 (99.9 % is 0.999)."
            )
        if slo.service and services and all(parts["services"]) and slo.service not in services:
            problems.append(
                f"[[slo]] {slo.id} service: no [[service]] is named '{slo.service}'.{suggest(slo.service, services)}"
            )
        if slo.source and slo.source not in sources:
            problems.append(
                f"[[slo]] {slo.id} source: there is no [sources.{slo.source}].{suggest(slo.source, sources)}"
            )
    policy = parts["slo_policy"]
    if policy and policy.minimum_coverage > 1:
        problems.append("[slo_policy] minimum_coverage: must be between 0 and 1.")
    return problems
