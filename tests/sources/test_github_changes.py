"""Pull requests of the `github` source as changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.sources.github_server import Answer, GitHubServer, Missing, Repo
from tests.sources.github_world import DAY, HOUR, JULY, MINUTE, NOW, REPO, history, one, protection


def test_squash_and_rebase_lose_no_commits(repo: Repo, read: Any) -> None:
    """A squashed change keeps its own commits with their authored times, its head and its merge commit."""
    own = [(repo.commit(f"o{i}", JULY), JULY - (9 - i) * DAY) for i in range(3)]
    squashed = repo.commit("squashed", JULY)
    repo.pull(JULY - DAY, own, merged=JULY, merge_sha=squashed)
    ledger = read()
    change = one(ledger.rows("changes"))
    assert (change["merge_sha"], change["head_sha"]) == (squashed, own[-1][0])
    assert [(row["commit_sha"], row["authored_at"]) for row in ledger.rows("change_commits")] == own


def test_change_with_more_commits_than_a_page(repo: Repo, read: Any) -> None:
    """All own commits of a large change are read."""
    own = [(repo.commit(f"o{i}", JULY), JULY + i * MINUTE) for i in range(230)]
    repo.pull(JULY, own, merged=JULY + DAY, merge_sha=own[-1][0])
    assert len(read().rows("change_commits")) == 230


def test_approvals_are_those_that_stand_at_the_merge(repo: Repo, read: Any) -> None:
    """Neither the author's nor a program's, a dismissed, a withdrawn or a later approval counts."""
    sha = repo.commit("o", JULY)
    repo.pull(
        JULY,
        [(sha, JULY)],
        merged=JULY + DAY,
        merge_sha=sha,
        reviews=[
            ("copilot[bot]", "APPROVED", JULY + MINUTE),
            ("ann", "APPROVED", JULY + 2 * MINUTE),
            ("bob", "COMMENTED", JULY + HOUR),
            ("bob", "APPROVED", JULY + 2 * HOUR),
            ("bob", "COMMENTED", JULY + 3 * HOUR),
            ("carl", "APPROVED", JULY + 4 * HOUR),
            ("carl", "CHANGES_REQUESTED", JULY + 5 * HOUR),
            ("dora", "DISMISSED", JULY + 6 * HOUR),
            ("eve", "APPROVED", JULY + 2 * DAY),
        ],
    )
    change = one(read().rows("changes"))
    assert change["approvers"] == ["bob"]
    assert change["approved_at"] == JULY + 2 * HOUR
    assert change["first_reviewed_at"] == JULY + HOUR


def test_hidden_reviews_are_not_taken_for_none(repo: Repo, read: Any) -> None:
    """Where a permission hides the reviews, nobody says that a change was not approved."""

    def denied() -> None:
        raise Missing("FORBIDDEN", "Resource not accessible by personal access token")

    sha = repo.commit("o", JULY)
    repo.pull(JULY, [(sha, JULY)], merged=JULY + DAY, merge_sha=sha)["reviews"] = denied
    ledger = read()
    assert one(ledger.rows("changes"))["approvers"] is None
    warnings = [text for extract in ledger.extracts for text in extract.warnings]
    assert (
        "PullRequests: repository.list.nodes.reviews: Resource not accessible by personal access token"
        in warnings
    )


@pytest.mark.parametrize(("required", "approved"), [(1, JULY + HOUR), (2, JULY + 2 * HOUR), (3, None)])
def test_approved_when_the_last_required_approval_was_given(
    repo: Repo, read: Any, required: int, approved: datetime | None
) -> None:
    """A change is approved when it has as many approvals as the branch's rules ask for."""
    repo.protection = protection(required_approving_review_count=required)
    sha = repo.commit("o", JULY)
    reviews = [("bob", "APPROVED", JULY + HOUR), ("carl", "APPROVED", JULY + 2 * HOUR)]
    repo.pull(JULY, [(sha, JULY)], merged=JULY + DAY, merge_sha=sha, reviews=reviews)
    assert one(read().rows("changes"))["approved_at"] == approved


