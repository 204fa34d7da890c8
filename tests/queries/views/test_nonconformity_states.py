"""Nonconformities and where they stand, as of 20 October 2026."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import action, nonconformity
from tests.queries.conftest import Report

VIEW = "nonconformity_states"


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({}, "overdue"),
        ({"due_at": "2026-10-20 06:31"}, "open"),
        ({"due_at": None}, "open"),
        ({"closed_at": "2026-10-19", "verifier": "QM", "effective": True}, "closed"),
        ({"closed_at": "2026-10-21", "verifier": "QM"}, "overdue"),  # announced, not yet so
    ],
)
def test_the_state(report: Report, given: dict[str, Any], state: str) -> None:
    """Closed once its day has begun, else overdue once its due day has ended, else open."""
    (row,) = report(nonconformity(**given)).view(VIEW)
    assert row["state"] == state


@pytest.mark.parametrize(
    ("given", "gap"),
    [
        ({"verifier": "QM", "effective": True}, None),
        ({"effective": True}, "nobody verified the closure"),
        ({"verifier": "HEAD of platform", "effective": True}, "its owner verified the closure"),
        ({"verifier": "QM"}, "whether it was effective is not known"),
        ({"verifier": "QM", "effective": False}, "its actions were not effective"),
    ],
)
def test_a_closure_has_a_gap(report: Report, given: dict[str, Any], gap: str | None) -> None:
    """Only a closure that a second person verified and that was found effective has none."""
    (row,) = report(nonconformity(closed_at="2026-09-01", **given)).view(VIEW)
    assert row["closure_gap"] == gap


def test_the_age(report: Report) -> None:
    """Whole days from the opening to the closure, or to the cut-off; none where nobody says when it was opened."""
    items = [
        nonconformity("open", opened_at="2026-10-10"),
        nonconformity("closed", opened_at="2026-07-10", closed_at="2026-07-13", verifier="QM"),
        nonconformity("undated", opened_at=None),
    ]
    ages = {row["nonconformity_id"]: row["age_days"] for row in report(items).view(VIEW)}
    assert ages == {"open": 10, "closed": 3, "undated": None}


def test_its_actions(report: Report) -> None:
    """They are counted; one that is not done after its due day is overdue, and named."""
    items = [
        nonconformity(),
        action("late"),
        action("later", due_at="2026-12-01"),
        action("done", done_at="2026-09-15"),
        action("of another", nonconformity_id="NC-2"),
    ]
    (row,) = report(items).view(VIEW)
    assert (row["actions"], row["actions_done"], row["actions_overdue"]) == (3, 1, 1)
    assert row["overdue_actions"] == "late"


def test_without_actions(report: Report) -> None:
    """A nonconformity without an action has none, and none that is overdue."""
    (row,) = report(nonconformity()).view(VIEW)
    assert (row["actions"], row["actions_done"], row["actions_overdue"], row["overdue_actions"]) == (
        0,
        0,
        0,
        None,
    )
