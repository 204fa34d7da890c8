"""What each setting was in the course of the period."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.factories import declared, effective
from tests.queries.conftest import Known, Report, readings

LOGS = "retention.logs"


def stretches(report: Report, *history: Known, key: str = LOGS) -> list[dict[str, Any]]:
    """Those of one setting, in their order."""
    found = report(history=history, only=set()).view("setting_stretches")
    return sorted((row for row in found if row["key"] == key), key=lambda row: row["stretch"])


def test_a_value_for_a_while(report: Report) -> None:
    """30, 15 and 30 days again are three stretches and two changes, each dated by the readings that saw it."""
    found = stretches(
        report,
        *readings("2026-06-24", 2, effective(LOGS, "30")),
        *readings("2026-07-08", 3, effective(LOGS, "15")),
        *readings("2026-07-29", 1, effective(LOGS, "30")),
        Known([declared(LOGS, "30")]),
    )
    assert [
        (row["written_before"], row["written"], row["is_change"], row["is_same"], row["readings"])
        for row in found
    ] == [
        (None, "30 days", False, True, 1),
        ("30 days", "15 days", True, False, 3),
        ("15 days", "30 days", True, True, 1),
    ]
    assert (found[1]["first_day"], found[1]["last_day"]) == (date(2026, 7, 8), date(2026, 7, 22))


def test_another_line_is_no_change(report: Report) -> None:
    """A setting that moved within its file is what it was; the stretch stands where it was seen first."""
    (row,) = stretches(
        report,
        *readings("2026-07-01", 1, effective(LOGS, "30", origin="store.yaml:4")),
        *readings("2026-07-08", 1, effective(LOGS, "30", origin="store.yaml:9")),
    )
    assert (row["is_change"], row["readings"], row["origin"]) == (False, 2, "store.yaml:4")
    assert row["is_same"] is None  # nothing is declared


def test_appearing_and_disappearing(report: Report) -> None:
    """In a file that was read without it before, a setting appears: a change. Gone, or unknown, it has no value."""
    found = stretches(
        report,
        *readings("2026-07-01", 1, effective("retention.traces", "7")),
        *readings("2026-07-08", 1, effective(LOGS, "30")),
        *readings("2026-07-15", 1, effective(LOGS, None)),
        *readings("2026-07-22", 2),
    )
    assert [
        (row["written_before"], row["written"], row["is_change"], row["is_shown"], row["readings"])
        for row in found
    ] == [
        ("not shown", "30 days", True, True, 1),
        ("30 days", "not known", True, False, 1),
        ("not known", "not shown", True, False, 2),
    ]


def test_the_first_reading_is_no_change(report: Report) -> None:
    """What is read for the first time may have been like that for ever."""
    (row,) = stretches(report, *readings("2026-07-08", 1, effective(LOGS, "30")))
    assert (row["is_change"], row["written_before"]) == (False, None)


def test_a_key_outside_the_vocabulary(report: Report) -> None:
    """A setting that no document can declare has its history too."""
    (row,) = stretches(
        report, *readings("2026-07-08", 1, effective("approvals", "2", "people")), key="approvals"
    )
    assert row["written"] == "2 people"
