"""Documents do not contradict each other."""

from __future__ import annotations

from typing import Any

from tests.factories import decision, declared
from tests.queries.conftest import Report

CHECK = "declarations_agree"
KEY = "retention.logs"
TWO = [declared(KEY, "30", document="a.md"), declared(KEY, "90", document="b.md", line=40)]


def test_both_values_are_said(report: Report) -> None:
    """Two documents that differ need a decision; both values stand there with file and line."""
    finding = report(TWO).finding(CHECK, KEY)
    assert finding["status"] == "fail"
    assert finding["reason"] == (
        "Decision needed: declared are 30 days (a.md:12); 90 days (b.md:40). "
        "Until then the stricter, 90 days, is evaluated."
    )


def test_the_same_value_is_no_conflict(report: Report) -> None:
    """30 and 30.0 are one value; so are lists in another order; a setting in one place is not in the population."""
    found = report(
        declared(KEY, "30", document="a.md"),
        declared(KEY, "30.0", document="b.md"),
        declared("alerting.channels", '["slack", "email"]', "list", "a.md"),
        declared("alerting.channels", '["email","Slack"]', "list", "b.md"),
        declared("retention.traces", "7"),
    )
    assert found.findings(CHECK) == {KEY: "pass", "alerting.channels": "pass"}
    assert found.finding(CHECK, KEY)["reason"] == "2 places say 30 days."


def test_a_decision_clears_it(report: Report) -> None:
    """A decision that was approved and dated names itself, whatever the order of precedence says."""
    more = '[policy]\nauthority = ["document:b.md"]\n'
    finding = report(TWO, decision(KEY, "60"), more=more).finding(CHECK, KEY)
    assert finding["status"] == "pass"
    assert finding["reason"].startswith(
        "Decision D-1 of 2026-06-01 by Head of quality: 60 days holds. Declared are 30 days (a.md:12); 90"
    )


def test_what_is_no_decision(report: Report) -> None:
    """Without approver or date, of tomorrow, in another unit, without a number or of another setting it clears nothing."""
    given: list[dict[str, Any]] = [
        {"approver": None},
        {"decided_at": None},
        {"decided_at": "2026-10-21"},  # after the cut-off of knowledge
        {"unit": "s"},
        {"value": "long"},
        {"setting": "retention.traces"},
    ]
    made = [
        decision(**{"setting": KEY, "value": "60", "decision_id": f"D-{at}", **more})
        for at, more in enumerate(given)
    ]
    assert report(TWO, made).findings(CHECK) == {KEY: "fail"}


def test_the_newest_decision_holds(report: Report) -> None:
    """Of two decisions the later one holds, in whatever order they are stored."""
    early = decision(KEY, "30", decision_id="D-9", decided_at="2026-01-01")
    assert "60 days holds" in report(TWO, early, decision(KEY, "60")).finding(CHECK, KEY)["reason"]


def test_precedence_is_configured(report: Report) -> None:
    """The first document of the configured order that declares it holds, though the other was read last."""
    more = '[policy]\nauthority = ["document:none.md", "document:a.md", "document:b.md"]\n'
    found = report(TWO, more=more)
    assert found.findings(CHECK) == {KEY: "pass", "policy.authority document:none.md": "not assessed"}
    assert found.finding(CHECK, KEY)["reason"].startswith("document:a.md takes precedence")


def test_an_authority_that_contradicts_itself_resolves_nothing(report: Report) -> None:
    """Where the first document itself says two things, a decision is needed all the same."""
    twice = declared(KEY, "60", subject="document:a.md#other", line=80)
    more = '[policy]\nauthority = ["document:a.md"]\n'
    assert report(TWO, twice, more=more).findings(CHECK) == {KEY: "fail"}


def test_the_last_one_read_does_not_win(report: Report) -> None:
    """Where no value is stricter than another none is evaluated."""
    two = [declared("sampling.traces", value, "share", value) for value in ("0.1", "0.2")]
    reason = report(two).finding(CHECK, "sampling.traces")["reason"]
    assert reason.endswith("None is stricter, so none is evaluated.")


def test_the_configuration_is_a_document_too(report: Report) -> None:
    """A setting that the configuration declares conflicts with a document's like any other."""
    more = '[[policy.setting]]\nkey = "retention.logs"\nvalue = 60\n'
    finding = report(declared(KEY, "30"), more=more).finding(CHECK, KEY)
    assert finding["observed"] == "30 days (a.md:12); 60 days (qmsreport.toml [[policy.setting]])"


def test_values_of_different_units_conflict(report: Report) -> None:
    """30 days and 30 seconds are not the same."""
    assert report(declared(KEY, "30"), declared(KEY, "30", "s", "b.md")).findings(CHECK) == {KEY: "fail"}


def test_no_data(report: Report) -> None:
    """Without a setting in two places nothing is assessed."""
    assert report(declared(KEY, "30")).findings(CHECK) == {"(none)": "not assessed"}
