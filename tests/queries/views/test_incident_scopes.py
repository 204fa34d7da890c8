"""Incidents, once for each scope they count in."""

from __future__ import annotations

from collections import Counter

from tests.factories import deployment, incident
from tests.queries.conftest import Report


def test_no_scope_twice(report: Report) -> None:
    """Two services of one team, one of them named twice: one row for each scope."""
    found = report(
        deployment("2026-07-12 07:00:00.5"),
        incident(services=["checkout", "search", "checkout"]),
        more='[[service]]\nname = "search"\nteam = "Commerce"\n',
    )
    scopes = Counter((row["scope_type"], row["scope"]) for row in found.view("incident_scopes"))
    assert scopes == {
        ("organisation", "all"): 1,
        ("severity", "high"): 1,
        ("service", "checkout"): 1,
        ("service", "search"): 1,
        ("team", "Commerce"): 1,
    }
    assert all(row["is_linked"] for row in found.view("incident_scopes"))
