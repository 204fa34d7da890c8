"""Every service level objective was met: 99 % of a quarter of 92 days."""

from __future__ import annotations

import pytest

from tests.queries.conftest import Report
from tests.queries.metrics.test_slo_attainment import days, maintenance, slo

CHECK = "slo_met"


@pytest.mark.parametrize(
    ("status", "known", "good"),
    [
        ("pass", 92, 990.0),  # exactly the objective
        ("fail", 92, 989.999),
        ("pass", 88, 990.0),  # 95.65 % known: more than the minimum of 95 %
        ("partial", 87, 1000.0),  # 94.57 % known
        ("fail", 88, 989.9),  # 1.01 % bad, enough is known
        ("not assessed", 87, 989.9),  # 1.01 % × 94.57 % = 0.955 % of the whole: the rest can still be good
        ("fail", 87, 989.4),  # 1.06 % × 94.57 % = 1.002 %
        ("not assessed", 1, 100.0),  # 90 % bad on one day of 92 are 0.978 %
        ("fail", 1, 79.0),  # 92.1 % of one day of 92 are 1.001 %: the budget of the whole quarter
    ],
)
def test_statuses(report: Report, status: str, known: int, good: float) -> None:
    """Met or missed is what no unknown time can change, or what enough known time says; else it stays open."""
    assert report(days("2026-07-01", known, good), more=slo()).findings(CHECK) == {"api": status}


def test_too_little_known_to_say_that_it_was_missed(report: Report) -> None:
    """One bad day of 92 is no missed quarter: the finding says how much is known, and that the rest may be good."""
    finding = report(days("2026-07-01", 1, 100.0), more=slo()).finding(CHECK, "api")
    assert finding["reason"] == (
        "What is known misses the objective, but only 1.0 % of the period is known: the rest may still have met it."
    )
    assert finding["observed"] == "10.000 % (worst case 0.108 %)"


@pytest.mark.parametrize(("status", "known"), [("not assessed", 9), ("fail", 10)])
def test_time_slices_all_bad(report: Report, status: str, known: int) -> None:
    """Of a budget of 10 % of 92 days, nine bad days are 9.78 % and ten are 10.87 %."""
    toml = slo(objective=0.9, budgeting="timeslices", timeslice_target=0.95)
    assert report(days("2026-07-01", known, 0.0), more=toml).findings(CHECK) == {"api": status}


def test_worst_case_passes_below_the_minimum(report: Report) -> None:
    """With 85 of 92 days known and an objective of 90 % the worst case, 92.4 %, passes by itself."""
    finding = report(days("2026-07-01", 85), more=slo(objective=0.9)).finding(CHECK, "api")
    assert finding["status"] == "pass"
    assert finding["observed"] == "100.000 % (worst case 92.391 %)"


def test_above_one_does_not_hide_a_gap(report: Report) -> None:
    """Windows of more good than valid events cannot lift the worst case over an objective that a gap misses."""
    found = report(days("2026-07-01", 85, 1100.0), more=slo(objective=0.95))
    assert found.findings(CHECK) == {"api": "partial"}


def test_each_objective(report: Report) -> None:
    """An objective without data stands beside one with data."""
    found = report(days("2026-07-01", 92), more=slo() + slo(id="other"))
    assert found.findings(CHECK) == {"api": "pass", "other": "not assessed"}
    assert found.finding(CHECK, "other")["reason"] == "No window of the period is known."


def test_slo_query_at_now_for_a_past_quarter(report: Report) -> None:
    """Windows read after the quarter say nothing of the quarter."""
    assert report(days("2026-10-01", 19), more=slo()).findings(CHECK) == {"api": "not assessed"}


def test_nothing_expected(report: Report) -> None:
    """An objective whose service was under maintenance for the whole quarter is not assessed, and not left out."""
    found = report(
        days("2026-07-01", 92), more=slo() + maintenance("2026-06-01T00:00:00", "2026-11-01T00:00:00")
    )
    assert found.findings(CHECK) == {"api": "not assessed"}


def test_no_data(report: Report) -> None:
    """Without a declared objective nothing is assessed."""
    assert report().findings(CHECK) == {"(none)": "not assessed"}
