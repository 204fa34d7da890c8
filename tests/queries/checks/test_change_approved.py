"""Every deployed change was approved by a second person, before it went live."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import authored, change, commit, deployed, deployment
from tests.queries.conftest import Report

CHECK = "change_approved"
BASELINE = deployment("2026-06-20 12:00")


def live(at: str = "2026-07-10 12:00:00.5", **given: Any) -> list[Any]:
    """The request `r1` of ada, live at this time."""
    release = deployment(at, commit_sha="m1")
    made = change("m1", change_id="r1", **given)
    return [BASELINE, made, authored(made, ("o", "2026-07-01 12:00")), release, deployed(release)]


@pytest.mark.parametrize(
    ("status", "reason", "given"),
    [
        ("pass", "Approved by 1 other", {"approvers": ["grace"]}),
        ("pass", "Approved by 2 other", {"approvers": ["ada", "grace", "alan", "grace"]}),
        ("pass", "Approved by 1 other", {"approved_at": "2026-07-10 12:00:00.5"}),
        ("fail", "only after", {"approved_at": "2026-07-10 12:00:00.500001"}),
        ("fail", "emergency", {"approved_at": "2026-07-10 13:00", "is_emergency": True}),
        ("fail", "author's own", {"approvers": ["ada"]}),
        ("fail", "without any", {"approvers": []}),
        ("not assessed", "who approved", {"approvers": None}),
        ("not assessed", "who wrote", {"author": None}),
        ("not assessed", "when", {"approved_at": None}),
    ],
)
def test_statuses(report: Report, status: str, reason: str, given: dict[str, Any]) -> None:
    """A second person's approval by the time it went live passes; its absence fails; not knowing is neither."""
    finding = report(live(**given)).finding(CHECK, "r1")
    assert finding["status"] == status
    assert reason in finding["reason"]


def test_first_production_environment_counts(report: Report) -> None:
    """Approved between its arrival in one environment and in the next is too late."""
    releases = [
        deployment(at, environment=place, commit_sha="m1")
        for place, at in (("eu", "2026-07-10 12:00"), ("us", "2026-07-10 14:00"))
    ]
    made = change("m1", change_id="r1", approved_at="2026-07-10 13:00")
    found = report(
        [deployment("2026-06-20 12:00", environment=place) for place in ("eu", "us")],
        made,
        releases,
        [deployed(release) for release in releases],
        more='[delivery]\nproduction = ["eu", "us"]\n',
    )
    assert found.findings(CHECK) == {"r1": "fail"}


def test_population(report: Report) -> None:
    """Changes that went live in another quarter, or not at all, or past review are not in it."""
    push = deployment("2026-07-11 12:00", commit_sha="push")
    found = report(
        live("2026-06-30 23:59:59.9", approvers=[]),
        change("m2", change_id="r2", approvers=[]),
        commit("push"),
        push,
        deployed(push),
    )
    assert found.findings(CHECK) == {"(none)": "not assessed"}


@pytest.mark.parametrize(("at", "inside"), [("2026-07-01 00:00", True), ("2026-10-01 00:00", False)])
def test_edges_of_the_period(report: Report, at: str, inside: bool) -> None:
    """The quarter's first instant belongs to it, the next quarter's does not."""
    assert ("r1" in report(live(at, merged_at="2026-06-30 10:00")).findings(CHECK)) == inside


def test_no_data(report: Report) -> None:
    """Without any change nothing is assessed."""
    assert report(BASELINE).findings(CHECK) == {"(none)": "not assessed"}
