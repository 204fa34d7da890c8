"""Prometheus: `prometheus.yml`, rule files and the web configuration.

Sources: the product's configuration reference. `scrape_interval` and `evaluation_interval` are 1m unless set, a job's
scheme is http. Retention stands in the file since `storage.tsdb.retention` is a key of it; where it is absent a flag
may still set it, so the file alone says nothing then. `global.query_log_file` is what logs queries.
"""

from __future__ import annotations

import re

from qmsreport.configurations import _http_client, _prometheus_rules, _web_config, values
from qmsreport.configurations.reading import File, Reading, line, numbered
from qmsreport.configurations.yaml_tree import Node, document

PRODUCT = "prometheus"
TITLE = "Prometheus"
PATTERNS = (
    "**/prometheus.yml", "**/prometheus.yaml", "**/alert.rules", "**/recording.rules", "**/*.rules.yml",
    "**/*.rules.yaml", "**/prometheus/rules/*.yml", "**/prometheus/rules/*.yaml", "**/web-config.yml", "**/web-config.yaml",
    "**/web.yml",
)  # fmt: skip
KINDS = ("settings", "alert_rules")
_KEYS = (
    "global", "scrape_configs", "scrape_config_files", "rule_files", "alerting", "remote_write", "remote_read", "storage",
    "tracing", "runtime", "otlp",
)  # fmt: skip
_DAY = 86400.0


def read(file: File) -> Reading:
    """See `qmsreport.configurations`: the kind of file is told by its keys."""
    found = document(file.text, TITLE, (*_KEYS, "groups", *_web_config.KEYS))
    reading = Reading(file, PRODUCT, TITLE)
    names = {name for name, _ in found.items()}
    if "groups" in names:
        _prometheus_rules.read(found, reading)
    elif names & set(_web_config.KEYS):
        _web_config.read(found, reading)
    else:
        _server(found, reading)
    return reading


def _server(found: Node, reading: Reading) -> None:
    common = found.get("global")
    for key, name in (("scrape.interval", "scrape_interval"), ("evaluation.interval", "evaluation_interval")):
        value = common.get(name)
        reading.put(key, reading.seconds(value, 60.0), "s", line(value))
    log = common.get("query_log_file")
    reading.put("access.logging", bool(log.text), "flag", line(log))
    _retention(found.get("storage", "tsdb", "retention"), reading)
    jobs(found.get("scrape_configs"), reading)
    for kind in ("remote_write", "remote_read"):
        targets = found.get(kind).each()
        for name, target in zip(
            numbered(item.get("name").text or kind for item in targets), targets, strict=True
        ):
            part = name if name.split(":")[0] == kind else f"{kind}:{name}"
            _http_client.by_url(target.get("url"), target, reading, part)
    managers = found.get("alerting", "alertmanagers").each()
    for part, manager in zip(numbered("alertmanager" for _ in managers), managers, strict=True):
        _http_client.by_scheme(manager.get("scheme"), manager, reading, part)
        addresses = [
            target
            for static in manager.get("static_configs").each()
            for target in static.get("targets").each()
        ]
        reading.put_loopback(addresses, part)


def jobs(configs: Node, reading: Reading, prefix: str = "") -> None:
    """What each scrape job does for itself: its interval where it has its own, its scheme, its TLS."""
    for job in configs.each():
        part = f"{prefix}job:{job.get('job_name').text or '?'}"
        interval = job.get("scrape_interval")
        if interval.there:
            reading.put("scrape.interval", reading.seconds(interval), "s", interval.line, part)
        rules = job.get("relabel_configs").each()
        moved = [rule.get("target_label") for rule in rules if rule.get("target_label").text == "__scheme__"]
        if moved:
            reading.warn(
                f"{job.path}: relabelling sets the scheme target by target, so it is not known.",
                moved[0].line,
            )
            continue
        _http_client.by_scheme(job.get("scheme"), job, reading, part)
        dynamic = any(name.endswith("_sd_configs") for name, _ in job.items())
        statics = job.get("static_configs").each()
        if not dynamic:
            reading.put_loopback([item for static in statics for item in static.get("targets").each()], part)


def _retention(retention: Node, reading: Reading) -> None:
    time, size = retention.get("time"), retention.get("size")
    for value in (size, retention.get("percentage")):
        if value.there and reading.text(value) not in (None, "0", "0B"):
            shown = f"{value.text} % of the disk" if value.path.endswith("percentage") else value.text
            reading.put("retention.metrics.size", shown, "text", value.line)
    if time.there:
        length = reading.seconds(time)
        if length:
            reading.put("retention.metrics", length / _DAY, "days", time.line)
            return
        if length is None:
            return
    if size.there:
        reading.warn("Metrics are kept by size alone, so for how many days is not known.", size.line)
    else:
        reading.warn("Retention is not in this file; a flag may set it. Read it from the running server.")


def stored_retention(text: str) -> tuple[float | None, str | None]:
    """The days and the size of what a running server says of its retention: `15d`, `512MB`, `15d or 512MiB`.

    Returns:
        Days, and the text of the size or of the share of the disk; `None` for what it does not limit.
    """
    days: float | None = None
    sizes = []
    for part in re.split(r"\s+or\s+", text.strip()):
        try:
            days = values.seconds(part) / _DAY
        except ValueError:
            if part:
                sizes.append(part)
    return days or None, " or ".join(sizes) or None
