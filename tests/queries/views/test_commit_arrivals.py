"""The first success of each commit in each lane."""

from __future__ import annotations

from tests.factories import deployed, deployment
from tests.queries.conftest import Report


def test_failures_and_baselines_bring_in_nothing(report: Report) -> None:
    """What a failed deployment, the first known one or one outside production lists has not arrived with it."""
    releases = [
        deployment("2026-07-01 12:00:00.5"),
        deployment("2026-07-02 12:00", outcome="failed"),
        deployment("2026-07-03 12:00", environment="staging"),
        deployment("2026-07-04 12:00"),
        deployment("2026-07-05 12:00"),
    ]
    shas = ["base", "failed", "staged", "live", "live"]
    found = report(releases, [deployed(release, sha) for release, sha in zip(releases, shas, strict=True)])
    (row,) = found.view("commit_arrivals")
    assert (row["commit_sha"], row["sequence_no"]) == ("live", 3)
