"""Metrics are scraped as often as declared."""

from __future__ import annotations

from qmsreport.records import ScrapeTarget
from tests.factories import declared, effective
from tests.queries.conftest import Report

CHECK = "scrape_interval"
KEY = "scrape.interval"


def target(name: str, job: str, seconds: float | None) -> ScrapeTarget:
    """A target that is scraped this often."""
    return ScrapeTarget(target=name, job=job, scrape_interval_seconds=seconds)


def test_servers_jobs_and_targets(report: Report) -> None:
    """A job of its own interval fails beside a server that is right; one slow target of a job is enough."""
    found = report(
        declared(KEY, "15", "s"),
        effective(KEY, "15", "s", "server:a"),
        effective(KEY, "60", "s", "server:a#job:slow"),
        target("1", "fine", 15),
        target("2", "fine", 15.0),
        target("3", "mixed", 15),
        target("4", "mixed", 30),
        target("5", "unknown", None),
    )
    assert found.findings(CHECK) == {
        f"{KEY} server:a": "pass",
        f"{KEY} server:a#job:slow": "fail",
        f"{KEY} targets of fine": "pass",
        f"{KEY} targets of mixed": "fail",
    }
    finding = found.finding(CHECK, f"{KEY} targets of mixed")
    assert finding["reason"] == "Scraped every 15.000 s to 30.000 s, declared is 15 s."


def test_targets_alone(report: Report) -> None:
    """Where no configuration was read the targets speak for it."""
    found = report(declared(KEY, "15", "s"), target("1", "fine", 15))
    assert found.findings(CHECK) == {f"{KEY} targets of fine": "pass"}


def test_no_data(report: Report) -> None:
    """Declared and shown by nothing is not assessed; nothing declared neither."""
    assert report(declared(KEY, "15", "s")).findings(CHECK) == {KEY: "not assessed"}
    assert report(target("1", "fine", 15), only={"records_complete"}).findings(CHECK) == {}
