"""No service failed more often than declared: 1000 events on each day."""

from __future__ import annotations

from tests.factories import declared, sli_windows
from tests.queries.conftest import Report
from tests.queries.metrics.test_slo_attainment import DAY, days, slo

CHECK = "error_rate"
API = "errors checkout api"


def test_statuses(report: Report) -> None:
    """Bad events over valid ones of the whole period, at most the declared share. Minimum known: 95 %."""
    cases = {
        "exact": (92, 990.0, "pass"),
        "above": (92, 989.0, "fail"),
        "short": (10, 989.0, "fail"),
        "unknown": (87, 1000.0, "partial"),  # 94.57 % known
        "unsound": (92, 1010.0, "pass"),  # more good than valid events: no negative rate
        "silent": (0, 0.0, "not assessed"),
    }
    items = [
        sli_windows(name, "2026-07-01", known, good, 1000.0, DAY) for name, (known, good, _) in cases.items()
    ]
    more = "".join(slo(id=name) for name in cases)
    found = report(items, declared("errors", "0.01", "share"), more=more)
    assert found.findings(CHECK) == {f"errors checkout {name}": case[2] for name, case in cases.items()}


def test_events_not_rates(report: Report) -> None:
    """One day of 10 000 bad events weighs more than 91 days without any: 10 000 of 101 000 is 9.9 %."""
    first = days("2026-07-01", 1, 0.0, 10000.0)
    finding = report(first, days("2026-07-02", 91), declared("errors", "0.05", "share"), more=slo()).finding(
        CHECK, API
    )
    assert (finding["status"], finding["observed"]) == ("fail", "9.9010 %")
    assert finding["reason"].startswith("10000 of 101000 events were bad, with 100.0 % of the period known")


def test_no_data(report: Report) -> None:
    """A service that nothing measures is not assessed, nor is one measured and nothing declared."""
    found = report(declared("errors", "0.01", "share"))
    assert found.findings(CHECK) == {"errors checkout": "not assessed"}


def test_nothing_declared(report: Report) -> None:
    """Measured and not declared is not assessed."""
    assert report(days("2026-07-01", 92), more=slo()).findings(CHECK) == {API: "not assessed"}
