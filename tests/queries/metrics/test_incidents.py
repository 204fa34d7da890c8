"""Incidents: how many, and what is known of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from qmsreport.records import IncidentEvent
from tests.factories import deployment, incident, moment
from tests.queries.conftest import Known, Report

METRIC = "incidents"


def reopened(incident_id: str, at: str) -> IncidentEvent:
    """The timeline's entry of an incident that was opened again."""
    return IncidentEvent(
        event_id=f"{incident_id} {at}",
        incident_id=incident_id,
        occurred_at=datetime.fromisoformat(at),
        type="status_change",
        metadata={"from": "resolved", "to": "investigating"},
    )


def test_counts_and_shares(report: Report) -> None:
    """Of four incidents one has a post-mortem, one is laid to a deployment, one was reopened, twice."""
    found = report(
        deployment("2026-07-01 12:00"),
        incident("2026-07-01 13:00:00.5", postmortem_url="https://wiki.example/1"),
        incident("2026-07-05 13:00", incident_id="INC-A"),
        reopened("INC-A", "2026-07-05 15:00"),
        reopened("INC-A", "2026-07-06 15:00"),
        incident("2026-07-06 13:00"),
        incident("2026-07-07 13:00"),
    )
    assert found.figure(METRIC, "detected") == 4
    assert found.figure(METRIC, "with_postmortem") == 0.25
    assert found.figure(METRIC, "linked") == 0.25
    assert found.figure(METRIC, "reopened") == 1


def test_time_between(report: Report) -> None:
    """Gaps of 1 and 4 hours and half a second have a median of 2.5 hours and a quarter of a second."""
    found = report([incident(f"2026-07-01 {time}") for time in ("15:00:00.5", "10:00", "11:00")])
    assert found.figure(METRIC, "median_between") == 2.5 * 3600 + 0.25
    row = found.row(METRIC, "median_between")
    assert row and row["n"] == 2


def test_two_services_and_none(report: Report) -> None:
    """An incident of two services counts once in each and once in all; one that names none under (no service)."""
    found = report(
        incident("2026-07-01 10:00", services=["checkout", "search"]),
        incident("2026-07-02 10:00", services=None),
        incident("2026-07-03 10:00", services=[]),
    )
    assert found.figure(METRIC, "detected") == 3
    assert found.figure(METRIC, "detected", scope="checkout") == 1
    assert found.figure(METRIC, "detected", scope="search") == 1
    assert found.figure(METRIC, "detected", scope="(no service)") == 2
    assert found.figure(METRIC, "detected", scope="(no team)") == 3
    assert found.figure(METRIC, "detected", scope="Commerce") == 1


def test_severities(report: Report) -> None:
    """Each severity has its row, and so has none."""
    found = report(incident(severity="critical"), incident(severity=None))
    assert found.figure(METRIC, "detected", scope="critical") == 1
    assert found.figure(METRIC, "detected", scope="(no severity)") == 1


def test_zero_is_shown_after_the_first(report: Report) -> None:
    """A quarter without incidents that was read is zero; before the first known one nothing is known."""
    found = report(incident("2026-05-01 10:00"))
    assert found.figure(METRIC, "detected") == 0
    assert found.row(METRIC, "detected", starts_on=date(2026, 1, 1)) is None
    assert found.row(METRIC, "with_postmortem") is None


def test_zero_after_one_before_the_trend(report: Report) -> None:
    """The first known incident may be older than the trend: then each period of it that was read has its zero."""
    found = report(incident("2024-02-01 10:00"), trend=2)
    assert found.figure(METRIC, "detected") == 0
    assert found.figure(METRIC, "detected", scope="checkout", starts_on=date(2026, 4, 1)) == 0
    assert found.row(METRIC, "with_postmortem") is None


@pytest.mark.parametrize("trend", [1, 3])
def test_time_since_one_before_the_trend(report: Report, trend: int) -> None:
    """The time between two incidents is the same however far back the trend goes."""
    found = report(incident("2026-06-30 12:00"), incident("2026-07-01 12:00:00.5"), trend=trend)
    assert found.figure(METRIC, "median_between") == 86400.5


def test_zero_between_two(report: Report) -> None:
    """A quarter without incidents between two that had some is zero."""
    found = report(incident("2026-02-01 10:00"), incident("2026-07-05 10:00"))
    assert found.figure(METRIC, "detected", starts_on=date(2026, 4, 1)) == 0


def test_no_data_shown_as_a_value(report: Report) -> None:
    """A quarter that the incidents' source was not read for is absent, not zero."""
    window = {"window_start": moment("2026-04-01"), "window_end": moment("2026-07-01")}
    found = report(history=[Known([incident("2026-05-01 10:00")], extract=window)])
    assert found.figure(METRIC, "detected", starts_on=date(2026, 4, 1)) == 1
    assert found.row(METRIC, "detected") is None


def test_deleted_or_transferred_issues_living_for_ever(report: Report) -> None:
    """An incident that vanished upstream is in no later report, and still in one as of before."""
    listing: dict[str, Any] = {"subject": "incidents", "lists_all": ("incidents",)}
    kept = incident("2026-07-02 10:00")
    found = [
        report(
            history=[
                Known(
                    [incident("2026-07-01 10:00", incident_id="gone"), kept],
                    moment("2026-10-05"),
                    extract=listing,
                ),
                Known([kept], moment("2026-10-06"), extract=listing),
            ],
            as_of=as_of,
        ).figure(METRIC, "detected")
        for as_of in (moment("2026-10-05 12:00:00"), None)
    ]
    assert found == [2, 1]


@pytest.mark.parametrize(("zone", "count"), [("UTC", 1), ("Europe/Berlin", 0)])
def test_day_cut_in_the_servers_zone(report: Report, zone: str, count: int) -> None:
    """An incident at 23:30 UTC on 30 September is one of the next quarter in Berlin."""
    found = report(incident("2026-09-30 23:30:00.5"), incident("2026-05-01 12:00"), zone=zone)
    assert found.figure(METRIC, "detected") == count


def test_no_data(report: Report) -> None:
    """Without any incident there is no figure."""
    assert report(deployment()).row(METRIC, "detected") is None
