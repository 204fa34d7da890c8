"""The `github` source, against a local server that is held to GitHub's published descriptions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from qmsreport.errors import ConfigError, Malformed, Rejected, SourceError, Unavailable
from qmsreport.sources import _github_queries as queries
from tests.sources.github_schema import graphql_schema, openapi
from tests.sources.github_server import Answer, GitHubServer, Repo
from tests.sources.github_world import NOW, REPO, SINCE, Ledger, make

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
JULY = datetime(2026, 7, 1, 8)  # noqa: DTZ001  # naive UTC, as inside


@pytest.fixture
def server() -> Iterator[GitHubServer]:
    """A running server with one empty repository; the test fails if anything strayed from GitHub's schemas."""
    with GitHubServer() as running:
        running.repo(REPO)
        yield running
    assert not running.drift


@pytest.fixture
def repo(server: GitHubServer) -> Repo:
    """That repository."""
    return server.repos[REPO]


@pytest.fixture
def read(server: GitHubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the source once into a ledger (a new one, unless given) and return that."""

    def run(
        ledger: Ledger | None = None, since: datetime = SINCE, until: datetime = NOW, **options: Any
    ) -> Ledger:
        ledger = ledger or Ledger()
        ledger.take(make(server, tmp_path, monkeypatch, **options).extract(since, until, ledger))
        return ledger

    return run


def history(
    repo: Repo, count: int, *, environment: str = "production", step: timedelta = 4 * HOUR
) -> list[str]:
    """`count` merged and deployed changes on a line; returns the shas that were deployed."""
    shas: list[str] = [repo.commit("root", JULY - DAY)]
    for index in range(count):
        at = JULY + index * step
        shas.append(repo.commit(f"merge-{index}", at, shas[-1]))
        own = repo.commit(f"own-{index}", at - 2 * HOUR)
        repo.pull(at - 3 * HOUR, [(own, at - 2 * HOUR)], merged=at, merge_sha=shas[-1])
        repo.deploy(
            shas[-1],
            at + MINUTE,
            ("in_progress", at + 2 * MINUTE),
            ("success", at + 5 * MINUTE),
            environment=environment,
        )
    return shas[1:]


def one(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The only row there is."""
    (row,) = rows
    return row


# -- what is asked ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(queries.DOCUMENTS))
def test_graphql_document_is_valid(name: str) -> None:
    """Every GraphQL document is valid under GitHub's published schema."""
    import graphql

    assert graphql.validate(graphql_schema(), graphql.parse(queries.DOCUMENTS[name])) == []


def test_requests_stay_far_below_one_per_deployment(server: GitHubServer, repo: Repo, read: Any) -> None:
    """200 deployments, their statuses, changes and commits take a handful of requests, not one each."""
    history(repo, 200)
    ledger = read()
    assert len(ledger.rows("deployments")) == len(ledger.rows("changes")) == 200
    assert len(ledger.rows("deployment_commits")) == 199
    assert len(server.asked("eployment")) <= 5
    assert len(server.log) <= 20


def test_a_second_run_re_reads_the_overlap_only(server: GitHubServer, repo: Repo, read: Any) -> None:
    """With nothing new, the next run asks little, and an unchanged first page is answered 304."""
    history(repo, 200)
    ledger = read()
    before = len(server.log)
    rows = {kind: ledger.rows(kind) for kind in ("deployments", "changes", "deployment_commits")}
    read(ledger)
    assert len(server.log) - before <= 9
    assert [asked.status for asked in server.asked("/deployments")][-1] == 304
    assert {kind: ledger.rows(kind) for kind in rows} == rows


# -- deployments -----------------------------------------------------------------------------------------


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


def test_status_history_longer_than_a_page(repo: Repo, read: Any) -> None:
    """The first success is found where 100 later statuses hide it."""
    deployment = repo.deploy(repo.commit("a", JULY), JULY, ("success", JULY + MINUTE))
    for index in range(130):
        repo.status(deployment, "in_progress", JULY + DAY + index * MINUTE)
    assert one(read().rows("deployments"))["finished_at"] == JULY + MINUTE


def test_a_waiting_deployment_is_read_again_until_it_ends(
    server: GitHubServer, repo: Repo, read: Any
) -> None:
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


def test_rewritten_history_is_not_computed_and_said_so(repo: Repo, read: Any) -> None:
    """A base that GitHub no longer knows gives no commits and a warning, and the next deployment goes on."""
    shas = history(repo, 4)
    del repo.commits[shas[1]]
    repo.commits[shas[2]]["parents"] = [shas[0]]
    ledger = read()
    warnings = [text for extract in ledger.extracts for text in extract.warnings]
    assert len([text for text in warnings if "rewritten history" in text]) == 2
    assert [row["commit_sha"] for row in ledger.rows("deployment_commits")] == [shas[3]]


def test_rollback_brings_no_commits(server: GitHubServer, repo: Repo, read: Any) -> None:
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
    assert len(server.asked("/compare/")) <= 3


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
    server: GitHubServer, read: Any, more: dict[str, Any], service: str | None
) -> None:
    """In a monorepo a deployment's payload, task or environment names the service, or nothing does."""
    server.repos.clear()
    shop = server.repo("acme/shop")
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


