"""Resources stayed below the declared use: 80 % of the processor."""

from __future__ import annotations

from tests.factories import declared, metric_windows
from tests.queries.conftest import Report

CHECK = "resource_use"
CPU = declared("resources.cpu", "0.8", "share")
DAY = 86400


def test_statuses(report: Report) -> None:
    """Hours above the limit fail; none with enough known passes; a percentage is read as one."""
    found = report(
        CPU,
        metric_windows("cpu_utilisation", {"node": "calm"}, "2026-07-01", 92, 0.8, DAY, "ratio"),
        metric_windows("cpu_utilisation", {"node": "percent"}, "2026-07-01", 92, 79.0, DAY, "percent"),
        metric_windows("cpu_utilisation", {"node": "busy"}, "2026-07-01", 3, 0.81, 3600, "ratio"),
        metric_windows("cpu_utilisation", {"node": "busy"}, "2026-07-02", 91, 0.5, DAY, "ratio"),
        metric_windows("cpu_utilisation", {"node": "seldom"}, "2026-07-01", 87, 0.1, DAY, "ratio"),
        metric_windows("disk_utilisation", {"node": "calm"}, "2026-07-01", 92, 0.99, DAY, "ratio"),
    )
    assert found.findings(CHECK) == {
        "resources.cpu node:busy": "fail",
        "resources.cpu node:calm": "pass",
        "resources.cpu node:percent": "pass",
        "resources.cpu node:seldom": "partial",
    }
    finding = found.finding(CHECK, "resources.cpu node:busy")
    assert (finding["expected"], finding["observed"]) == ("at most 80.0 %", "3.0 hours above, highest 81.0 %")


def test_no_data(report: Report) -> None:
    """Declared and measured by nothing is not assessed."""
    assert report(CPU).findings(CHECK) == {"resources.cpu": "not assessed"}
