"""What surrounds the services: alerts and their rules, silences, targets, dashboards, documents, resource use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from qmsreport.demo.drafts import Outage
from qmsreport.demo.flaws import FLAWS
from qmsreport.demo.organisation import HOST, OBJECTIVES, PRODUCTS, TEAMS
from qmsreport.demo.timeline import Timeline, after, at, dice, local
from qmsreport.records import (
    Alert,
    AlertRule,
    Dashboard,
    Document,
    Incident,
    MetricWindow,
    ScrapeTarget,
    Silence,
    canonical,
)

_SERVERS = ("prometheus", "alertmanager", "grafana", "loki", "otel-collector")
# notifications on an ordinary day, and the share of them that fail
_CHANNELS = {"pagerduty": (6, 0.001), "slack": (48, 0.002), "email": (19, 0.003)}
# by severity, as the alert router's own configuration has it
_RECEIVERS = {"critical": "pager", "high": "pager", "medium": "chat", "low": "journal"}
_NODES = ("node-a", "node-b", "node-c")
_LATENCIES = {"checkout-api": 0.11, "payment-gateway": 0.34, "fraud-scoring": 0.06, "ledger": 0.05}


def alert_rules(timeline: Timeline) -> list[AlertRule]:
    """A fast and a slow burn rule for each objective, one rule that is switched off, two without a runbook."""
    found = []
    asked = after(timeline.cutoff, -21.5)
    for number, slo in enumerate(OBJECTIVES):
        for pace, factor, hold, severity in (
            ("fast", 14.4, 120.0, "critical"),
            ("slow", 3.0, 900.0, "medium"),
        ):
            bare = pace == "slow" and number in range(2, 2 + FLAWS.rules_without_runbook)
            name = "".join(word.capitalize() for word in slo.slo_id.split("-")) + f"Burns{pace.capitalize()}"
            page = None if bare else f"https://wiki.{HOST}/runbooks/{slo.slo_id}"
            found.append(
                AlertRule(
                    rule_id=f"slo/{slo.slo_id}/{pace}",
                    name=name,
                    query=f'slo_burn_rate{{slo="{slo.slo_id}"}} > {factor}',
                    for_seconds=hold,
                    severity=severity,
                    labels={"service": slo.service, "severity": severity},
                    annotations={"summary": f"{slo.title}: budget burns {factor} times too fast"},
                    runbook_url=page,
                    enabled=not (pace == "slow" and slo.service == "webhooks"),
                    health="ok",
                    last_evaluated_at=asked,
                    owner=TEAMS[next(p.team for p in PRODUCTS if p.name == slo.service)][0],
                )
            )
    return found


def alerts(timeline: Timeline, told: list[tuple[Outage, Incident]]) -> list[Alert]:
    """One alert for each incident of a service, and about as many again that came to nothing."""
    random = dice("alerts", timeline.last.label)
    found = []
    for outage, record in told:
        if outage.service is None:
            continue
        name = "".join(word.capitalize() for word in outage.service.split("-")) + "Failing"
        end = outage.mitigated or outage.resolved
        rows = [(after(outage.detected, -random.uniform(30, 240)), end)]
        if random.random() < 0.9:  # it flapped some days before, and nobody had to act
            earlier = after(outage.detected, -86400 * random.uniform(1.5, 6))
            rows.append((earlier, after(earlier, random.uniform(120, 1500))))
        for number, (start, stop) in enumerate(rows):
            found.append(
                Alert(
                    alert_id=f"{record.incident_id}-{number}",
                    name=name,
                    service=outage.service,
                    severity=outage.severity,
                    starts_at=start,
                    ends_at=stop if stop and stop < timeline.cutoff and stop > start else None,
                    labels={"service": outage.service, "severity": outage.severity},
                    annotations={
                        "summary": outage.title if number == 0 else "Error rate above its usual band"
                    },
                    silenced=random.random() < 0.04,
                    receivers=[_RECEIVERS[outage.severity]],
                )
            )
    return sorted(found, key=lambda alert: (alert.starts_at or timeline.cutoff, alert.alert_id))


def silences(timeline: Timeline) -> list[Silence]:
    """Three silences of the last complete quarter; one of them lasted eleven days and says nothing."""
    first = timeline.last.first
    rows = (
        ("gwinter", "Database move, CHG-2117", "payment-gateway", 10, 0.3),
        ("fcarvalho", "Known partner outage until Monday", "webhooks", 40, 2.0),
        ("efischer", None, "fraud-scoring", 60, 11.0),
    )
    return [
        Silence(
            silence_id=f"silence-{number}",
            created_by=who,
            comment=comment,
            matchers={"service": service},
            starts_at=at(first + timedelta(days=day), 22.5),
            ends_at=after(at(first + timedelta(days=day), 22.5), 86400 * length),
        )
        for number, (who, comment, service, day, length) in enumerate(rows, 1)
    ]


def scrape_targets(timeline: Timeline) -> list[ScrapeTarget]:
    """Two instances of each service and of each monitoring server, asked last night; all of them answered."""
    jobs = [(product.name, product.name) for product in PRODUCTS]
    return [
        ScrapeTarget(
            target=f"https://{job}-{instance}.{HOST}:9090/metrics",
            job=job,
            service=service,
            health="up",
            last_scraped_at=after(timeline.cutoff, -(3 + instance + len(job) / 8)),
            scrape_interval_seconds=15.0,
        )
        for job, service in [*jobs, *((server, None) for server in _SERVERS)]
        for instance in (1, 2)
    ]


def dashboards(timeline: Timeline) -> list[Dashboard]:
    """One dashboard for each service but the archive, one of the machines and one of the sign-ins."""
    panels = ["Throughput", "Error rate", "Response time", "Resource use", "Error budget"]
    boards = [
        (product.name, f"{product.title}: service overview", "application", panels)
        for product in PRODUCTS
        if product.name != "archive"
    ]
    boards.append(
        ("nodes", "Nodes: what is left of them", "system", ["Processor", "Memory", "Disk", "Network"])
    )
    boards.append(("sign-ins", "Security: sign-ins and refusals", "security", ["Sign-ins", "Refusals"]))
    return [
        Dashboard(
            dashboard_id=f"dash-{name}",
            title=title,
            category=category,
            panels=shown,
            refresh_seconds=30.0,
            updated_at=at(timeline.quarters[5].first + timedelta(days=5 * number), 10.4),
            url=f"https://dashboards.{HOST}/{name}",
        )
        for number, (name, title, category, shown) in enumerate(boards)
    ]


def documents(timeline: Timeline) -> list[Document]:
    """The quality system's documents: the continuity plan's review is overdue."""
    rows = (
        ("QM-OPS-003", "On-call guide", "on-call guide", 5, 12),
        ("QM-OPS-007", "Incident response plan", "incident response plan", 4, 12),
        ("QM-DEV-002", "Change management procedure", "procedure", 6, 12),
        ("QM-BCP-001", "Continuity plan", "continuity plan", 2, 12),
        ("QM-DSG-004", "Data protection impact assessment", "DPIA", 3, 18),
        ("QM-ACC-011", "Review of who has access, first half-year", "access review", 7, 6),
        ("QM-BCP-009", "Restore of the ledger into an empty place", "restore test", 6, 12),
        *_tests(),
        ("QM-OPS-015", "A night without the payment gateway", "incident response exercise", 5, 12),
    )
    found = []
    for document, title, kind, quarter, months in rows:
        approved = timeline.quarters[quarter].first + timedelta(days=33)
        found.append(
            Document(
                document_id=document,
                title=title,
                kind=kind,
                owner="quality management",
                approved_by="gwinter",
                approved_at=at(approved, 14),
                review_due=at(_months_later(approved, months), 0),
                url=f"https://wiki.{HOST}/qm/{document}",
            )
        )
    return found


def _tests() -> Iterator[tuple[str, str, str, int, int]]:
    """Reports of tests in the last complete quarter; nobody ever sent a test alert and wrote it down."""
    yield "QM-TST-003", "Load test of the settlement batch", "load test", 7, 12
    yield "QM-TST-005", "Penetration test of the merchant portal", "penetration test", 7, 12
    parts = ("metrics", "logging", "tracing", "dashboard", "alerting")
    for number, part in enumerate(parts[: -FLAWS.unevidenced_tests], 11):
        yield f"QM-TST-{number:03}", f"Test of the monitoring: {part}", f"{part} test", 7, 12


def _months_later(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, min(day.day, 28))


def metric_windows(timeline: Timeline) -> list[MetricWindow]:
    """One window a day: latency percentiles of four services, use of three nodes, notifications of three channels."""
    random, others = (dice(name, timeline.last.label) for name in ("resources", "notifications"))
    days = [day for day in timeline.days() if at(day + timedelta(days=1), 0) <= timeline.cutoff]
    found: list[MetricWindow] = []
    for number, day in enumerate(days):
        start, end = at(day, 0), at(day + timedelta(days=1), 0)
        share = number / len(timeline.days())
        for metric, labels, value, unit in (
            *_measured(random, share, local(start).weekday() > 4),
            *_counted(others),
        ):
            found.append(
                MetricWindow(
                    metric=metric,
                    labels=canonical(labels),
                    window_start=start,
                    window_end=end,
                    value=round(value, 6),
                    unit=unit,
                )
            )
    return found


_Measured = tuple[str, dict[str, str], float, str]


def _fills(node: int) -> bool:
    return 1 <= node <= FLAWS.disks_filling_up


def _measured(random: Random, share: float, weekend: bool) -> Iterator[_Measured]:
    for service, seconds in _LATENCIES.items():
        slower = 1 + (0.5 * share if service == "fraud-scoring" else -0.2 * share)
        p95 = seconds * slower * random.uniform(0.92, 1.1)
        yield "latency_p95", {"service": service}, p95, "seconds"
        yield "latency_p99", {"service": service}, p95 * random.uniform(1.6, 2.3), "seconds"
    for number, node in enumerate(_NODES):
        load = (0.34 if weekend else 0.52) + 0.04 * number + random.uniform(-0.06, 0.09)
        yield "cpu_utilisation", {"node": node}, load, "ratio"
        # the second node's disk fills: within the running quarter it will pass nine tenths
        disk = 0.44 + 0.02 * number + (0.47 if _fills(number) else 0.12) * share + random.uniform(-0.01, 0.01)
        yield "disk_utilisation", {"node": node}, disk, "ratio"


def _counted(random: Random) -> Iterator[_Measured]:
    for number, node in enumerate(_NODES):
        memory = 0.58 + 0.03 * number + random.uniform(-0.04, 0.06)
        yield "memory_utilisation", {"node": node}, memory, "ratio"
    for channel, (usual, fails) in _CHANNELS.items():
        sent = random.randint(usual // 2, 2 * usual)
        failed = sum(random.random() < fails for _ in range(sent))
        yield "notifications", {"integration": channel}, sent, "notifications"
        yield "failed_notifications", {"integration": channel}, failed, "notifications"