# -- changes ---------------------------------------------------------------------------------------------


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


def test_change_in_a_monorepo_is_of_the_service_whose_paths_it_touches(
    server: GitHubServer, read: Any
) -> None:
    """Labels, else paths, name the service of a change; one that touches two is of none."""
    server.repos.clear()
    shop = server.repo("acme/shop")
    sha = shop.commit("o", JULY)
    shop.pull(JULY, [(sha, JULY)], files=["cart/a.py", "cart/b.py"])
    shop.pull(JULY, [(sha, JULY)], files=["cart/a.py"], labels=["service:cart-api"])
    shop.pull(JULY, [(sha, JULY)], files=["cart/a.py", "api/cart/b.py"])
    assert [row["service"] for row in read().rows("changes")] == ["cart", "cart-api", None]


def test_first_run_reads_only_what_was_updated_since(server: GitHubServer, repo: Repo, read: Any) -> None:
    """Years of older changes are not read: the way to the start is found from the end."""
    sha = repo.commit("o", JULY)
    for index in range(600):
        repo.pull(JULY - 900 * DAY + index * HOUR, [(sha, JULY)])
    for index in range(60):
        repo.pull(JULY + index * HOUR, [(sha, JULY)])
    assert len(read().rows("changes")) == 60
    assert len(server.asked("PullRequests")) == 3


def test_smaller_pages_where_github_gives_up(server: GitHubServer, repo: Repo, read: Any) -> None:
    """A page too heavy for GitHub is asked for again in halves, and nothing is lost."""
    history(repo, 60)
    server.faults.append(
        lambda asked, _: (
            Answer(502, "<html>", {"Content-Type": "text/html"})
            if asked.operation == "PullRequests" and asked.variables["first"] > 20
            else None
        )
    )
    assert len(read(retries=1).rows("changes")) == 60


def protection(**reviews: Any) -> dict[str, Any]:
    """A classic protection as REST shows it."""
    off = {"enabled": False}
    url = "https://github.test/x"
    return {
        "required_pull_request_reviews": {
            "dismiss_stale_reviews": True,
            "require_code_owner_reviews": False,
            "required_approving_review_count": 1,
            **reviews,
        },
        "required_status_checks": {
            "contexts": ["build"],
            "checks": [{"context": "build", "app_id": 1}],
            "strict": True,
        },
        "enforce_admins": {"url": url, "enabled": True},
        "allow_force_pushes": off,
        "allow_deletions": off,
    }


# -- rate limits and failures ----------------------------------------------------------------------------


@pytest.mark.parametrize("good", [8, 10, 12, 14, 15, 16, 18])
def test_rate_limit_midway_loses_nothing(server: GitHubServer, repo: Repo, read: Any, good: int) -> None:
    """A limit in the middle ends the run with a sentence; the next one goes on and reads no page twice."""
    history(repo, 230)
    server.fail(99, Answer(429, {"message": "slow down"}, {"Retry-After": "3600"}), after=good)
    ledger = Ledger()
    with pytest.raises(Unavailable, match=r"3600 s of pause.*goes on where it stopped"):
        read(ledger)
    assert ledger.rows("changes")
    server.faults.clear()
    read(ledger)
    pages = [
        repr(row.variables)
        for row in server.log
        if row.operation in ("PullRequests", "DeploymentStatuses") and row.status == 200
    ]
    # once the list's end was reached, its last days are read again, as on any run
    assert len(pages) - len(set(pages)) <= 1
    undisturbed = read()
    for kind in ("changes", "change_commits", "deployments", "deployment_commits", "commits"):
        assert sorted(ledger.rows(kind), key=repr) == sorted(undisturbed.rows(kind), key=repr), kind


