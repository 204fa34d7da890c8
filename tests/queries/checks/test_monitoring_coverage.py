"""Every declared service has metrics, objectives, alerts and a runbook."""

from __future__ import annotations

from typing import Any

import pytest

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


OTHER = records.ScrapeTarget(target="x", service="other", health="up")


@pytest.mark.parametrize(
    ("items", "more", "missing"),
    [
        ((TARGET, rule("checkout")), SLO, None),
        ((OTHER, rule("checkout")), SLO, "no target; "),
        ((TARGET, rule("checkout")), "", "no objective; "),
        ((TARGET, rule("other")), SLO, "no alert; "),
        ((TARGET, rule("checkout", None)), SLO, "no runbook; "),
    ],
)
def test_all_four_pass(report: Report, items: tuple[Any, ...], more: str, missing: str | None) -> None:
    """A service with all four passes; each missing one fails and is named."""
    finding = report(*items, more=more).finding(CHECK, "checkout")
    assert finding["status"] == ("fail" if missing else "pass")
    assert (missing or "are there") in finding["reason"]


def test_what_no_source_delivers_cannot_be_judged(report: Report) -> None:
    """Without any target or rule on record nothing passes, and nothing is held against the service."""
    finding = report([], more=SLO).finding(CHECK, "checkout")
    assert (finding["status"], finding["reason"]) == ("not assessed", "No source delivers: targets rules .")
