"""Labelled issues of the `github` source as incidents."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.sources.github_server import Answer, GitHubServer, Repo
from tests.sources.github_world import DAY, HOUR, JULY, MINUTE, NOW, SINCE, make, one


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
    ledger = read()
    assert one(ledger.rows("incident_events"))["metadata"] == '{"from":"resolved","to":"open"}'
    row = one(ledger.rows("incidents"))
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
    repo.issue(JULY + 2 * HOUR, labels=["incident"], body="Caused by 0a1b2c3d4e of another repository")
    causes = [row["caused_by_deployment"] for row in read().rows("incidents")]
    assert causes == [str(live["number"]), None, None]


def test_deleted_or_transferred_issue_does_not_live_for_ever(
    hub: GitHubServer, repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An issue that is gone gets a tombstone at the next full listing; others keep their one version."""
    from qmsreport.warehouse import Warehouse

    for index in range(120):
        repo.issue(JULY + index * HOUR, labels=["incident"])
    warehouse = Warehouse(tmp_path / "facts.duckdb")

    def run(now: datetime) -> int:
        with warehouse.writing("test"):
            source = make(hub, tmp_path, monkeypatch, now=now)
            extracts = source.extract(SINCE, now, warehouse.progress("hub"))
            counts = [warehouse.commit("hub", "github", one, now) for one in extracts]
        return sum(count.vanished for count in counts)

    assert run(NOW) == 0
    del repo.issues[70]
    assert run(NOW + HOUR) == 0, "the listing is bounded in frequency"
    assert run(NOW + 2 * DAY) == 1
    assert run(NOW + 4 * DAY) == 0


def test_incidents_in_between_are_read_by_what_was_updated(hub: GitHubServer, repo: Repo, read: Any) -> None:
    """Between full listings only updated incidents are read, and a new one is found."""
    for index in range(300):
        repo.issue(JULY + index * MINUTE, labels=["incident"])
    ledger = read(until=NOW, now=NOW)
    hub.log.clear()
    repo.issue(NOW + HOUR, labels=["incident"])
    read(ledger, now=NOW + 3 * HOUR, until=NOW + 3 * HOUR)
    assert len(ledger.rows("incidents")) == 301
    assert len(hub.asked("Issues")) == 2


@pytest.mark.parametrize("rest", [403, 200])
def test_incidents_that_an_app_may_not_read_are_not_taken_for_none(
    hub: GitHubServer, repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rest: int
) -> None:
    """Where GraphQL shows an empty list to an App without the permission, nothing is known, and nothing gone."""
    from qmsreport.warehouse import Warehouse

    repo.issue(JULY, labels=["incident"])
    warehouse = Warehouse(tmp_path / "facts.duckdb")

    def run(now: datetime) -> list[str | None]:
        with warehouse.writing("test"):
            source = make(hub, tmp_path, monkeypatch, now=now)
            extracts = list(source.extract(SINCE, now, warehouse.progress("hub")))
            vanished = [warehouse.commit("hub", "github", one, now).vanished for one in extracts]
        assert sum(vanished) == 0
        return [one.error for one in extracts if one.error]

    assert run(NOW) == []
    empty = {"totalCount": 0, "nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}
    hub.fail(9, Answer(200, {"data": {"repository": {"list": empty}}}), on="Issues")
    if rest == 403:
        hub.fail(9, Answer(403, {"message": "Resource not accessible by integration"}), on="/issues")
    (error,) = run(NOW + 2 * DAY)
    assert error is not None
    assert ("403" if rest == 403 else "shows none of them in a query") in error


@pytest.mark.parametrize("off", [True, False])
def test_a_repository_without_incidents_has_none(hub: GitHubServer, repo: Repo, read: Any, off: bool) -> None:
    """No labelled issue, a labelled request, or issues switched off: all is known, and it is none."""
    repo.pull(JULY, [(repo.commit("o", JULY), JULY)], labels=["incident"])
    if off:
        hub.fail(9, Answer(410, {"message": "Issues has been disabled in this repository."}), on="/issues")
    closing = [one for one in read().extracts if one.subject.startswith("incidents:")][-1]
    assert (closing.error, closing.lists_all) == (None, ("incidents",))
