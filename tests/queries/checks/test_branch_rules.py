"""Branch rules enforce review."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from qmsreport import records
from tests.queries.conftest import Report

CHECK = "branch_rules"
GOOD = {
    "change.required_approvals": "1",
    "change.enforced_for_administrators": "true",
    "change.force_push": "false",
    "change.deletion": "false",
    "change.stale_approvals_dismissed": "true",
    "change.last_push_approved": "true",
    "change.required_checks_count": "3",
    "change.bypass_actors": "0",
}


def branch(name: str, rules: Mapping[str, str | None]) -> list[records.Setting]:
    """The rules of one branch."""
    return [
        records.Setting(subject=name, key=key, layer="effective", value=value) for key, value in rules.items()
    ]


@pytest.mark.parametrize("declared", [False, True], ids=["effective", "declared beside it"])
def test_statuses(report: Report, declared: bool) -> None:
    """Each broken rule fails, a rule nobody tells makes it partial, and what is only declared is no evidence."""
    bad = {
        "change.required_approvals": "0",
        "change.enforced_for_administrators": "false",
        "change.force_push": "true",
        "change.deletion": "true",
        "change.stale_approvals_dismissed": "false",
        "change.last_push_approved": "false",
        "change.required_checks_count": "0",
        "change.bypass_actors": "2",
    }
    rows = [branch("main", GOOD), branch("two approvals", {**GOOD, "change.required_approvals": "2"})]
    rows += [branch(key, {**GOOD, key: value}) for key, value in bad.items()]
    rows.append(branch("half", {"change.required_approvals": "1"}))
    if declared:
        rows.append(
            [
                records.Setting(subject="claim", key=key, layer="declared", value=value)
                for key, value in GOOD.items()
            ]
        )
    expected = {"main": "pass", "two approvals": "pass", "half": "partial", **dict.fromkeys(bad, "fail")}
    assert report(rows).findings(CHECK) == expected


@pytest.mark.parametrize("key", GOOD)
def test_a_rule_that_is_not_shown_is_no_pass(report: Report, key: str) -> None:
    """The bypass list that the account may not read, or any other rule without a value, leaves the branch partial."""
    assert report(branch("main", {**GOOD, key: None})).findings(CHECK) == {"main": "partial"}


def test_without_rules_nothing_passes(report: Report) -> None:
    """No rule on record is not assessed."""
    assert report([]).findings(CHECK) == {"(none)": "not assessed"}
