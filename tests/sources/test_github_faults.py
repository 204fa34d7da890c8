"""Rate limits and failures, as the `github` source meets them."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from qmsreport.errors import ConfigError, Malformed, Rejected, SourceError, Unavailable
from tests.sources.github_server import Answer, GitHubServer, Repo
from tests.sources.github_world import DAY, JULY, NOW, REPO, SINCE, Ledger, app_key, history, make


@pytest.mark.parametrize("good", [8, 10, 12, 14, 15, 16, 18])
def test_rate_limit_midway_loses_nothing(hub: GitHubServer, repo: Repo, read: Any, good: int) -> None:
    """A limit in the middle ends the run with a sentence; the next one goes on and reads no page twice."""
    history(repo, 230)
    hub.fail(99, Answer(429, {"message": "slow down"}, {"Retry-After": "3600"}), after=good)
    ledger = Ledger()
    with pytest.raises(Unavailable, match=r"3600 s of pause.*goes on where it stopped"):
        read(ledger)
    assert ledger.rows("changes")
    hub.faults.clear()
    read(ledger)
    pages = [
        repr(row.variables)
        for row in hub.log
        if row.operation in ("PullRequests", "DeploymentStatuses") and row.status == 200
    ]
    # once the list's end was reached, its last days are read again, as on any run
    assert len(pages) - len(set(pages)) <= 1
    undisturbed = read()
    for kind in ("changes", "change_commits", "deployments", "deployment_commits", "commits"):
        assert sorted(ledger.rows(kind), key=repr) == sorted(undisturbed.rows(kind), key=repr), kind


def test_retry_after_is_obeyed(
    hub: GitHubServer, repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each kind of limit is waited for as long as it asks, and then the same question is asked again."""
    slept: list[float] = []
    source = make(hub, tmp_path, monkeypatch)
    source._api.sleep = slept.append
    reset = str(int(datetime.now(UTC).timestamp()) + 30)
    limited = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}
    hub.fail(1, Answer(429, {"message": "x"}, {"Retry-After": "7"}))
    hub.fail(
        1, Answer(403, {"message": "You have exceeded a secondary rate limit"}, {"Retry-After": "8"}), after=1
    )
    hub.fail(1, Answer(403, {"message": "You have exceeded a secondary rate limit."}), after=2)
    spent = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}
    hub.fail(1, Answer(403, {"message": "API rate limit exceeded for user"}, spent), after=3)
    hub.fail(1, Answer(200, limited, spent), after=4)
    also = {"data": None, "errors": [{"type": "RATE_LIMIT", "code": "graphql_rate_limit", "message": "x"}]}
    hub.fail(1, Answer(200, also, spent), after=5)
    secondary = {"errors": [{"message": "You have exceeded a secondary rate limit. Please wait."}]}
    hub.fail(1, Answer(200, secondary), after=6)
    list(source.extract(SINCE, NOW, Ledger()))
    assert slept[:3] == [7.0, 8.0, 60.0]
    assert all(25 < wait <= 31 for wait in slept[3:6])
    assert slept[6:] == [60.0]


def test_a_word_of_the_data_is_no_rate_limit(repo: Repo, read: Any) -> None:
    """A label that is called like the error does not make GitHub's answer one."""
    repo.pull(JULY, [(repo.commit("o", JULY), JULY)], labels=["RATE_LIMITED"])
    assert len(read().rows("changes")) == 1


def test_missing_permission_is_not_taken_for_a_rate_limit(hub: GitHubServer, repo: Repo, read: Any) -> None:
    """A plain 403 is not waited for: that stream is not assessed, the others are read."""
    history(repo, 3)
    hub.fail(9, Answer(403, {"message": "Resource not accessible by integration"}), on="/deployments")
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
        (Answer(302, "", {"Location": "https://sso.test/"}), Malformed, r"redirects \(302\)"),
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
        "redirect",
        "truncated JSON",
        "broken off",
        "no GraphQL",
        "slow",
    ],
)
def test_failure_is_one_sentence(
    hub: GitHubServer, repo: Repo, read: Any, answer: Answer, error: type[SourceError], words: str
) -> None:
    """Whatever the server does wrong ends in one sentence of the right class, without a secret."""
    hub.fail(99, answer)
    with pytest.raises(error, match=words) as caught:
        read(retries=1, timeout_seconds=1.0)
    assert hub.token not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_passing_faults_are_retried(hub: GitHubServer, repo: Repo, read: Any) -> None:
    """A fault that passes within the retries is not noticed."""
    history(repo, 3)
    hub.fail(2, Answer(503, {"message": "busy"}), after=1)
    hub.fail(1, Answer(200, '{"cut'), after=6)
    hub.fail(1, Answer(200, {"data": {}}, cut=True), after=9)
    assert len(read().rows("deployment_commits")) == 2


