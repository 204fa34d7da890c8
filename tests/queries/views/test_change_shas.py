"""Commits by which a merged request is recognised in production."""

from __future__ import annotations

import pytest

from tests.factories import authored, change, commit
from tests.queries.conftest import Report


def test_whole_and_parts(report: Report) -> None:
    """Merge commit and head hold the whole, own commits a part; an own commit that is the head holds the whole."""
    made = change("merge", change_id="r1", head_sha="own2")
    found = report(
        made,
        authored(made, ("own1", "2026-07-08 12:00"), ("own2", "2026-07-09 12:00")),
        change(None, None, head_sha="open"),  # type: ignore[arg-type]
    )
    rows = {row["commit_sha"]: row["is_whole"] for row in found.view("change_shas")}
    assert rows == {"merge": True, "own1": False, "own2": True}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, True),
        ({"committed_at": "2026-07-10 10:01:00"}, True),
        ({"committed_at": "2026-07-10 10:01:00.000001"}, False),
        ({"authored_at": "2026-07-08 12:00:00.000001"}, False),
        ({"repository": "acme/other"}, False),
        ({"parent_shas": ["a", "b"]}, False),
    ],
)
def test_rebased_copy(report: Report, given: dict[str, object], found: bool) -> None:
    """A copy keeps its author's time and is committed with the merge; nothing else is taken for one."""
    made = change("merge", "2026-07-10 10:00")
    copy = {
        "authored_at": "2026-07-08 12:00",
        "committed_at": "2026-07-10 09:59:00",
        "parent_shas": ["a"],
    } | given
    rows = report(made, authored(made, ("own", "2026-07-08 12:00")), commit("copy", **copy)).view(
        "change_shas"
    )
    assert ("copy" in {row["commit_sha"] for row in rows}) == found
