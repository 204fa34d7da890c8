"""Alert rules are evaluated as often as declared."""

from __future__ import annotations

from tests.factories import declared, effective
from tests.queries.conftest import Report

CHECK = "evaluation_interval"
KEY = "evaluation.interval"


def test_statuses(report: Report) -> None:
    """The declared interval passes, another one fails."""
    found = report(
        declared(KEY, "30", "s"),
        effective(KEY, "30", "s", "server:a"),
        effective(KEY, "60", "s", "server:b"),
    )
    assert found.findings(CHECK) == {f"{KEY} server:a": "pass", f"{KEY} server:b": "fail"}


def test_no_data(report: Report) -> None:
    """Declared and shown by nothing is not assessed."""
    assert report(declared(KEY, "30", "s")).findings(CHECK) == {KEY: "not assessed"}
