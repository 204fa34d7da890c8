"""Burn rates of an objective of 99 %: 1 % bad burns at 1."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import sli_windows
from tests.queries.conftest import Evaluated, Report
from tests.queries.metrics.test_slo_attainment import maintenance, slo

METRIC = "slo_burn_rate"


def hours(first: str, count: int, bad: float) -> list[Any]:
    """Hours of 1000 events, so many of them bad."""
    return sli_windows("api", first, count, 1000.0 - bad, 1000.0, 3600)


def figure(found: Evaluated, statistic: str) -> Any:
    """One figure of the objective."""
    return found.figure(METRIC, statistic, scope="api")


def test_exactly_the_alerting_rate(report: Report) -> None:
    """14.4 % bad in one hour is a burn of 14.4 and reaches the rate for an hour; a little less does not."""
    found = report(hours("2026-07-01", 1, 144.0), hours("2026-07-01 01:00", 1, 143.9), more=slo(3600))
    assert figure(found, "over_1h") == 1
    assert figure(found, "highest_1h") == pytest.approx(14.4)


def test_blocks(report: Report) -> None:
    """36 % bad in one of six hours is 6 % of their events: the block of six hours burns at 6."""
    found = report(hours("2026-07-01", 5, 0.0), hours("2026-07-01 05:00", 1, 360.0), more=slo(3600))
    assert figure(found, "over_6h") == 1
    row = found.row(METRIC, "over_6h", scope="api")
    assert row and row["n"] == 1
    assert figure(found, "over_24h") == 1


def test_longest_breach(report: Report) -> None:
    """Two runs of two and three bad hours; a gap ends a run, and exactly the objective is no breach."""
    found = report(
        hours("2026-07-01 00:00", 2, 11.0),
        hours("2026-07-01 03:00", 3, 11.0),
        hours("2026-07-01 06:00", 5, 10.0),
        more=slo(3600),
    )
    assert figure(found, "longest_breach") == 3 * 3600


def test_time_slices(report: Report) -> None:
    """A slice below its target is bad as a whole: one of two burns half of it, though 95 % of the events were good."""
    found = report(
        sli_windows("api", "2026-07-01 00:00", 1, 90.0, 100.0, 1800),
        sli_windows("api", "2026-07-01 00:30", 1, 100.0, 100.0, 1800),
        more=slo(1800, budgeting="timeslices"),
    )
    assert figure(found, "highest_1h") == pytest.approx(50)
    assert figure(found, "over_72h") == 1
    assert figure(found, "longest_breach") == 3600


def test_ratio_time_slices(report: Report) -> None:
    """Each slice burns its own bad share, however many events it had: the mean of 10 % and 0 % is 5 %."""
    found = report(
        sli_windows("api", "2026-07-01 00:00", 1, 9.0, 10.0, 1800),
        sli_windows("api", "2026-07-01 00:30", 1, 9e6, 9e6, 1800),
        more=slo(1800, budgeting="ratio_timeslices"),
    )
    assert figure(found, "highest_1h") == pytest.approx(5)


def test_silent_slices(report: Report) -> None:
    """A slice without an event that the policy calls good burns nothing, and is one of the slices."""
    found = report(
        sli_windows("api", "2026-07-01 00:00", 1, 0.0, 10.0, 1800),
        sli_windows("api", "2026-07-01 00:30", 1, 0.0, 0.0, 1800),
        more=slo(1800, budgeting="timeslices") + '[slo_policy]\nzero_traffic = "good"\n',
    )
    assert figure(found, "highest_1h") == pytest.approx(50)


def test_what_is_no_count_and_what_is_maintained(report: Report) -> None:
    """Neither undefined counts nor approved maintenance burn anything, and silent hours neither."""
    found = report(
        sli_windows("api", "2026-07-01", 1, float("nan"), 1000.0, 3600),
        sli_windows("api", "2026-07-01 01:00", 1, 0.0, 0.0, 3600),
        hours("2026-07-01 02:00", 1, 1000.0),
        hours("2026-07-01 03:00", 1, 0.0),
        more=slo(3600) + maintenance("2026-07-01T02:00:00", "2026-07-01T03:00:00"),
    )
    assert figure(found, "highest_1h") == 0
    row = found.row(METRIC, "highest_1h", scope="api")
    assert row and row["n"] == 1


def test_outside_the_period(report: Report) -> None:
    """Hours before and after the period burn none of it."""
    found = report(
        hours("2026-06-30 23:00", 1, 900.0),
        hours("2026-07-01", 1, 0.0),
        hours("2026-10-01", 1, 900.0),
        more=slo(3600),
    )
    assert figure(found, "highest_1h") == 0


def test_no_data(report: Report) -> None:
    """Where nothing is known there is no rate."""
    assert report(more=slo(3600)).row(METRIC, "highest_1h", scope="api") is None
