"""Every incident was resolved in time."""

from __future__ import annotations

from typing import Any

from tests.factories import incident
from tests.queries.conftest import Report

CHECK = "incidents_resolved"
OPEN: dict[str, Any] = {"status": "open", "acknowledged_at": None, "mitigated_at": None, "resolved_at": None}


def test_statuses(report: Report) -> None:
    """Thirty days to the microsecond pass; later, or open for longer, fails; what cannot be told is neither."""
    found = report(
        incident("2026-07-12 08:00", incident_id="in time", resolved_at="2026-08-11 08:00"),
        incident("2026-07-12 08:00", incident_id="late", resolved_at="2026-08-11 08:00:00.000001"),
        incident("2026-07-12 08:00", incident_id="open", **OPEN),
        incident("2026-07-12 08:00", incident_id="mitigated", status="mitigated", resolved_at=None),
        incident("2026-09-12 08:00", incident_id="time not up", **OPEN),
        incident("2026-07-12 08:00", incident_id="untimed", resolved_at=None),
        incident("2026-07-12 08:00", incident_id="backwards", resolved_at="2026-07-11 08:00"),
    )
    assert found.findings(CHECK) == {
        "in time": "pass",
        "late": "fail",
        "open": "fail",
        "mitigated": "fail",
        "time not up": "not assessed",
        "untimed": "not assessed",
        "backwards": "not assessed",
    }
    assert found.finding(CHECK, "in time")["observed"] == "resolved after 30.0 days"
    assert found.finding(CHECK, "open")["observed"].startswith("open for 80.")
    assert found.finding(CHECK, "backwards")["observed"] is None


def test_what_reaches_into_the_period(report: Report) -> None:
    """An old incident counts until it is resolved; what was resolved before, or comes later, does not."""
    found = report(
        incident("2026-05-01 08:00", incident_id="still open", **OPEN),
        incident("2026-06-20 08:00", incident_id="resolved in it", resolved_at="2026-07-02 08:00"),
        incident("2026-06-20 08:00", incident_id="resolved before", resolved_at="2026-06-21 08:00"),
        incident("2026-10-02 08:00", incident_id="later"),
        incident("2026-09-20 08:00", incident_id="resolved after it", resolved_at="2026-10-02 08:00"),
    )
    assert found.findings(CHECK) == {
        "still open": "fail",
        "resolved in it": "pass",
        "resolved after it": "not assessed",
    }


def test_an_open_incident_without_any_time_is_not_left_out(report: Report) -> None:
    """Beside incidents in order, one that is open since nobody knows when keeps the check from passing."""
    timeless = incident(None, incident_id="timeless", created_at=None, **OPEN)
    over = incident(
        None, incident_id="over", created_at=None, acknowledged_at=None, mitigated_at=None, resolved_at=None
    )
    found = report(incident("2026-07-12 08:00", incident_id="in time"), timeless, over)
    assert found.findings(CHECK) == {"in time": "pass", "timeless": "not assessed"}
    row = found.finding(CHECK, "timeless")
    assert row["reason"] == "It was not resolved, and no record says when it was detected."
    assert row["observed"] is None


def test_the_limit_is_the_configuration_s(report: Report) -> None:
    """Another limit decides, and is printed as the basis; one that nobody wrote is printed as a default."""
    old = incident("2026-07-12 08:00", incident_id="a", resolved_at="2026-07-14 08:00")
    usual = report(old).finding(CHECK, "a")
    assert (usual["status"], usual["basis"]) == (
        "pass",
        "policy: limits.incident_resolution_days = 30, by default",
    )
    row = report(old, more="\n[limits]\nincident_resolution_days = 1\n").finding(CHECK, "a")
    assert (row["status"], row["basis"]) == ("fail", "policy: limits.incident_resolution_days = 1")


def test_no_incident_is_not_assessed(report: Report) -> None:
    """A period without incidents has nothing to judge."""
    assert report([]).findings(CHECK) == {"(none)": "not assessed"}
