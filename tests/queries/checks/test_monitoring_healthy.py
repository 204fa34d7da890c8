"""The monitoring lost nothing and ran with its own configuration."""

from __future__ import annotations

from qmsreport import records
from tests.factories import metric_windows
from tests.queries.conftest import Report

CHECK = "monitoring_healthy"
DAY = 86400
QUESTIONS = (
    "configuration in force",
    "evaluations of rules",
    "alerts handed over",
    "telemetry received",
    "telemetry sent on",
)


def pair(
    name: str, tried: float | None, lost: float | None, days: int = 92, first: str = "2026-07-01"
) -> list[records.MetricWindow]:
    """What one server evaluated and what of it failed, day by day."""
    labels = {"job": name}
    return [
        *metric_windows("rule_evaluations", labels, first, days, tried, DAY, "evaluations"),
        *metric_windows("failed_rule_evaluations", labels, first, days, lost, DAY, "evaluations"),
    ]


def loaded(name: str, value: float | None, days: int, first: str) -> list[records.MetricWindow]:
    """Whether one server's newest configuration was in force, day by day."""
    return metric_windows("configuration_loaded", {"job": name}, first, days, value, DAY, "flag")


def test_losses(report: Report) -> None:
    """One in a thousand may be lost, two may not; unknown time is partial, and a figure without its other is unknown."""
    found = report(
        pair("good", 1000, 1),
        pair("bad", 1000, 2),
        pair("seldom", 1000, 0, 60),
        pair("seldom and bad", 1000, 500, 10),
        pair("idle", 0, 0),
        pair("all lost", 0, 3),
        pair("wrong", 1000, -1),
        metric_windows("rule_evaluations", {"job": "blind"}, "2026-07-01", 92, 5, DAY),
        pair("before", 10, 10, 30, "2026-06-01"),
    ).findings(CHECK)
    assert {
        resource.partition("job:")[2]: status
        for resource, status in found.items()
        if resource.startswith("evaluations of rules")
    } == {
        "good": "pass",
        "bad": "fail",
        "seldom": "partial",
        "seldom and bad": "fail",
        "idle": "not assessed",
        "all lost": "fail",
        "wrong": "not assessed",
        "blind": "not assessed",
    }
    assert {found[question] for question in QUESTIONS if question != "evaluations of rules"} == {
        "not assessed"
    }


def test_a_configuration_that_does_not_load(report: Report) -> None:
    """A day without the newest configuration is allowed, two are not, and days of which nothing is known are partial."""
    found = report(
        loaded("always", 1.0, 92, "2026-07-01"),
        loaded("a day", 0.0, 1, "2026-07-01"),
        loaded("a day", 1.0, 91, "2026-07-02"),
        loaded("two days", 0.5, 2, "2026-07-01"),
        loaded("two days", 1.0, 90, "2026-07-03"),
        loaded("hardly known", 1.0, 3, "2026-07-01"),
        loaded("unknown", None, 92, "2026-07-01"),
    )
    assert {
        resource.partition("job:")[2]: status
        for resource, status in found.findings(CHECK).items()
        if resource.startswith("configuration in force ")
    } == {
        "always": "pass",
        "a day": "pass",
        "two days": "fail",
        "hardly known": "partial",
        "unknown": "not assessed",
    }
    assert found.finding(CHECK, "configuration in force job:two days")["observed"] == "48.0 hours"


def test_no_data(report: Report) -> None:
    """Each of the five questions that nothing answers is not assessed."""
    assert report([]).findings(CHECK) == dict.fromkeys(QUESTIONS, "not assessed")
