"""What other tools list of the platform's settings: branch rules, volumes, and how old the oldest records are."""

from __future__ import annotations

from collections.abc import Iterator

from qmsreport.demo.flaws import FLAWS
from qmsreport.demo.organisation import PRODUCTS
from qmsreport.demo.timeline import Timeline
from qmsreport.records import Setting

_RULES = {
    "change.required_approvals": "1",
    "change.enforced_for_administrators": "true",
    "change.force_push": "false",
    "change.deletion": "false",
}
# what the data centre's list says of each store's volume: nothing of those at the end
_VOLUMES = ("prometheus", "grafana", "elasticsearch", "jaeger", "backups")
UNKNOWN = _VOLUMES[-1 - FLAWS.unattested_stores :]  # the first of these is attested
_AUDIT_BORN = 204  # days before the cut-off: its store was built anew then


def settings(timeline: Timeline) -> list[Setting]:
    """The lists as they were exported last night."""
    return [*_branches(), *_stores(timeline)]


def _branches() -> Iterator[Setting]:
    for repository in sorted({product.repository for product in PRODUCTS}):
        for key, value in _RULES.items():
            yield Setting(
                subject=f"repository:{repository}#branch:main",
                key=key,
                layer="effective",
                value=value,
                unit="approvals" if value.isdecimal() else "flag",
                origin="list of branch rules",
            )


def _stores(timeline: Timeline) -> Iterator[Setting]:
    for volume in _VOLUMES:
        known = volume not in UNKNOWN
        yield Setting(
            subject=f"volume:{volume}",
            key="encryption.at_rest",
            layer="effective",
            value="true" if known else None,
            unit="flag",
            origin="list of volumes",
        )
    kept = {"retention.audit": 365, "retention.audit.immediate": 92}
    for key, days in kept.items():
        yield _days("elasticsearch:audit", key, "effective", days, "list of lifecycle policies")
    running = (timeline.cutoff - timeline.quarters[0].starts_at).days
    ages = (
        ("loki:loki/loki.yaml", "retention.logs.oldest", running + 1.6),  # nothing was ever deleted
        ("loki:loki/loki.yaml", "system.age", running + 1.7),
        ("jaeger:jaeger/jaeger.env#backend:badger", "retention.traces.oldest", 14.2),
        ("jaeger:jaeger/jaeger.env", "system.age", running + 1.7),
        ("elasticsearch:audit", "retention.audit.oldest", _AUDIT_BORN - 0.1),
        ("elasticsearch:audit", "system.age", _AUDIT_BORN),
    )
    for subject, key, age in ages:
        yield _days(subject, key, "measured", age, "query for the oldest record")


def _days(subject: str, key: str, layer: str, days: float, origin: str) -> Setting:
    return Setting(subject=subject, key=key, layer=layer, value=f"{days:g}", unit="days", origin=origin)
