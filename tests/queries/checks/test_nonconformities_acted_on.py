"""Nonconformities were acted on in time, as of 20 October 2026; the period is the quarter before."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import action, nonconformity
from tests.queries.conftest import Report

CHECK = "nonconformities_acted_on"
CLOSED: dict[str, Any] = {"closed_at": "2026-09-01", "verifier": "QM", "effective": True}
LATER = "2026-12-01"


@pytest.mark.parametrize(
    ("given", "done", "status", "words"),
    [
        ({"due_at": LATER}, {"due_at": LATER}, "pass", "nothing of it is overdue"),
        (CLOSED, {"done_at": "2026-08-20"}, "pass", "somebody else found effective"),
        ({"due_at": "2026-10-01"}, {"due_at": LATER}, "fail", "its day has passed"),
        ({"due_at": LATER}, {"due_at": "2026-10-01"}, "fail", "Overdue of its actions: A1."),
        (CLOSED, {"due_at": LATER}, "fail", "closed before its actions were done"),
        (CLOSED | {"verifier": None}, {"done_at": "2026-08-20"}, "fail", "nobody verified the closure"),
        ({"due_at": None}, {"due_at": LATER}, "not assessed", "no day is set"),
    ],
)  # fmt: skip
def test_statuses(
    report: Report, given: dict[str, Any], done: dict[str, Any], status: str, words: str
) -> None:
    """Overdue, closed too early or unverified fails; open within its time passes; without a day nothing is known."""
    items = [nonconformity("NC-1", **given), action("A1", nonconformity_id="NC-1", **done)]
    row = report(items).finding(CHECK, "NC-1")
    assert row["status"] == status
    assert words in row["reason"]


def test_without_an_action_nothing_passes(report: Report) -> None:
    """Neither an open nor a closed one can be judged when no action is recorded for it."""
    items = [nonconformity("open", due_at=LATER), nonconformity("closed", **CLOSED)]
    assert report(items).findings(CHECK) == {"open": "not assessed", "closed": "not assessed"}


def test_only_those_of_the_period(report: Report) -> None:
    """One that was closed before the period, or opened after it, is not in question; one that went on is."""
    items = [
        nonconformity("before", opened_at="2026-02-01", **CLOSED | {"closed_at": "2026-06-30"}),
        nonconformity("after", opened_at="2026-10-05", due_at=LATER),
        nonconformity("through", opened_at="2026-02-01", due_at="2026-03-01"),
    ]
    assert report(items).findings(CHECK) == {"through": "fail"}


def test_no_data(report: Report) -> None:
    """That no register holds one says nothing."""
    assert report([]).findings(CHECK) == {"(none)": "not assessed"}
