"""Silences are explained, signed and bounded."""

from __future__ import annotations

from qmsreport import records
from tests.factories import moment
from tests.queries.conftest import Report

CHECK = "silences_bounded"


def silence(name: str, **given: object) -> records.Silence:
    """A silence of a day, explained and signed, unless said otherwise."""
    values = {
        "starts_at": "2026-07-10",
        "ends_at": "2026-07-11",
        "comment": "move",
        "created_by": "ada",
        **given,
    }
    for key in ("starts_at", "ends_at"):
        values[key] = moment(values[key])  # type: ignore[assignment, arg-type]  # a text here, a time there
    return records.Silence(silence_id=name, **values)  # type: ignore[arg-type]  # as above


def test_statuses(report: Report) -> None:
    """Seven days pass, a second more fails; so does one without end, comment or author; others do not count."""
    found = report(
        silence("good"),
        silence("a week", ends_at="2026-07-17"),
        silence("a second more", ends_at="2026-07-17 00:00:01"),
        silence("endless", ends_at=None),
        silence("unexplained", comment=""),
        silence("unsigned", created_by=None),
        silence("over before", starts_at="2026-06-01", ends_at="2026-06-02"),
    )
    assert found.findings(CHECK) == {
        "good": "pass",
        "a week": "pass",
        "a second more": "fail",
        "endless": "fail",
        "unexplained": "fail",
        "unsigned": "fail",
    }


def test_no_silence_is_not_assessed(report: Report) -> None:
    """The router forgets silences, so none on record proves nothing."""
    assert report([]).findings(CHECK) == {"(none)": "not assessed"}
