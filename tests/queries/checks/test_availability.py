"""Every service was as available as declared; the objectives themselves ask for 99 %."""

from __future__ import annotations

from tests.factories import declared, sli_windows
from tests.queries.conftest import Report
from tests.queries.metrics.test_slo_attainment import DAY, days, slo

CHECK = "availability"
API = "availability checkout api"


def test_statuses(report: Report) -> None:
    """The period's attainment is compared with what is declared, whatever the objective is. Minimum known: 95 %."""
    cases = {
        "exact": (92, 999.0, "pass"),
        "missed": (92, 998.999, "fail"),  # the objective is met, the declaration is not
        "gaps": (88, 1000.0, "pass"),  # 95.65 % known
        "unknown": (87, 1000.0, "partial"),  # 94.57 % known
        "short": (10, 990.0, "fail"),
    }
    items = [
        sli_windows(name, "2026-07-01", known, good, 1000.0, DAY) for name, (known, good, _) in cases.items()
    ]
    more = "".join(slo(id=name) for name in cases)
    found = report(items, declared(CHECK, "0.999", "share"), more=more)
    assert found.findings(CHECK) == {f"availability checkout {name}": case[2] for name, case in cases.items()}
    finding = found.finding(CHECK, "availability checkout missed")
    assert (finding["expected"], finding["observed"]) == ("at least 99.900 %", "99.899 %")
    assert finding["reason"] == "It was available 99.899 % of the period, of which 100.0 % is known."


def test_worst_case_passes_below_the_minimum(report: Report) -> None:
    """With 87 of 92 days known 94 % is reached even if all that is unknown was bad."""
    found = report(days("2026-07-01", 87), declared(CHECK, "0.94", "share"), more=slo())
    assert found.findings(CHECK) == {API: "pass"}


def test_no_data(report: Report) -> None:
    """A service that nothing measures is not assessed, nor is an objective without windows, nor a target that is no share."""
    other = '[[service]]\nname = "billing"\n'
    found = report(declared(CHECK, "0.999", "share"), more=slo() + other)
    assert found.findings(CHECK) == {API: "not assessed", "availability billing": "not assessed"}
    changed = declared(CHECK, "99.9 percent", "share")
    finding = report(days("2026-07-01", 92), changed, more=slo()).finding(CHECK, API)
    assert finding["reason"] == "What is declared is no share: 99.9 percent (a.md:12)."
    assert finding["status"] == "not assessed"


def test_nothing_declared(report: Report) -> None:
    """Measured and not declared is not assessed."""
    finding = report(days("2026-07-01", 92), more=slo()).finding(CHECK, API)
    assert (finding["status"], finding["reason"]) == ("not assessed", "No availability is declared.")
