"""What the demonstration's report finds: each contradiction of its documents, and each defect of its configuration."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import duckdb
import pytest

if TYPE_CHECKING:
    from tests.conftest import Demonstration

    Findings = dict[tuple[str, str], dict[str, str]]

IMPLEMENTATION, ENGINEER = "policy/observability-implementation.md", "policy/observability-engineer.md"
AGREE, FIT, FORM = "declarations_agree", "declarations_consistent", "documents_well_formed"
# what two documents, or two places of one, say differently: check, resource, status and what the reason names
CONTRADICTIONS = (
    (AGREE, "retention.metrics", "pass", ("Decision D-2026-01", "90 days holds", "30 days", "90 days")),
    (AGREE, "retention.logs", "fail", ("30 days", "90 days", "Decision needed")),
    (AGREE, "retention.traces", "fail", ("7 days", "14 days", "Decision needed")),
    (AGREE, "latency.p95", "fail", ("200 ms", "500 ms")),
    (AGREE, "latency.p99", "fail", ("500 ms", "1000 ms")),
    (AGREE, "errors", "pass", ("2 places say 0.01",)),  # one percent and a ratio are one value
    (
        AGREE,
        "alerting.channels",
        "pass",
        ("Decision D-2026-02", "pagerduty, email", "pagerduty, slack, email"),
    ),
    (FIT, "severities", "fail", ("critical, info, warning", "critical, high, low, medium")),
    (FIT, "components.elasticsearch", "fail", ("not to be used", "elk-stack", "elasticsearch.yml")),
    (FIT, "security.vulnerability_scanning", "fail", ("scanning is declared false", "testing true")),
    (FIT, "frameworks.gdpr", "fail", ("declared false", "is held against it")),
    (FIT, "frameworks.soc2", "fail", ("declared false", "is held against it")),
    (FIT, "frameworks.hipaa", "fail", ("declared false", "is held against it")),
    (FIT, "frameworks.sox", "fail", ("declared false", "is held against it")),
    (FIT, "frameworks.pci_dss", "fail", ("declared false", "is held against it")),
    (FORM, IMPLEMENTATION, "fail", ("effort 1", "misfiled 11")),
    (FORM, ENGINEER, "fail", ("mojibake 3", "unit unstated 10")),
    (FORM, "policy/rollout-plan.md", "fail", ("count 5", "mojibake 1")),
    ("declared_meets_frameworks", "retention.audit pci_dss:10.5.1 at least 12 months", "fail", ("365 days",)),
)
# what the running systems do otherwise than declared
_COLLECTOR = "otel:otel/otel-collector.yaml"
_METRICS = "prometheus:prometheus/prometheus.yml"
DEFECTS = (
    (
        "retention_metrics",
        f"retention.metrics {_METRICS}",
        "fail",
        ("30 days", "prometheus.yml:12", "90 days"),
    ),
    ("retention_maximum", "retention.logs.maximum loki:loki/loki.yaml", "fail", ("unlimited", "180 days")),
    ("sampling_as_declared", f"sampling.traces {_COLLECTOR}#pipeline:traces", "fail", ("0.05", "0.1")),
    ("telemetry_redacted", f"{_COLLECTOR}#pipeline:logs", "fail", ("No redaction step",)),
    ("telemetry_redacted", f"{_COLLECTOR}#pipeline:traces", "pass", ()),
    ("encryption_in_transit", f"{_COLLECTOR}#receivers.zipkin", "fail", ("plain text",)),
    ("alert_routing", "low at alertmanager:alertmanager/alertmanager.yml", "fail", ("journal", "no channel")),
    (
        "alert_durations",
        "alert_duration.errors prometheus/rules/platform.yml/platform/HighErrorRate/high",
        "fail",
        ("600 s", "120 s"),
    ),
    (
        "scrape_interval",
        f"scrape.interval {_METRICS}#job:settlement-batch",
        "exception accepted",
        ("30 s", "15 s"),
    ),
    ("tls_endpoints", "terminals.lindhafen.example:8443", "exception accepted", ("TLS 1.0",)),
    ("certificate_expiry", "traces.lindhafen.example:443", "pass", ("within the next quarter",)),
    ("encryption_at_rest", "jaeger:jaeger/jaeger.env", "pass (attested)", ("AT-2026-01",)),
    ("encryption_at_rest", "volume:backups", "not assessed", ("not known",)),
    ("vulnerability_scans", "archive", "not assessed", ("No scan",)),
    ("retention_observed", "retention.audit elasticsearch:audit", "not assessed", ("younger", "born on")),
    ("logs_free_of_personal_data", "platform", "partial", ("not searched",)),
    ("no_anonymous_access", "grafana:grafana/grafana.ini", "pass", ()),
    ("session_timeout", "grafana:grafana/grafana.ini", "pass", ("ends in time",)),
    ("audit_accounts", "elasticsearch:elasticsearch/elasticsearch.yml", "pass", ()),
    ("audit_accounts", "grafana:grafana/grafana.ini", "pass (attested)", ("AT-2026-02",)),
    ("audit_refusals", "grafana:grafana/grafana.ini", "not assessed", ("does not say",)),
    ("retention_documentation", "retention.documentation archive:reports", "pass", ("3653 days",)),
    ("branch_rules", "repository:lindhafen/finance#branch:main", "pass", ()),
    ("branch_rules", "repository:lindhafen/webhooks#branch:main", "fail", ("outlives later pushes",)),
    ("security_monitored", "security.monitoring", "pass", ("2 of 2 rules",)),
    ("security_monitored", "security.access_patterns", "pass", ()),
    ("security_monitored", "security.anomaly_detection", "fail", ("RequestRateAnomaly", "without a channel")),
    (
        "monitoring_healthy",
        "telemetry sent on exporter:otlphttp/logs,job:otel-collector",
        "fail",
        ("were lost", "100.0 %"),
    ),
    ("monitoring_healthy", "telemetry sent on exporter:otlp/traces,job:otel-collector", "pass", ()),
    ("monitoring_healthy", "configuration in force job:alertmanager", "pass", ("24.0 hours",)),
    ("sampling_measured", "sampling.traces job:otel-collector", "fail", ("5.0",)),
    ("access_log_complete", "stream:dashboards", "pass", ("every day",)),
    ("access_log_complete", "stream:elasticsearch", "fail", ("2 days",)),
    ("tests_evidenced", "tests.load", "pass", ("QM-TST-003",)),
    ("tests_evidenced", "tests.monitoring.alerts", "not assessed", ("Nothing but the claim",)),
    ("capacity_forecast", "resources.disk node:node-b", "fail", ("passes the limit on 2026-",)),
    ("capacity_forecast", "resources.disk node:node-a", "pass", ()),
)


@pytest.fixture(scope="module")
def findings(demonstration: Demonstration) -> Findings:
    """Every finding of the report, by check and resource."""
    with (demonstration.bundle / "data" / "findings.csv").open(encoding="utf-8", newline="") as lines:
        return {(row["check_id"], row["resource"]): row for row in csv.DictReader(lines)}


@pytest.mark.parametrize(("check", "resource", "status", "words"), CONTRADICTIONS)
def test_contradictions_of_the_documents(
    check: str, resource: str, status: str, words: tuple[str, ...], findings: Findings
) -> None:
    """Each thing that the documents say in two ways is a finding that names both."""
    found = findings[check, resource]
    assert found["status"] == status, found["reason"]
    assert [word for word in words if word not in found["reason"]] == [], found["reason"]


@pytest.mark.parametrize(("check", "resource", "status", "words"), DEFECTS)
def test_what_is_otherwise_than_declared(
    check: str, resource: str, status: str, words: tuple[str, ...], findings: Findings
) -> None:
    """Each deliberate defect of the configuration is a finding, and what is in order beside it passes."""
    found = findings[check, resource]
    assert found["status"] == status, found["reason"]
    assert [word for word in words if word not in found["reason"]] == [], found["reason"]


def test_every_flaw_of_a_document_is_in_the_evidence(demonstration: Demonstration) -> None:
    """The keys that stand under the wrong table, the units nobody states and the hours that do not add up have their lines."""
    with duckdb.connect(str(demonstration.bundle / "evidence.duckdb"), read_only=True) as connection:
        rows = connection.execute("select document, flaw, key, line, expected from document_flaws").fetchall()
    flaws = {(document, flaw, key): (line, wanted) for document, flaw, key, line, wanted in rows}
    assert flaws[IMPLEMENTATION, "misfiled", "tags"][0]
    assert "98" in flaws[IMPLEMENTATION, "effort", "estimated_effort_hours"][1]
    assert flaws[ENGINEER, "unit unstated", "monitoring_thresholds.error_rate_threshold"][0]


def test_what_a_setting_was_in_the_quarter(findings: Findings) -> None:
    """Read every week: what was mended in the quarter fails for the weeks before, what came to drift since then."""
    mended = findings["settings_held", "access.logging elasticsearch:elasticsearch/elasticsearch.yml"]
    assert mended["status"] == "fail"
    assert mended["reason"].startswith(
        "10 of 14 readings conformed: from 2026-07-01 to 2026-07-22 it was false"
    )
    drifted = findings["settings_held", "sampling.traces otel:otel/otel-collector.yaml#pipeline:traces"]
    assert drifted["status"] == "fail"
    assert drifted["reason"].startswith(
        "7 of 14 readings conformed: from 2026-08-19 to 2026-09-30 it was 0.05"
    )
    held = [row["status"] for (check, _), row in findings.items() if check == "settings_held"]
    assert held.count("pass") > 50


def test_few_checks_have_nothing_to_judge(findings: Findings) -> None:
    """Few checks are left with something not assessed and nothing worse, and none without any data at all."""
    by_check: dict[str, Counter[str]] = defaultdict(Counter)
    for (check, _), row in findings.items():
        by_check[check][row["status"]] += 1
    left = {check for check, counts in by_check.items() if counts["not assessed"] and not counts["fail"]}
    assert 3 <= len(left) <= 10, left
    assert not [resource for _, resource in findings if resource == "(none)"]
