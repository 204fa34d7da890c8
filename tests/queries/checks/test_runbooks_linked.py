"""Urgent alerts name a runbook."""

from __future__ import annotations

from qmsreport import records
from tests.queries.conftest import Report

CHECK = "runbooks_linked"


def rule(name: str, **given: object) -> records.AlertRule:
    """A critical alerting rule."""
    return records.AlertRule(rule_id=name, name=name, **{"severity": "critical", **given})  # type: ignore[arg-type]  # typed loosely


def test_statuses(report: Report) -> None:
    """An urgent rule without an address fails; a quiet one and one switched off are not asked."""
    found = report(
        rule("linked", runbook_url="https://example.org/run"),
        rule("page", severity="Page", runbook_url="https://example.org/run"),
        rule("bare"),
        rule("empty", runbook_url=""),
        rule("quiet", severity="info"),
        rule("off", enabled=False),
    )
    assert found.findings(CHECK) == {"linked": "pass", "page": "pass", "bare": "fail", "empty": "fail"}


def test_without_rules_nothing_passes(report: Report) -> None:
    """No rule on record is not assessed."""
    assert report([]).findings(CHECK) == {"(none)": "not assessed"}
