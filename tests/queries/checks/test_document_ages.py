"""Checks that want a recent record: access review, restore test, incident response exercise."""

from __future__ import annotations

import pytest

from qmsreport import records
from tests.factories import moment
from tests.queries.conftest import Report

# the period ends with 2026-09-30, UTC; 6 months are 183 days, 12 months 366
CASES = [
    ("access_reviewed", "access review", "2026-04-01 00:00", "2026-03-31 23:59"),
    ("restore_tested", "restore test", "2025-09-30 00:00", "2025-09-29 23:59"),
    ("incident_response_exercised", "incident response exercise", "2025-09-30 00:00", "2025-09-29 23:59"),
]


def record(kind: str, approved_at: str | None, name: str = "newest") -> records.Document:
    """An approved record of a kind."""
    return records.Document(document_id=name, kind=kind, approved_at=moment(approved_at))


@pytest.mark.parametrize(("check", "kind", "just_in_time", "too_old"), CASES)
def test_the_newest_record_decides(
    report: Report, check: str, kind: str, just_in_time: str, too_old: str
) -> None:
    """To the limit it passes, a minute more fails; an older record and one after the period change nothing."""
    others = [record(kind, "2024-01-01", "older"), record(kind, "2026-10-05", "after the period")]
    good = report(record(kind.title(), just_in_time), others, only={check})
    assert good.findings(check) == {kind: "pass"}
    assert good.finding(check, kind)["reason"].startswith("newest was approved")
    late = report(record(kind, too_old), others, only={check})
    assert late.findings(check) == {kind: "fail"}


def test_without_a_record_nothing_passes(report: Report) -> None:
    """No record, or one that nobody approved, is not assessed."""
    only = {check for check, *_ in CASES}
    found = report([record(kind, None, kind) for _, kind, *_ in CASES], only=only)
    for check, kind, *_ in CASES:
        assert found.findings(check) == {kind: "not assessed"}


def test_the_limit_is_the_organisations(report: Report) -> None:
    """The limit comes from the configuration and is printed as the basis."""
    found = report(
        record("restore test", "2026-07-01"),
        only={"restore_tested"},
        more="[limits]\nrestore_test_months = 1\n",
    ).finding("restore_tested", "restore test")
    assert (found["status"], found["basis"]) == ("fail", "policy: limits.restore_test_months = 1")
