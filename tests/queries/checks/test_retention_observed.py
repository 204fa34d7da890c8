"""The oldest record is as old as the declared retention. Read on 2026-10-20 at 06:30, 90 days declared."""

from __future__ import annotations

from typing import Any

from tests.factories import declared, measured
from tests.queries.conftest import Report

CHECK = "retention_observed"
KEY = "retention.logs"


def system(name: str, oldest: str, age: str | None) -> list[Any]:
    """A system with its oldest record and its own age, in days."""
    subject = f"store:{name}"
    known = [measured("system.age", age, subject=subject)] if age else []
    return [measured(f"{KEY}.oldest", oldest, subject=f"{subject}#part"), *known]


def test_statuses(report: Report) -> None:
    """Old enough passes; younger than the window is not assessed with its birth date; records lost early fail."""
    found = report(
        declared(KEY, "90"),
        system("kept", "90", "400"),
        system("kept-unknown", "91.5", None),
        system("lost", "89.9", "400"),
        system("young", "30.5", "30.5"),
        system("young-started-late", "29.5", "30.5"),  # a day after the system
        system("young-and-lost", "29.4", "30.5"),
        system("nearly", "89.9", "90.5"),
        system("unknown", "30", None),
        system("words", "long ago", "400"),
    )
    assert {name.split(":")[1]: status for name, status in found.findings(CHECK).items()} == {
        "kept#part": "pass",
        "kept-unknown#part": "pass",
        "lost#part": "fail",
        "nearly#part": "not assessed",
        "unknown#part": "not assessed",
        "words#part": "not assessed",
        "young#part": "not assessed",
        "young-and-lost#part": "fail",
        "young-started-late#part": "not assessed",
    }
    # 06:30 on 20 October less 30 days and 12 hours
    assert found.finding(CHECK, f"{KEY} store:young#part")["reason"] == (
        "The system is younger than the retention: born on 2026-09-19, with an oldest record 30.5 days old."
    )
    assert found.finding(CHECK, f"{KEY} store:lost#part")["reason"] == (
        "Its oldest record is 89.9 days old, though 90 days are declared and the system is 400 days old."
    )


def test_no_data(report: Report) -> None:
    """Declared, and the oldest record of no system found: not assessed. Not declared: no resource."""
    assert report(declared(KEY, "90")).findings(CHECK) == {KEY: "not assessed"}
    found = report(measured("retention.traces.oldest", "3"))
    assert found.findings(CHECK) == {KEY: "not assessed"}
