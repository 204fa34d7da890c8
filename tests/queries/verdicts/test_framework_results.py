"""The result of each framework: its requirements, counted."""

from __future__ import annotations

from typing import Any

from qmsreport.evaluate import Outcome
from tests.queries.verdicts.conftest import Judge, attestation, check, waiver

ISO = """
[compliance]
frameworks = ["iso9001"]
"""


def result(outcome: Outcome, framework: str = "iso9001") -> dict[str, Any]:
    """The row of one framework."""
    (row,) = outcome.verdicts["framework_results"].filter(framework=framework).to_dicts()
    return row


def test_requirements_are_counted_by_result(judge: Judge) -> None:
    """Of ten requirements two pass, one is attested, one accepted, one fails, one is partial; four are not covered."""
    checks = [
        check("p", "iso9001:9.1.1", "iso9001:9.1.3", a="pass"),
        check("t", "iso9001:8.5.6", a="not assessed"),
        check("w", "iso9001:8.7", a="fail"),
        check("f", "iso9001:7.1.5", a="fail"),
        check("h", "iso9001:10.2", a="partial"),
    ]
    row = result(judge(checks, waiver(check_id="w"), attestation(check_id="t"), more=ISO))
    counts = (
        "requirements",
        "applicable",
        "passed",
        "attested",
        "accepted",
        "failed",
        "partial",
        "uncovered",
    )
    assert [row[name] for name in counts] == [10, 10, 2, 1, 1, 1, 1, 4]
    assert row["coverage"] == 0.5
    assert (row["overall"], row["mandatory_unassessed"]) == ("incomplete", 1)


def test_a_mandatory_requirement_that_fails_can_be_incomplete_too(judge: Judge) -> None:
    """What could not be assessed makes the result incomplete, also where something else failed already."""
    row = result(judge([check("one", "iso9001:8.7", a="fail", b="not assessed")], more=ISO))
    assert (row["overall"], row["failed"], row["mandatory_unassessed"]) == ("incomplete", 1, 1)


def test_what_is_not_mandatory_does_not_make_it_incomplete(judge: Judge) -> None:
    """An open question about a requirement that the framework leaves to choice is counted, no more."""
    checks = [check("one", "soc2:A1.1", a="not assessed"), check("two", "soc2:CC8.1", a="pass")]
    row = result(judge(checks), "soc2")
    assert (row["overall"], row["unassessed"], row["mandatory_unassessed"]) == ("no exceptions noted", 1, 0)


def test_exceptions_are_noted(judge: Judge) -> None:
    """With everything assessed, one fail is an exception noted."""
    checks = [check("one", "iso9001:8.7", a="fail"), check("two", "iso9001:9.1.1", a="pass")]
    assert result(judge(checks, more=ISO))["overall"] == "exceptions noted"


def test_nothing_assessed(judge: Judge) -> None:
    """A framework without any check, or whose checks saw nothing, is not assessed, and in no way in order."""
    assert result(judge([], more=ISO))["overall"] == "nothing assessed"
    assert result(judge([check("one", "iso9001:8.7")], more=ISO))["overall"] == "nothing assessed"


def test_the_scope_narrows_what_is_counted(judge: Judge) -> None:
    """What is declared not applicable leaves the denominator: one of nine is judged, and its gap no longer counts."""
    more = (
        ISO
        + """
[[compliance.not_applicable]]
control = "iso9001:8.7"
reason = "No outputs."
approver = "grace"
"""
    )
    checks = [check("one", "iso9001:8.7", a="not assessed"), check("two", "iso9001:9.1.1", a="pass")]
    row = result(judge(checks, more=more))
    assert (row["applicable"], row["not_applicable"], row["coverage"]) == (9, 1, 1 / 9)
    assert (row["overall"], row["mandatory_unassessed"]) == ("no exceptions noted", 0)