def test_a_passing_fault_does_not_move_the_time_of_approval(hub: GitHubServer, repo: Repo, read: Any) -> None:
    """A change that is read again while the branch's rules cannot be is judged by the rules last known."""
    repo.protection = protection(required_approving_review_count=1)
    sha = repo.commit("o", NOW - DAY)
    reviews = [("bob", "APPROVED", NOW - 3 * HOUR), ("carl", "APPROVED", NOW - 2 * HOUR)]
    repo.pull(NOW - DAY, [(sha, NOW - DAY)], merged=NOW - HOUR, merge_sha=sha, reviews=reviews)
    ledger = read()
    hub.fail(9, Answer(503, {"message": "busy"}), on="/protection")
    read(ledger, retries=0)
    assert [one.subject for one in ledger.extracts if one.error] == [f"settings:{REPO}"]
    assert one(ledger.rows("changes"))["approved_at"] == NOW - 3 * HOUR


def test_bots_are_marked(repo: Repo, read: Any) -> None:
    """A program's change and commit are marked, under the one login that both interfaces agree on."""
    first = repo.commit("a", JULY)
    second = repo.commit("b", JULY + HOUR, first, author="renovate[bot]")
    repo.pull(JULY, [(second, JULY)], author="renovate[bot]", merged=JULY + HOUR, merge_sha=second)
    for index, sha in enumerate((first, second)):
        repo.deploy(sha, JULY + index * DAY, ("success", JULY + index * DAY))
    ledger = read()
    (change,), (commit,) = ledger.rows("changes"), ledger.rows("commits")
    assert (change["is_bot"], change["author"]) == (True, "renovate[bot]")
    assert (commit["is_bot"], commit["author"], commit["parent_shas"]) == (True, "renovate[bot]", [first])


def test_change_labels_checks_and_deleted_author(repo: Repo, read: Any) -> None:
    """Labels make an emergency; checks are passed, failed or unknown; a deleted account stays unknown."""
    sha = repo.commit("o", JULY)
    for index, (checks, labels) in enumerate(
        [("SUCCESS", ["Hotfix"]), ("FAILURE", []), ("PENDING", []), (None, [])]
    ):
        repo.pull(JULY + index * HOUR, [(sha, JULY)], checks=checks, labels=labels, author=None)
    rows = read().rows("changes")
    assert [row["checks_passed"] for row in rows] == [True, False, None, None]
    assert [row["is_emergency"] for row in rows] == [True, False, False, False]
    assert (rows[0]["author"], rows[0]["is_bot"], rows[0]["merge_sha"]) == (None, None, None)


def test_change_in_a_monorepo_is_of_the_service_whose_paths_it_touches(hub: GitHubServer, read: Any) -> None:
    """Labels, else paths, name the service of a change; one that touches two is of none."""
    hub.repos.clear()
    shop = hub.repo("acme/shop")
    sha = shop.commit("o", JULY)
    shop.pull(JULY, [(sha, JULY)], files=["cart/a.py", "cart/b.py"])
    shop.pull(JULY, [(sha, JULY)], files=["cart/a.py"], labels=["service:cart-api"])
    shop.pull(JULY, [(sha, JULY)], files=["cart/a.py", "api/cart/b.py"])
    assert [row["service"] for row in read().rows("changes")] == ["cart", "cart-api", None]


def test_first_run_reads_only_what_was_updated_since(hub: GitHubServer, repo: Repo, read: Any) -> None:
    """Years of older changes are not read: the way to the start is found from the end."""
    sha = repo.commit("o", JULY)
    for index in range(600):
        repo.pull(JULY - 900 * DAY + index * HOUR, [(sha, JULY)])
    for index in range(60):
        repo.pull(JULY + index * HOUR, [(sha, JULY)])
    assert len(read().rows("changes")) == 60
    assert len(hub.asked("PullRequests")) == 3


def test_smaller_pages_where_github_gives_up(hub: GitHubServer, repo: Repo, read: Any) -> None:
    """A page too heavy for GitHub is asked for again in halves, and nothing is lost."""
    history(repo, 60)
    hub.faults.append(
        lambda asked, _: (
            Answer(502, "<html>", {"Content-Type": "text/html"})
            if asked.operation == "PullRequests" and asked.variables["first"] > 20
            else None
        )
    )
    assert len(read(retries=1).rows("changes")) == 60
