"""Response times kept to the declared percentiles on every day: 200 ms at the 95th."""

from __future__ import annotations

from tests.factories import declared, metric_windows
from tests.queries.conftest import Report

CHECK = "latency"
P95 = declared("latency.p95", "200", "ms")
DAY = 86400


def test_statuses(report: Report) -> None:
    """Every day within passes; one day above fails; too few known days are partial, unless one of them is above."""
    found = report(
        P95,
        metric_windows("latency_p95", {"service": "good"}, "2026-07-01", 92, 0.2, DAY, "s"),
        metric_windows("latency_p95", {"service": "slow"}, "2026-07-01", 91, 0.1, DAY, "s"),
        metric_windows("latency_p95", {"service": "slow"}, "2026-09-30", 1, 0.2001, DAY, "s"),
        metric_windows("latency_p95", {"service": "seldom"}, "2026-07-01", 87, 150, DAY, "ms"),
        metric_windows("latency_p95", {"service": "blind"}, "2026-07-01", 92, 0.1, DAY, "furlongs"),
        metric_windows("latency_p95", {"service": "before"}, "2026-06-01", 30, 0.1, DAY, "s"),
        metric_windows("latency_p99", {"service": "good"}, "2026-07-01", 92, 9.0, DAY, "s"),
    )
    assert found.findings(CHECK) == {
        "latency.p95 service:good": "pass",
        "latency.p95 service:seldom": "partial",
        "latency.p95 service:slow": "fail",
    }
    finding = found.finding(CHECK, "latency.p95 service:slow")
    assert finding["reason"] == (
        "Above the target on 1 of 92 known days, last on 2026-09-30; 100.0 % of the period is known."
    )
    assert finding["observed"] == "91 of 92 days within, highest 200 ms"


def test_one_in_twenty_windows(report: Report) -> None:
    """Of 24 windows one above is one in twenty-four and keeps the day, two do not; percentiles are not averaged."""

    def hours(name: str, above: int) -> list[object]:
        series = {"service": name}
        return [
            metric_windows("latency_p95", series, "2026-07-01", above, 60.0, 3600, "s"),
            metric_windows("latency_p95", series, "2026-07-02", 24 - above, 0.1, 3600, "s"),
            metric_windows("latency_p95", series, f"2026-07-02 {24 - above}:00", above, 60.0, 3600, "s"),
        ]

    found = report(P95, hours("one", 1), hours("two", 2))
    # on 1 July every known window is above, on 2 July one or two of 24
    assert found.finding(CHECK, "latency.p95 service:one")["observed"].startswith("1 of 2 days within")
    assert found.finding(CHECK, "latency.p95 service:two")["observed"].startswith("0 of 2 days within")


def test_no_data(report: Report) -> None:
    """Declared and measured by nothing is not assessed."""
    found = report(P95, declared("latency.p99", "soon", "ms"))
    assert found.findings(CHECK) == {"latency.p95": "not assessed", "latency.p99": "not assessed"}
