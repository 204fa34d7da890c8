"""Merged requests that reached production."""

from __future__ import annotations

from tests.factories import authored, change, commit, deployed, deployment, moment
from tests.queries.conftest import Report


def test_one_row_for_each_place_it_reached(report: Report) -> None:
    """A request is listed once for each environment, with its earliest own commit; the first is marked."""
    request = change("merge", is_bot=None)
    releases = [
        deployment("2026-07-11 12:00", environment="eu"),
        deployment("2026-07-12 12:00", environment="us"),
    ]
    found = report(
        deployment("2026-06-20 12:00", environment="eu"),
        deployment("2026-06-20 12:00", environment="us"),
        request,
        authored(request, ("own1", "2026-07-01 12:00:00.5"), ("own2", "2026-07-02 12:00")),
        commit("merge", parent_shas=["x", "own2"]),
        releases,
        [deployed(release, "merge", "own1", "own2") for release in releases],
        more='[delivery]\nproduction = ["eu", "us"]\n',
    )
    rows = sorted(found.view("deployed_changes"), key=lambda row: row["sequence_no"])
    assert [(row["change_id"], row["is_first"]) for row in rows] == [
        (request.change_id, True),
        (request.change_id, False),
    ]
    assert {row["authored_at"] for row in rows} == {moment("2026-07-01 12:00:00.5")}
    assert {row["is_bot"] for row in rows} == {False}


def test_only_merged_ones(report: Report) -> None:
    """A request that was never merged is in no deployment, whatever its commits are in."""
    request = change("merge", None)
    release = deployment("2026-07-11 12:00")
    found = report(deployment("2026-06-20 12:00"), request, release, deployed(release, "merge"))
    assert found.view("deployed_changes") == []


def test_a_commit_of_a_request_is_no_change_of_its_own(report: Report) -> None:
    """What belongs to a request is not loose, nor is a merge commit; a direct push is."""
    request = change("squash")
    release = deployment("2026-07-11 12:00")
    found = report(
        deployment("2026-06-20 12:00"),
        request,
        commit("merge", parent_shas=["a", "b"]),
        release,
        deployed(release, "squash", "merge", "push"),
    )
    loose = {row["commit_sha"]: row["is_loose"] for row in found.view("deployed_commits")}
    assert loose == {"squash": False, "merge": False, "push": True}
