"""What is watched answers."""

from __future__ import annotations

from qmsreport import records
from tests.factories import moment
from tests.queries.conftest import Report

CHECK = "targets_scraped"


def test_statuses(report: Report) -> None:
    """Up passes, down fails with the reason, not yet scraped is not assessed."""
    found = report(
        records.ScrapeTarget(target="a", health="up"),
        records.ScrapeTarget(target="b", health="down", error="connection refused"),
        records.ScrapeTarget(target="c", health="unknown"),
        records.ScrapeTarget(target="d"),
    )
    expected = {"a": "pass", "b": "fail", "c": "not assessed", "d": "not assessed"}
    assert found.findings(CHECK) == expected
    assert "connection refused" in found.finding(CHECK, "b")["reason"]


def test_what_was_last_looked_at_before_the_period(report: Report) -> None:
    """A target that was up the last time, before the period, says nothing of it."""
    found = report(
        records.ScrapeTarget(target="gone", health="up", last_scraped_at=moment("2026-06-30 12:00")),
        records.ScrapeTarget(target="here", health="up", last_scraped_at=moment("2026-07-02 12:00")),
    )
    assert found.findings(CHECK) == {"gone": "not assessed", "here": "pass"}


def test_without_targets_nothing_passes(report: Report) -> None:
    """No target on record is not assessed."""
    assert report([]).findings(CHECK) == {"(none)": "not assessed"}
