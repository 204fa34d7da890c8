"""Settings held over the whole period."""

from __future__ import annotations

from typing import Any

from tests.factories import declared, effective
from tests.queries.conftest import Known, Report, readings

CHECK = "settings_held"
LOGS = "retention.logs"
RESOURCE = "retention.logs store:main"
DECLARED = Known([declared(LOGS, "30")])


def finding(report: Report, *history: Known, **given: Any) -> dict[str, Any]:
    """What the check says of the one setting."""
    found = report(history=[*history, DECLARED], **given)
    assert set(found.findings(CHECK)) == {RESOURCE}
    return found.finding(CHECK, RESOURCE)


def test_pass(report: Report) -> None:
    """Read every week and always as declared: it passes, and says how often and on how many days."""
    found = finding(report, *readings("2026-07-02", 13, effective(LOGS, "30")))
    assert (found["status"], found["reason"]) == (
        "pass",
        "13 of 13 readings conformed, from 2026-07-02 to 2026-09-24 on 13 of 92 days.",
    )
    assert (found["expected"], found["observed"]) == (
        "30 days in every reading",
        "13 of 13 readings conformed",
    )
    assert found["basis"] == "policy: a.md:12; a reading within seven days: PCI DSS 11.5.2"


def test_fail(report: Report) -> None:
    """Wrong for weeks and mended before the end: it fails, dated by the readings that saw it."""
    found = finding(
        report,
        *readings("2026-07-02", 3, effective(LOGS, "30")),
        *readings("2026-07-23", 4, effective(LOGS, "15", origin="store.yaml:7")),
        *readings("2026-08-20", 6, effective(LOGS, "30")),
    )
    assert (found["status"], found["reason"]) == (
        "fail",
        (
            "9 of 13 readings conformed: from 2026-07-23 to 2026-08-13 it was 15 days (store.yaml:7); "
            "declared is 30 days."
        ),
    )


def test_one_bad_reading_alone(report: Report) -> None:
    """A single reading that shows another value is enough to fail."""
    found = finding(report, *readings("2026-08-01", 1, effective(LOGS, "15")))
    assert found["status"] == "fail"
    assert "on 2026-08-01 it was 15 days" in found["reason"]


def test_a_point_in_time(report: Report) -> None:
    """Twice on one day is one point in time: partial, with its date."""
    day = [
        reading
        for hour in (3, 15)
        for reading in readings(f"2026-09-30 {hour:02}:00", 1, effective(LOGS, "30"))
    ]
    found = finding(report, *day)
    assert (found["status"], found["reason"]) == (
        "partial",
        "2 of 2 readings conformed, on 2026-09-30 alone: a point in time.",
    )


def test_seven_days_without_a_reading(report: Report) -> None:
    """Six days in a row may be missed, seven not: a reading every eighth day is partial."""
    found = finding(report, *readings("2026-07-01", 12, effective(LOGS, "30"), days=8))
    assert (found["status"], found["reason"]) == (
        "partial",
        (
            "12 of 12 readings conformed, from 2026-07-01 to 2026-09-27 on 12 of 92 days; "
            "7 days in a row went without a reading."
        ),
    )


def test_readings_that_do_not_show_it(report: Report) -> None:
    """A setting that is gone for a while, or could not be compared, was not seen to conform then: partial."""
    found = finding(
        report,
        *readings("2026-07-02", 6, effective(LOGS, "30")),
        *readings("2026-08-13", 1),
        *readings("2026-08-19", 5, effective(LOGS, "30")),
        *readings("2026-09-24", 1, effective(LOGS, "long")),
    )
    assert found["status"] == "partial"
    assert found["reason"].startswith(
        "11 of 13 readings conformed; 1 cannot be compared; 1 did not show it, from "
    )


def test_a_setting_that_went_away(report: Report) -> None:
    """It has no value as of the report, and what it was in the period is judged all the same."""
    history = [*readings("2026-07-02", 2, effective(LOGS, "15")), *readings("2026-07-16", 10)]
    assert finding(report, *history)["status"] == "fail"


def test_no_reading_in_the_period(report: Report) -> None:
    """What was first read after the period says nothing of it: not assessed, with the day it was read."""
    found = finding(report, *readings("2026-10-05", 1, effective(LOGS, "30")))
    assert (found["status"], found["reason"]) == (
        "not assessed",
        "No reading in the period shows it; what it is set to was first read on 2026-10-05, after the period.",
    )


def test_readings_that_failed(report: Report) -> None:
    """Known from before, and every reading of the period failed: nobody knows whether it held."""
    found = finding(
        report,
        *readings("2026-06-20", 1, effective(LOGS, "30")),
        *readings("2026-07-02", 13, error="Cannot read store.yaml."),
    )
    assert (found["status"], found["reason"]) == ("not assessed", "No reading in the period shows it.")


def test_what_cannot_be_compared(report: Report) -> None:
    """Another unit, or documents of which none is stricter: not assessed, never a pass."""
    seconds = readings("2026-07-02", 13, effective(LOGS, "2592000", "s"))
    found = finding(report, *seconds)
    assert (found["status"], found["reason"]) == (
        "not assessed",
        "What 13 readings show cannot be compared with the declared value.",
    )
    both = [declared("traces.propagation", text, "text", f"{text}.md") for text in ("w3c", "b3")]
    other = report(
        history=[*readings("2026-07-02", 13, effective("traces.propagation", "b3", "text")), Known(both)]
    ).finding(CHECK, "traces.propagation store:main")
    assert other["status"] == "not assessed"
    assert other["reason"].startswith("The documents disagree and none is stricter: ")


def test_no_data(report: Report) -> None:
    """Nothing declared, or nothing set: not assessed."""
    assert report(effective(LOGS, "30")).findings(CHECK) == {"(none)": "not assessed"}
