"""Traces are sampled as declared."""

from __future__ import annotations

from tests.factories import declared, effective
from tests.queries.conftest import Report

CHECK = "sampling_as_declared"
KEY = "sampling.traces"


def test_statuses(report: Report) -> None:
    """The declared share passes, ten times as much fails; a percentage is another unit and is not guessed at."""
    found = report(
        declared(KEY, "0.1", "share"),
        effective(KEY, "0.1", "share", "collector:same"),
        effective(KEY, "1", "share", "collector:all"),
        effective(KEY, "10", "percent", "collector:percent"),
    )
    assert found.findings(CHECK) == {
        f"{KEY} collector:all": "fail",
        f"{KEY} collector:percent": "not assessed",
        f"{KEY} collector:same": "pass",
    }


def test_no_data(report: Report) -> None:
    """Declared and shown by nothing is not assessed."""
    assert report(declared(KEY, "0.1", "share")).findings(CHECK) == {KEY: "not assessed"}
