"""What was declared: the configuration as small tables that every query can read."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from qmsreport import assets, declarations, frameworks
from qmsreport.config import Config, SloEntry
from qmsreport.period import Period, to_utc

if TYPE_CHECKING:
    import polars as pl

_RESPONSE_BASIS = "policy: response_targets in the configuration"


def tables(
    config: Config, periods: Sequence[Period], as_of: datetime, slos: Sequence[SloEntry]
) -> dict[str, pl.DataFrame]:
    """The declared tables of a snapshot.

    Args:
        config: the configuration.
        periods: the trend's periods, oldest first; the last is the report's.
        as_of: the cut-off of knowledge, naive UTC.
        slos: every objective, those from OpenSLO files too.
    """
    import polars as pl

    def table(columns: dict[str, Any], rows: list[tuple[Any, ...]]) -> pl.DataFrame:
        return pl.DataFrame(rows, schema=columns, orient="row")

    text, number, moment, day, flag = pl.String, pl.Float64, pl.Datetime("us"), pl.Date, pl.Boolean
    targets = config.response_targets
    return {
        "period": table(
            {
                "label": text,
                "grain": text,
                "first_day": day,
                "last_day": day,
                "starts_at": moment,
                "ends_at": moment,
                "zone": text,
                "days": pl.Int64,
                "as_of": moment,
                "known_until": moment,
                "outlook_until": moment,
            },
            [
                (
                    periods[-1].label,
                    periods[-1].grain,
                    periods[-1].first,
                    periods[-1].after - timedelta(days=1),
                    periods[-1].starts_at,
                    periods[-1].ends_at,
                    periods[-1].zone,
                    periods[-1].days,
                    as_of,
                    min(periods[-1].ends_at, as_of),
                    periods[-1].outlook_until,
                )
            ],
        ),
        "periods": table(
            {
                "period": text,
                "position": pl.Int64,
                "first_day": day,
                "after_day": day,
                "starts_at": moment,
                "ends_at": moment,
                "days": pl.Int64,
                "known_until": moment,
                "is_report": flag,
            },
            [
                (
                    item.label,
                    index,
                    item.first,
                    item.after,
                    item.starts_at,
                    item.ends_at,
                    item.days,
                    # a report made before its period has ended knows nothing of the rest
                    min(item.ends_at, as_of),
                    item is periods[-1],
                )
                for index, item in enumerate(periods, 1)
            ],
        ),
        "calendar": table(
            {
                "local_date": day,
                "week_start": day,
                "month_start": day,
                "period": text,
                "period_start": day,
                "seconds": pl.Int64,
                "starts_at": moment,
                "ends_at": moment,
            },
            [row for item in periods for row in _days(item)],
        ),
        "thresholds": table(
            {"name": text, "value": number, "unit": text, "basis": text},
            [
                (
                    "causal_window",
                    config.delivery.causal_window_hours * 3600,
                    "s",
                    "policy: delivery.causal_window_hours",
                ),
                ("include_bots", float(config.delivery.include_bots), "", "policy: delivery.include_bots"),
                (
                    "minimum_coverage",
                    config.slo_policy.minimum_coverage,
                    "",
                    "policy: slo_policy.minimum_coverage",
                ),
                (
                    "zero_traffic_is_good",
                    float(config.slo_policy.zero_traffic == "good"),
                    "",
                    "policy: slo_policy.zero_traffic",
                ),
                ("small_n", 5.0, "", "house rule: fewer observations are marked"),
                *_limits(config),
            ],
        ),
        "production_environments": table(
            {"environment": text}, [(name,) for name in dict.fromkeys(config.delivery.production)]
        ),
        "monitoring_names": table(
            {"kind": text, "name": text},
            [
                *(("job", name.lower()) for name in dict.fromkeys(config.monitoring.jobs)),
                *(("watchdog", name.lower()) for name in dict.fromkeys(config.monitoring.watchdogs)),
            ],
        ),
        "declared_services": table(
            {"service": text, "team": text, "tier": text, "criticality": text},
            [
                (item.name, item.team or None, item.tier or None, item.criticality or None)
                for item in config.services
            ],
        ),
        "declared_sources": table(
            {"source": text, "kind": text, "position": pl.Int64},
            [(item.name, item.kind, index) for index, item in enumerate(config.sources, 1)],
        ),
        "response_targets": table(
            {"severity": text, "seconds": number, "position": pl.Int64, "basis": text},
            [
                (severity, getattr(targets, severity), index, _RESPONSE_BASIS)
                for index, severity in enumerate(("critical", "high", "medium", "low"), 1)
            ],
        ),
        "slo_objectives": table(
            {
                "slo_id": text,
                "service": text,
                "title": text,
                "objective": number,
                "kind": text,
                "window_seconds": pl.Int64,
                "budgeting": text,
                "timeslice_target": number,
                "rolling_days": pl.Int64,
                "expression": text,
            },
            [
                (
                    item.id,
                    item.service or None,
                    item.title or item.id,
                    item.objective,
                    item.kind,
                    item.window_seconds,
                    item.budgeting,
                    item.timeslice_target,
                    item.rolling_days,
                    _expression(item),
                )
                for item in slos
            ],
        ),
        "dora_quick_check": pl.read_csv(
            assets.folder("queries") / "reference" / "dora_quick_check.csv",
            schema={
                "edition": pl.Int64,
                "industry": text,
                "measure": text,
                "mean": number,
                "deviation": number,
                "unit": text,
            },
        ),
        **_settings(config, table),
        "maintenance_windows": table(
            {"service": text, "starts_at": moment, "ends_at": moment, "approver": text, "reason": text},
            [
                (item.service, _utc(item.starts_at), _utc(item.ends_at), item.approver, item.reason)
                for item in config.maintenance
            ],
        ),
        **frameworks.tables(config),
    }


def _settings(config: Config, table: Callable[..., pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """What settings there are, what the configuration declares of them, and which document holds."""
    import polars as pl

    keys = assets.reference("settings")
    patterns = assets.reference("alert_patterns")
    words = assets.reference("component_words")
    security = assets.reference("security_patterns")
    evidence = assets.reference("test_evidence")
    return {
        "setting_keys": table(
            {**dict.fromkeys(keys[0], pl.String), "position": pl.Int64},
            [(*row.values(), position) for position, row in enumerate(keys, 1)],
        ),
        "alert_patterns": table(
            {**dict.fromkeys(patterns[0], pl.String), "position": pl.Int64},
            [(*row.values(), position) for position, row in enumerate(patterns, 1)],
        ),
        "component_words": table(dict.fromkeys(words[0], pl.String), [tuple(row.values()) for row in words]),
        "security_patterns": table(
            dict.fromkeys(security[0], pl.String), [tuple(row.values()) for row in security]
        ),
        "test_evidence": table(
            dict.fromkeys(evidence[0], pl.String), [tuple(row.values()) for row in evidence]
        ),
        "policy_settings": table(
            dict.fromkeys(("subject", "key", "value", "unit", "origin"), pl.String),
            declarations.rows(config.policy),
        ),
        "policy_authority": table(
            {"document": pl.String, "position": pl.Int64},
            [(name, position) for position, name in enumerate(config.policy.authority, 1)],
        ),
    }


def _limits(config: Config) -> list[tuple[str, float, str, str]]:
    """The limits of the checks, times in seconds; a month is a twelfth of 365.25 days, rounded up to whole days.

    The basis of one that the organisation did not write says so.
    """
    written = config.document.get("limits", {})
    seconds = {"share": 1.0, "seconds": 1.0, "hours": 3600.0, "days": 86400.0, "months": 30.4375 * 86400}
    rows = []
    for item in dataclasses.fields(config.limits):
        name, _, unit = item.name.rpartition("_")
        value = getattr(config.limits, item.name)
        length = (
            math.ceil(value * seconds[unit] / 86400) * 86400.0 if unit == "months" else value * seconds[unit]
        )
        basis = f"policy: limits.{item.name} = {value:g}{'' if item.name in written else ', by default'}"
        rows.append((name, length, "share" if unit == "share" else "s", basis))
    return rows


def _days(period: Period) -> list[tuple[Any, ...]]:
    """The local days of a period; `seconds` is 82800 or 90000 where the clocks change."""
    rows = []
    start = period.first
    for index in range(period.days):
        day = start + timedelta(days=index)
        after = day + timedelta(days=1)
        starts_at, ends_at = to_utc(day, period.zone), to_utc(after, period.zone)
        seconds = int((ends_at - starts_at).total_seconds())
        monday = day - timedelta(days=day.weekday())
        rows.append(
            (day, monday, day.replace(day=1), period.label, period.first, seconds, starts_at, ends_at)
        )
    return rows


def _expression(slo: SloEntry) -> str:
    """The objective's SLI in one line, as it is printed."""
    if slo.kind == "ratio" and slo.good:
        return f"{slo.good} / {slo.valid}"
    if slo.kind == "ratio":
        return f"1 - ({slo.bad}) / ({slo.valid})"
    if slo.kind == "latency":
        return f"{slo.metric} <= {slo.threshold:g}" if slo.threshold is not None else slo.metric
    if slo.kind == "threshold":
        return f"{slo.metric} {slo.operator} {slo.threshold}"
    return slo.metric


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
