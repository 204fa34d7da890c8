"""Tempo 2 and 3.

Sources: the product's configuration reference and its guide to 3.0. `block_retention` is 336h unless set. Up to 2.x
it stands under `compactor.compaction`; 3.0 refuses that block and keeps it under
`backend_scheduler.provider.compaction.compaction` and `backend_worker.compaction`. A tenant's or a default override
of it beats both. Where the two of 3.x differ the shorter one counts, because blocks may be gone by then.
"""

from __future__ import annotations

from qmsreport.configurations import _dskit, _otel_tls
from qmsreport.configurations.reading import File, Reading
from qmsreport.configurations.yaml_tree import Node, document

PRODUCT = "tempo"
TITLE = "Tempo"
PATTERNS = (
    "**/tempo.yaml", "**/tempo.yml", "**/tempo-config.yaml", "**/tempo-config.yml", "**/tempo/config.yaml",
    "**/tempo-overrides.yaml", "**/tempo/overrides.yaml",
)  # fmt: skip
KINDS = ("settings",)
_KEYS = (
    "server", "distributor", "ingester", "compactor", "storage", "querier", "query_frontend", "overrides",
    "metrics_generator", "backend_scheduler", "backend_worker", "live_store", "block_builder", "multitenancy_enabled",
    "target", "memberlist", "stream_over_http_enabled", "usage_report", "cache", "ingest",
)  # fmt: skip
_PLACES = (
    "compactor.compaction.block_retention",
    "backend_scheduler.provider.compaction.compaction.block_retention",
    "backend_worker.compaction.block_retention",
)
_DAY = 86400.0
_DEFAULT = 336 * 3600.0


def read(file: File) -> Reading:
    """See `qmsreport.configurations`."""
    found = document(file.text, TITLE, _KEYS)
    reading = Reading(file, PRODUCT, TITLE)
    if {name for name, _ in found.items()} == {"overrides"} and not found.get("overrides", "defaults").there:
        _tenants(found.get("overrides"), reading)
        return reading
    _dskit.server(found.get("server"), reading)
    _retention(found, reading)
    receivers = found.get("distributor", "receivers")
    for name, receiver in receivers.items():
        _otel_tls.receiver(name, receiver, reading, f"distributor.receivers.{name}")
    _dskit.s3(found.get("storage", "trace", "s3"), reading)
    return reading


def _retention(found: Node, reading: Reading) -> None:
    overrides = found.get("overrides")
    override = overrides.first("defaults.compaction.block_retention", "block_retention")
    if override.there:
        length = reading.seconds(override)
        if length is None:
            return
        if length:  # 0 falls back to the global one
            reading.put("retention.traces", length / _DAY, "days", override.line)
            return
    given = [place for place in (found.get(*path.split(".")) for path in _PLACES) if place.there]
    lengths = [(reading.seconds(place), place) for place in given]
    if any(length is None for length, _ in lengths):
        return
    known = [(length or 0.0, place) for length, place in lengths]
    if not known:
        reading.put("retention.traces", _DEFAULT / _DAY, "days", None)
        return
    shortest, place = min(known, key=lambda pair: pair[0])
    if len({length for length, _ in known}) > 1:
        reading.warn(
            "The scheduler and the worker have different block_retention; the shorter one is taken.",
            place.line,
        )
    reading.put("retention.traces", shortest / _DAY, "days", place.line)


def _tenants(overrides: Node, reading: Reading) -> None:
    for tenant, limits in overrides.items():
        period = limits.first("compaction.block_retention", "block_retention")
        if period.there:
            length = reading.seconds(period)
            reading.put("retention.traces", length and length / _DAY, "days", period.line, f"tenant:{tenant}")
