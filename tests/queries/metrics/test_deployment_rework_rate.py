"""Deployment rework rate: unplanned production deployments among all completed ones."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.factories import deployment
from tests.queries.conftest import Known, Report

METRIC = "deployment_rework_rate"


def test_what_counts_as_rework(report: Report) -> None:
    """Unplanned, a rollback, or the fix of an incident: three of five, and one that is all of it counts once."""
    found = report(
        deployment("2026-07-01 12:00:00.5"),
        deployment("2026-07-02 12:00", is_unplanned=True, outcome="failed"),
        deployment("2026-07-03 12:00", is_rollback=True, is_unplanned=True, fixes_incident="INC-1"),
        deployment("2026-07-04 12:00", fixes_incident="INC-2"),
        deployment("2026-07-05 12:00"),
        deployment("2026-07-06 12:00", is_unplanned=True, outcome="cancelled"),
    )
    row = found.row(METRIC, "rate")
    assert row
    assert (row["numerator"], row["denominator"], row["value"]) == (3, 5, 0.6)


def test_six_months(report: Report) -> None:
    """The window is 26 weeks that end with the quarter: 2 April is inside, 1 April is not."""
    found = report(
        deployment("2026-04-01 23:59:59.999999", is_unplanned=True),
        deployment("2026-04-02 00:00", is_unplanned=True),
        deployment("2026-07-05 12:00"),
    )
    row = found.row(METRIC, "rate_six_months")
    assert row
    assert (row["numerator"], row["denominator"]) == (1, 2)
    assert found.figure(METRIC, "rate") == 0


@pytest.mark.parametrize(("since", "shown"), [("2026-04-02 00:00", True), ("2026-04-03 00:00", False)])
def test_retention_shorter_than_the_period_silently_shortening_it(
    report: Report, since: str, shown: bool
) -> None:
    """With a day less than the 26 weeks read from the source there is no six months' rate."""
    window = {"window_start": datetime.fromisoformat(since)}
    found = report(history=[Known([deployment("2026-07-05 12:00", is_unplanned=True)], extract=window)])
    assert (found.row(METRIC, "rate_six_months") is not None) == shown
    assert found.figure(METRIC, "rate") == 1


def test_six_months_of_an_earlier_period(report: Report) -> None:
    """Each period of the trend looks back from its own end: on 30 June to 31 December."""
    found = report(
        deployment("2025-12-30 23:59:59.999999", is_unplanned=True),
        deployment("2025-12-31 00:00", is_unplanned=True),
        deployment("2026-07-01 00:00"),
        trend=4,
    )
    row = found.row(METRIC, "rate_six_months", starts_on=date(2026, 4, 1))
    assert row
    assert (row["numerator"], row["denominator"]) == (1, 1)


def test_several_production_environments(report: Report) -> None:
    """Each environment has its rate, and together they have one."""
    found = report(
        deployment("2026-07-01 12:00", environment="eu"),
        deployment("2026-07-01 12:00", environment="us", is_rollback=True),
        more='[delivery]\nproduction = ["eu", "us"]\n',
    )
    assert found.figure(METRIC, "rate") == 0.5
    assert found.figure(METRIC, "rate", scope="checkout", environment="us") == 1


def test_no_data(report: Report) -> None:
    """Without a completed deployment there is no rate."""
    assert report(deployment("2026-07-01 12:00", outcome="running")).row(METRIC, "rate") is None
