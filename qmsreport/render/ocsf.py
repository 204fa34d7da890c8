"""`data/ocsf.jsonl`: OCSF 1.5.0 Compliance Finding (class 2003), one event on each line, for a SIEM.

`compliance.status_id` as OCSF defines it: 1 pass; 2 warning, "did not yield a result due to missing information"
(not assessed, partial, a query that failed); 3 fail; 99 other (not applicable). A fail with a valid waiver stays a
fail, and its event is *suppressed*. Our own word always stands beside it in `compliance.status`. Times are
milliseconds since 1970, UTC.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from qmsreport.render.judged import Finding, bounds, findings

if TYPE_CHECKING:
    from qmsreport.results import Evaluation, Query

VERSION = "1.5.0"
_STATUS = {
    "pass": 1,
    "pass (attested)": 1,
    "not assessed": 2,
    "partial": 2,
    "error": 2,
    "fail": 3,
    "exception accepted": 3,
    "not applicable": 99,
}
_SEVERITY = {"info": (1, "Informational"), "low": (2, "Low"), "medium": (3, "Medium"), "high": (4, "High"), "critical": (5, "Critical")}  # fmt: skip
_NEW, _SUPPRESSED = (1, "New"), (3, "Suppressed")


def content(evaluation: Evaluation) -> bytes:
    """The file's bytes; keys sorted."""
    shared = _shared(evaluation)
    checks = {query.id: query for query in evaluation.queries if query.group == "checks"}
    lines = [
        json.dumps({**shared, **_event(finding, shared, checks.get(finding.check))}, sort_keys=True, ensure_ascii=False)
        for finding in findings(evaluation)
    ]  # fmt: skip
    return "".join(f"{line}\n" for line in lines).encode()


def _shared(evaluation: Evaluation) -> dict[str, Any]:
    """What is the same in every event of a report."""
    report = evaluation.report
    first, after = bounds(report)
    return {
        "activity_id": 1,
        "activity_name": "Create",
        "category_name": "Findings",
        "category_uid": 2,
        "class_name": "Compliance Finding",
        "class_uid": 2003,
        "type_name": "Compliance Finding: Create",
        "type_uid": 200301,
        "time": _milliseconds(report["as_of"]),
        "start_time": _milliseconds(first),
        "end_time": _milliseconds(after),
        "metadata": {
            "version": VERSION,
            "correlation_uid": str(report["evidence_digest"]),
            "labels": [f"period:{report['period']}", f"revision:{report['revision']}"],
            "product": {
                "name": "qmsreport",
                "vendor_name": "qmsreport",
                "version": str(report["tool_version"]),
            },
        },
    }


def _event(finding: Finding, shared: dict[str, Any], query: Query | None) -> dict[str, Any]:
    severity_id, severity = _SEVERITY[finding.severity]
    state_id, state = _SUPPRESSED if finding.waived else _NEW
    standards = dict.fromkeys(control.partition(":")[0] for control in finding.controls)
    extra = {
        "expected": finding.expected,
        "observed": finding.observed,
        "basis": finding.basis,
        "measured_status": finding.measured,
        "waiver": finding.waiver,
        "attestation": finding.attestation,
    }
    event: dict[str, Any] = {
        "severity_id": severity_id,
        "severity": severity,
        "status_id": state_id,
        "status": state,
        "message": finding.reason,
        "finding_info": {
            "uid": finding.fingerprint,
            "title": finding.title,
            "desc": finding.reason,
            "created_time": shared["time"],
            "analytic": {"type_id": 1, "type": "Rule", "uid": finding.check, "name": finding.title},
        },
        "compliance": {
            "control": finding.check,
            "desc": finding.title,
            "requirements": list(finding.controls),
            "standards": list(standards),
            "status": finding.status,
            "status_id": _STATUS[finding.status],
        },
        "resources": [{"name": finding.resource, "uid": finding.resource}],
        "unmapped": {key: value for key, value in extra.items() if value is not None},
    }
    if query and query.header.get("remedy"):
        event["remediation"] = {"desc": str(query.header["remedy"])}
    return event


def _milliseconds(moment: datetime) -> int:
    return round(moment.replace(tzinfo=UTC).timestamp() * 1000)
