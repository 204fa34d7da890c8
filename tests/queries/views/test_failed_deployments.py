"""Production deployments that failed, each once, with every reason."""

from __future__ import annotations

from tests.factories import deployment, incident, moment
from tests.queries.conftest import Report


def test_several_reasons_count_once(report: Report) -> None:
    """Failed, blamed by two incidents and rolled back: one row that says all of it."""
    found = report(
        deployment("2026-07-01 12:00", deployment_id="bad", commit_sha="bad", outcome="failed"),
        incident("2026-07-01 12:10:00.5"),
        incident("2026-07-01 12:20", caused_by_deployment="bad"),
        deployment("2026-07-01 12:30", commit_sha="good", is_rollback=True),
    )
    (row,) = found.view("failed_deployments")
    assert row["deployment_id"] == "bad"
    assert all(row[name] for name in ("ended_as_failed", "caused_incident", "was_rolled_back", "is_explicit"))
    assert not row["was_hotfixed"]
    assert row["incidents"] == 2
    assert row["detected_at"] == moment("2026-07-01 12:00")


def test_inferred_only(report: Report) -> None:
    """A hotfix alone is an inference."""
    found = report(deployment("2026-07-01 12:00"), deployment("2026-07-01 12:30", is_unplanned=True))
    (row,) = found.view("failed_deployments")
    assert row["was_hotfixed"]
    assert not row["is_explicit"]
