"""Completed production deployments, numbered."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factories import deployment, moment
from tests.queries.conftest import Known, Report, reported


def test_completed_ones_in_production(report: Report) -> None:
    """Cancelled, running, unended ones and other environments are not in it; null flags are false."""
    found = report(
        deployment("2026-07-01 12:00:00.5", deployment_id="d1", is_rollback=None, is_unplanned=None),
        deployment("2026-07-02 12:00", deployment_id="d2", outcome="failed"),
        deployment("2026-07-02 12:00", outcome="cancelled"),
        deployment("2026-07-02 12:00", outcome="running"),
        deployment("2026-07-02 12:00", outcome=None),
        deployment(None, outcome="succeeded"),
        deployment("2026-07-02 12:00", environment=None),
        deployment("2026-07-02 12:00", environment="staging"),
    )
    rows = {row["deployment_id"]: row for row in found.view("production_deployments")}
    assert set(rows) == {"d1", "d2"}
    assert (rows["d1"]["is_success"], rows["d1"]["is_rollback"], rows["d1"]["is_unplanned"]) == (
        True,
        False,
        False,
    )
    assert not rows["d2"]["is_success"]


def test_baselines(report: Report) -> None:
    """The first success of each service, environment and repository is a baseline; a failure before it is not."""
    found = report(
        deployment("2026-07-01 12:00", outcome="failed"),
        deployment("2026-07-02 12:00:00.5", deployment_id="first"),
        deployment("2026-07-03 12:00"),
        deployment("2026-07-03 12:00", deployment_id="other repository", repository="acme/other"),
        deployment("2026-07-04 12:00", deployment_id="no service", service=None, repository="acme/x"),
        deployment("2026-07-05 12:00", deployment_id="nor here", service=None, repository="acme/y"),
        deployment("2026-07-06 12:00", service=None, repository="acme/y"),
    )
    baselines = {row["deployment_id"] for row in found.view("production_deployments") if row["is_baseline"]}
    assert baselines == {"first", "other repository", "no service", "nor here"}


def test_baseline_before_the_trend(report: Report) -> None:
    """The baseline may lie before the trend: then none of the trend's deployments is one."""
    found = report(deployment("2025-01-01 12:00"), deployment("2026-07-01 12:00"))
    assert [row["is_baseline"] for row in found.view("production_deployments")] == [False]


def test_order_on_equal_times(tmp_path: Path) -> None:
    """Deployments of the same instant are numbered by their ids, whatever the order of rows."""
    for order in ("abc", "cab"):
        (tmp_path / order).mkdir()
        items = [deployment("2026-07-01 12:00:00.5", deployment_id=name) for name in order]
        rows = reported(tmp_path / order, items, only=()).view("production_deployments")
        assert {row["deployment_id"]: row["sequence_no"] for row in rows} == {"a": 1, "b": 2, "c": 3}


@pytest.mark.parametrize(("sources", "at"), [(("files", "mirror"), 12), (("mirror", "files"), 13)])
def test_two_sources_bring_the_same(report: Report, sources: tuple[str, ...], at: int) -> None:
    """Of a deployment that two sources bring the first configured one's stands, once."""
    found = report(
        history=[
            Known([deployment("2026-07-01 12:00", deployment_id="d1")]),
            Known([deployment("2026-07-01 13:00", deployment_id="d1")], source="mirror"),
        ],
        sources=sources,
    )
    assert [row["finished_at"].hour for row in found.view("production_deployments")] == [at]


@pytest.mark.parametrize(("as_of", "count"), [("2026-10-05", 1), ("2026-10-07", 2)])
def test_late_facts_change_nothing_in_an_earlier_as_of(report: Report, as_of: str, count: int) -> None:
    """What became known on 6 October is not in a report as of the day before."""
    found = report(
        history=[
            Known([deployment("2026-07-01 12:00")], moment("2026-10-01")),  # type: ignore[arg-type]
            Known([deployment("2026-07-02 12:00")], moment("2026-10-06")),  # type: ignore[arg-type]
        ],
        as_of=moment(as_of),
    )
    assert len(found.view("production_deployments")) == count
