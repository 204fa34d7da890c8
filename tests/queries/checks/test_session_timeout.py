"""Sessions that are not used end in time."""

from __future__ import annotations

from tests.factories import declared, effective
from tests.queries.conftest import Report

CHECK = "session_timeout"
NO_FRAMEWORK = "\n[compliance]\nframeworks = []\n"


def test_statuses(report: Report) -> None:
    """A quarter of an hour is what PCI DSS asks: so long passes, longer fails, never ending fails, words are no time."""
    found = report(
        effective("access.idle", "900", "s", "desk:just"),
        effective("access.idle", "901", "s", "desk:long"),
        effective("access.idle", "unlimited", "s", "desk:ever"),
        effective("access.idle", "a while", "s", "desk:words"),
        effective("access.idle", "15", "minutes", "desk:unit"),
    )
    assert found.findings(CHECK) == {
        "desk:just": "pass",
        "desk:long": "fail",
        "desk:ever": "fail",
        "desk:words": "not assessed",
        "desk:unit": "not assessed",
    }
    row = found.finding(CHECK, "desk:long")
    assert (row["expected"], row["basis"]) == ("at most 900 s", "standard: pci_dss:8.2.8")
    assert row["observed"] == "901 s (desk:long/config)"


def test_the_stricter_of_declared_and_asked_holds(report: Report) -> None:
    """Five declared minutes beat the framework's fifteen; eight declared hours do not."""
    idle = effective("access.idle", "600", "s")
    strict = report(declared("access.idle", "300", "s"), idle).finding(CHECK, "store:main")
    assert (strict["status"], strict["basis"]) == ("fail", "policy: a.md:12")
    loose = report(declared("access.idle", "28800", "s"), idle).finding(CHECK, "store:main")
    assert (loose["status"], loose["basis"]) == ("pass", "standard: pci_dss:8.2.8")


def test_without_a_limit_nothing_is_judged(report: Report) -> None:
    """No framework asks and no document declares: not assessed; an unlimited declaration is no limit."""
    idle = effective("access.idle", "600", "s")
    assert report(idle, more=NO_FRAMEWORK).findings(CHECK) == {"store:main": "not assessed"}
    endless = declared("access.idle", "unlimited", "s")
    assert report(endless, idle, more=NO_FRAMEWORK).findings(CHECK) == {"store:main": "not assessed"}


def test_no_data(report: Report) -> None:
    """A declared time that no system shows is no evidence."""
    assert report(declared("access.idle", "300", "s")).findings(CHECK) == {"(none)": "not assessed"}
