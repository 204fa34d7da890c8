"""Metrics are kept as long as declared."""

from __future__ import annotations

from tests.factories import declared, effective
from tests.queries.conftest import Report

CHECK = "retention_metrics"
KEY = "retention.metrics"


def test_statuses(report: Report) -> None:
    """At least the minimum passes, for ever too; a day less fails; what logs keep does not matter here."""
    found = report(
        declared(KEY, "90"),
        declared("retention.logs", "30"),
        effective("retention.logs", "1", subject="store:other"),
        effective(KEY, "90", subject="store:just"),
        effective(KEY, "unlimited", subject="store:ever"),
        effective(KEY, "89", subject="store:short"),
        effective(KEY, "some", subject="store:words"),
    )
    assert found.findings(CHECK) == {
        f"{KEY} store:ever": "pass",
        f"{KEY} store:just": "pass",
        f"{KEY} store:short": "fail",
        f"{KEY} store:words": "not assessed",
    }


def test_no_data(report: Report) -> None:
    """Declared and shown by no system is not assessed."""
    assert report(declared(KEY, "90")).findings(CHECK) == {KEY: "not assessed"}
