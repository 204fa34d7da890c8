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
    "change.stale_approvals_dismissed": "true",
    "change.last_push_approved": "true",
    "change.required_checks_count": "3",
    "change.bypass_actors": "0",
}
_UNITS = {
    "change.required_approvals": "approvals",
    "change.required_checks_count": "checks",
    "change.bypass_actors": "actors",
}
# there, who has an approval may push anything after it
_TRUSTING = sorted({product.repository for product in PRODUCTS})[-FLAWS.lasting_approvals :]
_METRICS, _LOGS = "prometheus:prometheus/prometheus.yml", "loki:loki/loki.yaml"
_TRACES, _AUDIT = "jaeger:jaeger/jaeger.env", "elasticsearch:audit"
_ARCHIVE = "archive:reports"
# the data centre's list of encrypted volumes: it says nothing of the last ones, the first of which is attested
_VOLUMES = (_METRICS, _ARCHIVE, _AUDIT, _TRACES, "volume:backups")
_UNKNOWN = _VOLUMES[-1 - FLAWS.unattested_stores :]
# hours since the newest backup that succeeded
_BACKUPS = {_AUDIT: 7.2, "database:ledger": 0.4, "database:merchants": 6.9}
_AUDIT_BORN = 204  # days before the cut-off: its store was built anew then


def settings(timeline: Timeline) -> list[Setting]:
    """The lists as they were exported last night."""
    return [*_branches(), *_stores(timeline)]


def _branches() -> Iterator[Setting]:
    for repository in sorted({product.repository for product in PRODUCTS}):
        for key, usual in _RULES.items():
            lasts = key == "change.stale_approvals_dismissed" and repository in _TRUSTING
            yield Setting(
                subject=f"repository:{repository}#branch:main",
                key=key,
                layer="effective",
                value="false" if lasts else usual,
                unit=_UNITS.get(key, "flag"),
                origin="list of branch rules",
            )


def _stores(timeline: Timeline) -> Iterator[Setting]:
    for volume in _VOLUMES:
        known = volume not in _UNKNOWN
        yield Setting(
            subject=volume,
            key="encryption.at_rest",
            layer="effective",
            value="true" if known else None,
            unit="flag",
            origin="list of volumes",
        )
    kept = {"retention.audit": 365, "retention.audit.immediate": 92}
    for key, days in kept.items():
        yield _days(_AUDIT, key, "effective", days, "list of lifecycle policies")
    yield _days(_ARCHIVE, "retention.documentation", "effective", 3653, "retention lock of the archive")
    for store, hours in _BACKUPS.items():
        listed = "list of backups"
        yield Setting(
            subject=store,
            key="backup.snapshots",
            layer="effective",
            value="true",
            unit="flag",
            origin=listed,
        )
        yield Setting(
            subject=store, key="backup.age", layer="measured", value=f"{hours:g}", unit="h", origin=listed
        )
    running = (timeline.cutoff - timeline.quarters[0].starts_at).days
    ages = (
        (_LOGS, "retention.logs.oldest", running + 1.6),  # nothing was ever deleted
        (_LOGS, "system.age", running + 1.7),
        (f"{_TRACES}#backend:badger", "retention.traces.oldest", 14.2),
        (_TRACES, "system.age", running + 1.7),
        (_AUDIT, "retention.audit.oldest", _AUDIT_BORN - 0.1),
        (_AUDIT, "system.age", _AUDIT_BORN),
    )
    for subject, key, age in ages:
        yield _days(subject, key, "measured", age, "query for the oldest record")


def _days(subject: str, key: str, layer: str, days: float, origin: str) -> Setting:
    return Setting(subject=subject, key=key, layer=layer, value=f"{days:g}", unit="days", origin=origin)
