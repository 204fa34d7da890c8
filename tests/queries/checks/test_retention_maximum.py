"""Nothing is kept longer than declared: at most 90 days of logs."""

from __future__ import annotations

from tests.factories import declared, effective, measured
from tests.queries.conftest import Report

CHECK = "retention_maximum"
KEY = "retention.logs"
MAXIMUM = "retention.logs.maximum"


def test_statuses(report: Report) -> None:
    """At most the maximum passes; for ever, longer, or a record more than a day older fails; a record alone is partial."""
    found = report(
        declared(MAXIMUM, "90"),
        effective(KEY, "90", subject="store:just"),
        effective(KEY, "91", subject="store:longer"),
        effective(KEY, "unlimited", subject="store:ever"),
        effective(KEY, "30", subject="store:undeleted"),
        measured(f"{KEY}.oldest", "91.1", subject="store:undeleted"),
        effective(KEY, "90", subject="store:grace"),
        measured(f"{KEY}.oldest", "91", subject="store:grace"),
        measured(f"{KEY}.oldest", "12", subject="store:observed"),
        measured(f"{KEY}.oldest", "92", subject="store:old"),
        effective(KEY, "a month", subject="store:words"),
    )
    assert {name.split(":")[1]: status for name, status in found.findings(CHECK).items()} == {
        "ever": "fail",
        "grace": "pass",
        "just": "pass",
        "longer": "fail",
        "observed": "partial",
        "old": "fail",
        "undeleted": "fail",
        "words": "not assessed",
    }
    assert found.finding(CHECK, f"{MAXIMUM} store:undeleted")["reason"] == (
        "Configured: 30 days. Oldest record: 91.1 days. Declared maximum: 90 days."
    )


def test_the_smaller_of_several(report: Report) -> None:
    """Of two maximums the smaller is evaluated until somebody decides."""
    found = report(
        declared(MAXIMUM, "90"), declared(MAXIMUM, "30", document="b.md"), effective(KEY, "60")
    ).finding(CHECK, f"{MAXIMUM} store:main")
    assert (found["status"], found["expected"]) == ("fail", "at most 30 days")


def test_no_data(report: Report) -> None:
    """No declared maximum, or none to compare it with, is not assessed: a minimum is no maximum."""
    assert report(declared(MAXIMUM, "90")).findings(CHECK) == {MAXIMUM: "not assessed"}
    found = report(declared("retention.traces", "7"), effective("retention.traces", "7"))
    assert found.findings(CHECK)["retention.traces.maximum store:main"] == "not assessed"
