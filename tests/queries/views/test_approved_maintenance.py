"""Approved maintenance without overlaps."""

from __future__ import annotations

from tests.factories import moment
from tests.queries.conftest import Report
from tests.queries.metrics.test_slo_attainment import maintenance


def test_overlaps_are_taken_once(report: Report) -> None:
    """Windows that overlap, lie within one another, or stand twice give stretches that do not."""
    found = report(
        more=maintenance("2026-08-01T00:00:00", "2026-08-01T10:00:00.5")
        + maintenance("2026-08-01T00:00:00", "2026-08-01T10:00:00.5")
        + maintenance("2026-08-01T02:00:00", "2026-08-01T03:00:00")
        + maintenance("2026-08-01T09:00:00", "2026-08-01T12:00:00")
    )
    stretches = sorted((row["starts_at"], row["ends_at"]) for row in found.view("approved_maintenance"))
    assert stretches == [
        (moment("2026-08-01 00:00"), moment("2026-08-01 10:00:00.5")),
        (moment("2026-08-01 10:00:00.5"), moment("2026-08-01 12:00")),
    ]


def test_only_approved_ones(report: Report) -> None:
    """Without an approver, or ending before it starts, a window takes out no time."""
    found = report(
        more=maintenance("2026-08-01T00:00:00", "2026-08-01T10:00:00", "")
        + maintenance("2026-08-02T10:00:00", "2026-08-02T00:00:00")
    )
    assert found.view("approved_maintenance") == []
