"""Alerts of every declared severity end at a receiver with a channel."""

from __future__ import annotations

from qmsreport import records
from tests.queries.conftest import Report

CHECK = "alert_routing"


def route(severity: str, receiver: str, channels: list[str], service: str = "*") -> records.AlertRoute:
    """Where one router sends alerts of a severity."""
    return records.AlertRoute(
        router="am", severity=severity, service=service, receiver=receiver, channels=channels
    )


def test_statuses(report: Report) -> None:
    """A dead end on any route of a severity fails it; a severity no route tree speaks of is not assessed."""
    found = report(
        route("critical", "pager", ["pagerduty"]),
        route("critical", "chat", ["slack"], "checkout"),
        route("high", "chat", ["slack"]),
        route("high", "null", [], "checkout"),
        route("medium", "null", []),
    )
    assert found.findings(CHECK) == {
        "critical at am": "pass",
        "high at am": "fail",
        "medium at am": "fail",
        "low": "not assessed",
    }
    assert "the receiver null" in found.finding(CHECK, "high at am")["reason"]


def test_without_routes_nothing_passes(report: Report) -> None:
    """Every declared severity is named, and none is assessed."""
    expected = dict.fromkeys(("critical", "high", "medium", "low"), "not assessed")
    assert report([]).findings(CHECK) == expected
