"""Findings with what people decided about them."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from qmsreport.evaluate import Outcome
from tests.factories import moment
from tests.queries.verdicts.conftest import Judge, attestation, broken, check, waiver


def said(outcome: Outcome, resource: str, stem: str = "one") -> dict[str, Any]:
    """The judgement of one resource."""
    (row,) = outcome.verdicts["judgements"].filter(check_id=stem, resource=resource).to_dicts()
    return row


def test_without_registers_nothing_changes(judge: Judge) -> None:
    """Where nobody decided anything, each judgement is its finding."""
    every = {"a": "pass", "b": "fail", "c": "partial", "d": "not assessed", "e": "not applicable"}
    outcome = judge([check("one", **every), check("two"), broken("three")])
    rows = outcome.verdicts["judgements"]
    assert rows["status"].to_list() == rows["measured_status"].to_list()
    assert dict(rows.filter(check_id="one")["resource", "status"].rows()) == every
    assert dict(rows["check_id", "status"].rows())["two"] == "not assessed"
    assert dict(rows["check_id", "status"].rows())["three"] == "error"
    assert rows[outcome.findings.columns].equals(outcome.findings.sort("check_id", "resource"))


def test_a_waived_fail_is_an_accepted_exception(judge: Judge) -> None:
    """The waived resource of the waived check is accepted, and its fail still stands beside it."""
    outcome = judge(
        [check("one", a="fail", b="fail"), check("two", a="fail")], waiver(resource="a", reason="legacy")
    )
    row = said(outcome, "a")
    assert (row["status"], row["measured_status"], row["waiver_id"]) == ("exception accepted", "fail", "W1")
    assert row["reason"] == "Seen. Accepted by the waiver W1, which grace approved, until 2027-01-01 (UTC)."
    assert said(outcome, "b")["status"] == "fail"
    assert said(outcome, "a", "two")["status"] == "fail"


def test_a_waiver_without_a_resource_covers_the_check(judge: Judge) -> None:
    """Every fail of its check is accepted, and nothing but fails is touched."""
    states = {"a": "fail", "b": "fail", "c": "not assessed", "d": "partial", "e": "pass"}
    outcome = judge([check("one", **states)], waiver())
    found = dict(outcome.verdicts["judgements"]["resource", "status"].rows())
    assert found == states | {"a": "exception accepted", "b": "exception accepted"}


@pytest.mark.parametrize(
    ("given", "state", "words"),
    [
        ({"expires_at": moment("2026-10-20")}, "expired", "The waiver W1 expired on 2026-10-20 (UTC)."),
        ({"granted_at": moment("2026-10-21")}, "not yet granted", "it was not yet granted."),
        ({"granted_at": None}, "not yet granted", "it was not yet granted."),
        ({"expires_at": None}, "without end", "it has no end."),
        ({"approver": "ada"}, "not independent", "nobody but its owner approved it."),
        ({"approver": None}, "not independent", "nobody but its owner approved it."),
        ({"owner": None}, "not independent", "nobody but its owner approved it."),
    ],
)
def test_a_waiver_that_does_not_hold(judge: Judge, given: dict[str, Any], state: str, words: str) -> None:
    """A waiver that ended, has no end, was never granted or was approved by its owner leaves a fail, and is named."""
    row = said(judge([check("one", a="fail")], waiver(**given)), "a")
    assert (row["status"], row["measured_status"], row["waiver_state"]) == ("fail", "fail", state)
    assert row["reason"].endswith(words)


def test_the_first_and_the_last_moment(judge: Judge) -> None:
    """A waiver holds at the moment it is granted, and until just before it expires."""
    last = waiver(granted_at=moment("2026-10-20"), expires_at=moment("2026-10-20 00:00:00.000001"))
    assert said(judge([check("one", a="fail")], last), "a")["status"] == "exception accepted"


def test_a_valid_waiver_outweighs_an_expired_one(judge: Judge) -> None:
    """Of several waivers one that holds decides; each finding stays one row."""
    old = waiver("W0", expires_at=moment("2026-08-01"))
    later = waiver("W2", expires_at=moment("2027-06-01"), resource="a")
    outcome = judge([check("one", a="fail")], old, waiver("W1"), later)
    assert outcome.verdicts["judgements"].height == 1
    assert said(outcome, "a")["waiver_id"] == "W2"


def test_what_was_not_assessed_can_be_attested(judge: Judge) -> None:
    """A signed statement turns an unknown into an attested pass, and touches nothing that was seen."""
    states = {"a": "not assessed", "b": "fail", "c": "partial"}
    outcome = judge([check("one", **states)], attestation())
    row = said(outcome, "a")
    assert (row["status"], row["measured_status"]) == ("pass (attested)", "not assessed")
    assert row["attestation_id"] == "A1"
    assert row["reason"] == "Seen. Attested by ada (A1) until 2027-01-01 (UTC)."
    assert (said(outcome, "b")["status"], said(outcome, "c")["status"]) == ("fail", "partial")


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({"owner": None}, "unsigned"),
        ({"attested_at": moment("2026-11-01")}, "not yet given"),
        ({"expires_at": None}, "without end"),
        ({"expires_at": moment("2026-10-19")}, "expired"),
    ],
)
def test_an_attestation_that_does_not_hold(judge: Judge, given: dict[str, Any], state: str) -> None:
    """What nobody signed, is not yet given, ended or has no end attests nothing, and is named."""
    row = said(judge([check("one", a="not assessed")], attestation(**given)), "a")
    assert (row["status"], row["attestation_state"]) == ("not assessed", state)
    assert "The attestation A1" in row["reason"]


def test_only_what_no_system_shows_can_be_attested(judge: Judge) -> None:
    """A check that facts judge takes no statement: else lost data would turn its fails into attested passes."""
    row = said(judge([check("one", attestable=False, a="not assessed")], attestation()), "a")
    assert (row["status"], row["attestation_state"]) == ("not assessed", "not attestable")
    assert row["reason"].endswith("facts judge this check, no statement does.")


def test_a_statement_about_what_has_no_records(judge: Judge) -> None:
    """An attestable check that saw no resource at all passes as attested if the statement is about the whole check."""
    assert said(judge([check("one")], attestation()), "(none)")["status"] == "pass (attested)"
    assert (
        said(judge([check("two")], attestation(check_id="two", resource="disk")), "(none)", "two")["status"]
        == "not assessed"
    )


def test_an_error_can_neither_be_waived_nor_attested(judge: Judge) -> None:
    """A check that did not run says nothing that anybody could accept."""
    assert said(judge([broken("one")], waiver(), attestation()), "(query)")["status"] == "error"


def test_a_fingerprint_names_a_finding(judge: Judge) -> None:
    """The same check and resource have the same fingerprint whatever is found; others have another."""
    bad, good = judge([check("one", a="fail")]), judge([check("one", a="pass", b="pass")])
    expected = hashlib.sha256(b"one\na").hexdigest()[:16]
    assert said(bad, "a")["fingerprint"] == said(good, "a")["fingerprint"] == expected
    assert said(good, "b")["fingerprint"] != expected
