"""How the monitoring itself fares: what it evaluates, hands over, receives, sends on and keeps, and who watches for attacks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from qmsreport.demo.flaws import FLAWS
from qmsreport.demo.organisation import HOST, TEAMS
from qmsreport.demo.timeline import Timeline, after, at, dice
from qmsreport.records import AlertRule, MetricWindow, canonical

_COLLECTOR = {"job": "otel-collector"}
# (name, what it watches for, severity, labels): the last ones end where nobody listens, as alerts of low severity do
_RULES = (
    ("SignInFailuresHigh", "Many sign-ins are refused", "high", {"category": "security"}),
    ("PrivilegesGranted", "Somebody was given administrative rights", "critical", {"category": "security"}),
    ("SignInFromNewPlace", "An account is used from elsewhere", "medium", {"setting": "security.access_patterns"}),
    ("RequestRateAnomaly", "Requests differ from those of other weeks", "low", {"category": "traffic"}),
)  # fmt: skip
UNHEARD = tuple(name for name, *_ in _RULES[-FLAWS.unheard_security_rules :])
_OUTAGE_DAY = 47  # of the last complete quarter: from then on the store of the logs refused what was sent
_SILENT_DAY = 64  # likewise: the audit log's disk was full
_MISTYPED_DAY = 20  # likewise: a route was mistyped in the morning and mended the next


def security_rules(timeline: Timeline) -> list[AlertRule]:
    """Rules that watch for attacks; one of them ends at a receiver that reaches nobody."""
    return [
        AlertRule(
            rule_id=f"security/{name}",
            name=name,
            query=f'security_events:rate5m{{rule="{name}"}} > 0',
            for_seconds=60.0,
            severity=severity,
            labels={**labels, "severity": severity},
            annotations={"summary": summary},
            runbook_url=f"https://wiki.{HOST}/runbooks/security",
            enabled=True,
            health="ok",
            last_evaluated_at=after(timeline.cutoff, -21.5),
            owner=TEAMS["platform"][0],
        )
        for name, summary, severity, labels in _RULES
    ]


def metric_windows(timeline: Timeline) -> list[MetricWindow]:
    """One window a day of each measure; what goes wrong does so in the last complete quarter."""
    random = dice("monitoring", timeline.last.label)
    found: list[MetricWindow] = []
    for day in timeline.days():
        start, end = at(day, 0), at(day + timedelta(days=1), 0)
        if end > timeline.cutoff:
            break
        for metric, labels, value, unit in _measured(random, timeline, day):
            found.append(
                MetricWindow(
                    metric=metric,
                    labels=canonical(labels),
                    window_start=start,
                    window_end=end,
                    value=float(value),
                    unit=unit,
                )
            )
    return found


_Measured = tuple[str, dict[str, str], int, str]


def _measured(random: Random, timeline: Timeline, day: date) -> Iterator[_Measured]:
    number = (day - timeline.last.first).days
    evaluated = random.randint(402_000, 404_000)
    yield "rule_evaluations", {"job": "prometheus"}, evaluated, "evaluations"
    yield "failed_rule_evaluations", {"job": "prometheus"}, random.choice((0, 0, 0, 0, 3)), "evaluations"
    yield "forwarded_alerts", {"job": "prometheus"}, random.randint(180, 420), "alerts"
    yield "dropped_alerts", {"job": "prometheus"}, 0, "alerts"
    for server in ("prometheus", "alertmanager"):
        mistyped = server == "alertmanager" and number == _MISTYPED_DAY
        yield "configuration_loaded", {"job": server}, int(not mistyped), "flag"
    received = random.randint(61_000_000, 74_000_000)
    yield "received_telemetry", _COLLECTOR, received, "records"
    yield "refused_telemetry", _COLLECTOR, random.randint(0, 900), "records"
    for exporter, share in (("otlp/traces", 0.06), ("otlphttp/logs", 0.7)):
        sent = round(received * share)
        refused = exporter.endswith("logs") and 0 <= number - _OUTAGE_DAY < FLAWS.days_of_lost_telemetry
        lost = sent // 4 if refused else random.randint(0, 40)
        labels = {**_COLLECTOR, "exporter": exporter}
        yield "exported_telemetry", labels, sent, "records"
        yield "failed_exports", labels, lost, "records"
    seen = random.randint(2_100_000, 2_500_000)
    yield "seen_traces", _COLLECTOR, seen, "traces"
    yield "kept_traces", _COLLECTOR, round(seen * 0.05) + random.randint(-400, 400), "traces"
    yield "audit_records", {"stream": "dashboards"}, random.randint(90, 260), "records"
    silent = 0 <= number - _SILENT_DAY < FLAWS.days_without_audit_records
    yield "audit_records", {"stream": "elasticsearch"}, 0 if silent else random.randint(2100, 3900), "records"
