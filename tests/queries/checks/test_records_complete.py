"""Every source delivered all its records."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import deployment, moment, reject
from tests.queries.conftest import Known, Report

CHECK = "records_complete"


def read(
    *items: Any, first: str | None = "2026-07-01", after: str | None = "2026-10-01", **more: Any
) -> Known:
    """A reading of a window."""
    return Known(items, extract={"window_start": moment(first), "window_end": moment(after)} | more)


def test_complete(report: Report) -> None:
    """Two rows received and none set aside."""
    finding = report(history=[read(deployment(), deployment(), server_total=2)]).finding(CHECK, "files")
    assert finding["status"] == "pass"
    assert finding["reason"] == "2 rows were received, none was set aside."


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"rejects": [reject(), reject(line=3)]}, "2 rows set aside"),
        ({"truncated": True}, "1 answers cut short"),
        ({"server_total": 2}, "1 below the source's own total"),
    ],
)
def test_incomplete(report: Report, given: dict[str, Any], said: str) -> None:
    """A row set aside, a cut answer or fewer rows than the server has make it partial."""
    finding = report(history=[read(deployment(), **given)]).finding(CHECK, "files")
    assert finding["status"] == "partial"
    assert said in finding["reason"]


def test_failed_window(report: Report) -> None:
    """One window of two failed."""
    found = report(history=[read(deployment()), read(subject="other", error="away")])
    assert "1 windows failed" in found.finding(CHECK, "files")["reason"]


@pytest.mark.parametrize(
    ("first", "after", "status"),
    [
        ("2026-07-01", "2026-10-01", "pass"),
        ("2026-06-01", "2026-10-02", "pass"),
        ("2026-08-01", "2026-10-01", "partial"),
    ],
)
def test_read_again(report: Report, first: str, after: str, status: str) -> None:
    """A later reading of the window, or of one around it, makes it good; one that starts later does not."""
    bad = read(deployment(), rejects=[reject()])
    found = report(history=[bad, read(deployment(), first=first, after=after)])
    assert found.findings(CHECK) == {"files": status}


def test_file_without_times_read_again(report: Report) -> None:
    """A file that has no window is made good by its next reading."""
    found = report(history=[read(first=None, after=None, rejects=[reject()]), read(first=None, after=None)])
    assert found.findings(CHECK) == {"files": "pass"}


def test_failed_again_makes_nothing_good(report: Report) -> None:
    """A later try that fails leaves the row set aside, and adds its failure."""
    found = report(history=[read(deployment(), rejects=[reject()]), read(error="away")])
    assert found.findings(CHECK) == {"files": "partial"}


def test_source_was_away_one_night(report: Report) -> None:
    """The failure of the source as a whole is over once something was read as far, and not before."""
    away = read(subject="(source)", error="away", after="2026-10-02")
    assert report(history=[read(deployment()), away]).findings(CHECK) == {"files": "partial"}
    assert report(history=[read(deployment(), after="2026-10-03")]).findings(CHECK) == {"files": "pass"}


def test_source_was_away_until_the_same_moment(report: Report) -> None:
    """Reading exactly as far as the failed try was to read makes it good."""
    found = report(history=[read(subject="(source)", error="away"), read(deployment())])
    assert found.findings(CHECK) == {"files": "pass"}


def test_another_subject_makes_nothing_good(report: Report) -> None:
    """A clean reading of one file does not mend the rows of another."""
    found = report(history=[read(rejects=[reject()], subject="one"), read(deployment(), subject="two")])
    assert found.findings(CHECK) == {"files": "partial"}


def test_everything_failed(report: Report) -> None:
    """A source of which every reading failed is not assessed."""
    assert report(history=[read(error="away")]).findings(CHECK) == {"files": "not assessed"}


def test_no_data(report: Report) -> None:
    """A source that was never asked is not assessed."""
    assert report(deployment(), sources=("files", "other")).findings(CHECK)["other"] == "not assessed"
