"""Backups are taken, and succeed."""

from __future__ import annotations

import pytest

from tests.factories import declared, effective, measured, moment
from tests.queries.conftest import Known, Report

CHECK = "backups_taken"


@pytest.mark.parametrize(
    ("taken", "hours", "status"),
    [
        ("true", "24", "pass"),
        ("true", "24.5", "fail"),
        ("false", "2", "fail"),
        ("false", None, "fail"),
        ("true", None, "partial"),
        (None, "2", "partial"),
        (None, "30", "fail"),
        ("maybe", None, "not assessed"),
    ],
)
def test_statuses(report: Report, taken: str | None, hours: str | None, status: str) -> None:
    """Taken and young enough passes; none taken, or too old, fails; one of the two alone is partial."""
    items = [effective("backup.snapshots", taken, None)] if taken else []
    items += [measured("backup.age", hours, "h")] if hours else []
    assert report(items).findings(CHECK) == {"store:main": status}


def test_the_declared_age_goes_before_the_limit(report: Report) -> None:
    """A week is declared: six days are young enough, and the document is the basis."""
    found = report(
        declared("backup.age", "168", "h"),
        effective("backup.snapshots", "true", None),
        measured("backup.age", "144", "h"),
    )
    row = found.finding(CHECK, "store:main")
    assert (row["status"], row["basis"]) == ("pass", "policy: a.md:12")


def test_an_age_from_before_the_period_is_none(report: Report) -> None:
    """A backup that was young in spring says nothing of the summer: only the schedule is on record."""
    history = [
        Known([measured("backup.age", "2", "h")], at=moment("2026-06-01")),
        Known([effective("backup.snapshots", "true", None)]),
    ]
    row = report(history=history).finding(CHECK, "store:main")
    assert (row["status"], row["observed"]) == ("partial", None)


def test_without_data_nothing_passes(report: Report) -> None:
    """No store speaks of backups: not assessed, and a statement can answer for it."""
    found = report([])
    assert found.findings(CHECK) == {"(none)": "not assessed"}
