"""Loki: its configuration and its runtime overrides.

Sources: the product's retention and configuration references. Nothing is deleted unless `compactor.retention_enabled`
(false by default) – whatever `retention_period` says – and `retention_period` of 0 (the default since 2.8) keeps for
ever. `retention_stream` beats the global period for the streams it selects, tenants' overrides beat both. Changes are
not retroactive. The older table manager deletes only with `retention_deletes_enabled`.
"""

from __future__ import annotations

import re

from qmsreport.configurations import _dskit
from qmsreport.configurations.reading import File, Reading, line
from qmsreport.configurations.yaml_tree import Node, document

PRODUCT = "loki"
TITLE = "Loki"
PATTERNS = (
    "**/loki.yaml", "**/loki.yml", "**/loki-config.yaml", "**/loki-config.yml", "**/loki-local-config.yaml",
    "**/loki-overrides.yaml", "**/loki/config.yaml", "**/loki/config.yml", "**/loki/overrides.yaml",
)  # fmt: skip
KINDS = ("settings",)
_KEYS = (
    "server", "distributor", "querier", "ingester", "ingester_client", "storage_config", "schema_config", "compactor",
    "limits_config", "table_manager", "common", "ruler", "query_range", "frontend", "auth_enabled", "target",
    "chunk_store_config", "memberlist", "overrides", "pattern_ingester", "index_gateway", "bloom_build",
)  # fmt: skip
_DAY = 86400.0
_AUDIT = re.compile(r"(?i)(?<![a-z])audit(?![a-z])")


def read(file: File) -> Reading:
    """See `qmsreport.configurations`."""
    found = document(file.text, TITLE, _KEYS)
    reading = Reading(file, PRODUCT, TITLE)
    if {name for name, _ in found.items()} <= {"overrides", "configs", "multi_kv_config"}:
        reading.warn(
            f"These periods count only where compactor.retention_enabled is true in {TITLE}'s own file."
        )
        _overrides(found.get("overrides"), reading)
        return reading
    _dskit.server(found.get("server"), reading)
    _retention(found, reading)
    for path in (
        "common.storage.s3",
        "storage_config.aws",
        "storage_config.s3",
        "storage_config.object_store.s3",
        "ruler.storage.s3",
    ):
        _dskit.s3(found.get(*path.split(".")), reading)
    for name, store in found.get("storage_config", "named_stores", "aws").items():
        _dskit.s3(store, reading) if name else None
    return reading


def _retention(found: Node, reading: Reading) -> None:
    switch = found.get("compactor", "retention_enabled")
    tables = found.get("table_manager", "retention_deletes_enabled")
    by_tables = reading.flag(tables, False)
    enabled = reading.flag(switch, False)
    if enabled is None or by_tables is None:
        return
    if by_tables and not enabled:
        _period(found.get("table_manager", "retention_period"), reading, "")
    elif not enabled:
        reading.put("retention.logs", "unlimited", "days", line(switch))
    else:
        limits = found.get("limits_config")
        _period(limits.get("retention_period"), reading, "", default="Loki since 2.8")
        _streams(limits.get("retention_stream"), reading, "")
        _overrides(found.get("overrides"), reading)


def _overrides(tenants: Node, reading: Reading) -> None:
    for tenant, limits in tenants.items():
        period = limits.get("retention_period")
        if period.there:
            _period(period, reading, f"tenant:{tenant}")
        _streams(limits.get("retention_stream"), reading, f"tenant:{tenant}/")


def _streams(streams: Node, reading: Reading, prefix: str) -> None:
    for stream in streams.each():
        selector = stream.get("selector").text or "?"
        part = f"{prefix}stream:{selector}"
        _period(stream.get("period"), reading, part)
        if _AUDIT.search(selector):
            _period(stream.get("period"), reading, part, "retention.audit")


def _period(
    period: Node, reading: Reading, part: str, key: str = "retention.logs", default: str = ""
) -> None:
    length = reading.seconds(period, 0.0)
    if length is not None:
        reading.put(key, length / _DAY if length else "unlimited", "days", line(period), part, default)
