"""Incidents with the times that their state bears out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import incident, moment
from tests.queries.conftest import Report

ACKNOWLEDGED, MITIGATED, RESOLVED = "2026-07-12 08:05", "2026-07-12 08:30", "2026-07-12 09:00"


@pytest.mark.parametrize(
    ("status", "given", "expected"),
    [
        ("resolved", {}, (ACKNOWLEDGED, MITIGATED, RESOLVED)),
        ("resolved", {"mitigated_at": None}, (ACKNOWLEDGED, RESOLVED, RESOLVED)),
        ("resolved", {"acknowledged_at": None}, (MITIGATED, MITIGATED, RESOLVED)),
        ("mitigated", {}, (ACKNOWLEDGED, MITIGATED, None)),
        ("investigating", {}, (ACKNOWLEDGED, None, None)),
        ("open", {"acknowledged_at": None}, (None, None, None)),
        (None, {}, (ACKNOWLEDGED, MITIGATED, RESOLVED)),
        (None, {"resolved_at": None}, (ACKNOWLEDGED, MITIGATED, None)),
        (None, {"resolved_at": None, "mitigated_at": None}, (ACKNOWLEDGED, None, None)),
    ],
)
def test_times(
    report: Report, status: str | None, given: dict[str, Any], expected: tuple[str | None, ...]
) -> None:
    """A time counts only where the state says that it happened."""
    (row,) = report(incident(status=status, **given)).view("incident_times")
    assert (row["acknowledged_at"], row["mitigated_at"], row["resolved_at"]) == tuple(map(moment, expected))


def test_untimed(report: Report) -> None:
    """Resolved, and no time says when anything happened."""
    nothing = {
        "acknowledged_at": None,
        "mitigated_at": None,
        "resolved_at": None,
        "severity": None,
        "services": None,
    }
    (row,) = report(incident(status="resolved", **nothing)).view("incident_times")
    assert all(row[f"is_{name}_untimed"] for name in ("acknowledged", "mitigated", "resolved"))
    assert (row["severity"], row["services"]) == ("(no severity)", ["(no service)"])
