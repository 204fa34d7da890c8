"""The result of each requirement: the worst of what its checks found."""

from __future__ import annotations

from typing import Any

import pytest

from qmsreport.evaluate import Outcome
from tests.queries.verdicts.conftest import Judge, attestation, broken, check, waiver


def result(outcome: Outcome, control: str = "CC8.1", framework: str = "soc2") -> dict[str, Any]:
    """The row of one requirement."""
    (row,) = outcome.verdicts["control_results"].filter(framework=framework, control_id=control).to_dicts()
    return row


@pytest.mark.parametrize(
    ("found", "status"),
    [
        (["pass", "pass"], "pass"),
        (["pass", "not applicable"], "pass"),
        (["not applicable"], "not applicable"),
        (["pass", "partial"], "partial"),
        (["partial", "not assessed", "pass"], "not assessed"),
        (["not assessed", "fail", "pass"], "fail"),
    ],
)
def test_the_gravest_finding_decides(judge: Judge, found: list[str], status: str) -> None:
    """One fail dominates, then what is unknown, then what is known in part; it passes if only passes are left."""
    states = {f"r{number}": word for number, word in enumerate(found)}
    assert result(judge([check("one", "soc2:CC8.1", **states)]))["status"] == status


def test_counts_over_several_checks(judge: Judge) -> None:
    """The findings of all checks of a requirement are counted together; three of the five were judged in full."""
    one = check("one", "soc2:CC8.1", "iso27001:A.8.32", a="pass", b="fail", c="not applicable")
    two = check("two", "soc2:CC8.1", a="pass", b="partial", c="not assessed")
    outcome = judge([two, one])
    row = result(outcome)
    assert row["check_ids"] == ["one", "two"]
    assert (row["checks"], row["findings"], row["passed"], row["failed"]) == (2, 5, 2, 1)
    assert (row["partial"], row["unassessed"], row["coverage"]) == (1, 1, 0.6)
    other = result(outcome, "A.8.32", "iso27001")
    assert (other["checks"], other["findings"], other["coverage"]) == (1, 2, 1.0)


def test_a_declaration_below_what_the_requirement_asks(judge: Judge) -> None:
    """It fails that requirement, whatever its own checks say; another requirement of the same check keeps its result."""
    weak = "retention.audit pci_dss:10.5.1 at least 12 months"
    trail = check("trail", "pci_dss:10.5.1", "soc2:C1.1", a="pass")
    less = check("declared_meets_frameworks", "gdpr:5(2)", **{weak: "fail"})
    outcome = judge([trail, less])
    row = result(outcome, "10.5.1", "pci_dss")
    assert (row["status"], row["passed"], row["failed"]) == ("fail", 1, 1)
    assert row["check_ids"] == ["declared_meets_frameworks", "trail"]
    assert result(outcome, "C1.1")["status"] == "pass"
    assert result(outcome, "5(2)", "gdpr")["findings"] == 1
    enough = check("declared_meets_frameworks", "gdpr:5(2)", **{weak: "pass"})
    assert result(judge([trail, enough]), "10.5.1", "pci_dss")["findings"] == 1


def test_what_people_decided_counts_apart(judge: Judge) -> None:
    """A waived fail is an accepted exception, and it weighs more than what is attested only."""
    outcome = judge([check("one", "soc2:CC8.1", a="fail", b="not assessed")], waiver(), attestation())
    row = result(outcome)
    assert (row["status"], row["accepted"], row["attested"], row["failed"]) == ("exception accepted", 1, 1, 0)


def test_attested_only(judge: Judge) -> None:
    """Where a statement is all there is, the requirement passes as attested."""
    outcome = judge([check("one", "soc2:CC8.1", a="pass", b="not assessed")], attestation())
    assert result(outcome)["status"] == "pass (attested)"


def test_a_check_that_saw_nothing(judge: Judge) -> None:
    """Without any row the requirement is not assessed, beside a check that passes too."""
    row = result(judge([check("one", "soc2:CC8.1"), check("two", "soc2:CC8.1", a="pass")]))
    assert (row["status"], row["unassessed"], row["coverage"]) == ("not assessed", 1, 0.5)


def test_a_check_that_did_not_run(judge: Judge) -> None:
    """An error weighs more than what was not assessed."""
    row = result(judge([broken("one", "soc2:CC8.1"), check("two", "soc2:CC8.1")]))
    assert (row["status"], row["errors"]) == ("error", 1)


def test_what_no_check_covers(judge: Judge) -> None:
    """A requirement that no check names is not covered: never a pass, never not applicable."""
    row = result(judge([check("one", "soc2:CC8.1", a="pass")]), "CC9.2")
    assert (row["status"], row["checks"], row["coverage"], row["check_ids"]) == ("not covered", 0, None, None)


def test_only_the_declared_scope_excludes(judge: Judge) -> None:
    """What is declared outside the scope is not applicable with its reason, whatever its checks say."""
    more = """
[[compliance.not_applicable]]
control = "soc2:CC8.1"
reason = "Changes are made by the holding."
approver = "grace"
"""
    outcome = judge([check("one", "soc2:CC8.1", "iso27001:A.8.32", a="fail")], more=more)
    row = result(outcome)
    assert (row["status"], row["failed"]) == ("not applicable", 1)
    assert (row["exclusion_reason"], row["exclusion_approver"]) == (
        "Changes are made by the holding.",
        "grace",
    )
    assert result(outcome, "A.8.32", "iso27001")["status"] == "fail"


def test_frameworks_that_are_not_selected(judge: Judge) -> None:
    """Only requirements of selected frameworks have a result, in the order of their selection."""
    more = """
[compliance]
frameworks = ["soc2", "gdpr"]
"""
    rows = judge([check("one", "iso27001:A.8.32", a="fail")], more=more).verdicts["control_results"]
    assert rows["framework"].unique(maintain_order=True).to_list() == ["soc2", "gdpr"]


def test_a_mandatory_check_makes_its_requirement_mandatory(judge: Judge) -> None:
    """A requirement that a framework leaves open is mandatory where a mandatory check answers for it."""
    assert not result(judge([check("one", "soc2:A1.1", a="pass")]), "A1.1")["mandatory"]
    assert result(judge([check("one", "soc2:A1.1", mandatory=True, a="pass")]), "A1.1")["mandatory"]
