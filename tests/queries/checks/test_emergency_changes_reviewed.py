"""Emergency changes are reviewed afterwards, within the limit."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import authored, change, deployed, deployment
from tests.queries.conftest import Report

CHECK = "emergency_changes_reviewed"


@pytest.mark.parametrize(
    ("status", "at", "given"),
    [
        ("pass", "2026-07-10 12:00", {"approved_at": "2026-07-09 12:00"}),
        ("pass", "2026-07-10 12:00", {"approved_at": "2026-07-15 12:00"}),
        ("fail", "2026-07-10 12:00", {"approved_at": "2026-07-15 12:00:00.000001"}),
        ("fail", "2026-07-10 12:00", {"approvers": [], "approved_at": None}),
        ("fail", "2026-07-10 12:00", {"approvers": ["ada"], "approved_at": "2026-07-20"}),
        ("not assessed", "2026-09-29 12:00", {"approvers": [], "approved_at": None}),
        ("not assessed", "2026-07-10 12:00", {"approvers": None}),
        ("not assessed", "2026-07-10 12:00", {"author": None}),
        ("not assessed", "2026-07-10 12:00", {"approved_at": None}),
    ],
)
def test_statuses(report: Report, status: str, at: str, given: dict[str, Any]) -> None:
    """A second person by the limit passes; nobody by then fails; within it, or unknown, is not assessed."""
    release = deployment(at, commit_sha="m1")
    made = change("m1", change_id="r1", is_emergency=True, **given)
    found = report(
        deployment("2026-06-20 12:00"), release, deployed(release), made, authored(made, ("o", "2026-07-01"))
    )
    assert found.findings(CHECK) == {"r1": status}


def test_ordinary_changes_are_not_asked(report: Report) -> None:
    """Without an emergency change there is nothing to judge."""
    release = deployment("2026-07-10 12:00", commit_sha="m1")
    made = change("m1")
    found = report(deployment("2026-06-20 12:00"), release, deployed(release), made)
    assert found.findings(CHECK) == {"(none)": "not assessed"}
