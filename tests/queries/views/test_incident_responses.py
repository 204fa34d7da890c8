"""Incidents with what decides whether they were acknowledged in time."""

from __future__ import annotations

from tests.factories import incident
from tests.queries.conftest import Report


def test_decided_and_in_time(report: Report) -> None:
    """In time, too late, never acknowledged, and one without a severity, which has no target to be held against."""
    found = report(
        incident(
            incident_id="quick", detected_at="2026-07-12 07:00", acknowledged_at="2026-07-12 07:00:30.5"
        ),
        incident(incident_id="late", detected_at="2026-07-12 07:00", acknowledged_at="2026-07-14 07:00"),
        incident(incident_id="never", status="open", acknowledged_at=None, resolved_at=None),
        incident(incident_id="unranked", severity=None),
    )
    rows = {row["incident_id"]: row for row in found.view("incident_responses") if row["scope"] == "all"}
    assert {name: (row["is_decided"], row["is_in_time"]) for name, row in rows.items()} == {
        "quick": (True, True),
        "late": (True, False),
        "never": (True, False),
        "unranked": (False, None),
    }
    assert rows["quick"]["seconds"] == 30.5
