"""Commit lead time: the finer unit."""

from __future__ import annotations

from tests.factories import commit, deployed, deployment
from tests.queries.conftest import Report

BASELINE = deployment("2026-06-20 12:00")
METRIC = ("commit_lead_time", "median")


def test_per_commit(report: Report) -> None:
    """Commits of 1 and 3 hours and a quarter of a second have a median of 2; their merge commit is left out."""
    release = deployment("2026-07-10 12:00:00.25", commit_sha="merge")
    found = report(
        BASELINE,
        commit("a", "2026-07-10 11:00", parent_shas=["x"]),
        commit("b", "2026-07-10 09:00", parent_shas=["a"]),
        commit("merge", "2026-07-10 12:00", parent_shas=["x", "b"]),
        release,
        deployed(release, "a", "b", "merge"),
    )
    row = found.row(*METRIC)
    assert row
    assert (row["value"], row["n"], row["excluded"]) == (7200.25, 2, 0)


def test_fan_out_over_repositories(report: Report) -> None:
    """A commit that two repositories show, in two environments, counts once, where it arrived first."""
    releases = [
        deployment(at, environment=place, commit_sha="a")
        for place, at in (("eu", "2026-07-10 13:00"), ("us", "2026-07-10 12:00"))
    ]
    found = report(
        [deployment("2026-06-20 12:00", environment=place) for place in ("eu", "us")],
        commit("a", "2026-07-10 11:00"),
        commit("a", "2026-07-10 11:00", repository="mirror/checkout"),
        releases,
        [deployed(release) for release in releases],
        more='[delivery]\nproduction = ["eu", "us"]\n',
    )
    row = found.row(*METRIC)
    assert row
    assert (row["value"], row["n"]) == (3600, 1)


def test_unknown_and_negative(report: Report) -> None:
    """Commits that no source describes, and negative times, are excluded, not lost."""
    release = deployment("2026-07-10 12:00", commit_sha="a")
    found = report(
        BASELINE,
        commit("a", "2026-07-10 12:00:00.000001"),
        release,
        deployed(release, "a", "nobody-knows"),
    )
    row = found.row(*METRIC)
    assert row
    assert (row["value"], row["n"], row["excluded"]) == (None, 0, 2)


def test_bots(report: Report) -> None:
    """A bot's commit is left out where bots are."""
    release = deployment("2026-07-10 12:00", commit_sha="a")
    items = [BASELINE, commit("a", "2026-07-10 11:00", is_bot=True), release, deployed(release)]
    assert report(items).figure(*METRIC) == 3600
    assert report(items, more="[delivery]\ninclude_bots = false\n").row(*METRIC) is None


def test_no_data(report: Report) -> None:
    """A baseline brings in nothing, so there is no figure."""
    first = deployment("2026-07-02 12:00", commit_sha="a")
    assert report(first, deployed(first), commit("a")).row(*METRIC) is None
