"""Recovery of failed deployments: measured where it ended, shown as open where it did not."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.factories import deployment, incident, moment
from tests.queries.conftest import Evaluated, Known, Report

METRIC = "failed_deployment_recovery_time"
HOUR = 3600.0


def cause(at: str = "2026-07-10 12:00:00.25", **more: Any) -> Any:
    """A deployment that an incident is laid to."""
    return deployment(at, deployment_id="d1", **more)


def blaming(**given: Any) -> Any:
    """An incident that names it: noticed 13:00, mitigated 15:00:00.75, resolved 18:00."""
    defaults: dict[str, Any] = {
        "detected_at": "2026-07-10 13:00",
        "caused_by_deployment": "d1",
        "mitigated_at": "2026-07-10 15:00:00.75",
        "resolved_at": "2026-07-10 18:00",
    }
    return incident(**(defaults | given))


def values(found: Evaluated, statistic: str, **where: Any) -> tuple[Any, Any, Any]:
    """Value, n and excluded of one figure."""
    row = found.row(METRIC, statistic, **where)
    assert row, statistic
    return row["value"], row["n"], row["excluded"]


def test_from_the_deployments_end_to_mitigation(report: Report) -> None:
    """DORA's clock starts at the deployment's end: 12:00:00.25 to 15:00:00.75; from detection it is 2 h 0.75 s."""
    found = report(cause(), blaming())
    assert values(found, "median") == (3 * HOUR + 0.5, 1, 0)
    assert values(found, "median_from_detection") == (2 * HOUR + 0.75, 1, 0)


def test_else_resolution(report: Report) -> None:
    """Without a mitigation the resolution counts."""
    assert values(report(cause(), blaming(mitigated_at=None)), "median")[0] == 6 * HOUR - 0.25


def test_else_the_next_success(report: Report) -> None:
    """A failed deployment without an incident recovers with the next success of its own lane, and no other."""
    found = report(
        deployment("2026-07-10 12:00:00.5", outcome="failed"),
        deployment("2026-07-10 12:30", service="search"),
        deployment("2026-07-10 12:40", environment="staging"),
        deployment("2026-07-10 12:50", repository="acme/other"),
        deployment("2026-07-10 13:00:00.5", outcome="failed"),
        deployment("2026-07-10 14:00:00.5"),
    )
    # two hours and one hour
    assert values(found, "median") == (1.5 * HOUR, 2, 0)


def test_rollback_has_a_start_to_be_noticed_by(report: Report) -> None:
    """What was rolled back was noticed at the latest when the rollback started, not when it ended."""
    found = report(
        deployment("2026-07-10 12:00", commit_sha="bad"),
        deployment(
            "2026-07-10 14:00", started_at="2026-07-10 13:45:00.5", commit_sha="good", is_rollback=True
        ),
    )
    assert values(found, "median")[0] == 2 * HOUR
    assert values(found, "median_from_detection") == (899.5, 1, 0)


def test_unknown_start_is_no_detection(report: Report) -> None:
    """Without the rollback's start nothing says when it was noticed: no zero seconds."""
    found = report(
        deployment("2026-07-10 12:00", commit_sha="bad"),
        deployment("2026-07-10 14:00", started_at=None, commit_sha="good", is_rollback=True),
    )
    assert values(found, "median_from_detection") == (None, 0, 0)


def test_last_of_several_incidents(report: Report) -> None:
    """A deployment with two incidents has recovered with the later of them, once."""
    found = report(cause(), blaming(), blaming(mitigated_at="2026-07-10 20:00:00.25"))
    assert values(found, "median") == (8 * HOUR, 1, 0)


def test_open_incidents_vanishing_or_looking_resolved(report: Report) -> None:
    """With one incident still open there is no recovery: it is open, with its age at the quarter's end."""
    still = {"status": "investigating", "mitigated_at": None, "resolved_at": None}
    found = report(
        cause("2026-09-30 12:00:00.25"), blaming(), blaming(**still), deployment("2026-09-30 13:00")
    )
    assert found.row(METRIC, "median") is None
    assert values(found, "open") == (1, 1, 0)
    assert values(found, "oldest_open")[0] == 12 * HOUR - 0.25


def test_recovered_in_the_next_period(report: Report) -> None:
    """What recovers after the quarter's end is open in it and counts in the next one."""
    items = [
        cause("2026-09-30 12:00:00.25"),
        blaming(
            detected_at="2026-09-30 13:00",
            mitigated_at="2026-10-02 12:00:00.25",
            resolved_at="2026-10-02 13:00",
        ),
    ]
    found = report(items)
    assert values(found, "open")[0] == 1
    assert found.row(METRIC, "median") is None
    later = report(items, quarter="2026-Q4", as_of=moment("2026-10-20 06:30:00"))
    assert values(later, "median") == (48 * HOUR, 1, 0)
    assert later.row(METRIC, "open") is None
    assert values(later, "open", starts_on=date(2026, 7, 1))[0] == 1


def test_age_when_the_report_was_made(report: Report) -> None:
    """A report made before its period ends gives the age of that moment, not of the end to come."""
    found = report(
        history=[
            Known(
                [deployment("2026-07-10 12:00", outcome="failed")],
                at=moment("2026-07-11 12:00:00.500000"),
            )
        ]
    )
    assert values(found, "oldest_open")[0] == 24 * HOUR + 0.5


def test_closed_without_a_time(report: Report) -> None:
    """An incident closed without any time leaves the next success; without one, the recovery is not known."""
    closed = {"mitigated_at": None, "resolved_at": None}
    found = report(cause(), blaming(**closed))
    assert found.row(METRIC, "median") is None
    assert values(found, "open") == (0, 0, 1)


def test_closed_without_a_time_and_deployed_again(report: Report) -> None:
    """The next success stands in for the missing time."""
    closed = {"mitigated_at": None, "resolved_at": None}
    found = report(cause(), blaming(**closed), deployment("2026-07-10 14:00:00.5"))
    assert values(found, "median")[0] == 2 * HOUR + 0.25


def test_negative_time(report: Report) -> None:
    """A recovery before the deployment's end is excluded, not clipped to zero."""
    found = report(
        cause(), blaming(detected_at="2026-07-10 11:00", mitigated_at="2026-07-10 12:00:00.249999")
    )
    assert values(found, "median") == (None, 0, 1)


def test_several_production_environments(report: Report) -> None:
    """A success in another environment repairs nothing here."""
    found = report(
        deployment("2026-07-10 12:00", environment="eu", outcome="failed"),
        deployment("2026-07-10 13:00", environment="us"),
        deployment("2026-07-10 15:00:00.5", environment="eu"),
        more='[delivery]\nproduction = ["eu", "us"]\n',
    )
    assert values(found, "median", scope="checkout", environment="eu")[0] == 3 * HOUR + 0.5


def test_no_data(report: Report) -> None:
    """Without a failure there is neither a time nor an open one."""
    found = report(deployment("2026-07-10 12:00"))
    assert found.row(METRIC, "median") is None
    assert found.row(METRIC, "open") is None
