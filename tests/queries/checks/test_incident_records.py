"""Every incident left a complete record."""

from __future__ import annotations

from qmsreport import records
from tests.factories import incident, moment
from tests.queries.conftest import Report

CHECK = "incident_records"


def told(name: str) -> records.IncidentEvent:
    """One entry of an incident's timeline."""
    return records.IncidentEvent(
        event_id=f"{name}-1", incident_id=name, occurred_at=moment("2026-07-12 08:05"), type="comment"
    )


def test_statuses(report: Report) -> None:
    """A complete record passes; each missing part fails and is named."""
    whole = {"assigned_to": "ada", "root_cause": "a full disk"}
    cases = {
        "whole": whole,
        "reviewed": {**whole, "root_cause": None, "postmortem_url": "https://example.org/1"},
        "still open": {"assigned_to": "ada", "status": "open", "resolved_at": None},
        "low needs no review": {"assigned_to": "ada", "severity": "low"},
        "no severity": {**whole, "severity": None},
        "no service": {**whole, "services": []},
        "nobody assigned": {**whole, "assigned_to": None},
        "no time of resolution": {**whole, "resolved_at": None},
        "no root cause": {**whole, "root_cause": None},
        "no timeline": whole,
    }
    made = [incident(incident_id=name, **given) for name, given in cases.items()]
    found = report(made, [told(name) for name in cases if name != "no timeline"])
    passing = {"whole", "reviewed", "still open", "low needs no review"}
    assert found.findings(CHECK) == {name: "pass" if name in passing else "fail" for name in cases}
    for name in cases.keys() - passing:
        assert name in found.finding(CHECK, name)["reason"]


def test_no_incident_is_not_assessed(report: Report) -> None:
    """A period without incidents has no record to judge; one outside it does not count."""
    assert report(incident("2026-06-30 12:00")).findings(CHECK) == {"(none)": "not assessed"}
