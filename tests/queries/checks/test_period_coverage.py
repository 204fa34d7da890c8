"""Every source covers the whole period."""

from __future__ import annotations

from typing import Any

from tests.factories import deployment, moment
from tests.queries.conftest import NOW, Evaluated, Known, Report

CHECK = "period_coverage"


def window(first: str | None, after: str | None, at: str | None = None, **more: Any) -> Known:
    """A reading of this window, made at NOW or at another time."""
    read = moment(at) or NOW
    return Known([], read, extract={"window_start": moment(first), "window_end": moment(after)} | more)


def said(found: Evaluated) -> tuple[str, str]:
    """Status and reason for the source `files`."""
    finding = found.finding(CHECK, "files")
    return finding["status"], finding["reason"]


def test_every_day(report: Report) -> None:
    """Windows that meet in the middle of a day cover the quarter together."""
    found = report(
        history=[
            window("2026-07-01", "2026-08-01 12:00:00.5"),
            window("2026-08-01 12:00:00.5", "2026-10-01"),
        ]
    )
    assert said(found) == ("pass", "All 92 days are covered.")


def test_a_missing_day(report: Report) -> None:
    """A day between two windows is missing."""
    found = report(history=[window("2026-07-01", "2026-08-01"), window("2026-08-02", "2026-10-01")])
    assert said(found) == ("partial", "91 of 92 days are covered.")


def test_read_before_the_day_had_ended(report: Report) -> None:
    """A reading at noon of the last day does not cover that day, though it reaches into it."""
    found = report(history=[window("2026-07-01", "2026-09-30 12:00", "2026-09-30 12:00")])
    assert said(found) == ("partial", "91 of 92 days are covered.")


def test_retention_shorter_than_the_period(report: Report) -> None:
    """A source that answers for its last 30 days covers 30 of 92."""
    assert said(report(history=[window("2026-09-01", "2026-10-01")]))[0] == "partial"


def test_failed_readings_cover_nothing(report: Report) -> None:
    """A window that failed covers nothing; every one failing says so."""
    found = report(history=[window("2026-07-01", "2026-10-01", error="the server was away")])
    assert said(found) == ("not assessed", "Every extraction of the source failed.")


def test_one_subject_fails(report: Report) -> None:
    """Where one of two repositories could not be read in August, August is not covered; on another try it is."""
    readings = [
        window("2026-07-01", "2026-10-01", subject="changes:one"),
        window("2026-08-01", "2026-09-01", subject="changes:two", error="no access"),
    ]
    assert said(report(history=readings)) == ("partial", "61 of 92 days are covered.")
    again = window("2026-07-15", "2026-09-15", subject="changes:two")
    assert said(report(history=[again]))[0] == "pass"


def test_source_fails_tonight(report: Report) -> None:
    """A source that is away tonight still covers what was read before."""
    found = report(
        history=[
            window("2026-07-01", "2026-10-01"),
            window("2026-07-01", "2026-10-20", subject="(source)", error="away"),
        ]
    )
    assert said(found)[0] == "pass"


def test_day_cut_in_the_servers_zone(report: Report) -> None:
    """In Berlin the quarter starts at 22:00 UTC on 30 June: a window from midnight UTC misses nothing but hours."""
    found = report(history=[window("2026-07-01", "2026-09-29 22:00")], zone="Europe/Berlin")
    assert said(found) == ("partial", "91 of 92 days are covered.")


def test_never_extracted(report: Report) -> None:
    """A configured source that was never asked is not assessed, and not hidden by the others."""
    found = report(deployment(), sources=("files", "other"))
    assert found.findings(CHECK) == {"files": "pass", "other": "not assessed"}


def test_no_data(report: Report) -> None:
    """Readings without a window, or of other times, cover no day."""
    found = report(history=[window(None, None), window("2026-05-01", "2026-07-01")])
    assert said(found) == ("not assessed", "No extract of the source covers a day of the period.")


def reading(at: str, subject: str = "grafana:443", **more: Any) -> Known:
    """A reading of how things stood at a moment."""
    times = {"started_at": moment(at), "finished_at": moment(at), "window_start": None, "window_end": None}
    return Known([], moment(at) or NOW, "probes", times | {"subject": subject} | more)


PROBES = '[sources.probes]\nkind = "tls"\nendpoints = ["grafana.example:443"]\n'


def probed(report: Report, *history: Known) -> tuple[str, str]:
    """Status and reason for a source that reads points in time."""
    finding = report(history=[window("2026-07-01", "2026-10-01"), *history], more=PROBES).finding(
        CHECK, "probes"
    )
    return finding["status"], finding["reason"]


def test_a_point_in_time_read_in_the_period(report: Report) -> None:
    """Two readings of one endpoint and one of another: nothing is missing between them."""
    status, reason = probed(
        report, reading("2026-07-05"), reading("2026-09-05"), reading("2026-08-05", "loki:443")
    )
    assert status == "pass"
    assert reason.startswith("2 of 2 subjects were read in the period, up to 2 times each;")


def test_a_point_in_time_read_in_part(report: Report) -> None:
    """An endpoint that was asked in the period and never answered leaves a gap."""
    status, _ = probed(report, reading("2026-07-05"), reading("2026-07-05", "loki:443", error="away"))
    assert status == "partial"


def test_a_point_in_time_read_too_late(report: Report) -> None:
    """A reading after the period says how things stood then, not in the period."""
    status, reason = probed(report, reading("2026-10-05"))
    assert (status, reason.split(":")[0]) == (
        "not assessed",
        "It was read first on 2026-10-05, after the period",
    )


def test_a_point_in_time_never_read(report: Report) -> None:
    """Failures alone, or readings of an earlier quarter, are no reading of this one."""
    assert probed(report, reading("2026-07-05", error="away")) == (
        "not assessed",
        "Every extraction of the source failed.",
    )
    assert probed(report, reading("2026-05-05"))[0] == "not assessed"