def test_unreachable(hub: GitHubServer, repo: Repo, read: Any) -> None:
    """A server that is not there is named, with what to do."""
    with pytest.raises(Unavailable, match=r"Cannot reach GitHub at http://127.0.0.1:9/?: .*Check the URL"):
        read(url="http://127.0.0.1:9", retries=0)


def test_repository_that_does_not_exist(hub: GitHubServer, repo: Repo, read: Any) -> None:
    """One wrong repository is not assessed, stream by stream; the others are read."""
    history(repo, 2)
    ledger = read(repositories=["acme/gone", REPO])
    failed = [one.subject for one in ledger.extracts if one.error]
    assert failed == [f"{word}:acme/gone" for word in ("settings", "pulls", "deployments", "incidents")]
    assert all(one.error.startswith("Not assessed. GitHub") for one in ledger.extracts if one.error)
    windows = [(one.window_start, one.window_end) for one in ledger.extracts if one.error]
    assert windows == [(None, None), *[(SINCE, NOW)] * 3]  # settings are of no time
    assert len(ledger.rows("deployments")) == 2


def test_stale_cursor_starts_again(hub: GitHubServer, repo: Repo, read: Any) -> None:
    """A cursor that GitHub no longer takes costs reading some pages again, not the changes."""
    history(repo, 120)
    ledger = Ledger()
    hub.fail(99, Answer(429, {"message": "slow down"}, {"Retry-After": "3600"}), after=8)
    with pytest.raises(Unavailable):
        read(ledger)
    hub.faults.clear()
    error = {"type": "INVALID_CURSOR_ARGUMENTS", "message": "`abc` does not appear to be a valid cursor."}
    hub.fail(1, Answer(200, {"data": None, "errors": [error]}), on="PullRequests")
    read(ledger)
    assert len(ledger.rows("changes")) == 120


def test_partly_hidden_answer_is_kept_and_marked(hub: GitHubServer, repo: Repo, read: Any) -> None:
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
    hub.fail(1, Answer(200, {"data": hidden, "errors": [denied]}), on="Issues")
    hub.fail(1, Answer(200, {"data": {"nodes": [None, None]}, "errors": [denied]}), on="DeploymentStatuses")
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


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        ({"type": "RESOURCE_LIMITS_EXCEEDED", "message": "Resource limits for this query exceeded."}, 1),
        ({"message": "Something went wrong while executing your query."}, 2),
        ({"type": "A_NEW_WORD", "message": "Unforeseen."}, 2),
    ],
)
def test_part_of_an_answer_is_asked_again_in_smaller_pages(
    hub: GitHubServer, repo: Repo, read: Any, error: dict[str, Any], tries: int
) -> None:
    """What GitHub left out because it gave up is not taken for absent: the page is asked for in halves."""
    history(repo, 60)
    page = {"hasNextPage": False, "endCursor": "x"}
    partly = {"repository": {"list": {"totalCount": 60, "pageInfo": page, "nodes": [None] * 50}}}
    answer = Answer(200, {"data": partly, "errors": [error]})
    hub.faults.append(
        lambda asked, _: (
            answer if asked.operation == "PullRequests" and asked.variables["first"] > 20 else None
        )
    )
    hub.faults.append(
        lambda asked, _: (
            Answer(200, {"data": {"nodes": [None] * 60}, "errors": [error]})
            if asked.operation == "DeploymentStatuses" and len(asked.variables["ids"]) > 20
            else None
        )
    )
    ledger = read(retries=1)
    assert len(ledger.rows("changes")) == 60
    assert {row["outcome"] for row in ledger.rows("deployments")} == {"succeeded"}
    asked = [one.variables["first"] for one in hub.asked("PullRequests") if "first" in one.variables]
    assert asked[: 2 * tries + 1] == [50] * tries + [25] * tries + [12]


def test_server_failing_at_one_heavy_question_is_still_asked_the_others(
    hub: GitHubServer, repo: Repo, read: Any
) -> None:
    """A query that GitHub keeps giving up on is on record as not assessed, and the rest is read."""
    history(repo, 2)
    gave_up = {"data": None, "errors": [{"message": "Something went wrong while executing your query."}]}
    hub.fail(99, Answer(200, gave_up), on="PullRequests")
    ledger = read(retries=0)
    assert [one.subject for one in ledger.extracts if one.error] == [f"pulls:{REPO}"]
    assert len(ledger.rows("deployments")) == 2


