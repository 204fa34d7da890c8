"""Rolling attainment: the days that end with the period, all of them or none."""

from __future__ import annotations

from datetime import date

import pytest

from tests.queries.conftest import Report
from tests.queries.metrics.test_slo_attainment import days, slo

METRIC = "slo_rolling_attainment"


def test_rolling_against_calendar(report: Report) -> None:
    """A bad September's last week weighs 7/7, 7/28 and 7/30 in the rolling windows, 7/92 in the quarter."""
    found = report(days("2026-07-01", 85), days("2026-09-24", 7, 900.0), more=slo(), only=None)
    rolling = [found.figure(METRIC, f"attainment_{length}d", scope="api") for length in (7, 28, 30)]
    assert rolling == pytest.approx([0.9, 1 - 0.1 * 7 / 28, 1 - 0.1 * 7 / 30])
    assert found.figure("slo_attainment", "attainment", scope="api") == pytest.approx(1 - 0.1 * 7 / 92)


def test_coverage_of_the_same_days(report: Report) -> None:
    """14 known days of the last 28 are half of them, whatever the rest of the quarter has."""
    found = report(days("2026-07-01", 60), days("2026-09-17", 14), more=slo())
    assert found.figure(METRIC, "coverage_28d", scope="api") == 0.5
    assert found.figure(METRIC, "coverage_7d", scope="api") == 1


def test_the_objectives_own_window(report: Report) -> None:
    """An objective that declares 90 rolling days is judged over 90."""
    found = report(days("2026-07-01", 92, 990.0), days("2026-06-01", 30, 0.0), more=slo(rolling_days=90))
    assert found.figure(METRIC, "attainment_90d", scope="api") == 0.99


@pytest.mark.parametrize(("trend", "shown"), [(1, False), (2, True)])
def test_retention_shorter_than_the_period_silently_shortening_it(
    report: Report, trend: int, shown: bool
) -> None:
    """Days before the trend are not in the snapshot, so a window that reaches there is not shown at all."""
    found = report(days("2026-06-01", 122), more=slo(rolling_days=93), trend=trend)
    assert (found.row(METRIC, "attainment_93d", scope="api") is not None) == shown


def test_earlier_periods(report: Report) -> None:
    """Each period of the trend has its own last days."""
    found = report(days("2026-06-01", 30, 500.0), days("2026-07-01", 92), more=slo())
    assert found.figure(METRIC, "attainment_7d", scope="api", starts_on=date(2026, 4, 1)) == 0.5
    assert found.figure(METRIC, "attainment_7d", scope="api") == 1


def test_no_data(report: Report) -> None:
    """Where nothing is known there is no attainment, and the coverage says so."""
    found = report(more=slo())
    assert found.figure(METRIC, "attainment_28d", scope="api") is None
    assert found.figure(METRIC, "coverage_28d", scope="api") == 0
