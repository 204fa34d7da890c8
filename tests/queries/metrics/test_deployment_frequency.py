"""Deployment frequency: whole calendar periods in the declared zone, zeros where something is known, never floored."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories import deployment, moment
from tests.queries.conftest import Known, Report

METRIC = "deployment_frequency"


def at(*moments: str, **more: object) -> list[object]:
    """Succeeded deployments at these moments."""
    return [deployment(moment, **more) for moment in moments]


def test_count_and_days(report: Report) -> None:
    """Three successes on two days; the failed and the cancelled one do not count."""
    found = report(
        at("2026-07-01 08:00:00.5", "2026-07-01 23:59:59.999999", "2026-07-03 00:00"),
        at("2026-07-04 08:00", outcome="failed"),
        at("2026-07-05 08:00", outcome="cancelled"),
    )
    assert found.figure(METRIC, "count") == 3
    assert found.figure(METRIC, "deployment_days") == 2


def test_frequency_floored_to_zero(report: Report) -> None:
    """One deployment in the 92 days of the quarter is 7/92 a week, not zero."""
    found = report(at("2026-07-01 08:00"))
    assert found.figure(METRIC, "per_week") == pytest.approx(7 / 92)


def test_retries_are_one_deployment(report: Report) -> None:
    """A deployment told again with a second attempt is still one."""
    again = {"deployment_id": "d1", "attempt": 2}
    found = report(
        history=[Known(at("2026-07-01 08:00", deployment_id="d1")), Known(at("2026-07-01 08:00", **again))]
    )
    assert found.figure(METRIC, "count") == 1


@pytest.mark.parametrize(
    ("zone", "in_july", "in_quarter"),
    [("UTC", 1, 2), ("Europe/Berlin", 0, 1), ("America/New_York", 1, 3)],
)
def test_day_cut_in_the_servers_zone(report: Report, zone: str, in_july: int, in_quarter: int) -> None:
    """23:30 UTC belongs to the next day in Berlin, so to the next quarter; 01:30 UTC to the day before in New York."""
    found = report(
        at("2026-07-31 23:30:00.5", "2026-09-30 23:30:00.5", "2026-10-01 01:30:00.5"),
        at("2026-01-01 12:00"),
        zone=zone,
    )
    assert found.figure(METRIC, "count", grain="month", starts_on=date(2026, 7, 1)) == in_july
    assert found.figure(METRIC, "count") == in_quarter


def test_days_where_the_clocks_change(report: Report) -> None:
    """In Berlin 25 October 2026 lasts from 22:00 to 23:00 UTC the day after: 25 hours, one day."""
    found = report(
        at("2026-10-24 22:00:00.5", "2026-10-25 22:59:59.999999", "2026-10-25 23:00"),
        zone="Europe/Berlin",
        quarter="2026-Q4",
        history=[Known(at("2026-11-01 12:00"), at=moment("2027-02-01"))],
    )
    assert found.figure(METRIC, "deployment_days") == 3
    assert found.figure(METRIC, "count") == 4


def test_several_production_environments(report: Report) -> None:
    """One commit in two production environments is two deployments; one in staging is none."""
    found = report(
        at("2026-07-01 08:00", environment="eu"),
        at("2026-07-01 09:00", "2026-07-02 09:00", environment="us"),
        at("2026-07-01 09:00", environment="staging"),
        more='[delivery]\nproduction = ["eu", "us"]\n',
    )
    assert found.figure(METRIC, "count") == 3
    assert found.figure(METRIC, "count", scope="checkout", environment="eu") == 1
    assert found.figure(METRIC, "count", scope="checkout", environment="us") == 2
    assert found.figure(METRIC, "median_interval", scope="checkout", environment="us") == 86400


def test_median_interval(report: Report) -> None:
    """Intervals of 1 and 3 hours and half a second have a median of 2 and a quarter of a second."""
    found = report(at("2026-06-30 23:00", "2026-07-01 00:00", "2026-07-01 03:00:00.5"))
    assert found.figure(METRIC, "median_interval", scope="checkout", environment="production") == 7200.25


def test_zero_months_are_shown(report: Report) -> None:
    """Months, weeks and quarters without a deployment are zero after the first known one, and absent before it."""
    found = report(at("2026-05-20 12:00", "2026-07-01 12:00"))
    assert found.figure(METRIC, "count", grain="month", starts_on=date(2026, 6, 1)) == 0
    assert found.figure(METRIC, "count", grain="month", starts_on=date(2026, 8, 1)) == 0
    assert found.figure(METRIC, "count", grain="week", starts_on=date(2026, 5, 25)) == 0
    assert found.row(METRIC, "count", grain="month", starts_on=date(2026, 4, 1)) is None
    assert found.row(METRIC, "count", starts_on=date(2026, 1, 1)) is None


def test_nothing_but_failures(report: Report) -> None:
    """A service whose every deployment failed deployed zero times, from the first try on; that is not unknown."""
    found = report(at("2026-05-20 12:00", "2026-07-01 12:00", outcome="failed"))
    assert found.figure(METRIC, "count") == 0
    assert found.figure(METRIC, "count", scope="checkout", environment="production") == 0
    assert found.figure(METRIC, "per_week", grain="month", starts_on=date(2026, 6, 1)) == 0
    assert found.row(METRIC, "count", grain="month", starts_on=date(2026, 4, 1)) is None


def test_no_data_shown_as_a_value(report: Report) -> None:
    """A month that no source of deployments was read for is absent, not zero."""
    found = report(
        history=[
            Known(
                at("2026-05-20 12:00", "2026-07-01 12:00"),
                extract={"window_start": moment("2026-04-01"), "window_end": moment("2026-08-01")},
            ),
            Known([], source="other"),
        ],
        sources=("files", "other"),
    )
    assert found.figure(METRIC, "count", grain="month", starts_on=date(2026, 6, 1)) == 0
    assert found.row(METRIC, "count", grain="month", starts_on=date(2026, 8, 1)) is None


def test_failed_readings_cover_nothing(report: Report) -> None:
    """A month of which every reading failed is absent."""
    window = {"window_start": moment("2026-08-01"), "window_end": moment("2026-09-01")}
    found = report(
        history=[
            Known(at("2026-07-01 12:00"), extract={"window_end": moment("2026-08-01")}),
            Known([], extract=window | {"error": "the server was away"}),
        ]
    )
    assert found.row(METRIC, "count", grain="month", starts_on=date(2026, 8, 1)) is None


def test_made_before_the_period_ended(report: Report) -> None:
    """A report made after 31 of the quarter's 92 days divides by these, and shows no month to come."""
    found = report(
        history=[
            Known(at("2026-07-01 12:00", "2026-07-02 12:00", "2026-07-03 12:00"), at=moment("2026-08-01"))
        ]
    )
    row = found.row(METRIC, "per_week")
    assert row
    assert row["denominator"] == pytest.approx(31 / 7)
    assert row["value"] == pytest.approx(3 * 7 / 31)
    assert found.row(METRIC, "count", grain="month", starts_on=date(2026, 8, 1)) is None


def test_deployment_outside_the_period_counted(report: Report) -> None:
    """Periods are half-open: the last microsecond before counts before, the first of the next after."""
    found = report(
        at("2026-06-30 23:59:59.999999", "2026-07-01 00:00", "2026-09-30 23:59:59.999999", "2026-10-01 00:00")
    )
    assert found.figure(METRIC, "count") == 2
    assert found.figure(METRIC, "count", starts_on=date(2026, 4, 1)) == 1


def test_no_data(report: Report) -> None:
    """Without any deployment there is no frequency, not zero."""
    assert report(at("2026-07-01 08:00", outcome="running")).row(METRIC, "count") is None


def test_without_an_end_time(report: Report) -> None:
    """A success whose end no record says belongs to no period; it is listed with the data quality instead."""
    found = report(
        deployment(None, outcome="succeeded", started_at="2026-07-01 08:00"), at("2026-07-02 08:00")
    )
    assert found.figure(METRIC, "count") == 1
    assert [row["kind"] for row in found.view("data_quality") if "end time" in row["kind"]]
