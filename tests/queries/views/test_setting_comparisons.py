"""Declared settings beside what systems are set to."""

from __future__ import annotations

from tests.factories import declared, effective
from tests.queries.conftest import Report


def test_same_different_and_neither(report: Report) -> None:
    """True, false, or null where nothing can be compared; unlimited is the same as unlimited alone."""
    found = report(
        declared("retention.logs", "unlimited"),
        effective("retention.logs", "unlimited", subject="store:same"),
        effective("retention.logs", "36500", subject="store:other"),
        effective("retention.logs", "long", subject="store:words"),
        declared("retention.traces", "7"),
        declared("availability", "0.999", "share"),  # measured, not set
        only=set(),
    ).view("setting_comparisons")
    assert {(row["key"], row["subject"]): row["is_same"] for row in found} == {
        ("retention.logs", "store:same"): True,
        ("retention.logs", "store:other"): False,
        ("retention.logs", "store:words"): None,
        ("retention.traces", None): None,
    }