def test_retry_after_is_obeyed(
    server: GitHubServer, repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each kind of limit is waited for as long as it asks, and then the same question is asked again."""
    slept: list[float] = []
    source = make(server, tmp_path, monkeypatch)
    source._api.sleep = slept.append
    reset = str(int(datetime.now(UTC).timestamp()) + 30)
    limited = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}
    server.fail(1, Answer(429, {"message": "x"}, {"Retry-After": "7"}))
    server.fail(
        1, Answer(403, {"message": "You have exceeded a secondary rate limit"}, {"Retry-After": "8"}), after=1
    )
    server.fail(1, Answer(403, {"message": "You have exceeded a secondary rate limit."}), after=2)
    spent = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}
    server.fail(1, Answer(403, {"message": "API rate limit exceeded for user"}, spent), after=3)
    server.fail(1, Answer(200, limited, spent), after=4)
    list(source.extract(SINCE, NOW, Ledger()))
    assert slept[:3] == [7.0, 8.0, 60.0]
    assert all(25 < wait <= 31 for wait in slept[3:5])
    assert len(slept) == 5


def test_missing_permission_is_not_taken_for_a_rate_limit(
    server: GitHubServer, repo: Repo, read: Any
) -> None:
    """A plain 403 is not waited for: that stream is not assessed, the others are read."""
    history(repo, 3)
    server.fail(9, Answer(403, {"message": "Resource not accessible by integration"}), on="/deployments")
    ledger = read()
    failed = [one for one in ledger.extracts if one.error]
    assert [one.subject for one in failed] == [f"deployments:{REPO}"]
    assert "403" in failed[0].error
    assert "Resource not accessible" in failed[0].error
    assert len(ledger.rows("changes")) == 3
    assert not ledger.rows("deployments")


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (
            Answer(401, {"message": "Bad credentials"}),
            Rejected,
            r"401, the credentials are not accepted \(Bad credentials",
        ),
        (Answer(403, {"message": "Forbidden by policy"}), Rejected, "403, a permission is missing"),
        (Answer(404, {"message": "Not Found"}), Rejected, "404, nothing is there to see"),
        (Answer(500, {"message": "oops"}), Unavailable, "still answers 500 after every retry"),
        (
            Answer(502, "<html>Bad gateway</html>", {"Content-Type": "text/html"}),
            Unavailable,
            "still answers 502",
        ),
        (
            Answer(200, "<html>Sign in</html>", {"Content-Type": "text/html"}),
            Malformed,
            "text/html instead of JSON",
        ),
        (Answer(200, '{"data": {"viewer": {"lo'), Malformed, "cut off or broken"),
        (Answer(200, {"data": {"viewer": {"login": "x"}}}, cut=True), Unavailable, "breaks off"),
        (Answer(200, ["no", "GraphQL"]), Malformed, "not GraphQL"),
        (Answer(200, {"data": {"viewer": {"login": "x"}}}, delay=2.5), Unavailable, "No answer from GitHub"),
    ],
    ids=[
        "401",
        "403",
        "404",
        "500",
        "502 HTML",
        "HTML",
        "truncated JSON",
        "broken off",
        "no GraphQL",
        "slow",
    ],
)
def test_failure_is_one_sentence(
    server: GitHubServer, repo: Repo, read: Any, answer: Answer, error: type[SourceError], words: str
) -> None:
    """Whatever the server does wrong ends in one sentence of the right class, without a secret."""
    server.fail(99, answer)
    with pytest.raises(error, match=words) as caught:
        read(retries=1, timeout_seconds=1.0)
    assert server.token not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_passing_faults_are_retried(server: GitHubServer, repo: Repo, read: Any) -> None:
    """A fault that passes within the retries is not noticed."""
    history(repo, 3)
    server.fail(2, Answer(503, {"message": "busy"}), after=1)
    server.fail(1, Answer(200, '{"cut'), after=6)
    server.fail(1, Answer(200, {"data": {}}, cut=True), after=9)
    assert len(read().rows("deployment_commits")) == 2


def test_unreachable(server: GitHubServer, repo: Repo, read: Any) -> None:
    """A server that is not there is named, with what to do."""
    with pytest.raises(Unavailable, match=r"Cannot reach GitHub at http://127.0.0.1:9/?: .*Check the URL"):
        read(url="http://127.0.0.1:9", retries=0)


def test_repository_that_does_not_exist(server: GitHubServer, repo: Repo, read: Any) -> None:
    """One wrong repository is not assessed, stream by stream; the others are read."""
    history(repo, 2)
    ledger = read(repositories=["acme/gone", REPO])
    failed = [one.subject for one in ledger.extracts if one.error]
    assert failed == [f"{word}:acme/gone" for word in ("settings", "pulls", "deployments", "incidents")]
    assert all(one.error.startswith("Not assessed. GitHub") for one in ledger.extracts if one.error)
    assert len(ledger.rows("deployments")) == 2


def test_stale_cursor_starts_again(server: GitHubServer, repo: Repo, read: Any) -> None:
    """A cursor that GitHub no longer takes costs reading some pages again, not the changes."""
    history(repo, 120)
    ledger = Ledger()
    server.fail(99, Answer(429, {"message": "slow down"}, {"Retry-After": "3600"}), after=8)
    with pytest.raises(Unavailable):
        read(ledger)
    server.faults.clear()
    error = {"type": "INVALID_CURSOR_ARGUMENTS", "message": "`abc` does not appear to be a valid cursor."}
    server.fail(1, Answer(200, {"data": None, "errors": [error]}), on="PullRequests")
    read(ledger)
    assert len(ledger.rows("changes")) == 120


def test_partly_hidden_answer_is_kept_and_marked(server: GitHubServer, repo: Repo, read: Any) -> None:
    """What a permission hides is a warning and unknown; what is hidden from a listing is not taken for gone."""
    history(repo, 2)
    repo.issue(JULY, labels=["incident"])
    denied = {
        "type": "FORBIDDEN",
        "path": ["repository", "list", "nodes", 0],
        "message": "Resource not accessible",
    }
    page = {"hasNextPage": False, "endCursor": "x"}
    hidden = {"repository": {"list": {"totalCount": 1, "pageInfo": page, "nodes": [None]}}}
    server.fail(1, Answer(200, {"data": hidden, "errors": [denied]}), on="Issues")
    server.fail(
        1, Answer(200, {"data": {"nodes": [None, None]}, "errors": [denied]}), on="DeploymentStatuses"
    )
    ledger = read()
    assert [row["outcome"] for row in ledger.rows("deployments")] == [None, None]
    closing = [one for one in ledger.extracts if one.subject == f"incidents:{REPO}"][-1]
    assert (closing.truncated, closing.lists_all) == (True, ())
    assert closing.warnings == ("Issues: repository.list.nodes: Resource not accessible",)


def test_a_past_period_leaves_the_rest_for_later(repo: Repo, read: Any) -> None:
    """Reading until a past day reads no deployment after it, and the next run reads those."""
    history(repo, 60)
    ledger = read(until=JULY + 3 * DAY)
    assert len(ledger.rows("deployments")) == 18
    read(ledger)
    assert len(ledger.rows("deployments")) == 60
    assert len(ledger.rows("deployment_commits")) == 59


def test_server_failing_at_one_heavy_question_is_still_asked_the_others(
    server: GitHubServer, repo: Repo, read: Any
) -> None:
    """A query that GitHub keeps giving up on is on record as not assessed, and the rest is read."""
    history(repo, 2)
    gave_up = {"data": None, "errors": [{"message": "Something went wrong while executing your query."}]}
    server.fail(99, Answer(200, gave_up), on="PullRequests")
    ledger = read(retries=0)
    assert [one.subject for one in ledger.extracts if one.error] == [f"pulls:{REPO}"]
    assert len(ledger.rows("deployments")) == 2


def test_no_secret_anywhere(
    server: GitHubServer, repo: Repo, read: Any, tmp_path: Path, caplog: Any, monkeypatch: Any
) -> None:
    """The token is in no extract, no representation, no message and no log, however much is logged."""
    caplog.set_level("DEBUG")
    history(repo, 3)
    source = make(server, tmp_path, monkeypatch)
    ledger = Ledger()
    ledger.take(source.extract(SINCE, NOW, ledger))
    everything = [
        repr(source),
        repr(vars(source)),
        repr(source.diagnose()),
        caplog.text,
        repr(ledger.extracts),
    ]
    everything += [str(batch.rows.to_dicts()) for one in ledger.extracts for batch in one.batches]
    assert any("PullRequests" in text for text in everything)
    assert not [text for text in everything if server.token in text]


def test_ledger_line(server: GitHubServer, repo: Repo, read: Any) -> None:
    """Each extract says what was asked, as whom, of which version, when, and what the answer hashes to."""
    history(repo, 120)
    server.clock_ahead = timedelta(hours=2)
    ledger = read(now=datetime.now(UTC).replace(tzinfo=None))
    pulls = [one for one in ledger.extracts if one.subject == f"pulls:{REPO}"]
    assert len(pulls) == 3
    assert pulls[0].asked.startswith('query PullRequests {"after": null, "files": false, "first": 50')
    assert {(one.product, one.product_version, one.account) for one in ledger.extracts} == {
        ("GitHub", "API 2022-11-28", "auditor")
    }
    assert all(abs((one.clock_offset_seconds or 0) - 7200) < 5 for one in ledger.extracts if one.pages)
    assert all(len(one.raw_sha256 or "") == 64 for one in ledger.extracts if one.pages)
    assert len({one.raw_sha256 for one in pulls}) == 3
    assert [one.window_end for one in pulls] == [
        *(one.window_start for one in pulls[1:]),
        pulls[-1].window_end,
    ]
    assert all(SINCE <= one.window_start <= one.window_end <= NOW for one in pulls)


# -- incidents -------------------------------------------------------------------------------------------


def test_incident(repo: Repo, read: Any) -> None:
    """A labelled issue becomes an incident with its course, its grade, its cause and its post-mortem."""
    sha = repo.commit("a", JULY)
    deployed = repo.deploy(sha, JULY, ("success", JULY))
    repo.issue(
        JULY + HOUR,
        labels=["incident", "sev2", "service:checkout"],
        closed=JULY + 5 * HOUR,
        assigned="bob",
        body=f"Payments fail.\n\nCaused by deployment #{deployed['number']}\n**Root cause:** a missing index",
        timeline=[
            repo.event("IssueComment", JULY + HOUR + MINUTE, "ann", body="I opened this"),
            repo.event("IssueComment", JULY + HOUR + 2 * MINUTE, "pager[bot]", body="paged"),
            repo.event(
                "AssignedEvent",
                JULY + HOUR + 3 * MINUTE,
                "ann",
                assignee={"__typename": "User", "login": "bob"},
            ),
            repo.event("LabeledEvent", JULY + 3 * HOUR, "bob", label={"name": "mitigated"}),
            repo.event("IssueComment", JULY + 4 * HOUR, "bob", body="Post-mortem: https://wiki.test/pm/1."),
            repo.event("ClosedEvent", JULY + 5 * HOUR, "bob"),
        ],
    )
    repo.issue(JULY, labels=["question"])
    ledger = read()
    row = one(ledger.rows("incidents"))
    assert (row["severity"], row["status"], row["services"]) == ("high", "resolved", ["checkout"])
    assert row["acknowledged_at"] == JULY + HOUR + 3 * MINUTE
    assert (row["mitigated_at"], row["resolved_at"]) == (JULY + 3 * HOUR, JULY + 5 * HOUR)
    assert row["caused_by_deployment"] == str(deployed["number"])
    assert row["postmortem_url"] == "https://wiki.test/pm/1"
    assert row["root_cause"] == "a missing index"
    events = ledger.rows("incident_events")
    assert [event["type"] for event in events].count("comment") == 3
    assert not [event for event in events if event["type"] == "comment" and event["content"]]


def test_open_incident_stays_open(repo: Repo, read: Any) -> None:
    """An open one has no end, and one that nobody touched is not acknowledged; grade unknown stays unknown."""
    repo.issue(JULY, labels=["incident"], timeline=[repo.event("ReopenedEvent", JULY + HOUR, "bob")])
    row = one(read().rows("incidents"))
    assert (row["status"], row["severity"], row["acknowledged_at"], row["resolved_at"]) == (
        "open",
        None,
        None,
        None,
    )


def test_incident_caused_by_a_commit_leads_to_its_production_deployment(repo: Repo, read: Any) -> None:
    """A commit named as the cause is looked up: the last production deployment of it before the incident."""
    sha = repo.commit("a", JULY)
    repo.deploy(sha, JULY, ("success", JULY), environment="staging")
    live = repo.deploy(sha, JULY + HOUR, ("success", JULY + HOUR))
    repo.deploy(sha, JULY + 9 * HOUR, ("success", JULY + 9 * HOUR))
    repo.issue(JULY + 2 * HOUR, labels=["incident"], body=f"Introduced by {sha[:10]}")
    repo.issue(JULY + 2 * HOUR, labels=["incident"], body=f"Seen since {sha[:10]} perhaps")
    causes = [row["caused_by_deployment"] for row in read().rows("incidents")]
    assert causes == [str(live["number"]), None]


def test_deleted_or_transferred_issue_does_not_live_for_ever(
    server: GitHubServer, repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An issue that is gone gets a tombstone at the next full listing; others keep their one version."""
    from qmsreport.warehouse import Warehouse

    for index in range(120):
        repo.issue(JULY + index * HOUR, labels=["incident"])
    warehouse = Warehouse(tmp_path / "facts.duckdb")

    def run(now: datetime) -> int:
        with warehouse.writing("test"):
            source = make(server, tmp_path, monkeypatch, now=now)
            extracts = source.extract(SINCE, now, warehouse.progress("hub"))
            counts = [warehouse.commit("hub", "github", one, now) for one in extracts]
        return sum(count.vanished for count in counts)

    assert run(NOW) == 0
    del repo.issues[70]
    assert run(NOW + HOUR) == 0, "the listing is bounded in frequency"
    assert run(NOW + 2 * DAY) == 1
    assert run(NOW + 4 * DAY) == 0


def test_incidents_in_between_are_read_by_what_was_updated(
    server: GitHubServer, repo: Repo, read: Any
) -> None:
    """Between full listings only updated incidents are read, and a new one is found."""
    for index in range(300):
        repo.issue(JULY + index * MINUTE, labels=["incident"])
    ledger = read(until=NOW, now=NOW)
    server.log.clear()
    repo.issue(NOW + HOUR, labels=["incident"])
    read(ledger, now=NOW + 3 * HOUR, until=NOW + 3 * HOUR)
    assert len(ledger.rows("incidents")) == 301
    assert len(server.asked("Issues")) == 2


# -- branch rules ----------------------------------------------------------------------------------------


def settings(ledger: Ledger) -> dict[str, str | None]:
    """The settings by key."""
    return {row["key"]: row["value"] for row in ledger.rows("settings")}


def ruleset(repo: Repo, number: int, *rules: dict[str, Any], bypass: int = 0) -> None:
    """Add a ruleset whose rules hold for the default branch."""
    more = {"ruleset_source_type": "Repository", "ruleset_source": repo.name, "ruleset_id": number}
    repo.rules += [rule | more for rule in rules]
    actor = {"actor_id": 1, "actor_type": "Team", "bypass_mode": "always"}
    repo.rulesets[number] = openapi().full(
        "repository-ruleset", id=number, name="main", enforcement="active", bypass_actors=[actor] * bypass
    )


def test_effective_rules_are_the_stricter_of_protection_and_rulesets(repo: Repo, read: Any) -> None:
    """Classic protection and rulesets are read as one effective setting each."""
    repo.protection = protection(dismiss_stale_reviews=False)
    ruleset(
        repo,
        7,
        {
            "type": "pull_request",
            "parameters": {
                "required_approving_review_count": 2,
                "dismiss_stale_reviews_on_push": True,
                "require_code_owner_review": False,
                "require_last_push_approval": True,
                "required_review_thread_resolution": False,
            },
        },
        {"type": "non_fast_forward"},
        {
            "type": "required_status_checks",
            "parameters": {
                "required_status_checks": [{"context": "lint"}],
                "strict_required_status_checks_policy": True,
            },
        },
        bypass=3,
    )
    ledger = read()
    found = settings(ledger)
    assert found["required_approving_review_count"] == "2"
    assert (
        found["dismiss_stale_reviews"]
        == found["require_last_push_approval"]
        == found["enforce_admins"]
        == "true"
    )
    assert found["required_status_checks"] == "build, lint"
    assert found["allow_force_pushes"] == found["allow_deletions"] == "false"
    assert found["bypass_actors"] == "3"
    assert {(row["subject"], row["layer"]) for row in ledger.rows("settings")} == {
        (f"{REPO}@main", "effective")
    }


def test_unprotected_branch_is_a_finding_not_a_failure(repo: Repo, read: Any) -> None:
    """GitHub's 'Branch not protected' is an answer: nothing is required, everything allowed."""
    found = settings(read())
    assert (found["protected"], found["required_approving_review_count"]) == ("false", "0")
    assert (found["allow_force_pushes"], found["enforce_admins"]) == ("true", "false")


@pytest.mark.parametrize("status", [403, 404])
def test_rules_that_may_not_be_read_are_not_assessed(repo: Repo, read: Any, status: int) -> None:
    """A refused question about protection is on record as not assessed, and nothing is claimed."""
    history(repo, 2)
    repo.protection = status
    ledger = read()
    assert not ledger.rows("settings")
    failed = one([{"error": e.error} for e in ledger.extracts if e.subject == f"settings:{REPO}"])
    assert failed["error"].startswith("Not assessed. GitHub refused")
    assert str(status) in failed["error"]
    assert len(ledger.rows("changes")) == 2


def test_unchanged_rules_cost_no_rate_limit_and_a_new_bypass_is_seen(
    server: GitHubServer, repo: Repo, read: Any
) -> None:
    """The second run asks with `If-None-Match`; whoever may now go round a rule is noticed all the same."""
    repo.protection = protection()
    ruleset(repo, 7, {"type": "deletion"})
    ledger = read()
    server.log.clear()
    read(ledger)
    assert [row.status for row in server.log if "/rule" in row.path or "/protection" in row.path] == [
        304,
        304,
        304,
    ]
    ruleset(repo, 7, bypass=1)
    read(ledger)
    assert settings(ledger)["bypass_actors"] == "1"


# -- other signals, other servers ------------------------------------------------------------------------


def test_releases_as_deployments(repo: Repo, read: Any) -> None:
    """Published releases are deployments of their tag's commit; drafts wait, pre-releases need a mapping."""
    first = repo.commit("a", JULY)
    second = repo.commit("b", JULY + DAY, first)
    repo.release("v1", first, JULY, JULY + HOUR)
    repo.release("v2-rc", second, JULY + DAY, JULY + DAY, prerelease=True)
    repo.release("v2", second, JULY + 2 * DAY, JULY + 3 * DAY)
    repo.release("v3", second, NOW - DAY, None)
    ledger = read(deployments="releases")
    rows = ledger.rows("deployments")
    assert [(row["ref"], row["outcome"], row["finished_at"]) for row in rows] == [
        ("v1", "succeeded", JULY + HOUR),
        ("v2", "succeeded", JULY + 3 * DAY),
        ("v3", "running", None),
    ]
    assert [row["commit_sha"] for row in ledger.rows("deployment_commits")] == [second]


def test_re_run_months_later_does_not_move_the_date(repo: Repo, read: Any) -> None:
    """A workflow run keeps the time of its first successful attempt."""
    sha = repo.commit("a", JULY)
    repo.run(
        "Deploy",
        sha,
        (JULY, JULY + MINUTE, "failure"),
        (JULY + HOUR, JULY + 2 * HOUR, "success"),
        (NOW - DAY, NOW - DAY, "failure"),
    )
    repo.run("Deploy", sha, (JULY + DAY, JULY + DAY + MINUTE, "timed_out"))
    repo.run("Test", sha, (JULY, JULY, "success"))
    rows = read(deployments="workflow_runs", environments={"Deploy": "production"}).rows("deployments")
    assert [(row["outcome"], row["attempt"], row["finished_at"], row["environment"]) for row in rows] == [
        ("succeeded", 2, JULY + 2 * HOUR, "production"),
        ("failed", 1, JULY + DAY + MINUTE, "production"),
    ]


def test_more_runs_than_a_search_lists(server: GitHubServer, repo: Repo, read: Any) -> None:
    """GitHub lists at most 1,000 runs for a search; the time is cut finer, and none is lost."""
    sha = repo.commit("a", JULY)
    for index in range(1300):
        at = JULY + index * 10 * MINUTE
        repo.run("Deploy", sha, (at, at + MINUTE, "success"))
    ledger = read(deployments="workflow_runs", workflow="deploy.yml")
    assert len(ledger.rows("deployments")) == 1300
    assert len(server.asked("/runs")) < 60


def test_enterprise_server_as_an_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An Enterprise server's URLs and version are understood, and an App's key is exchanged for a token."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    (tmp_path / "app.pem").write_bytes(pem)
    with GitHubServer(prefix="/api/v3") as running:
        running.viewer = "qms-reader[bot]"
        history(running.repo(REPO), 150)
        ledger = Ledger()
        source = make(
            running, tmp_path, monkeypatch, app_id="12", installation_id=34, private_key_file="app.pem"
        )
        ledger.take(source.extract(SINCE, NOW, ledger))
    assert not running.drift
    assert len(ledger.rows("deployments")) == 150
    assert {(one.product_version, one.account) for one in ledger.extracts} == {("3.15.2", "qms-reader[bot]")}
    assert len(running.asked("/access_tokens")) == 1


# -- doctor and configuration ----------------------------------------------------------------------------


def test_diagnose(server: GitHubServer, repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`doctor` says who we are, of which version, how far back, and what of a repository may not be read."""
    good = make(server, tmp_path, monkeypatch).diagnose()
    assert (good.reachable, good.permitted, good.account, good.problems) == (True, True, "auditor", ())
    assert good.answers_since == repo.created_at
    repo.protection = 403
    server.fail(99, Answer(403, {"message": "Resource not accessible"}), on="/deployments")
    bad = make(server, tmp_path, monkeypatch, repositories=[REPO, "acme/gone"]).diagnose()
    assert bad.permitted is False
    text = "\n".join(bad.problems)
    assert "acme/checkout, deployments: GitHub refused" in text
    assert "needs 'administration: read'" in text
    assert "acme/gone: GitHub at" in text


def test_diagnose_never_raises(server: GitHubServer, repo: Repo, tmp_path: Path, monkeypatch: Any) -> None:
    """A missing token, a wrong one and a server that is away are reported, not raised."""
    source = make(server, tmp_path, monkeypatch)
    monkeypatch.setenv("QMS_TEST_TOKEN", "wrong")
    wrong = source.diagnose()
    assert (wrong.reachable, wrong.permitted) == (True, False)
    source = make(server, tmp_path, monkeypatch)
    monkeypatch.delenv("QMS_TEST_TOKEN")
    assert "QMS_TEST_TOKEN is not set" in source.diagnose().problems[0]
    away = make(server, tmp_path, monkeypatch, url="http://127.0.0.1:9", retries=0).diagnose()
    assert (away.reachable, away.permitted) == (False, None)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"repositories": []}, "repositories: is empty"),
        ({"repositories": ["checkout"]}, "'checkout' is not owner/name"),
        ({"url": "github.com"}, "is no URL"),
        ({"deployments": "release"}, "Did you mean 'releases'"),
        ({"app_id": "1"}, "needs all three"),
        ({"deployments": "workflow_runs"}, "name the workflow"),
        ({"severity_labels": {"boom": "hihg"}}, "Did you mean 'high'"),
    ],
)
def test_wrong_option(
    server: GitHubServer, tmp_path: Path, monkeypatch: Any, options: dict[str, Any], words: str
) -> None:
    """A wrong option is named with what to write, before anything is asked."""
    with pytest.raises(ConfigError, match=words):
        make(server, tmp_path, monkeypatch, **options)
    assert not server.log


# -- which commits, for any history ----------------------------------------------------------------------


@settings_of(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_commits_of_deployments_equal_the_graph(server: GitHubServer, read: Any, data: st.DataObject) -> None:
    """For any commit graph and order of deployments, each brings what is reachable from it and not from the last."""
    server.repos.clear()
    repo = server.repo(REPO)
    shas: list[str] = []
    for index in range(data.draw(st.integers(2, 14))):
        parents = data.draw(st.lists(st.sampled_from(shas), max_size=2, unique=True)) if shas else []
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
