"""Stages of the lead time, each from its own two moments."""

from __future__ import annotations

from tests.factories import authored, change, commit, deployed, deployment
from tests.queries.conftest import Report

BASELINE = deployment("2026-06-20 12:00")
STAGES = ("coding", "review", "waiting", "deploying")


def one(**given: object) -> list[object]:
    """Authored 10:00, opened 11:00:00.5, merged 13:00, deployed from 16:00 to 16:05:00.25."""
    release = deployment(
        "2026-07-10 16:05:00.25", **({"started_at": "2026-07-10 16:00", "commit_sha": "m1"} | given)
    )
    made = change("m1", "2026-07-10 13:00", opened_at="2026-07-10 11:00:00.5")
    return [BASELINE, made, authored(made, ("o", "2026-07-10 10:00")), release, deployed(release)]


def test_each_stage(report: Report) -> None:
    """Coding, review, waiting and deploying add up to the whole of one change."""
    found = report(one())
    values = [found.figure("change_lead_time_stages", stage) for stage in STAGES]
    assert values == [3600.5, 7199.5, 10800, 300.25]
    assert sum(value or 0 for value in values) == 21900.25


def test_start_not_known(report: Report) -> None:
    """Without the deployment's start there is no waiting and no deploying, and neither takes the other's time."""
    found = report(one(started_at=None))
    rows = [found.row("change_lead_time_stages", stage) for stage in STAGES]
    assert [row and (row["n"], row["value"] is None) for row in rows] == [
        (1, False), (1, False), (0, True), (0, True),
    ]  # fmt: skip


def test_negative_stage(report: Report) -> None:
    """A request opened before its earliest commit was authored is excluded from coding alone."""
    release = deployment("2026-07-10 16:00", commit_sha="m1")
    made = change("m1", "2026-07-10 13:00", opened_at="2026-07-10 09:00")
    found = report(BASELINE, made, authored(made, ("o", "2026-07-10 10:00")), release, deployed(release))
    coding, review = (found.row("change_lead_time_stages", stage) for stage in ("coding", "review"))
    assert coding and review
    assert (coding["n"], coding["excluded"]) == (0, 1)
    assert (review["n"], review["excluded"]) == (1, 0)


def test_bots(report: Report) -> None:
    """Bots are left out of the stages where they are left out of the lead time."""
    release = deployment("2026-07-10 16:00", commit_sha="m1")
    made = change("m1", is_bot=True)
    items = [BASELINE, made, authored(made, ("o", "2026-07-10 10:00")), release, deployed(release)]
    assert report(items).row("change_lead_time_stages", "review")
    without = report(items, more="[delivery]\ninclude_bots = false\n")
    assert without.row("change_lead_time_stages", "review") is None


def test_no_data(report: Report) -> None:
    """A direct push has no stages."""
    release = deployment("2026-07-10 16:00", commit_sha="push")
    found = report(BASELINE, commit("push"), release, deployed(release))
    assert found.row("change_lead_time_stages", "coding") is None