def test_a_refusal_carries_the_window_that_was_asked_for(hub: GitHubServer, repo: Repo, read: Any) -> None:
    """A failed list says from where to where it was asked: what a later run reads, or what its pages had left."""
    history(repo, 120)
    ledger = read()
    hub.fail(99, Answer(403, {"message": "Resource not accessible by integration"}), on="/deployments")
    read(ledger)
    hub.faults.clear()
    (refused,) = (one for one in ledger.extracts if one.error)
    again = [one for one in read(ledger).extracts if one.subject == refused.subject][-1]
    assert SINCE < refused.window_start < NOW
    assert (refused.window_start, refused.window_end) == (again.window_start, again.window_end)
    # broken off after the first of three pages: the rest is what failed, and what the next run begins with
    hub.fail(
        99, Answer(403, {"message": "Resource not accessible by integration"}), on="PullRequests", after=3
    )
    broken = read()
    read_pages = [one for one in broken.extracts if one.subject == f"pulls:{REPO}"]
    assert [bool(one.error) for one in read_pages] == [False, True]
    assert read_pages[1].window_start == read_pages[0].window_end
    assert read_pages[1].window_end == NOW


def test_no_secret_anywhere(
    hub: GitHubServer, repo: Repo, read: Any, tmp_path: Path, caplog: Any, monkeypatch: Any
) -> None:
    """The token is in no extract, no representation, no message and no log, however much is logged."""
    caplog.set_level("DEBUG")
    history(repo, 3)
    source = make(hub, tmp_path, monkeypatch)
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
    assert not [text for text in everything if hub.token in text]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(502, "<html>", {"Content-Type": "text/html"}),
        Answer(403, {"message": "You have exceeded a secondary rate limit"}, {"Retry-After": "0"}),
        Answer(201, '{"token": "ghs_'),
    ],
    ids=["502", "limit", "truncated"],
)
def test_passing_fault_at_the_exchange_of_an_apps_key(
    hub: GitHubServer, repo: Repo, read: Any, tmp_path: Path, answer: Answer
) -> None:
    """A fault that passes while an App's key is exchanged for a token is not noticed."""
    history(repo, 2)
    hub.fail(1, answer, on="/access_tokens")
    ledger = read(**app_key(tmp_path))
    assert len(ledger.rows("deployments")) == 2
    assert not [one.error for one in ledger.extracts if one.error]


def test_token_of_an_app_that_ends_midway_is_renewed(
    hub: GitHubServer, repo: Repo, read: Any, tmp_path: Path
) -> None:
    """A token that has a few seconds left is exchanged for a new one, and the run goes on."""
    history(repo, 2)
    hub.token_lasts = timedelta(seconds=5)
    assert len(read(**app_key(tmp_path)).rows("deployments")) == 2
    assert len(hub.asked("/access_tokens")) > 5


@pytest.mark.parametrize("text", ["-----BEGIN PRIVATE KEY-----\nbroken\n-----END PRIVATE KEY-----", "no key"])
def test_broken_key_of_an_app(hub: GitHubServer, repo: Repo, read: Any, tmp_path: Path, text: str) -> None:
    """A private key that cannot be read is a mistake in the configuration, said before anything is asked."""
    options = app_key(tmp_path)
    (tmp_path / "app.pem").write_text(text)
    with pytest.raises(ConfigError, match=r"app\.pem is no RSA private key"):
        read(**options)
    assert not hub.log


def test_refused_key_of_an_app_is_not_shown(
    hub: GitHubServer, repo: Repo, tmp_path: Path, monkeypatch: Any, caplog: Any
) -> None:
    """Neither the key nor the signed request of an App stands in a message, a representation or a traceback."""
    caplog.set_level("INFO")
    options = app_key(tmp_path)
    hub.fail(99, Answer(401, {"message": "Bad credentials."}), on="/access_tokens")
    source = make(hub, tmp_path, monkeypatch, **options)
    with pytest.raises(Rejected, match=r"installation token: 401 Bad credentials\. Check 'app_id'") as caught:
        list(source.extract(SINCE, NOW, Ledger()))
    signed = hub.asked("/access_tokens")[0].headers["authorization"].split()[-1]
    key = (tmp_path / "app.pem").read_text().splitlines()[3]
    shown = "".join(traceback.format_exception(caught.value))
    everything = [str(caught.value), shown, repr(source), repr(vars(source)), caplog.text]
    assert not [text for text in everything if key in text or signed in text]


def test_ledger_line(hub: GitHubServer, repo: Repo, read: Any) -> None:
    """Each extract says what was asked, as whom, of which version, when, and what the answer hashes to."""
    history(repo, 120)
    hub.clock_ahead = timedelta(hours=2)
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
