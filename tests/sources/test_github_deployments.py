"""Deployments of the `github` source, and which commits each brought in."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from qmsreport.errors import Unavailable
from tests.sources.github_server import Answer, GitHubServer, Repo
from tests.sources.github_world import DAY, HOUR, JULY, MINUTE, NOW, REPO, Ledger, history, one


def test_superseded_deployment_is_not_taken_as_finished_late(repo: Repo, read: Any) -> None:
    """A later `inactive`, or a second success, does not move the time of the first success."""
    sha = repo.commit("a", JULY)
    superseded = repo.deploy(sha, JULY, ("success", JULY + MINUTE))
    repo.status(superseded, "inactive", JULY + 9 * DAY)
    repo.status(superseded, "success", JULY + 10 * DAY)
    row = one(read().rows("deployments"))
    assert (row["outcome"], row["finished_at"]) == ("succeeded", JULY + MINUTE)


def test_retries_are_attempts_of_one_deployment(repo: Repo, read: Any) -> None:
    """A failure that is followed by another try and a success is one succeeded deployment of two attempts."""
    repo.deploy(
        repo.commit("a", JULY),
        JULY,
        ("in_progress", JULY + MINUTE),
        ("failure", JULY + 2 * MINUTE),
        ("in_progress", JULY + 3 * MINUTE),
        ("success", JULY + 4 * MINUTE),
    )
    row = one(read().rows("deployments"))
    assert (row["outcome"], row["attempt"], row["finished_at"]) == ("succeeded", 2, JULY + 4 * MINUTE)


@pytest.mark.parametrize(
    ("states", "outcome", "finished"),
    [
        ([], None, None),
        (["pending"], "running", None),
        (["in_progress", "failure"], "failed", JULY + 2 * MINUTE),
        (["in_progress", "error", "inactive"], "failed", JULY + 2 * MINUTE),
        (["failure", "in_progress"], "running", None),
        (["queued", "inactive"], "cancelled", JULY + 2 * MINUTE),
        (["inactive"], "cancelled", JULY + MINUTE),
    ],
)
def test_outcome_without_success(
    repo: Repo, read: Any, states: list[str], outcome: str | None, finished: datetime | None
) -> None:
    """Without a success a deployment failed, still runs, never went live, or says nothing about itself."""
    repo.deploy(
        repo.commit("a", JULY), JULY, *((state, JULY + (i + 1) * MINUTE) for i, state in enumerate(states))
    )
    row = one(read().rows("deployments"))
    assert (row["outcome"], row["finished_at"]) == (outcome, finished)


def test_statuses_of_one_second_are_taken_in_their_order(repo: Repo, read: Any) -> None:
    """A deployment that began and failed within a second has failed; it does not run for ever."""
    repo.deploy(repo.commit("a", JULY), JULY, ("queued", JULY), ("in_progress", JULY), ("failure", JULY))
    row = one(read().rows("deployments"))
    assert (row["outcome"], row["attempt"], row["finished_at"]) == ("failed", 1, JULY)


def test_status_history_longer_than_a_page(repo: Repo, read: Any) -> None:
    """The first success is found where 100 later statuses hide it."""
    deployment = repo.deploy(repo.commit("a", JULY), JULY, ("success", JULY + MINUTE))
    for index in range(130):
        repo.status(deployment, "in_progress", JULY + DAY + index * MINUTE)
    assert one(read().rows("deployments"))["finished_at"] == JULY + MINUTE


def test_a_waiting_deployment_is_read_again_until_it_ends(hub: GitHubServer, repo: Repo, read: Any) -> None:
    """One that waited for weeks, longer than the overlap, is found to have succeeded, with its commits."""
    first, second = repo.commit("a", JULY), repo.commit("b", JULY + DAY, repo.commit("a", JULY))
    repo.deploy(first, NOW - 25 * DAY, ("success", NOW - 25 * DAY))
    waiting = repo.deploy(second, NOW - 20 * DAY, ("waiting", NOW - 20 * DAY))
    ledger = read()
    assert [row["outcome"] for row in ledger.rows("deployments")] == ["succeeded", "running"]
    repo.status(waiting, "success", NOW + HOUR)
    read(ledger, until=NOW + DAY, now=NOW + DAY)
    assert [row["outcome"] for row in ledger.rows("deployments")] == ["succeeded", "succeeded"]
    assert [row["commit_sha"] for row in ledger.rows("deployment_commits")] == [second]


def test_a_failed_deployment_is_read_again_when_it_is_retried(
    hub: GitHubServer, repo: Repo, read: Any
) -> None:
    """A retry weeks later is noticed, also after a run to which GitHub answered that nothing had changed."""
    failed = repo.deploy(repo.commit("a", JULY), NOW - 20 * DAY, ("failure", NOW - 20 * DAY))
    ledger = read()
    read(ledger)
    assert hub.asked("/deployments")[-1].status == 304
    repo.status(failed, "success", NOW + HOUR)
    read(ledger, until=NOW + DAY, now=NOW + DAY)
    assert one(ledger.rows("deployments"))["outcome"] == "succeeded"


def test_a_failed_deployment_is_remembered_through_an_interruption(
    hub: GitHubServer, repo: Repo, read: Any
) -> None:
    """What may still change on a page that was read before a break is read again on later runs."""
    sha = repo.commit("a", JULY)
    failed = repo.deploy(sha, NOW - 20 * DAY, ("failure", NOW - 20 * DAY))
    for index in range(120):
        at = NOW - 10 * DAY + index * HOUR
        repo.deploy(sha, at, ("success", at))
    ledger = Ledger()
    hub.fail(
        99, Answer(429, {"message": "slow down"}, {"Retry-After": "3600"}), after=1, on="DeploymentStatuses"
    )
    with pytest.raises(Unavailable):
        read(ledger)
    hub.faults.clear()
    read(ledger)
    repo.status(failed, "success", NOW + HOUR)
    read(ledger, until=NOW + DAY, now=NOW + DAY)
    assert {row["outcome"] for row in ledger.rows("deployments")} == {"succeeded"}


def test_first_deployment_is_a_baseline(repo: Repo, read: Any) -> None:
    """The first of a service and environment swallows no history; the second brings what came since."""
    shas = history(repo, 2)
    repo.deploy(shas[1], JULY + 2 * DAY, ("success", JULY + 2 * DAY), environment="staging")
    ledger = read()
    second = ledger.rows("deployments")[1]["deployment_id"]
    assert ledger.rows("deployment_commits") == [{"deployment_id": second, "commit_sha": shas[1]}]


def test_failed_deployment_hands_its_commits_to_the_next(repo: Repo, read: Any) -> None:
    """Commits count from the previous successful deployment, not from a failed one between."""
    shas = [repo.commit("c0", JULY)]
    for index in range(1, 3):
        shas.append(repo.commit(f"c{index}", JULY + index * HOUR, shas[-1]))
    for index, state in enumerate(("success", "failure", "success")):
        repo.deploy(shas[index], JULY + index * DAY, (state, JULY + index * DAY + MINUTE))
    ledger = read()
    assert {row["commit_sha"] for row in ledger.rows("deployment_commits")} == set(shas[1:])
    assert len({row["deployment_id"] for row in ledger.rows("deployment_commits")}) == 1


def test_a_late_success_follows_those_that_overtook_it(repo: Repo, read: Any) -> None:
    """A deployment that waited for its approval is compared with what was live when it went live."""
    shas = [repo.commit("c0", JULY)]
    for index in range(1, 4):
        shas.append(repo.commit(f"c{index}", JULY + index * HOUR, shas[-1]))
    repo.deploy(shas[0], JULY, ("success", JULY))
    late = repo.deploy(shas[3], JULY + HOUR, ("waiting", JULY + HOUR), ("success", JULY + 9 * DAY))
    for index in (1, 2):
        repo.deploy(shas[index], JULY + index * DAY, ("success", JULY + index * DAY))
    links = read().rows("deployment_commits")
    assert [row["commit_sha"] for row in links if row["deployment_id"] == str(late["number"])] == [shas[3]]
    assert len(links) == 3


def test_a_late_success_on_another_page_follows_those_that_overtook_it(repo: Repo, read: Any) -> None:
    """The order of going live holds across the pages in which deployments are read."""
    shas = history(repo, 150)
    late = repo.commit("late", JULY, repo.commit("root", JULY - DAY))
    waited = repo.deploy(late, JULY + HOUR, ("success", JULY + 120 * 4 * HOUR + HOUR))
    ledger = read()
    brought = {row["deployment_id"]: 0 for row in ledger.rows("deployments")}
    for row in ledger.rows("deployment_commits"):
        brought[row["deployment_id"]] += 1
    assert brought.pop(str(waited["number"])) == 1
    # the one after it is compared with it, from which all of the main line is missing
    assert sorted(brought.values()) == [0, *[1] * 148, 122]
    assert len(shas) == 150


def test_rewritten_history_is_not_computed_and_said_so(repo: Repo, read: Any) -> None:
    """A base that GitHub no longer knows gives no commits and a warning, and the next deployment goes on."""
    shas = history(repo, 4)
    del repo.commits[shas[1]]
    repo.commits[shas[2]]["parents"] = [shas[0]]
    ledger = read()
    warnings = [text for extract in ledger.extracts for text in extract.warnings]
    assert len([text for text in warnings if "rewritten history" in text]) == 2
    assert [row["commit_sha"] for row in ledger.rows("deployment_commits")] == [shas[3]]


@pytest.mark.parametrize(
    ("answer", "tries"),
    [
        (Answer(403, {"message": "Resource not accessible by personal access token"}), 1),
        (Answer(503, {"message": "busy"}), 8),
    ],
)
def test_refused_comparison_is_made_up_for(
    hub: GitHubServer, repo: Repo, read: Any, answer: Answer, tries: int
) -> None:
    """Commits that could not be asked for are not given up: the next run that may ask finds them."""
    shas = history(repo, 5)
    hub.fail(99, answer, on="/compare/")
    ledger = read(retries=1)
    assert [one.subject for one in ledger.extracts if one.error] == [f"deployments:{REPO}"]
    assert len(hub.asked("/compare/")) == tries
    hub.faults.clear()
    read(ledger)
    assert {row["commit_sha"] for row in ledger.rows("deployment_commits")} == set(shas[1:])


def test_comparison_too_large_for_github(hub: GitHubServer, repo: Repo, read: Any) -> None:
    """A span that GitHub cannot compare is asked for in parts; a part it cannot compare either is named."""
    shas = history(repo, 5)
    too_large = Answer(500, {"message": "Server Error: Sorry, this diff is taking too long to generate."})
    small = [f"{base}...{head}" for base, head in itertools.pairwise(shas)]
    hub.faults.append(
        lambda asked, _: (
            too_large
            if "/compare/" in asked.path and not asked.path.endswith((small[0], small[1], small[3]))
            else None
        )
    )
    ledger = read(retries=0)
    assert {row["commit_sha"] for row in ledger.rows("deployment_commits")} == {shas[1], shas[2], shas[4]}
    warnings = [text for one in ledger.extracts for text in one.warnings]
    assert len([text for text in warnings if "too far apart" in text]) == 1


def test_rollback_brings_no_commits(hub: GitHubServer, repo: Repo, read: Any) -> None:
    """Going back to an older commit brings nothing, and going forward again brings the same once more."""
    shas = history(repo, 10)
    back = repo.deploy(
        shas[3], JULY + 5 * DAY, ("success", JULY + 5 * DAY), description="Rollback of a bad release"
    )
    ledger = read()
    assert not [
        row for row in ledger.rows("deployment_commits") if row["deployment_id"] == str(back["number"])
    ]
    assert [row["is_rollback"] for row in ledger.rows("deployments")].count(True) == 1
    assert len(hub.asked("/compare/")) <= 3


@pytest.mark.parametrize(
    ("more", "unplanned"),
    [
        ({"ref": "hotfix/pay"}, True),
        ({"description": "Emergency fix of the cart"}, True),
        ({"payload": '{"reason": "revert-1234"}'}, True),
        ({"payload": {"emergency": False}}, False),
        ({"ref": "main"}, False),
    ],
)
def test_unplanned_deployment(repo: Repo, read: Any, more: dict[str, Any], unplanned: bool) -> None:
    """A deployment is unplanned when its ref, description or payload says so, by the configured patterns."""
    repo.deploy(repo.commit("a", JULY), JULY, ("success", JULY), **more)
    assert one(read().rows("deployments"))["is_unplanned"] is unplanned


@pytest.mark.parametrize(
    ("more", "service"),
    [
        ({"environment": "cart-production"}, "cart"),
        ({"environment": "cart-api-production"}, "cart-api"),
        ({"environment": "production/cart-api"}, "cart-api"),
        ({"payload": {"service": "cart api"}}, "cart-api"),
        ({"task": "deploy:cart"}, "cart"),
        ({}, None),
    ],
)
def test_monorepo_is_not_one_service(
    hub: GitHubServer, read: Any, more: dict[str, Any], service: str | None
) -> None:
    """In a monorepo a deployment's payload, task or environment names the service, or nothing does."""
    hub.repos.clear()
    shop = hub.repo("acme/shop")
    shop.deploy(shop.commit("a", JULY), JULY, ("success", JULY), **more)
    ledger = read()
    assert one(ledger.rows("deployments"))["service"] == service
    assert any("map to no service" in text for one in ledger.extracts for text in one.warnings) is (
        service is None
    )


