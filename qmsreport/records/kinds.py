"""Which kinds of record there are, and the time that puts one into a period."""

from __future__ import annotations

import types
from collections.abc import Mapping

from qmsreport.records.control import (
    Dashboard,
    Document,
    DocumentFlaw,
    LogSample,
    PlanItem,
    QualityMeasure,
    Scan,
    Setting,
    TlsProbe,
    Vulnerability,
)
from qmsreport.records.delivery import (
    Change,
    ChangeCommit,
    Commit,
    Deployment,
    DeploymentCommit,
    Service,
)
from qmsreport.records.operation import (
    Alert,
    AlertRoute,
    AlertRule,
    Incident,
    IncidentEvent,
    MetricWindow,
    ScrapeTarget,
    Silence,
    SliWindow,
)
from qmsreport.records.registers import Attestation, CorrectiveAction, Decision, Nonconformity, Waiver

KINDS: Mapping[str, type] = types.MappingProxyType(
    {
        "services": Service,
        "deployments": Deployment,
        "deployment_commits": DeploymentCommit,
        "commits": Commit,
        "changes": Change,
        "change_commits": ChangeCommit,
        "incidents": Incident,
        "incident_events": IncidentEvent,
        "sli_windows": SliWindow,
        "metric_windows": MetricWindow,
        "alerts": Alert,
        "alert_rules": AlertRule,
        "alert_routes": AlertRoute,
        "silences": Silence,
        "scrape_targets": ScrapeTarget,
        "settings": Setting,
        "tls_probes": TlsProbe,
        "dashboards": Dashboard,
        "log_samples": LogSample,
        "quality_measures": QualityMeasure,
        "vulnerabilities": Vulnerability,
        "scans": Scan,
        "documents": Document,
        "document_flaws": DocumentFlaw,
        "plan_items": PlanItem,
        "waivers": Waiver,
        "attestations": Attestation,
        "decisions": Decision,
        "nonconformities": Nonconformity,
        "corrective_actions": CorrectiveAction,
    }
)

# the one time that decides which period a fact belongs to; absent: the fact is not of a period
TIME_OF: Mapping[str, tuple[str, ...]] = types.MappingProxyType(
    {
        "deployments": ("finished_at", "started_at"),
        "commits": ("committed_at",),
        "changes": ("merged_at", "opened_at"),
        "incidents": ("detected_at", "created_at"),
        "incident_events": ("occurred_at",),
        "sli_windows": ("window_start",),
        "metric_windows": ("window_start",),
        "alerts": ("starts_at",),
        "silences": ("starts_at",),
        "log_samples": ("sampled_at",),
        "quality_measures": ("measured_at",),
        "vulnerabilities": ("found_at",),
        "scans": ("scanned_at",),
    }
)
