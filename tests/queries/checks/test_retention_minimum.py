"""Metrics, logs, traces and the audit trail are kept as long as declared: one rule, a check for each."""

from __future__ import annotations

import pytest

from tests.factories import declared, effective
from tests.queries.conftest import Report

# check, its setting, and one that does not matter to it
RETENTIONS = [
    ("retention_metrics", "retention.metrics", "retention.logs"),
    ("retention_logs", "retention.logs", "retention.metrics"),
    ("retention_traces", "retention.traces", "retention.metrics"),
    ("retention_audit", "retention.audit", "retention.metrics"),
]


@pytest.mark.parametrize(("check", "key", "other"), RETENTIONS)
def test_statuses(report: Report, check: str, key: str, other: str) -> None:
    """At least the minimum passes, for ever too; a day less fails; what another signal keeps does not matter here."""
    found = report(
        declared(key, "90"),
        declared(other, "30"),
        effective(other, "1", subject="store:other"),
        effective(key, "90", subject="store:just"),
        effective(key, "unlimited", subject="store:ever"),
        effective(key, "89", subject="store:short"),
        effective(key, "some", subject="store:words"),
        only={check},
    )
    assert found.findings(check) == {
        f"{key} store:ever": "pass",
        f"{key} store:just": "pass",
        f"{key} store:short": "fail",
        f"{key} store:words": "not assessed",
    }


@pytest.mark.parametrize(("check", "key", "other"), RETENTIONS)
def test_no_data(report: Report, check: str, key: str, other: str) -> None:
    """Declared and shown by no system is not assessed, whatever another signal shows."""
    found = report(declared(key, "90"), effective(other, "365"), only={check})
    assert found.findings(check) == {key: "not assessed"}
