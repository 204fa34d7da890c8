"""Every commit that reached production came through a change."""

from __future__ import annotations

from typing import Any

from tests.factories import authored, change, commit, deployed, deployment
from tests.queries.conftest import Report

CHECK = "commits_traced"
BASELINE = deployment("2026-06-20 12:00")


def release(*shas: str) -> list[Any]:
    """The deployment `d1`, which brought these commits in, and the request `r1` with the commits m1 and o1."""
    made = change("m1", change_id="r1")
    new = deployment("2026-07-10 12:00:00.5", deployment_id="d1", commit_sha=shas[-1])
    return [BASELINE, made, authored(made, ("o1", "2026-07-10 09:00")), new, deployed(new, *shas)]


def test_all_of_them(report: Report) -> None:
    """A merge commit of two branches belongs to no request and needs none."""
    found = report(release("o1", "m1", "join"), commit("join", parent_shas=["a", "m1"]))
    assert found.findings(CHECK) == {"d1": "pass"}
    assert found.finding(CHECK, "d1")["observed"] == "2 commits of merged changes"


def test_one_rides_along(report: Report) -> None:
    """A direct push between the commits of a reviewed request fails the deployment and is named."""
    finding = report(release("o1", "push", "quick", "m1"), commit("push", parent_shas=["a"])).finding(
        CHECK, "d1"
    )
    assert finding["status"] == "fail"
    assert finding["reason"] == "2 of 4 commits belong to no merged change, push among them."


def test_commit_that_no_record_describes(report: Report) -> None:
    """Where commits of the repository are recorded, one of which nothing is known is not taken for a merge commit."""
    finding = report(release("o1", "m1", "nobody-knows"), commit("o1", parent_shas=["a"])).finding(
        CHECK, "d1"
    )
    assert finding["status"] == "fail"
    assert finding["reason"] == "1 of 3 commits belong to no merged change, nobody-knows among them."


def test_repository_of_which_no_commit_is_recorded(report: Report) -> None:
    """Where nothing tells a merge from another commit, what is in no request may be either: it is not assessed."""
    elsewhere = commit("x", repository="acme/other", parent_shas=["a"])
    finding = report(release("o1", "m1", "either"), elsewhere).finding(CHECK, "d1")
    assert finding["status"] == "not assessed"
    assert finding["reason"] == (
        "1 of 3 commits belong to no merged change, either among them; no record says which commits are merges."
    )
    assert finding["observed"] == "2 commits of merged changes"


def test_all_of_them_where_no_commit_is_recorded(report: Report) -> None:
    """What is all in requests needs no record of the commits themselves."""
    assert report(release("o1", "m1")).findings(CHECK) == {"d1": "pass"}


def test_rebased_request(report: Report) -> None:
    """The copies that a rebase merge makes belong to their request."""
    copy = commit("copy", "2026-07-10 09:00", committed_at="2026-07-10 10:00:01", parent_shas=["a"])
    assert report(release("copy", "m1"), copy).findings(CHECK) == {"d1": "pass"}


def test_no_data(report: Report) -> None:
    """Where no request was ever recorded none can be found, and a baseline brings in nothing to judge."""
    new = deployment("2026-07-10 12:00", deployment_id="d1", commit_sha="a")
    found = report(BASELINE, new, deployed(new))
    assert found.findings(CHECK) == {"d1": "not assessed"}


def test_baseline(report: Report) -> None:
    """The first known deployment is not judged by the years it holds."""
    first = deployment("2026-07-10 12:00", commit_sha="a")
    assert report(first, deployed(first), change("m1")).findings(CHECK) == {"(none)": "not assessed"}
