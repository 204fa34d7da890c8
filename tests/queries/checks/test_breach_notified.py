"""Personal data breaches are notified within 72 hours of awareness."""

from __future__ import annotations

from typing import Any

from qmsreport import records
from tests.factories import incident, moment
from tests.queries.conftest import Report

CHECK = "breach_notified"
OTHERS = "(all other incidents)"


def breach(name: str, aware_at: str | None, notified_at: str | None) -> records.Incident:
    """An incident that affected personal data."""
    times: dict[str, Any] = {"aware_at": moment(aware_at), "notified_at": moment(notified_at)}
    return incident("2026-07-12 08:00", incident_id=name, personal_data=True, **times)


def test_statuses(report: Report) -> None:
    """72 hours to the microsecond pass; later, or never, fails; not knowing is neither."""
    found = report(
        breach("in time", "2026-07-12 09:00", "2026-07-15 09:00"),
        breach("late", "2026-07-12 09:00", "2026-07-15 09:00:00.000001"),
        breach("never", "2026-07-12 09:00", None),
        breach("time not up", "2026-09-29 00:00", None),
        breach("aware when", None, "2026-07-15 09:00"),
        breach("before", "2026-07-12 09:00", "2026-07-11 09:00"),
    )
    assert found.findings(CHECK) == {
        "in time": "pass",
        "late": "fail",
        "never": "fail",
        "time not up": "not assessed",
        "aware when": "not assessed",
        "before": "not assessed",
        OTHERS: "pass",
    }
    assert found.finding(CHECK, "in time")["observed"] == "72 h after awareness"


def test_incidents_that_do_not_say_cannot_be_judged(report: Report) -> None:
    """One incident that does not say whether personal data was affected is enough not to pass the rest."""
    quiet = [incident(personal_data=False), incident(personal_data=None)]
    found = report(quiet).finding(CHECK, OTHERS)
    assert (found["status"], found["reason"]) == (
        "not assessed",
        "1 of 2 incidents do not say whether personal data was affected.",
    )


def test_incidents_that_all_say_no_pass(report: Report) -> None:
    """A period whose incidents all say that no personal data was affected is in order."""
    assert report([incident(personal_data=False)]).findings(CHECK) == {OTHERS: "pass"}


def test_no_incident_is_not_assessed(report: Report) -> None:
    """Without incidents nothing is known of breaches."""
    assert report([]).findings(CHECK) == {"(none)": "not assessed"}
