"""Service level attainment of a quarter of 92 days, mostly in windows of a day."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pytest

from tests.factories import moment, sli_windows
from tests.queries.conftest import Evaluated, Known, Report

METRIC = "slo_attainment"
DAY = 86400


def slo(seconds: int = DAY, **more: Any) -> str:
    """The objective `api` of checkout: 99 %."""
    given = {"id": "api", "service": "checkout", "objective": 0.99, "window_seconds": seconds} | more
    return "[[slo]]\n" + "".join(
        f"{key} = {value!r}\n" if not isinstance(value, str) else f'{key} = "{value}"\n'
        for key, value in given.items()
    )


def days(first: str, count: int, good: Any = 1000.0, valid: Any = 1000.0) -> list[Any]:
    """Windows of a day."""
    return sli_windows("api", first, count, good, valid, DAY)


def maintenance(starts: str, ends: str, approver: str = "ada") -> str:
    """A maintenance window of checkout."""
    return (
        f'[[maintenance]]\nservice = "checkout"\nstarts_at = {starts}Z\nends_at = {ends}Z\n'
        f'approver = "{approver}"\nreason = "database upgrade"\n'
    )


def figure(found: Evaluated, statistic: str, **where: Any) -> Any:
    """One figure of the objective."""
    return found.figure(METRIC, statistic, **({"scope": "api"} | where))


def test_good_by_valid(report: Report) -> None:
    """91 days of 999.5 of 1000 and one of 500: 91,454.5 good of 92,000 events, 545.5 bad, one day in breach."""
    found = report(days("2026-07-01", 91, 999.5), days("2026-09-30", 1, 500.0), more=slo())
    assert figure(found, "attainment") == 91454.5 / 92000
    assert (figure(found, "good_events"), figure(found, "bad_events")) == (91454.5, 545.5)
    assert (figure(found, "coverage"), figure(found, "unknown_minutes")) == (1, 0)
    assert figure(found, "attainment_worst") == figure(found, "attainment")
    assert figure(found, "breach_days") == 1
    assert figure(found, "attainment", grain="month", starts_on=date(2026, 8, 1)) == 0.9995


def test_retention_shorter_than_the_period_silently_shortening_it(report: Report) -> None:
    """With the last 30 of 92 days only, coverage is 30/92, and the worst case counts the other 62 days as bad."""
    found = report(days("2026-09-01", 30), more=slo())
    assert figure(found, "attainment") == 1
    assert figure(found, "coverage") == pytest.approx(30 / 92, abs=1e-15)
    assert figure(found, "attainment_worst") == pytest.approx(30 / 92, abs=1e-15)
    assert figure(found, "unknown_minutes") == pytest.approx(62 * 1440)


def test_zero_traffic_as_nan_poisoning_the_window(report: Report) -> None:
    """Counts that are no counts poison no sum: seven such days are unknown, the others stand."""
    bad = [
        (math.nan, math.nan),
        (math.nan, 1000.0),
        (1000.0, math.inf),
        (math.inf, math.inf),
        (-1.0, 1000.0),
        (1.0, -1000.0),
        (None, 1000.0),
        (1000.0, None),
        (1.0, 0.0),
    ]
    found = report(
        [days(f"2026-07-{day:02}", 1, *counts) for day, counts in enumerate(bad, 1)],
        days("2026-07-10", 83, 999.0),
        more=slo(),
    )
    assert figure(found, "attainment") == 0.999
    assert figure(found, "coverage") == pytest.approx(83 / 92)
    assert not found.metrics["value"].is_nan().any()


@pytest.mark.parametrize(("policy", "coverage"), [("unknown", 46 / 92), ("good", 1.0)])
def test_zero_traffic_follows_the_policy(report: Report, policy: str, coverage: float) -> None:
    """46 days without any event are unknown, or known if the policy says so; they add no events either way."""
    found = report(
        days("2026-07-01", 46, 990.0),
        days("2026-08-16", 46, 0.0, 0.0),
        more=slo() + f'[slo_policy]\nzero_traffic = "{policy}"\n',
    )
    assert figure(found, "attainment") == 0.99
    assert figure(found, "coverage") == pytest.approx(coverage)


def test_sli_above_one(report: Report) -> None:
    """More good than valid events are shown as they are; the worst case takes them for no more than all."""
    found = report(days("2026-07-01", 46, 1010.0), more=slo())
    assert figure(found, "attainment") == 1.01
    assert figure(found, "attainment_worst") == pytest.approx(0.5)
    assert sum(row["windows_above_one"] for row in found.view("sli_days")) == 46


def test_time_slices(report: Report) -> None:
    """Of four days three reach the slice target of 95 %: 3 of 4, however many events each had."""
    found = report(
        days("2026-07-01", 2, 95.0, 100.0),
        days("2026-07-03", 1, 9e6, 9e6),
        days("2026-07-04", 1, 94.9, 100.0),
        more=slo(budgeting="timeslices"),
    )
    assert figure(found, "attainment") == 0.75


def test_ratio_time_slices(report: Report) -> None:
    """The mean of the windows' own ratios: (1 + 0.5 + 0.75) / 3."""
    found = report(
        days("2026-07-01", 1, 1e6, 1e6),
        days("2026-07-02", 1, 5.0, 10.0),
        days("2026-07-03", 1, 7.5, 10.0),
        more=slo(budgeting="ratio_timeslices"),
    )
    assert figure(found, "attainment") == 0.75


