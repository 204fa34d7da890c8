"""What a Prometheus server says of itself now: targets, alerting rules, settings, how far back it reaches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from qmsreport import configurations
from qmsreport.configurations import File, Unreadable, prometheus, values
from qmsreport.errors import Malformed, Rejected, SourceError
from qmsreport.extracts import Diagnosis
from qmsreport.records import AlertRule, ScrapeTarget, Setting
from qmsreport.redaction import redact
from qmsreport.services import ServiceMap
from qmsreport.sources._promapi import Client, Receipt
from qmsreport.sources._promql import seconds
from qmsreport.sources._promseries import service_of
from qmsreport.sources._promtime import from_seconds, moment

_OLDEST = "prometheus_tsdb_lowest_timestamp_seconds"
SKEW_WORTH_SAYING = 5.0  # seconds
_HEALTH = {"up": "up", "down": "down"}


class _Rule(msgspec.Struct):
    name: str
    query: str = ""
    duration: float | None = None
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    health: str | None = None
    last_evaluation: str | None = msgspec.field(name="lastEvaluation", default=None)


class _Group(msgspec.Struct):
    name: str = ""
    file: str = ""
    rules: list[_Rule] = []


class _Rules(msgspec.Struct):
    groups: list[_Group] = []


@dataclass(frozen=True, slots=True)
class Probe:
    """What is known of the server before the first question."""

    product: str
    version: str | None
    offset: float
    oldest: datetime | None


def probe(client: Client, clock: Callable[[], datetime]) -> Probe:
    """Ask who is there; raises a `SourceError` when nobody is, or nobody who lets us ask."""
    offset = client.clock_offset(clock)
    product, version = build_info(client)
    return Probe(product, version, offset, oldest_sample(client))


def diagnosis(client: Client, known: Probe, collect: Iterable[str], account: str | None) -> Diagnosis:
    """What `doctor` says of a server that answers; the questions of `collect` are tried."""
    problems = []
    asked: dict[str, Callable[[], object]] = {
        "targets": client.targets,
        "rules": lambda: client.data("/api/v1/rules", dict[str, Any], type="alert"),
        "settings": lambda: client.data("/api/v1/status/config", dict[str, str]),
    }
    for word, ask in asked.items():
        if word in collect:
            try:
                ask()
            except SourceError as error:
                problems.append(f"Without '{word}': {error}")
    if abs(known.offset) > SKEW_WORTH_SAYING:
        problems.append(skew(known.offset))
    if known.oldest is None:
        problems.append(
            "How far back it can answer is unknown: it does not show prometheus_tsdb_lowest_timestamp_seconds. "
            "Let it scrape itself, or let its /metrics through."
        )
    return Diagnosis(
        reachable=True,
        permitted=not any(text.startswith("Without") for text in problems),
        product=known.product,
        version=known.version,
        account=account,
        clock_offset_seconds=known.offset,
        answers_since=known.oldest,
        problems=tuple(problems),
    )


def skew(offset: float) -> str:
    """What a clock that is wrong means for the figures."""
    side = "ahead of" if offset > 0 else "behind"
    return (
        f"The server's clock is {abs(offset):.0f} s {side} this machine's, so its windows may be off by as much. "
        "Let both keep time by NTP."
    )


def build_info(client: Client) -> tuple[str, str | None]:
    """Product and version; a server that does not tell its version (an old one, some proxies) has none."""
    try:
        found = client.data("/api/v1/status/buildinfo", dict[str, Any])
    except Rejected as error:
        if ": 404" in str(error):
            return "Prometheus", None
        raise
    version = found.get("version")
    return str(found.get("application") or "Prometheus"), str(version) if version else None


def oldest_sample(client: Client) -> datetime | None:
    """The start of the oldest block the server holds, from its own metrics, else from its scrape of itself."""
    try:
        written = re.search(rf"^{_OLDEST} (\S+)$", client.text("/metrics"), re.MULTILINE)
        value = written[1] if written else None
    except SourceError:
        value = None  # a proxy in front often hides /metrics
    if value is None:
        try:
            found = client.instant(_OLDEST)
        except (Rejected, Malformed):
            return None
        # several series: this server watches others too, and there is no telling which is itself
        value = str(found[0]["value"][1]) if len(found) == 1 and isinstance(found[0], dict) else None
    try:
        number = float(value) if value is not None else 0.0
    except ValueError:
        return None
    # an empty server reports the largest or smallest number there is
    return from_seconds(number) if 0 < number < 32503680000 else None


def targets(client: Client, services: ServiceMap) -> list[ScrapeTarget]:
    """The scrape targets with their health now, one record for each job and instance."""
    found: dict[str, ScrapeTarget] = {}
    for row in client.targets():
        if not isinstance(row, dict) or not isinstance(row.get("labels") or {}, dict):
            raise Malformed(
                f"Prometheus at {client.url}/api/v1/targets lists something that is no target. Check the URL."
            )
        labels = row.get("labels") or {}
        job = labels.get("job") or row.get("scrapePool")
        address = redact(re.sub(r"//[^/@]*@", "//", str(row.get("scrapeUrl") or "")))
        name = f"{job}/{labels.get('instance') or address}"
        if name in found:  # the same instance with another path or other labels
            name = f"{name} {address}"
        found[name] = ScrapeTarget(
            target=name,
            job=job,
            service=service_of(labels, services),
            health=_HEALTH.get(str(row.get("health")), "unknown"),
            last_scraped_at=moment(row.get("lastScrape")),
            scrape_interval_seconds=_duration(row.get("scrapeInterval")),
            error=client.hide(str(row["lastError"])) if row.get("lastError") else None,
        )
    return [found[name] for name in sorted(found)]


def rules(client: Client, receipt: Receipt) -> list[AlertRule]:
    """The alerting rules as loaded; one whose name and severity stand twice in a group is numbered."""
    found: dict[str, AlertRule] = {}
    answer = client.data("/api/v1/rules", _Rules, receipt, type="alert")
    for group in answer.groups:
        for rule in group.rules:
            severity = rule.labels.get("severity")
            name = "/".join(part for part in (group.file, group.name, rule.name, severity) if part)
            number, rule_id = 1, name
            while rule_id in found:
                number += 1
                rule_id = f"{name}#{number}"
            found[rule_id] = AlertRule(
                rule_id=rule_id,
                name=rule.name,
                query=rule.query,
                for_seconds=rule.duration,
                severity=severity,
                labels=dict(rule.labels),
                annotations=dict(rule.annotations),
                runbook_url=rule.annotations.get("runbook_url") or rule.annotations.get("runbook"),
                enabled=True,  # a rule that is loaded is evaluated
                health=rule.health,
                last_evaluated_at=moment(rule.last_evaluation),
                owner=rule.labels.get("owner") or rule.annotations.get("owner"),
            )
    return list(found.values())


def settings(client: Client, subject: str, receipt: Receipt, now: datetime) -> list[Setting]:
    """What is in force (retention, intervals, TLS of what it reaches) and what is measured (the oldest sample).

    The keys are those of `configurations`: retention in days, intervals in seconds. The configuration as loaded
    goes through the same parser as a file of it; nothing else of it is kept. An endpoint that is refused leaves its
    settings out, notes why in the receipt and marks it as cut short: absent is unknown.
    """
    found: list[Setting] = []

    def put(key: str, layer: str, value: object, unit: str | None, origin: str) -> None:
        if value is not None:
            found.append(
                Setting(subject=subject, key=key, layer=layer, value=str(value), unit=unit, origin=origin)
            )

    def retention() -> None:
        path = "/api/v1/status/runtimeinfo"
        told = str(client.data(path, dict[str, Any], receipt).get("storageRetention") or "")
        days, size = prometheus.stored_retention(told)
        put("retention.metrics", "effective", days and values.plain(days), "days", path)
        put("retention.metrics.size", "effective", size, "text", path)

    def flags() -> None:
        path = "/api/v1/status/flags"
        told = client.data(path, dict[str, str], receipt)
        for flag in ("web.enable-admin-api", "web.enable-lifecycle", "query.timeout", "query.max-samples"):
            put(flag, "effective", told.get(flag), None, path)

    for ask in (retention, lambda: found.extend(_configured(client, subject, receipt)), flags):
        try:
            ask()
        except SourceError as error:
            receipt.note(str(error))
            receipt.truncated = True  # else this reading would pass for one of every setting
    oldest = oldest_sample(client)
    age = oldest and values.plain(round((now - oldest).total_seconds() / 86400, 2))
    put("retention.metrics.oldest", "measured", age, "days", _OLDEST)
    return found


def _configured(client: Client, subject: str, receipt: Receipt) -> list[Setting]:
    """The settings of the configuration as loaded."""
    path = "/api/v1/status/config"
    text = client.data(path, dict[str, str], receipt).get("yaml", "")
    product, _, name = subject.partition(":")
    try:
        reading = configurations.read(product, File(text=text, path=name, origin=path, numbered=False))
    except Unreadable as error:
        raise Malformed(
            f"Prometheus at {client.url}{path} shows a configuration that is not read: {error} Look at the server."
        ) from error
    # how long it keeps, the running server has told: of flag and file, whichever is in force
    return [setting for setting in reading.settings if not setting.key.startswith("retention.")]


def _duration(text: object) -> float | None:
    if not isinstance(text, str) or not text:
        return None
    try:
        return seconds(text)
    except ValueError:
        return None
