"""How each setting was held through the period."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.factories import declared, effective
from tests.queries.conftest import Known, Report, readings

LOGS = "retention.logs"
DECLARED = Known([declared(LOGS, "30")])


def history(report: Report, *known: Known, **given: Any) -> dict[str, Any]:
    """Of the one setting."""
    (row,) = report(history=[*known, DECLARED], only=set(), **given).view("setting_histories")
    return row


def test_readings_by_what_they_said(report: Report) -> None:
    """Seven readings: two as declared, two otherwise, one not comparable, one unknown, one without it."""
    row = history(
        report,
        *readings("2026-07-01", 2, effective(LOGS, "30")),
        *readings("2026-07-15", 2, effective(LOGS, "15")),
        *readings("2026-07-29", 1, effective(LOGS, "long")),
        *readings("2026-08-05", 1, effective(LOGS, None)),
        *readings("2026-08-12", 1),
    )
    counts = ("readings", "shown", "conformed", "deviating", "incomparable", "changes")
    assert {name: row[name] for name in counts} == {
        "readings": 7, "shown": 5, "conformed": 2, "deviating": 2, "incomparable": 1, "changes": 4,
    }  # fmt: skip
    assert (row["first_day"], row["last_day"]) == (date(2026, 7, 1), date(2026, 7, 29))


def test_the_longest_time_without_a_reading(report: Report) -> None:
    """Between readings, before the first and after the last: the longest of them, in days of the period."""
    row = history(
        report,
        *readings("2026-07-11", 2, effective(LOGS, "30"), days=15),
        *readings("2026-09-20", 1, effective(LOGS, "30")),
    )
    assert (row["days"], row["days_read"], row["unread_days"]) == (92, 3, 55)  # 27 July to 19 September
    late = history(report, *readings("2026-09-29", 3, effective(LOGS, "30"), subject="b", days=1))
    assert late["unread_days"] == 55


def test_a_period_that_is_not_over(report: Report) -> None:
    """As of 10 July ten days of the quarter are known, and none of the others is missing yet."""
    known = [
        Known([declared(LOGS, "30")], at=DECLARED.at.replace(month=6)),
        *readings("2026-07-01 12:00", 10, effective(LOGS, "30"), days=1),
    ]
    (row,) = report(history=known, only=set()).view("setting_histories")
    assert (row["days"], row["days_read"], row["unread_days"]) == (10, 10, 0)


def test_deviations_in_words(report: Report) -> None:
    """The first three times that it was otherwise, each with its days and its place; the rest is counted."""
    known = [
        reading
        for month in (7, 8)
        for day, value in ((1, "1"), (8, "30"), (15, "2"), (22, "30"))
        for reading in readings(f"2026-{month:02}-{day:02}", 2, effective(LOGS, value, origin="f:1"), days=1)
    ]
    assert history(report, *known)["deviations"] == (
        "from 2026-07-01 to 2026-07-02 it was 1 days (f:1), from 2026-07-15 to 2026-07-16 it was 2 days (f:1), "
        "from 2026-08-01 to 2026-08-02 it was 1 days (f:1), and 1 more"
    )


def test_first_read_after_the_period(report: Report) -> None:
    """What is known only as of the report has a row without a reading."""
    row = history(report, *readings("2026-10-05", 1, effective(LOGS, "30")))
    assert (row["readings"], row["days_read"], row["unread_days"], row["first_day"]) == (0, 0, 92, None)
