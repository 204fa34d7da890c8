"""Requests merged in the trend, and whether they went live in time."""

from __future__ import annotations

import pytest

from tests.factories import change, deployed, deployment
from tests.queries.conftest import Report


def test_each_request_once(report: Report) -> None:
    """Before the records begin, live in time, live after the period, and never live."""
    releases = [
        deployment(at, commit_sha=sha) for sha, at in (("m2", "2026-07-10 12:00"), ("m3", "2026-10-01 00:00"))
    ]
    found = report(
        deployment("2026-07-05 12:00:00.5"),
        change("m1", "2026-07-05 12:00:00.4", change_id="before"),
        change("m2", "2026-07-06 12:00", change_id="live"),
        change("m3", "2026-09-30 12:00", change_id="late"),
        change("m4", "2026-07-05 12:00:00.5", change_id="never", service=None),
        change("m5", None, change_id="open"),  # type: ignore[arg-type]
        releases,
        [deployed(release) for release in releases],
    )
    rows = {
        row["change_id"]: (row["is_deployed"], row["is_before_baseline"])
        for row in found.view("merged_changes")
    }
    assert rows == {
        "before": (False, True),
        "live": (True, False),
        "late": (False, False),
        "never": (False, False),
    }


@pytest.mark.parametrize("service", ["checkout", None])
def test_records_begin_with_the_first_environment(report: Report, service: str | None) -> None:
    """Between the first known deployment to one environment and the one to the next, a request can be told."""
    found = report(
        deployment("2026-07-05 12:00", environment="eu"),
        deployment("2026-07-07 12:00:00.5", environment="us"),
        change("m1", "2026-07-06 12:00", service=service),
        change("m2", "2026-07-04 12:00", service=service),
        more='[delivery]\nproduction = ["eu", "us"]\n',
    )
    rows = {row["merged_at"].day: row["is_before_baseline"] for row in found.view("merged_changes")}
    assert rows == {4: True, 6: False}


@pytest.mark.parametrize("service", ["checkout", None])
def test_records_that_begin_before_the_trend(report: Report, service: str | None) -> None:
    """A new environment does not make a request untold where the records of the service begin before the trend."""
    found = report(
        deployment("2026-06-05 12:00", environment="eu"),
        deployment("2026-07-03 12:00", environment="eu"),
        deployment("2026-07-10 12:00", environment="us"),
        change("m1", "2026-07-05 12:00", service=service),
        more='[delivery]\nproduction = ["eu", "us"]\n',
        trend=1,
    )
    (row,) = found.view("merged_changes")
    assert (row["is_deployed"], row["is_before_baseline"]) == (False, False)
