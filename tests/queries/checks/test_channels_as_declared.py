"""Alerts go out on the declared channels."""

from __future__ import annotations

from qmsreport.records import AlertRoute
from tests.factories import declared
from tests.queries.conftest import Report

CHECK = "channels_as_declared"
TWO = declared("alerting.channels", "[PagerDuty, slack]", "list")


def route(severity: str, receiver: str, channels: list[str] | None) -> AlertRoute:
    """Where alerts of a severity go."""
    return AlertRoute(router="am", severity=severity, service="*", receiver=receiver, channels=channels)


def test_statuses(report: Report) -> None:
    """A channel that some route ends at passes, one that none does fails; one nobody declared is not asked for."""
    found = report(TWO, route("critical", "pager", ["pagerduty"]), route("high", "mail", ["email"]))
    assert found.findings(CHECK) == {"pagerduty": "pass", "slack": "fail"}
    assert "the receiver pager, for the severities critical." in found.finding(CHECK, "pagerduty")["reason"]


def test_a_receiver_whose_channels_are_not_known(report: Report) -> None:
    """It may have the channel, so its absence is not shown."""
    found = report(TWO, route("critical", "pager", ["pagerduty"]), route("high", "what", None))
    assert found.findings(CHECK) == {"pagerduty": "pass", "slack": "not assessed"}


def test_documents_that_disagree(report: Report) -> None:
    """Where they name different channels nothing is judged."""
    other = declared("alerting.channels", "[email]", "list", document="b.md")
    found = report(TWO, other, route("critical", "pager", ["pagerduty"]))
    assert found.findings(CHECK) == {"(all channels)": "not assessed"}


def test_without_routes_nothing_passes(report: Report) -> None:
    """Each declared channel stands there, not assessed."""
    assert report(TWO).findings(CHECK) == {"pagerduty": "not assessed", "slack": "not assessed"}


def test_nothing_declared(report: Report) -> None:
    """Routes alone are not judged here."""
    assert report(route("critical", "pager", ["pagerduty"])).findings(CHECK) == {"(none)": "not assessed"}
