"""Changes that reached production, with their lead time."""

from __future__ import annotations

from tests.factories import authored, change, deployed, deployment
from tests.queries.conftest import Report

BASELINE = deployment("2026-06-20 12:00")


def test_by_the_last_of_its_own_commits(report: Report) -> None:
    """Where neither merge commit nor head is deployed, the last own commit to arrive decides."""
    first, last = deployment("2026-07-10 12:00"), deployment("2026-07-11 12:00:00.5", deployment_id="last")
    made = change("merge")
    found = report(
        BASELINE,
        made,
        authored(made, ("own1", "2026-07-10 10:00"), ("own2", "2026-07-10 11:00")),
        first,
        deployed(first, "own1"),
        last,
        deployed(last, "own2"),
    )
    (row,) = found.view("change_deployments")
    assert (row["deployment_id"], row["lead_seconds"]) == ("last", 26 * 3600 + 0.5)


def test_first_lane_of_a_service(report: Report) -> None:
    """One row for each environment, and is_first on the earlier arrival."""
    releases = [
        deployment(at, environment=place, commit_sha="m1")
        for place, at in (("eu", "2026-07-10 12:00:00.5"), ("us", "2026-07-10 12:00:00.25"))
    ]
    found = report(
        [deployment("2026-06-20 12:00", environment=place) for place in ("eu", "us")],
        change("m1"),
        releases,
        [deployed(release) for release in releases],
        more='[delivery]\nproduction = ["eu", "us"]\n',
    )
    assert {row["environment"]: row["is_first"] for row in found.view("change_deployments")} == {
        "eu": False,
        "us": True,
    }
