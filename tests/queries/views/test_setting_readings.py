"""Days on which each version of a setting was read."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.factories import effective, reject
from tests.queries.conftest import Known, Report, readings

LOGS = effective("retention.logs", "30")


def read(report: Report, *history: Known, **given: Any) -> dict[tuple[int, date], int]:
    """Version and day → readings."""
    found = report(history=history, only=set(), **given).view("setting_readings")
    return {(row["version"], row["local_date"]): row["readings"] for row in found}


def test_a_reading_that_stored_nothing_counts(report: Report) -> None:
    """Three readings of an unchanged file on two days are three readings of its one version."""
    history = [
        *readings("2026-07-01 03:00", 2, LOGS, days=1),
        *readings("2026-07-02 15:00", 1, LOGS),
    ]
    assert read(report, *history) == {(1, date(2026, 7, 1)): 1, (1, date(2026, 7, 2)): 2}


def test_only_days_of_the_period_in_its_zone(report: Report) -> None:
    """Before and after the period no reading counts; its days are those of the declared zone."""
    history = [*readings("2026-06-29 22:30", 3, LOGS, days=1), *readings("2026-09-30 22:30", 1, LOGS)]
    assert read(report, *history, zone="Europe/Berlin") == {
        (1, date(2026, 7, 1)): 1,
        (1, date(2026, 7, 2)): 1,
    }


def test_each_reading_saw_the_version_that_held(report: Report) -> None:
    """From the reading that brought a version until the one that brought the next; another file's readings are none."""
    history = [
        *readings("2026-07-01", 2, LOGS),
        *readings("2026-07-15", 1, effective("retention.logs", "15")),
        *readings("2026-07-16", 3, effective("retention.traces", "7"), subject="other.yaml"),
    ]
    found = report(history=history, only=set()).view("setting_readings")
    logs = [row for row in found if row["key"] == "retention.logs"]
    assert sorted((row["version"], row["local_date"].day) for row in logs) == [(1, 1), (1, 8), (2, 15)]


def test_failed_and_incomplete_readings(report: Report) -> None:
    """A failed reading saw nothing; one that set rows aside saw what it brought, and not that the rest is as it was."""
    history = [
        *readings("2026-07-01", 1, LOGS),
        *readings("2026-07-02", 1, error="Cannot read store.yaml."),
        *readings("2026-07-03", 1, rejects=[reject()]),
        *readings("2026-07-04", 1, effective("retention.logs", "15"), truncated=True),
        *readings("2026-07-05", 1, truncated=True),
    ]
    assert read(report, *history) == {(1, date(2026, 7, 1)): 1, (2, date(2026, 7, 4)): 1}
