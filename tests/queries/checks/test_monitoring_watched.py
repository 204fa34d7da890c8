"""The monitoring itself is monitored."""

from __future__ import annotations

from qmsreport import records
from tests.queries.conftest import Report

CHECK = "monitoring_watched"


ALARM, SERVERS = "always firing alert", "monitoring servers scraped"


def test_a_watchdog_and_servers_that_are_up_pass(report: Report) -> None:
    """An always firing alert and monitoring servers that are up pass; other targets do not matter."""
    good = report(
        records.AlertRule(rule_id="1", name="Watchdog"),
        records.ScrapeTarget(target="a", job="prometheus", health="up"),
        records.ScrapeTarget(target="b", job="node", health="down"),
    )
    assert good.findings(CHECK) == {ALARM: "pass", SERVERS: "pass"}


def test_without_a_watchdog_or_with_a_server_down_it_fails(report: Report) -> None:
    """A watchdog that is switched off is none; one monitoring server that is down is enough to fail."""
    bad = report(
        records.AlertRule(rule_id="1", name="DiskFull"),
        records.AlertRule(rule_id="2", name="Watchdog", enabled=False),
        records.ScrapeTarget(target="a", job="prometheus", health="up"),
        records.ScrapeTarget(target="c", job="Alertmanager", health="down"),
    )
    assert bad.findings(CHECK) == {ALARM: "fail", SERVERS: "fail"}
    assert bad.finding(CHECK, SERVERS)["reason"] == "1 of 2 monitoring targets are up."


def test_targets_of_applications_alone_fail(report: Report) -> None:
    """Targets that are no monitoring server do not watch the monitoring."""
    found = report(records.ScrapeTarget(target="b", job="node", health="up"))
    assert found.findings(CHECK) == {ALARM: "not assessed", SERVERS: "fail"}


def test_without_rules_and_targets_nothing_passes(report: Report) -> None:
    """Nothing on record is not assessed."""
    assert report([]).findings(CHECK) == {ALARM: "not assessed", SERVERS: "not assessed"}
