"""Which deployment an incident is laid to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.factories import deployment, incident
from tests.queries.conftest import Evaluated, Report


def links(found: Evaluated) -> dict[str, str]:
    """The basis of each link, by deployment."""
    return {row["deployment_id"]: row["basis"] for row in found.view("deployment_incidents")}


@pytest.mark.parametrize(
    ("detected", "linked"),
    [
        ("2026-07-02 12:00:00.5", True),
        ("2026-07-02 12:00:00.500001", False),
        ("2026-07-01 12:00:00.5", True),
        ("2026-07-01 12:00:00.499999", False),
    ],
)
def test_the_window_to_the_microsecond(report: Report, detected: str, linked: bool) -> None:
    """From the deployment's end until 24 hours later, both included."""
    found = report(deployment("2026-07-01 12:00:00.5"), incident(detected))
    assert bool(links(found)) == linked


@pytest.mark.parametrize(("hours", "seconds"), [(0, 0), (0.25, 900), (24, 86_400), (1000, 3_600_000)])
def test_the_window_wherever_it_begins(report: Report, hours: float, seconds: int) -> None:
    """Time has no seams: whenever a deployment ended, it is blamed to the window's end and not a microsecond longer."""
    first = datetime(2026, 7, 1)  # noqa: DTZ001  # naive UTC
    ends = [first + timedelta(hours=5.5, microseconds=1) * number for number in range(60)]
    window = timedelta(seconds=seconds)
    last = [
        incident(f"{end + window}", services=[f"s{number}"], incident_id=f"in{number}")
        for number, end in enumerate(ends)
    ]
    after = [
        incident(
            f"{end + window + timedelta(microseconds=1)}", services=[f"s{number}"], incident_id=f"out{number}"
        )
        for number, end in enumerate(ends)
    ]
    found = report(
        [deployment(f"{end}", service=f"s{number}") for number, end in enumerate(ends)],
        last,
        after,
        more=f"[delivery]\ncausal_window_hours = {float(hours)}\n",
    )
    blamed = {row["incident_id"] for row in found.view("deployment_incidents")}
    assert blamed == {f"in{number}" for number in range(60)}


def test_declared_window(report: Report) -> None:
    """The configured window counts, parts of an hour too."""
    found = report(
        deployment("2026-07-01 12:00"),
        incident("2026-07-01 12:15:00.000001"),
        more="[delivery]\ncausal_window_hours = 0.25\n",
    )
    assert links(found) == {}


def test_latest_of_the_service(report: Report) -> None:
    """The latest completed deployment of the service is blamed: not an earlier one, not another service's."""
    found = report(
        deployment("2026-07-01 10:00", deployment_id="earlier"),
        deployment("2026-07-01 11:00", deployment_id="latest", outcome="failed"),
        deployment("2026-07-01 11:30", deployment_id="cancelled", outcome="cancelled"),
        deployment("2026-07-01 11:45", deployment_id="another", service="search"),
        incident("2026-07-01 12:00"),
    )
    assert links(found) == {"latest": "inferred"}


def test_named_ones_are_not_guessed_besides(report: Report) -> None:
    """An incident that names its deployment blames that one only; one that names an unknown one, none."""
    found = report(
        deployment("2026-07-01 10:00", deployment_id="named"),
        deployment("2026-07-05 11:00", deployment_id="near"),
        incident("2026-07-05 12:00", caused_by_deployment="named"),
        incident("2026-07-05 12:00", caused_by_deployment="unknown"),
    )
    assert links(found) == {"named": "explicit"}


@pytest.mark.parametrize(
    "given", [{"services": None}, {"services": []}, {"detected_at": None, "created_at": None}]
)
def test_nothing_to_infer_from(report: Report, given: dict[str, Any]) -> None:
    """Without a service or a time nothing is inferred."""
    found = report(
        deployment("2026-07-12 07:00"), deployment("2026-07-12 07:00", service=None), incident(**given)
    )
    assert links(found) == {}


def test_two_services(report: Report) -> None:
    """An incident of two services is laid to the latest deployment of each, and once if a service stands twice."""
    found = report(
        deployment("2026-07-01 10:00", deployment_id="a"),
        deployment("2026-07-01 11:00", deployment_id="b", service="search"),
        incident("2026-07-01 12:00", services=["checkout", "search", "checkout"]),
    )
    assert links(found) == {"a": "inferred", "b": "inferred"}
    assert len(found.view("deployment_incidents")) == 2
