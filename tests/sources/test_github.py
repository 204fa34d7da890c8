"""The `github` source as a whole: what it asks, other signals and servers, `doctor` and its options."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from qmsreport.errors import ConfigError
from qmsreport.sources import _github_queries as queries
from tests.sources.github_schema import graphql_schema, openapi
from tests.sources.github_server import Answer, GitHubServer, Repo
from tests.sources.github_world import (
    DAY,
    HOUR,
    JULY,
    MINUTE,
    NOW,
    REPO,
    SINCE,
    Ledger,
    app_key,
    history,
    make,
)


@pytest.mark.parametrize("name", sorted(queries.DOCUMENTS))
def test_graphql_document_is_valid(name: str) -> None:
    """Every GraphQL document is valid under GitHub's published schema."""
    import graphql

    assert graphql.validate(graphql_schema(), graphql.parse(queries.DOCUMENTS[name])) == []


def test_requests_stay_far_below_one_per_deployment(hub: GitHubServer, repo: Repo, read: Any) -> None:
    """200 deployments, their statuses, changes and commits take a handful of requests, not one each."""
    history(repo, 200)
    ledger = read()
    assert len(ledger.rows("deployments")) == len(ledger.rows("changes")) == 200
    assert len(ledger.rows("deployment_commits")) == 199
    assert len(hub.asked("eployment")) <= 5
    assert len(hub.log) <= 20


def test_a_second_run_re_reads_the_overlap_only(hub: GitHubServer, repo: Repo, read: Any) -> None:
    """With nothing new, the next run asks little, and an unchanged first page is answered 304."""
    history(repo, 200)
    ledger = read()
    before = len(hub.log)
    rows = {kind: ledger.rows(kind) for kind in ("deployments", "changes", "deployment_commits")}
    read(ledger)
    assert len(hub.log) - before <= 9
    assert [asked.status for asked in hub.asked("/deployments")][-1] == 304
    assert {kind: ledger.rows(kind) for kind in rows} == rows


def test_renamed_repository_is_read_under_its_configured_name(hub: GitHubServer, read: Any) -> None:
    """GitHub goes on answering to the old name: the same is read, and the ledger says how it is called now."""
    history(hub.repos[REPO], 150)
    before = read()
    hub.log.clear()
    moved = hub.repos.pop(REPO)
    moved.name, moved.formerly = "acme/till", REPO
    hub.repos["acme/till"] = moved
    after = read(repositories=[REPO])
    for kind in ("deployments", "deployment_commits", "commits", "changes"):
        assert after.rows(kind) == before.rows(kind), kind
    assert len([one for one in hub.log if one.status == 301]) == 1
    assert after.extracts[0].warnings == (
        "acme/checkout is called acme/till now; it is read and stored under the name in the configuration",
    )


def test_renamed_repository_whose_new_name_is_not_known(hub: GitHubServer, read: Any) -> None:
    """Where only the question about the repository fails, a redirected comparison ends, and is made up for."""
    history(hub.repos[REPO], 150)
    moved = hub.repos.pop(REPO)
    moved.name, moved.formerly = "acme/till", REPO
    hub.repos["acme/till"] = moved
    hub.faults.append(
        lambda asked, _: Answer(503, {"message": "busy"}) if asked.path == f"/repos/{REPO}" else None
    )
    ledger = read(repositories=[REPO], retries=0, incident_labels=[])
    assert [one.subject for one in ledger.extracts if one.error] == [
        f"settings:{REPO}",
        f"deployments:{REPO}",
    ]
    hub.faults.clear()
    read(ledger, repositories=[REPO])
    assert len(ledger.rows("deployment_commits")) == 149


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


