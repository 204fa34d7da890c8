"""What the report says of registers and of earlier reports, over one small quarter worked out by hand."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from qmsreport import catalog
from qmsreport.evaluate import evaluate
from qmsreport.records import Document
from qmsreport.warehouse import Snapshot
from tests.factories import (
    action,
    attestation,
    change,
    deployed,
    deployment,
    moment,
    nonconformity,
    tls_endpoint,
    waiver,
)
from tests.queries.conftest import reported

Rows = dict[str, list[dict[str, Any]]]
TRACED = ("deployment_traced", "change_approved")


def fingerprint(check: str, resource: str) -> str:
    """What a finding is called from report to report."""
    return hashlib.sha256(f"{check}\n{resource}".encode()).hexdigest()[:16]


def _sections(snapshot: Path, *before: tuple[str, str, str, str]) -> Rows:
    """Every section's rows; `before` are (period, check, resource, status) of earlier reports."""
    with Snapshot(snapshot) as opened:
        published = pl.DataFrame(
            [
                (period, "r1", check, resource, status, status, "high", fingerprint(check, resource))
                for period, check, resource, status in before
            ],
            schema=opened.stored("published_findings").schema,
            orient="row",
        )
        opened.hold("published_findings", published)
        queries = [item for item in catalog.read() if item.group != "checks" or item.id in TRACED]
        return {name: rows.to_dicts() for name, rows in evaluate(opened, queries).sections.items()}


