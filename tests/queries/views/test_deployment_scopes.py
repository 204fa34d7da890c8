"""Completed production deployments, once for each scope they count in."""

from __future__ import annotations

from tests.factories import deployment
from tests.queries.conftest import Report


def test_scopes_of_a_deployment(report: Report) -> None:
    """It counts in the organisation, its team and its service, and in its own environment in all but the team."""
    found = report(deployment("2026-07-12 07:00:00.5"))
    scopes = {
        (row["scope_type"], row["scope"], row["scope_environment"]) for row in found.view("deployment_scopes")
    }
    assert scopes == {
        ("organisation", "all", None),
        ("organisation", "all", "production"),
        ("team", "Commerce", None),
        ("service", "checkout", None),
        ("service", "checkout", "production"),
    }
