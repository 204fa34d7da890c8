"""Alerting rules are enabled, healthy and evaluated."""

from __future__ import annotations

from qmsreport import records
from tests.factories import moment
from tests.queries.conftest import Report

CHECK = "alert_rules_healthy"


def rule(name: str, **given: object) -> records.AlertRule:
    """A healthy rule that was evaluated a minute before the newest evaluation."""
    values = {"health": "ok", "last_evaluated_at": "2026-10-20 06:29", **given}
    values["last_evaluated_at"] = moment(values["last_evaluated_at"])  # type: ignore[assignment, arg-type]  # a text
    return records.AlertRule(rule_id=name, **values)  # type: ignore[arg-type]  # typed loosely


def test_statuses(report: Report) -> None:
    """Switched off, failing or long not evaluated fails; unknown health is not assessed."""
    found = report(
        rule("good"),
        rule("newest", last_evaluated_at="2026-10-20 06:30"),
        rule("never", last_evaluated_at=None),
        rule("just in time", last_evaluated_at="2026-10-20 05:30"),
        rule("late", last_evaluated_at="2026-10-20 05:29:59"),
        rule("failing", health="err"),
        rule("off", enabled=False),
        rule("unknown", health="unknown"),
        rule("unsaid", health=None),
    )
    assert found.findings(CHECK) == {
        "good": "pass",
        "newest": "pass",
        "never": "not assessed",
        "just in time": "pass",
        "late": "fail",
        "failing": "fail",
        "off": "fail",
        "unknown": "not assessed",
        "unsaid": "not assessed",
    }


def test_without_rules_nothing_passes(report: Report) -> None:
    """No rule on record is not assessed."""
    assert report([]).findings(CHECK) == {"(none)": "not assessed"}