def test_days_where_the_clocks_change(report: Report) -> None:
    """The quarter of 2,209 hours that Berlin's autumn has is wholly known from 2,209 windows of an hour."""
    found = report(
        history=[
            Known(sli_windows("api", "2026-09-30 22:00", 2209, 999.0, 1000.0, 3600), moment("2027-02-01"))  # type: ignore[arg-type]
        ],
        more=slo(3600),
        zone="Europe/Berlin",
        quarter="2026-Q4",
    )
    assert figure(found, "coverage") == 1
    row = found.row(METRIC, "coverage", scope="api")
    assert row and (row["numerator"], row["denominator"]) == (2209 * 3600, 2209 * 3600)


def test_day_cut_in_the_servers_zone(report: Report) -> None:
    """A window at 22:00 UTC on 30 June is one of July in Berlin, one at 21:55 is not."""
    found = report(
        sli_windows("api", "2026-06-30 21:55", 2, 1.0, 2.0),
        sli_windows("api", "2026-09-30 21:55", 2, 2.0, 2.0),
        more=slo(300),
        zone="Europe/Berlin",
    )
    assert figure(found, "attainment") == 3 / 4


def test_maintenance(report: Report) -> None:
    """Approved maintenance is neither expected nor known; where two windows overlap it is taken out once."""
    found = report(
        sli_windows("api", "2026-07-01", 92 * 24, 0.0, 1000.0, 3600),
        more=slo(3600)
        + maintenance("2026-08-01T00:00:00", "2026-08-02T00:00:00")
        + maintenance("2026-08-01T12:00:00", "2026-08-02T12:00:00"),
    )
    row = found.row(METRIC, "coverage", scope="api")
    assert row and row["denominator"] == (92 - 1.5) * DAY
    assert row["value"] == 1
    assert figure(found, "bad_events") == (92 * 24 - 36) * 1000


def test_maintenance_without_an_approver(report: Report) -> None:
    """Maintenance that nobody approved is downtime."""
    found = report(
        days("2026-07-01", 92, 0.0),
        more=slo() + maintenance("2026-08-01T00:00:00", "2026-08-02T00:00:00", ""),
    )
    assert figure(found, "bad_events") == 92000


def test_doubled_windows_cover_no_gap(report: Report) -> None:
    """Half of the days covered twice are half of the quarter, not all of it."""
    found = report(
        sli_windows("api", "2026-07-01", 92, 1.0, 1.0, DAY // 2),
        sli_windows("api", "2026-07-01 00:00:01", 92, 1.0, 1.0, DAY // 2),
        more=slo(DAY // 2),
    )
    assert figure(found, "coverage") == 0.5


def test_windows_shorter_than_declared(report: Report) -> None:
    """A window counts with its own five minutes, though the objective now declares an hour."""
    found = report(sli_windows("api", "2026-07-01", 12, 1.0, 1.0, 300), more=slo(3600))
    row = found.row(METRIC, "coverage", scope="api")
    assert row and row["numerator"] == 3600


def test_period_not_over(report: Report) -> None:
    """Time that is still to come is unknown, not good."""
    found = report(history=[Known(days("2026-07-01", 46), moment("2026-08-16 00:00"))], more=slo())  # type: ignore[arg-type]
    assert figure(found, "coverage") == 0.5


def test_no_data_shown_as_a_value(report: Report) -> None:
    """Without a window there is no attainment; nothing is known."""
    found = report(more=slo())
    assert figure(found, "attainment") is None
    assert figure(found, "attainment_worst") is None
    assert figure(found, "coverage") == 0
