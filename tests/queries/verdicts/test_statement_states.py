"""Waivers and attestations, and whether they count, as of 20 October 2026."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import moment
from tests.queries.verdicts.conftest import Judge, attestation, check, waiver


def state(outcome: Any) -> str:
    """The state of the only statement."""
    (row,) = outcome.verdicts["statement_states"].to_dicts()
    return str(row["state"])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "valid"),
        ({"expires_at": moment("2026-10-20")}, "expired"),
        ({"granted_at": moment("2026-10-21")}, "not yet granted"),
        ({"expires_at": None}, "without end"),
        ({"approver": None}, "not independent"),
        ({"approver": "ada"}, "not independent"),
    ],
)
def test_a_waiver(judge: Judge, given: dict[str, Any], expected: str) -> None:
    """It counts if a second person approved it, from the day it was granted until it expires."""
    assert state(judge([check("one", a="fail")], waiver(**given))) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "valid"),
        ({"expires_at": moment("2026-10-20")}, "expired"),
        ({"attested_at": moment("2026-10-21")}, "not yet given"),
        ({"expires_at": None}, "without end"),
        ({"owner": None}, "unsigned"),
        ({"check_id": "two"}, "not attestable"),
        ({"check_id": "nothing of that name"}, "not attestable"),
    ],
)
def test_an_attestation(judge: Judge, given: dict[str, Any], expected: str) -> None:
    """It counts if somebody signed it, while it is in force, and only for a check that statements can answer."""
    checks = [check("one", a="not assessed"), check("two", attestable=False, a="not assessed")]
    assert state(judge(checks, attestation(**given))) == expected


def test_one_row_for_each(judge: Judge) -> None:
    """Both kinds stand in it, each by its own id, also those that answer for no finding."""
    outcome = judge([check("one", a="pass")], waiver("W1"), waiver("W2", check_id="gone"), attestation("A1"))
    rows = outcome.verdicts["statement_states"]["kind", "statement_id"].rows()
    assert rows == [("attestation", "A1"), ("waiver", "W1"), ("waiver", "W2")]


def test_without_registers(judge: Judge) -> None:
    """Where nobody decided anything there is no row."""
    assert judge([check("one", a="fail")]).verdicts["statement_states"].is_empty()
