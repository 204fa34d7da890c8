"""The vocabulary: what sources yield, what the warehouse stores, what `files` reads.

One frozen class per kind; a field's metadata says whether it is part of the key, names a person, or takes one
of a few words. Times are naive UTC in here (`datetime` without a zone); sources convert at their boundary.
Absent is `None`: never zero, never an empty string.
"""

from __future__ import annotations

from qmsreport.records.control import (
    DOCUMENT_FLAWS,
    LAYERS,
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
    OUTCOMES,
    Change,
    ChangeCommit,
    Commit,
    Deployment,
    DeploymentCommit,
    Service,
)
from qmsreport.records.kinds import KINDS, TIME_OF
from qmsreport.records.operation import (
    INCIDENT_STATES,
    SEVERITIES,
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
from qmsreport.records.registers import (
    NONCONFORMITY_CLASSES,
    Attestation,
    CorrectiveAction,
    Decision,
    Nonconformity,
    Waiver,
)
from qmsreport.records.schema import SQL_TYPES, Column, canonical, columns, frame, key_of, schema

__all__ = [
    "DOCUMENT_FLAWS",
    "INCIDENT_STATES",
    "KINDS",
    "LAYERS",
    "NONCONFORMITY_CLASSES",
    "OUTCOMES",
    "SEVERITIES",
    "SQL_TYPES",
    "TIME_OF",
    "Alert",
    "AlertRoute",
    "AlertRule",
    "Attestation",
    "Change",
    "ChangeCommit",
    "Column",
    "Commit",
    "CorrectiveAction",
    "Dashboard",
    "Decision",
    "Deployment",
    "DeploymentCommit",
    "Document",
    "DocumentFlaw",
    "Incident",
    "IncidentEvent",
    "LogSample",
    "MetricWindow",
    "Nonconformity",
    "PlanItem",
    "QualityMeasure",
    "Scan",
    "ScrapeTarget",
    "Service",
    "Setting",
    "Silence",
    "SliWindow",
    "TlsProbe",
    "Vulnerability",
    "Waiver",
    "canonical",
    "columns",
    "frame",
    "key_of",
    "schema",
]