def test_environments_are_mapped_and_kept_apart(repo: Repo, read: Any) -> None:
    """Two environments are two lines of deployments; a configured name replaces GitHub's."""
    shas = history(repo, 3, environment="prod-eu")
    for index, sha in enumerate(shas):
        repo.deploy(sha, JULY + index * DAY, ("success", JULY + index * DAY + HOUR), environment="prod-us")
    ledger = read(environments={"prod-eu": "production-eu"})
    assert {row["environment"] for row in ledger.rows("deployments")} == {"production-eu", "prod-us"}
    assert len(ledger.rows("deployment_commits")) == 4


def test_environments_do_not_differ_by_case(repo: Repo, read: Any) -> None:
    """GitHub takes `Production` and `production` for one: they are one line, under the configured spelling."""
    for index, name in enumerate(("production", "Production", "PROD-EU", "QA")):
        repo.deploy(repo.commit("a", JULY), JULY + index * HOUR, ("success", JULY), environment=name)
    rows = read(environments={"Prod-EU": "production-eu"}).rows("deployments")
    assert [row["environment"] for row in rows] == ["production", "production", "production-eu", "QA"]


@settings_of(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_commits_of_deployments_equal_the_graph(hub: GitHubServer, read: Any, data: st.DataObject) -> None:
    """For any connected commit graph and order of deployments, each brings what is reachable from it and not from the last."""
    hub.repos.clear()
    repo = hub.repo(REPO)
    shas: list[str] = []
    for index in range(data.draw(st.integers(2, 14))):
        some = st.lists(st.sampled_from(shas), min_size=1, max_size=2, unique=True) if shas else st.just([])
        parents = data.draw(some)  # GitHub compares nothing without a common ancestor
        shas.append(repo.commit(f"c{index}", JULY + index * MINUTE, *parents))
    order = data.draw(
        st.lists(st.tuples(st.sampled_from(shas), st.sampled_from(["a", "b"])), min_size=1, max_size=12)
    )
    expected: dict[str, set[str]] = {}
    live: dict[str, str] = {}
    for index, (sha, environment) in enumerate(order):
        at = JULY + index * HOUR
        number = str(repo.deploy(sha, at, ("success", at), environment=environment)["number"])
        expected[number] = (
            repo.reachable(sha) - repo.reachable(live[environment]) if environment in live else set()
        )
        live[environment] = sha
    found: dict[str, set[str]] = {number: set() for number in expected}
    for row in read(incident_labels=[]).rows("deployment_commits"):
        found[row["deployment_id"]].add(row["commit_sha"])
    assert found == expected
