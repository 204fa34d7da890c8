"""Every declared service has metrics, objectives, alerts and a runbook."""

from __future__ import annotations

from qmsreport import records
from tests.queries.conftest import Report

CHECK = "monitoring_coverage"
SLO = """
[[slo]]
id = "checkout-availability"
service = "checkout"
objective = 0.99
"""


def rule(service: str, runbook: str | None = "https://example.org/run") -> records.AlertRule:
    """An alerting rule of a service."""
    return records.AlertRule(rule_id=f"r-{service}", labels={"service": service}, runbook_url=runbook)


TARGET = records.ScrapeTarget(target="checkout:9090", service="checkout", health="up")


def test_all_four_pass(report: Report) -> None:
    """A service with all four passes; each missing one fails and is named."""
    assert report(TARGET, rule("checkout"), more=SLO).findings(CHECK) == {"checkout": "pass"}
    other = records.ScrapeTarget(target="x", service="other", health="up")
    cases = [
        ((other, rule("checkout")), SLO, "no target; "),
        ((TARGET, rule("checkout")), "", "no objective; "),
        ((TARGET, rule("other")), SLO, "no alert; "),
        ((TARGET, rule("checkout", None)), SLO, "no runbook; "),
    ]
    for items, more, words in cases:
        finding = report(*items, more=more).finding(CHECK, "checkout")
        assert finding["status"] == "fail"
        assert words in finding["reason"]


def test_what_no_source_delivers_is_not_held_against_a_service(report: Report) -> None:
    """Without any target or rule on record the rest is judged, and the finding is partial."""
    finding = report([], more=SLO).finding(CHECK, "checkout")
    assert (finding["status"], finding["reason"]) == ("partial", "No source delivers: targets rules .")