def test_release_of_an_old_commit_is_found_on_the_day_it_is_published(
    hub: GitHubServer, repo: Repo, read: Any
) -> None:
    """GitHub dates a release by its commit; the day of its publication counts, on the first run and on later ones."""
    old = repo.commit("old", SINCE - 90 * DAY)
    new = repo.commit("new", SINCE - 80 * DAY, old)
    repo.release("v0", old, SINCE - 90 * DAY, SINCE - 89 * DAY)
    repo.release("v1", old, SINCE - 90 * DAY, JULY)
    ledger = read(deployments="releases")
    assert [row["ref"] for row in ledger.rows("deployments")] == ["v1"]
    repo.release("v2", new, SINCE - 80 * DAY, NOW + HOUR)
    read(ledger, deployments="releases")
    assert len(ledger.rows("deployments")) == 1
    read(ledger, deployments="releases", now=NOW + DAY, until=NOW + DAY)
    rows = ledger.rows("deployments")
    assert [(row["ref"], row["started_at"], row["finished_at"]) for row in rows] == [
        ("v1", None, JULY),
        ("v2", None, NOW + HOUR),
    ]
    assert [row["commit_sha"] for row in ledger.rows("deployment_commits")] == [new]


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


def test_run_that_was_touched_long_after_it_ended(hub: GitHubServer, repo: Repo, read: Any) -> None:
    """What changes a run later, such as a note of it that expires, does not move the day on which it deployed."""
    sha = repo.commit("a", JULY)
    repo.run("Deploy", sha, (JULY, JULY + MINUTE, "success"), touched=NOW - DAY)
    repo.run("Deploy", sha, (JULY + DAY, JULY + DAY + HOUR, "failure"), touched=NOW - DAY)
    repo.run("Deploy", sha, (JULY + 2 * DAY, JULY + 2 * DAY + MINUTE, "success"))
    rows = read(deployments="workflow_runs", workflow="deploy.yml").rows("deployments")
    assert [row["finished_at"] for row in rows] == [
        JULY + MINUTE,
        JULY + DAY + HOUR,
        JULY + 2 * DAY + MINUTE,
    ]
    assert len(hub.asked("/jobs")) == 2, "jobs are asked for only where the run's own time is in doubt"
    hub.fail(9, Answer(404, {"message": "Not Found"}), on="/jobs")
    rows = read(deployments="workflow_runs", workflow="deploy.yml").rows("deployments")
    assert (rows[0]["outcome"], rows[0]["finished_at"]) == ("succeeded", None), "a time in doubt is no time"


def test_more_runs_than_a_search_lists(hub: GitHubServer, repo: Repo, read: Any) -> None:
    """GitHub lists at most 1,000 runs for a search; the time is cut finer, and none is lost."""
    sha = repo.commit("a", JULY)
    for index in range(1300):
        at = JULY + index * 10 * MINUTE
        repo.run("Deploy", sha, (at, at + MINUTE, "success"))
    ledger = read(deployments="workflow_runs", workflow="deploy.yml")
    assert len(ledger.rows("deployments")) == 1300
    assert len(hub.asked("/runs")) < 60


def test_many_runs_within_an_hour(repo: Repo, read: Any) -> None:
    """Where an hour alone has more runs than GitHub lists, it is cut into minutes."""
    sha = repo.commit("a", JULY)
    for index in range(1100):
        at = JULY + index * timedelta(seconds=3)
        repo.run("Deploy", sha, (at, at + MINUTE, "success"))
    ledger = read(deployments="workflow_runs", workflow="deploy.yml", since=JULY, until=JULY + HOUR)
    assert len(ledger.rows("deployments")) == 1100


def test_more_runs_in_a_minute_than_github_lists(repo: Repo, read: Any) -> None:
    """What GitHub leaves out without a word is on record as not assessed."""
    sha = repo.commit("a", JULY)
    for _ in range(1001):
        repo.run("Deploy", sha, (JULY, JULY + MINUTE, "success"))
    ledger = read(deployments="workflow_runs", workflow="deploy.yml", since=JULY, until=JULY + HOUR)
    (error,) = (one.error for one in ledger.extracts if one.error)
    assert "lists 1000 of the 1001 runs" in error


def test_runs_are_asked_for_in_whole_seconds(hub: GitHubServer, repo: Repo, read: Any) -> None:
    """GitHub's search knows no fraction of a second."""
    now = NOW + timedelta(microseconds=123456)
    read(deployments="workflow_runs", workflow="deploy.yml", now=now, until=now)
    assert hub.asked("/runs")[-1].parameters["created"].endswith("..2026-10-01T00:00:00Z")


