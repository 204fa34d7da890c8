"""What is declared to be watched has an alert that works."""

from __future__ import annotations

from typing import Any

import pytest

from qmsreport.records import AlertRoute, AlertRule
from tests.factories import declared, moment
from tests.queries.conftest import Report

CHECK = "security_monitored"
KEY = "security.monitoring"
CLAIM = declared(KEY, "true", "flag")
NOON = "2026-10-19 12:00"
ROUTES = [
    AlertRoute(router="r", severity="high", service="*", receiver="pager", channels=["pagerduty"]),
    AlertRoute(router="r", severity="low", service="*", receiver="journal", channels=[]),
]


def rule(name: str = "FailedLogins", **given: Any) -> AlertRule:
    """A rule that is on, healthy, just evaluated and of a severity that reaches somebody."""
    values = {
        "rule_id": f"id-{name}",
        "name": name,
        "severity": "high",
        "labels": {},
        "enabled": True,
        "health": "ok",
        "last_evaluated_at": moment(NOON),
    }
    return AlertRule(**{**values, **given})


@pytest.mark.parametrize(
    ("given", "status", "words"),
    [
        ({}, "pass", "1 of 1 rules"),
        ({"name": "Any", "labels": {"setting": KEY}}, "pass", "recognised by its label"),
        ({"name": "Any", "labels": {"category": "security"}}, "pass", "security events"),
        ({"name": "DiskFull"}, "not assessed", "no alert rule on record is recognised"),
        ({"enabled": False}, "fail", "is switched off"),
        ({"health": "err"}, "fail", "fails when it is evaluated"),
        ({"last_evaluated_at": moment("2026-10-19 10:00")}, "fail", "is no longer evaluated"),
        ({"severity": "low"}, "fail", "without a channel"),
        ({"health": None}, "not assessed", "its health"),
        ({"health": "unknown"}, "not assessed", "its health"),
        ({"last_evaluated_at": None}, "not assessed", "its last evaluation"),
        ({"severity": "nobody routes it"}, "not assessed", "where it ends"),
    ],
)
def test_statuses(report: Report, given: dict[str, Any], status: str, words: str) -> None:
    """A rule counts if it is recognised, on, healthy, evaluated and heard; what is not known of it is no pass."""
    found = report(CLAIM, ROUTES, rule(**given), rule("DiskFills")).finding(CHECK, KEY)
    assert found["status"] == status, found["reason"]
    assert words in found["reason"]


def test_one_working_rule_is_enough(report: Report) -> None:
    """Beside a rule that is switched off, one that works passes; each claim is judged for itself."""
    claims = [CLAIM, declared("security.anomaly_detection", "true", "flag")]
    found = report(claims, ROUTES, rule(), rule("AuditLogStopped", enabled=False))
    assert found.findings(CHECK) == {KEY: "pass", "security.anomaly_detection": "not assessed"}


def test_a_claim_of_false_is_not_judged(report: Report) -> None:
    """What is declared not to be watched is no matter of this check, and no claim at all leaves nothing to judge."""
    assert report(declared(KEY, "false", "flag"), rule()).findings(CHECK) == {"(none)": "not assessed"}


def test_no_data(report: Report) -> None:
    """Without any rule on record, and without any route, nothing passes."""
    assert report(CLAIM).findings(CHECK) == {KEY: "not assessed"}
    assert report(CLAIM, rule()).findings(CHECK) == {KEY: "not assessed"}
