"""How software is operated: incidents, service level windows, alerts and what is scraped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qmsreport.records.fields import key, one_of, person

SEVERITIES = ("critical", "high", "medium", "low")
INCIDENT_STATES = ("open", "investigating", "mitigated", "resolved")


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident."""

    incident_id: str = key()
    title: str | None = None
    severity: str | None = one_of(SEVERITIES)
    status: str | None = one_of(INCIDENT_STATES)
    services: list[str] | None = None
    detected_at: datetime | None = None
    created_at: datetime | None = None
    acknowledged_at: datetime | None = None
    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None
    caused_by_deployment: str | None = None
    assigned_to: str | None = person()
    created_by: str | None = person()
    personal_data: bool | None = None
    aware_at: datetime | None = None
    notified_at: datetime | None = None
    root_cause: str | None = None
    postmortem_url: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentEvent:
    """One entry of an incident's timeline."""

    event_id: str = key()
    incident_id: str | None = None
    occurred_at: datetime | None = None
    type: str | None = one_of(("status_change", "comment", "action", "alert", "system"))
    content: str | None = None
    actor: str | None = person()
    metadata: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SliWindow:
    """Good and valid events of one objective in one window. An absent window is unknown, never zero."""

    slo_id: str = key()
    window_start: datetime = key()
    window_end: datetime | None = None
    good: float | None = None
    valid: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricWindow:
    """One measured value of one series in one window: resource use, latency percentiles, counters."""

    metric: str = key()
    labels: str = key()  # canonical JSON: keys sorted, no blanks
    window_start: datetime = key()
    window_end: datetime | None = None
    value: float | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One firing of one alert."""

    alert_id: str = key()
    name: str | None = None
    service: str | None = None
    severity: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    labels: dict[str, Any] | None = None
    annotations: dict[str, Any] | None = None
    silenced: bool | None = None
    receivers: list[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """One alerting rule as the running server evaluates it."""

    rule_id: str = key()
    name: str | None = None
    query: str | None = None
    for_seconds: float | None = None
    severity: str | None = None
    labels: dict[str, Any] | None = None
    annotations: dict[str, Any] | None = None
    runbook_url: str | None = None
    enabled: bool | None = None
    health: str | None = None
    last_evaluated_at: datetime | None = None
    owner: str | None = person()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRoute:
    """Where an alert of one severity ends: what the route tree of one router does with it."""

    router: str = key()
    severity: str = key()
    service: str = key()  # "*": an alert that names no service
    receiver: str = key()  # one row for each receiver it reaches
    channels: list[str] | None = (
        None  # kinds of integration: pagerduty, slack, email, webhook, …; empty: nobody
    )
    send_resolved: bool | None = None
    group_by: list[str] | None = None
    group_wait_seconds: float | None = None
    group_interval_seconds: float | None = None
    repeat_interval_seconds: float | None = None
    mute_intervals: list[str] | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """One silence of alerts."""

    silence_id: str = key()
    created_by: str | None = person()
    comment: str | None = None
    matchers: dict[str, Any] | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScrapeTarget:
    """One scrape target and its health when asked."""

    target: str = key()
    job: str | None = None
    service: str | None = None
    health: str | None = one_of(("up", "down", "unknown"))
    last_scraped_at: datetime | None = None
    scrape_interval_seconds: float | None = None
    error: str | None = None