def test_enterprise_server_as_an_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An Enterprise server's URLs and version are understood, and an App's key is exchanged for a token."""
    with GitHubServer(prefix="/api/v3") as running:
        running.viewer = "qms-reader[bot]"
        history(running.repo(REPO), 150)
        ledger = Ledger()
        source = make(running, tmp_path, monkeypatch, **app_key(tmp_path))
        ledger.take(source.extract(SINCE, NOW, ledger))
    assert not running.drift
    assert len(ledger.rows("deployments")) == 150
    assert {(one.product_version, one.account) for one in ledger.extracts} == {("3.15.2", "qms-reader[bot]")}
    assert len(running.asked("/access_tokens")) == 1


def test_diagnose(hub: GitHubServer, repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`doctor` says who we are, of which version, how far back, and what of a repository may not be read."""
    good = make(hub, tmp_path, monkeypatch).diagnose()
    assert (good.reachable, good.permitted, good.account, good.problems) == (True, True, "auditor", ())
    assert good.answers_since == repo.created_at
    repo.protection = 403
    hub.fail(99, Answer(403, {"message": "Resource not accessible"}), on="/deployments")
    bad = make(hub, tmp_path, monkeypatch, repositories=[REPO, "acme/gone"]).diagnose()
    assert bad.permitted is False
    text = "\n".join(bad.problems)
    assert "acme/checkout, deployments: GitHub refused" in text
    assert "needs 'administration: read'" in text
    assert "acme/gone: GitHub at" in text


def test_diagnose_asks_for_the_named_workflow(
    hub: GitHubServer, repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A workflow that a repository does not have is found by `doctor`, not first by an extraction."""
    hub.fail(9, Answer(404, {"message": "Not Found"}), on="/workflows/depoly.yml/runs")
    source = make(hub, tmp_path, monkeypatch, deployments="workflow_runs", workflow="depoly.yml")
    (problem,) = source.diagnose().problems
    assert problem.startswith("acme/checkout, actions/workflows/depoly.yml/runs: GitHub refused")


def test_diagnose_never_raises(hub: GitHubServer, repo: Repo, tmp_path: Path, monkeypatch: Any) -> None:
    """A missing token, a wrong one and a server that is away are reported, not raised."""
    source = make(hub, tmp_path, monkeypatch)
    monkeypatch.setenv("QMS_TEST_TOKEN", "wrong")
    wrong = source.diagnose()
    assert (wrong.reachable, wrong.permitted) == (True, False)
    source = make(hub, tmp_path, monkeypatch)
    monkeypatch.delenv("QMS_TEST_TOKEN")
    assert "QMS_TEST_TOKEN is not set" in source.diagnose().problems[0]
    away = make(hub, tmp_path, monkeypatch, url="http://127.0.0.1:9", retries=0).diagnose()
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
    hub: GitHubServer, tmp_path: Path, monkeypatch: Any, options: dict[str, Any], words: str
) -> None:
    """A wrong option is named with what to write, before anything is asked."""
    with pytest.raises(ConfigError, match=words):
        make(hub, tmp_path, monkeypatch, **options)
    assert not hub.log


def test_the_server_cannot_stray_from_what_github_publishes() -> None:
    """An answer or a question that GitHub's description does not know fails; what it allows passes."""
    published = openapi()
    path = "/repos/acme/checkout/deployments"
    good = published.full("deployment", id=1, description=None)
    published.check_answer("GET", path, 200, [good])
    for wrong in ({"id": "1"}, {"created_at": None}, {"sha": 1}):
        with pytest.raises(AssertionError, match="/repos/acme/checkout/deployments 200"):
            published.check_answer("GET", path, 200, [good | wrong])
    with pytest.raises(AssertionError, match="has no parameter"):
        published.check_request("GET", path, {"since": "2026"})
    with pytest.raises(AssertionError, match="deployment has no"):
        published.full("deployment", finished_at=None)
    with pytest.raises(AssertionError, match="GitHub has no"):
        published.operation("GET", "/repos/acme/checkout/deploys")
