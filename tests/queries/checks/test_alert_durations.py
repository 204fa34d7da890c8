"""Alerts wait as long as declared before they fire."""

from __future__ import annotations

from typing import Any

from qmsreport.records import AlertRule
from tests.factories import declared
from tests.queries.conftest import Report

CHECK = "alert_durations"


def rule(rule_id: str, name: str, seconds: float | None, **given: Any) -> AlertRule:
    """An alert rule that waits so many seconds."""
    return AlertRule(**({"rule_id": rule_id, "name": name, "for_seconds": seconds, "enabled": True} | given))


def test_statuses(report: Report) -> None:
    """A rule is known by its name or by its label; it waits as declared, is on, or fails."""
    found = report(
        declared("alert_duration.cpu", "300", "s"),
        declared("alert_duration.service_down", "30", "s"),
        declared("alert_duration.memory", "300", "s"),
        rule("r1", "HighCPUUsage", 300.0),
        rule("r2", "high_cpu_load", 600.0),
        rule("r3", "cpu hot", None),
        rule("r4", "Node.CPU.Full", 300.0, enabled=False),
        rule("r5", "InstanceDown", 30.0),
        rule("r6", "PaymentsAway", 60.0, labels={"setting": "alert_duration.service_down"}),
        rule("r7", "CpuOfTheTeam", 30.0, labels={"setting": "alert_duration.service_down"}),
        rule("r8", "QueueLong", 1.0),
        rule("r9", "ErrorBudgetBurnsFast", 1.0),
    )
    assert found.findings(CHECK) == {
        "alert_duration.cpu r1": "pass",
        "alert_duration.cpu r2": "fail",
        "alert_duration.cpu r3": "not assessed",
        "alert_duration.cpu r4": "fail",
        "alert_duration.memory": "not assessed",
        "alert_duration.service_down r5": "pass",
        "alert_duration.service_down r6": "fail",
        "alert_duration.service_down r7": "pass",
    }
    assert found.finding(CHECK, "alert_duration.cpu r2")["reason"] == "It waits 600 s, declared are 300 s."


def test_no_data(report: Report) -> None:
    """Without a rule what is declared is not assessed; without a declaration nothing is."""
    found = report(declared("alert_duration.cpu", "300", "s"))
    assert found.findings(CHECK) == {"alert_duration.cpu": "not assessed"}
