"""What the configuration itself declares: the limits of checks, names, and which document holds where several speak."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qmsreport import assets
from qmsreport.errors import suggest

SUBJECT = "document:qmsreport.toml"  # the configuration is a document that declares, like the others
_NUMBERS = ("days", "h", "s", "ms", "share")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the checks allow where no other document says it; each is printed as the basis of its verdicts."""

    silence_days: float = 7.0
    emergency_review_days: float = 5.0
    breach_notification_hours: float = 72.0  # GDPR Art. 33(1)
    scan_gap_days: float = 92.0  # PCI DSS 11.3.1: at least every three months
    critical_fix_days: float = 30.0  # PCI DSS 6.3.3: within one month
    high_fix_days: float = 90.0
    incident_resolution_days: float = 30.0  # no law gives a number: as long as a critical fix may take
    access_review_months: float = 6.0  # PCI DSS 7.2.4
    backup_age_hours: float = 24.0  # a day without a copy is a day lost
    restore_test_months: float = 12.0
    incident_exercise_months: float = 12.0  # PCI DSS 12.10.2
    rule_evaluation_hours: float = 1.0
    clock_offset_seconds: float = 5.0
    failed_notifications_share: float = 0.01
    monitoring_loss_share: float = (
        0.001  # of what the monitoring takes in, evaluates or sends: two hours of a quarter
    )
    stale_configuration_hours: float = (
        24.0  # a configuration that does not load is mended within a working day
    )
    sampling_tolerance_share: float = 0.1  # of the declared share of traces
    forecast_window_days: float = 90.0  # a quarter, to say something of the next one
    forecast_minimum_days: float = 30.0  # fewer show a month's rhythm, and no trend


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    """By which names the monitoring of the monitoring is known; compared without regard to case."""

    jobs: list[str] = field(
        default_factory=lambda: ["prometheus", "alertmanager", "grafana", "loki", "tempo", "otel-collector"]
    )  # scrape jobs of the monitoring servers themselves
    watchdogs: list[str] = field(
        default_factory=lambda: ["Watchdog", "DeadMansSwitch", "AlwaysFiring"]
    )  # alerts that fire always, so that their silence tells


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySetting:
    """One setting that the organisation declares in its configuration. Without `unit` it is in the setting's own."""

    key: str
    value: object
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Documents in order of precedence, the first holds; and the configuration's own declarations."""

    authority: list[str] = field(default_factory=list)
    setting: list[PolicySetting] = field(default_factory=list)


def problems(policy: Policy) -> list[str]:
    """What is wrong with `[policy]`, one sentence each."""
    found = []
    for name in policy.authority:
        if not name.startswith("document:"):
            found.append(
                f'[policy] authority: "{name}" is no document. Write "document:{name}", as its settings are stored.'
            )
        if policy.authority.count(name) > 1:
            found.append(f'[policy] authority: "{name}" stands twice. Name each document once.')
    known = {row["key"]: row["unit"] for row in assets.reference("settings")}
    keys = [item.key for item in policy.setting]
    for at, item in enumerate(policy.setting, 1):
        where = f"[[policy.setting]] no. {at}"
        if item.key not in known:
            found.append(f"{where} key: '{item.key}' is no setting.{_nearest(item.key, known)}")
            continue
        if keys.index(item.key) != at - 1:
            found.append(f"{where} key: '{item.key}' is declared above already. Declare it once.")
        unit = known[item.key]
        if item.unit and item.unit != unit:
            found.append(
                f"{where} unit: '{item.key}' is declared in {unit}, not in '{item.unit}'. Convert the value."
            )
        elif wanted := _wanted(item.value, unit):
            found.append(f"{where} value: {item.value!r} is not {wanted}.")
    return list(dict.fromkeys(found))


def _nearest(key: str, known: Mapping[str, str]) -> str:
    """The nearest key, else those of its family, else the families: all keys would fill the screen."""
    hint = suggest(key, known)
    if "Did you mean" in hint:
        return hint
    family = [name for name in known if name.split(".")[0] == key.split(".")[0]]
    return suggest(key, family or {f"{name.split('.')[0]}.…" for name in known})


def _wanted(value: object, unit: str) -> str:
    """What a value of this unit has to be, if it is not."""
    if unit == "flag":
        return "" if isinstance(value, bool) else "true or false"
    if unit == "list":
        good = isinstance(value, list) and all(isinstance(item, str) for item in value)
        return "" if good else "a list of texts"
    if unit == "version":
        return (
            ""
            if isinstance(value, str) and value.replace(".", "", 1).isdecimal()
            else 'a version, like "1.2"'
        )
    if unit not in _NUMBERS:
        return "" if isinstance(value, str) and value else "a text"
    if unit == "days" and value == "unlimited":
        return ""
    number = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf
    if unit == "share":
        return "" if number and value <= 1 else "a share between 0 and 1 (99.9 % is 0.999)"  # type: ignore[operator]
    return "" if number else f"a number of {unit}"


def written(value: Any) -> str:
    """A value as settings are stored: true or false, a plain number, a list as JSON, else the text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:.15g}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def rows(policy: Policy) -> list[tuple[str, str, str, str, str]]:
    """Subject, key, value, unit and origin of each declaration."""
    units = {row["key"]: row["unit"] for row in assets.reference("settings")}
    return [
        (SUBJECT, item.key, written(item.value), units[item.key], "qmsreport.toml [[policy.setting]]")
        for item in policy.setting
    ]
