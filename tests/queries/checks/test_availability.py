"""Every service was as available as declared; the objective of `slo()` itself is 99 %."""

from __future__ import annotations

import pytest

from tests.factories import declared
from tests.queries.conftest import Report
from tests.queries.metrics.test_slo_attainment import days, slo

CHECK = "availability"
API = "availability checkout api"


@pytest.mark.parametrize(
    ("status", "known", "good", "value"),
    [
        ("pass", 92, 990.0, "0.99"),  # exactly as declared
        ("fail", 92, 990.0, "0.999"),  # the objective is met, the declaration is not
        ("pass", 88, 1000.0, "0.999"),  # 95.65 % known: more than the minimum of 95 %
        ("partial", 87, 1000.0, "0.999"),  # 94.57 % known
        ("pass", 87, 1000.0, "0.94"),  # reached even if all that is unknown was bad
        ("not assessed", 92, 1000.0, "99.9 percent"),
    ],
)
def test_statuses(report: Report, status: str, known: int, good: float, value: str) -> None:
    """The period's attainment is compared with what is declared, whatever the objective is."""
    items = [days("2026-07-01", known, good), declared(CHECK, value, "share")]
    assert report(*items, more=slo()).findings(CHECK) == {API: status}


def test_words(report: Report) -> None:
    """Expected and observed are percentages that no rounding lifts over the target."""
    finding = report(days("2026-07-01", 92, 998.999), declared(CHECK, "0.999", "share"), more=slo()).finding(
        CHECK, API
    )
    assert (finding["expected"], finding["observed"]) == ("at least 99.900 %", "99.899 %")
    assert finding["reason"] == "It was available 99.899 % of the period, of which 100.0 % is known."


def test_no_data(report: Report) -> None:
    """A service that nothing measures is not assessed, nor is an objective without windows or without a declaration."""
    found = report(declared(CHECK, "0.999", "share"))
    assert found.findings(CHECK) == {"availability checkout": "not assessed"}
    assert report(more=slo()).findings(CHECK) == {API: "not assessed"}


def test_nothing_declared(report: Report) -> None:
    """Measured and not declared is not assessed."""
    finding = report(days("2026-07-01", 92), more=slo()).finding(CHECK, API)
    assert (finding["status"], finding["reason"]) == ("not assessed", "No availability is declared.")
