"""Commits that reached production, at their first success in each lane."""

from __future__ import annotations

from tests.factories import commit, deployed, deployment, moment
from tests.queries.conftest import Report


def test_first_success_of_each_lane(report: Report) -> None:
    """A commit listed by two deployments of one lane arrived with the first that succeeded after the baseline."""
    releases = [
        deployment(f"2026-07-0{day} 12:00:00.5", outcome="failed" if day == 2 else "succeeded")
        for day in (1, 2, 3, 4)
    ]
    found = report(releases, [deployed(release, "a") for release in releases])
    (row,) = found.view("deployed_commits")
    assert row["sequence_no"] == 3


def test_each_environment_by_itself(report: Report) -> None:
    """Two environments are two lanes."""
    releases = [
        deployment(f"2026-07-0{day} 12:00", environment=place)
        for day in (1, 2)
        for place in ("eu", "us", "staging")
    ]
    found = report(
        releases,
        [deployed(release, "a") for release in releases],
        more='[delivery]\nproduction = ["eu", "us"]\n',
    )
    rows = found.view("deployed_commits")
    assert len({row["lane_no"] for row in rows}) == len(rows) == 2
    assert len({row["service_no"] for row in rows}) == 1


def test_what_is_known_of_a_commit(report: Report) -> None:
    """A fork's copy is the same commit; more than one parent makes a merge, unknown parents do not."""
    release = deployment("2026-07-10 12:00")
    found = report(
        deployment("2026-06-20 12:00"),
        commit("a", "2026-07-01 12:00:00.5", parent_shas=["x", "y"]),
        commit("a", "2026-07-01 12:00:00.5", parent_shas=["x", "y"], repository="fork/checkout", is_bot=True),
        commit("b", parent_shas=["a"]),
        commit("root", parent_shas=[]),
        commit("unknown", None, parent_shas=None, is_bot=None),  # type: ignore[arg-type]
        release,
        deployed(release, "a", "b", "root", "unknown", "nobody-knows"),
    )
    rows = {row["commit_sha"]: (row["is_merge"], row["is_bot"]) for row in found.view("deployed_commits")}
    neither = dict.fromkeys(("b", "root", "unknown", "nobody-knows"), (False, False))
    assert rows == {"a": (True, True)} | neither
    times = {row["commit_sha"]: row["authored_at"] for row in found.view("deployed_commits")}
    assert (times["a"], times["unknown"]) == (moment("2026-07-01 12:00:00.5"), None)
