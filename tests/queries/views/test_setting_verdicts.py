"""Whether systems are set as declared, in the one wording that several checks share."""

from __future__ import annotations

from tests.factories import declared, effective
from tests.queries.conftest import Report


def test_each_verdict_says_why(report: Report) -> None:
    """As declared, otherwise, not comparable and shown by nothing each have their status and their sentence."""
    found = report(
        declared("evaluation.interval", "30", "s"),
        declared("sampling.traces", "0.1", "share"),
        effective("evaluation.interval", "30", "s", subject="server:same"),
        effective("evaluation.interval", "60", "s", subject="server:slow"),
        effective("evaluation.interval", "often", "s", subject="server:words"),
        only=set(),
    ).view("setting_verdicts")
    said = {row["resource"]: (row["key"], row["status"], row["reason"]) for row in found}
    expected = {
        "evaluation.interval server:same": ("pass", "Set as declared on 2026-10-20, a point in time."),
        "evaluation.interval server:slow": ("fail", "Set to 60 s (server:slow/config), declared is 30 s"),
        "evaluation.interval server:words": ("not assessed", "cannot be compared with the declared one."),
        "sampling.traces": ("not assessed", "It is declared, and no system that was read shows it."),
    }
    assert said.keys() == expected.keys()
    for resource, (status, words) in expected.items():
        assert said[resource][:2] == (resource.split()[0], status)
        assert words in said[resource][2]