def _known() -> list[Any]:
    """Deployments *good* (traced) and *lost*, *old* (not); the change of *good* was approved by its own author."""
    good = deployment("2026-07-10 12:00", deployment_id="good", commit_sha="m1")
    return [
        deployment("2026-06-10 12:00", deployment_id="first", commit_sha="base"),
        good,
        deployed(good, "m1"),
        change("m1", change_id="own", approvers=["ada"]),
        deployment("2026-08-01 12:00", deployment_id="lost", commit_sha="x"),
        deployment("2026-08-02 12:00", deployment_id="old", commit_sha="y"),
        nonconformity("NC-1", cause_category="staffing"),
        action("NC-1/1"),
        action("NC-1/2", done_at="2026-08-20", effective=True),
        nonconformity(
            "NC-2",
            check_id="deployment_traced",
            resource="old",
            opened_at="2026-02-01",
            closed_at="2026-04-02",
            verifier="QM",
            effective=True,
            cause_category="staffing",
        ),
        nonconformity("NC-3", opened_at="2026-09-15", due_at="2026-11-11", grade="major", repeat_of="NC-1"),
        waiver(resource="lost"),
        attestation(check_id="deployment_traced"),
        Document(document_id="plan.md", title="Plan", review_due=moment("2026-12-24"), owner="QM"),
        Document(document_id="later.md", review_due=moment("2027-01-02")),
        tls_endpoint(not_after="2026-10-30"),
    ]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The snapshot of what is known."""
    return reported(tmp_path_factory.mktemp("registers"), _known(), only=set()).snapshot


@pytest.fixture(scope="module")
def rows(snapshot: Path) -> Rows:
    """The sections, with reports of the two quarters before."""
    return _sections(
        snapshot,
        ("2026-Q1", "deployment_traced", "old", "fail"),
        ("2026-Q1", "deployment_traced", "good", "not assessed"),
        ("2026-Q2", "deployment_traced", "old", "pass"),
        ("2026-Q2", "deployment_traced", "good", "fail"),
        ("2026-Q2", "deployment_traced", "lost", "pass"),
        ("2026-Q2", "deployment_traced", "gone", "not applicable"),
    )


@pytest.fixture(scope="module")
def first(snapshot: Path) -> Rows:
    """The sections of the first report there is."""
    return _sections(snapshot)


def one(rows: list[dict[str, Any]], **where: Any) -> dict[str, Any]:
    """The one row of these values."""
    (found,) = [row for row in rows if all(row[name] == value for name, value in where.items())]
    return found


def test_nonconformities(rows: Rows) -> None:
    """One row each, the overdue first; its actions are counted and the overdue one is named."""
    shown = [(row["nonconformity_id"], row["standing"], row["progress"]) for row in rows["nonconformities"]]
    assert shown == [
        ("NC-1", "overdue", "1 of 2 done; overdue: NC-1/1"),
        ("NC-3", "open", "none"),
        ("NC-2", "closed", "none"),
    ]
    assert one(rows["nonconformities"], nonconformity_id="NC-3")["statement"].endswith("Repeat of NC-1.")


def test_a_closure_nobody_verified_is_said(tmp_path: Path) -> None:
    """It does not stand there as closed and done."""
    made_of = reported(tmp_path, nonconformity(closed_at="2026-08-01"), only=set())
    (row,) = _sections(made_of.snapshot)["nonconformities"]
    assert row["standing"] == "closed, not shown effective"
    assert row["statement"].endswith("Closed, but nobody verified the closure.")


def test_candidate_nonconformities(rows: Rows) -> None:
    """A failed finding that is neither waived nor answered for, with the closed record it repeats."""
    (row,) = rows["candidate_nonconformities"]  # NC-1 answers for every change without approval
    assert (row["resource"], row["repeat_of"]) == ("old", "NC-2")
    assert row["fingerprint"] == fingerprint("deployment_traced", "old")
    assert (row["first_seen"], row["failed_before"]) == ("2026-Q1", False)


def test_without_an_earlier_report_a_candidate_is_first_seen_now(first: Rows) -> None:
    """Nothing is claimed about a time no report speaks of."""
    assert first["candidate_nonconformities"][0]["first_seen"] == "2026-Q3"


def test_what_answers_for_a_finding(tmp_path: Path) -> None:
    """A record with a fingerprint answers for that finding alone, although it names the check too."""
    items = [item for item in _known() if getattr(item, "nonconformity_id", "").startswith("NC") is False]
    pinned = nonconformity(
        "NC-9",
        check_id="deployment_traced",
        fingerprint=fingerprint("deployment_traced", "lost"),
        due_at=None,
    )
    made_of = reported(
        tmp_path, [item for item in items if not hasattr(item, "waiver_id")], pinned, only=set()
    )
    shown = [row["resource"] for row in _sections(made_of.snapshot)["candidate_nonconformities"]]
    assert shown == ["own", "old"]  # one of each check


def test_statements(rows: Rows) -> None:
    """Each with its state, what it covered here, and a mark where it ends before the next quarter does."""
    granted = one(rows["statements"], statement_id="W-1")
    assert (granted["subject"], granted["standing"], granted["findings"]) == (
        "deployment_traced: lost",
        "valid, ends soon",  # with the last day of the year
        1,
    )
    assert granted["statement"] == "Old pipeline. No compensating control is named."
    signed = one(rows["statements"], statement_id="A-1")
    assert (signed["standing"], signed["findings"]) == ("not attestable", 0)


def test_result_trend(rows: Rows) -> None:
    """Pass rate and coverage side by side, and what changed since the report before."""
    shown = [tuple(row.values()) for row in rows["result_trend"]]
    assert shown == [
        # period, applicable, coverage, pass rate, judged, compared, broken, mended, lost, gained
        ("2026-Q1", 2, 0.5, 0.0, 1, None, None, None, None, None),
        ("2026-Q2", 3, 1.0, pytest.approx(2 / 3), 3, 2, 0, 1, 0, 1),
        ("2026-Q3", 4, 1.0, 0.25, 4, 3, 2, 1, 0, 0),
    ]


def test_the_first_report_compares_with_nothing(first: Rows) -> None:
    """One row, whose changes are unknown and not none."""
    (row,) = first["result_trend"]
    assert (row["period"], row["broken"], row["mended"]) == ("2026-Q3", None, None)
    assert first["status_changes"] == []


def test_status_changes(rows: Rows) -> None:
    """What broke since the nearest earlier report stands first, what was mended last; what is new is not there."""
    shown = [(row["resource"], row["status_before"], row["status"]) for row in rows["status_changes"]]
    assert shown == [
        ("old", "pass", "fail"),
        ("lost", "pass", "exception accepted"),
        ("good", "fail", "pass"),
    ]


def test_the_summary_says_what_turned(rows: Rows, first: Rows) -> None:
    """The first answer to what changed is how many findings turned since the last report, if there is one."""
    said = [row for row in rows["summary"] if row["question"] == "change"]
    assert said[0]["statement"] == (
        "Since the report of 2026-Q2 findings turned from pass to fail: 2, from fail to pass: 1, and to not assessed: 0."
    )
    assert said[0]["status"] == "fail"
    assert not any("turned" in row["statement"] for row in first["summary"])


def test_nonconformity_trend(rows: Rows) -> None:
    """Per quarter what was opened, closed and left open by age, and whether its actions were in time and worked."""
    before, last_one, this = rows["nonconformity_trend"]
    assert (before["period"], before["opened"], before["still_open"], before["up_to_60"]) == (
        "2026-Q1",
        1,
        1,
        1,
    )
    assert (last_one["closed"], last_one["still_open"], last_one["on_time"]) == (1, 0, None)
    assert (this["opened"], this["repeats"], this["still_open"], this["overdue"]) == (2, 1, 2, 1)
    assert (this["up_to_30"], this["up_to_60"], this["up_to_90"], this["older"]) == (1, 0, 1, 0)
    assert (this["actions_due"], this["on_time"], this["actions_done"], this["effective"]) == (2, 0.5, 1, 1.0)


def test_causes(rows: Rows) -> None:
    """The most frequent cause first, its share added up to all; what nobody determined is a category of its own."""
    shown = [(row["category"], row["nonconformities"], row["this_period"]) for row in rows["causes"]]
    assert shown == [("staffing", 2, 1), ("not determined", 1, 1)]
    assert [row["cumulated"] for row in rows["causes"]] == [pytest.approx(2 / 3), 1.0]


def test_outlook(rows: Rows) -> None:
    """What ends or falls due until the end of the year, in its order; what is later, or overdue, is not there."""
    shown = [(row["what"], row["subject"]) for row in rows["outlook"]]
    assert shown == [
        ("Certificate ends", "grafana.example:3000"),
        ("Nonconformity due", "NC-3"),
        ("Review of a document", "plan.md"),
        ("Waiver ends", "W-1"),
    ]
