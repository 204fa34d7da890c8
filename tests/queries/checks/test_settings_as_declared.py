"""Systems are set as declared."""

from __future__ import annotations

from tests.factories import decision, declared, effective
from tests.queries.conftest import Report

CHECK = "settings_as_declared"
LOGS = "retention.logs"


def test_any_difference_is_drift(report: Report) -> None:
    """Longer or shorter than declared is drift; the same number written otherwise is not."""
    found = report(
        declared(LOGS, "30"),
        effective(LOGS, "30.0", subject="store:same"),
        effective(LOGS, "29", subject="store:shorter"),
        effective(LOGS, "31", subject="store:longer"),
        effective(LOGS, "30.0000000001", subject="store:rounded"),
        effective(LOGS, "unlimited", subject="store:ever"),
    )
    assert found.findings(CHECK) == {
        "retention.logs store:ever": "fail",
        "retention.logs store:longer": "fail",
        "retention.logs store:rounded": "pass",
        "retention.logs store:same": "pass",
        "retention.logs store:shorter": "fail",
    }
    finding = found.finding(CHECK, "retention.logs store:longer")
    assert finding["reason"] == (
        "Set to 31 days (store:longer/config), declared is 30 days; read on 2026-10-20, a point in time."
    )
    assert (finding["expected"], finding["observed"]) == ("30 days", "31 days")
    assert finding["basis"] == "policy: a.md:12"


def test_flags_lists_texts_and_versions(report: Report) -> None:
    """A claim that is true meets what is set; lists are the same in any order; a version is a number."""
    found = report(
        declared("encryption.in_transit", "true", "flag"),
        effective("encryption.in_transit", "false", "flag", "gateway:a#in"),
        effective("encryption.in_transit", "true", "flag", "gateway:a#out"),
        declared("alerting.channels", '["slack", "email"]', "list"),
        effective("alerting.channels", '["Email","Slack"]', "list"),
        declared("traces.propagation", "w3c", "text"),
        effective("traces.propagation", "b3", "text"),
        declared("tls.minimum", "1.2", "version"),
        effective("tls.minimum", "1.3", "version"),
    )
    assert found.findings(CHECK) == {
        "alerting.channels store:main": "pass",
        "encryption.in_transit gateway:a#in": "fail",
        "encryption.in_transit gateway:a#out": "pass",
        "tls.minimum store:main": "fail",
        "traces.propagation store:main": "fail",
    }


def test_what_cannot_be_compared(report: Report) -> None:
    """Another unit, a text for a number, or documents of which none is stricter: not assessed, never a pass."""
    found = report(
        declared(LOGS, "30"),
        effective(LOGS, "2592000", "s", "store:seconds"),
        effective(LOGS, "30", None, "store:bare"),
        effective(LOGS, "a month", subject="store:words"),
        declared("traces.propagation", "w3c", "text", "a.md"),
        declared("traces.propagation", "b3", "text", "b.md"),
        effective("traces.propagation", "b3", "text"),
    )
    assert set(found.findings(CHECK).values()) == {"not assessed"}
    assert len(found.findings(CHECK)) == 4


def test_the_stricter_is_compared_until_decided(report: Report) -> None:
    """With two documents the larger minimum is compared and the reason says so; a decision puts its own value there."""
    two = [declared(LOGS, "30"), declared(LOGS, "90", document="b.md"), effective(LOGS, "60")]
    finding = report(two).finding(CHECK, "retention.logs store:main")
    assert finding["status"] == "fail"
    assert "declared is 90 days, the stricter of several (decision needed)" in finding["reason"]
    assert report(decision(LOGS, "60")).findings(CHECK) == {"retention.logs store:main": "pass"}


def test_no_system_shows_it(report: Report) -> None:
    """What is declared and no system shows is not assessed; what no system could show is no resource, nor is what is not declared."""
    found = report(
        declared("retention.traces", "7"),
        declared("frameworks.gdpr", "true", "flag"),
        effective("dashboards.refresh", "30", "s"),
        effective("query.timeout", "2m", None),
    )
    assert found.findings(CHECK) == {"retention.traces": "not assessed"}


def test_what_other_checks_judge(report: Report) -> None:
    """A maximum is no setting of any system and a waiting time stands in a rule: checks of their own look for them."""
    found = report(
        declared("retention.logs.maximum", "180"),
        declared("alert_duration.cpu", "300", "s"),
        declared(LOGS, "30"),
        effective(LOGS, "30"),
    )
    assert found.findings(CHECK) == {"retention.logs store:main": "pass"}


def test_documents_that_are_gone(report: Report) -> None:
    """What the configuration declares still holds, but documents that delivered nothing leave a gap that is named."""
    more = """
[sources.qms]
kind = "policy"

[[policy.setting]]
key = "tls.minimum"
value = "1.2"
"""
    found = report(effective("tls.minimum", "1.2", "version"), more=more)
    assert found.findings(CHECK) == {"tls.minimum store:main": "pass", "declarations of qms": "not assessed"}


def test_no_data(report: Report) -> None:
    """Nothing declared, nothing assessed."""
    assert report(effective(LOGS, "30")).findings(CHECK) == {"(none)": "not assessed"}
