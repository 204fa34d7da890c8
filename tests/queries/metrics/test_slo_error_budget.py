"""Error budget of a quarter: what was allowed, what is spent, what is left."""

from __future__ import annotations

import pytest

from tests.queries.conftest import Report
from tests.queries.metrics.test_slo_attainment import days, slo

METRIC = "slo_error_budget"
ALL = ("spent", "allowed_events", "left_events", "allowed_minutes", "left_minutes")


def test_half_of_it(report: Report) -> None:
    """0.5 % bad of 92,000 events where 1 % is allowed: half of 920 events, half of 1,324.8 minutes."""
    found = report(days("2026-07-01", 92, 995.0), more=slo())
    assert [found.figure(METRIC, statistic, scope="api") for statistic in ALL] == pytest.approx(
        [0.5, 920, 460, 1324.8, 662.4]
    )


def test_more_than_all(report: Report) -> None:
    """With 3 % bad the budget is spent three times, and what is left is negative."""
    found = report(days("2026-07-01", 92, 970.0), more=slo())
    assert found.figure(METRIC, "spent", scope="api") == pytest.approx(3)
    assert found.figure(METRIC, "left_events", scope="api") == pytest.approx(-1840)


def test_time_slices_have_no_events(report: Report) -> None:
    """One bad day of 92 is 1/92 of the time; a budget of slices is told in minutes only."""
    found = report(days("2026-07-01", 91), days("2026-09-30", 1, 0.0), more=slo(budgeting="timeslices"))
    assert found.figure(METRIC, "spent", scope="api") == pytest.approx(100 / 92)
    assert found.figure(METRIC, "left_minutes", scope="api") == pytest.approx(1324.8 - 1440)
    assert found.row(METRIC, "left_events", scope="api") is None


def test_no_data(report: Report) -> None:
    """Where nothing is known nothing is spent or left."""
    assert report(more=slo()).row(METRIC, "spent", scope="api") is None
