"""Settings with their values as numbers."""

from __future__ import annotations

import math

from tests.factories import decision, declared, effective, measured
from tests.queries.conftest import Report


def test_what_is_a_number(report: Report) -> None:
    """Only a plain number in the setting's unit, true, false and unlimited are numbers; nothing is guessed."""
    values = ["30", "1e2", "0.5", "nan", "inf", "1d", "1_000", "30 days", "", "unlimited", "true"]
    items = [effective("retention.logs", value, subject=f"store:{value}") for value in values]
    items += [effective("retention.logs", "30", unit, f"unit:{unit}") for unit in ("s", None)]
    found = report(items, only=set()).view("setting_values")
    numbers = {row["subject"]: row["number"] for row in found if row["number"] is not None}
    assert numbers == {
        "store:30": 30.0,
        "store:1e2": 100.0,
        "store:0.5": 0.5,
        "store:unlimited": math.inf,
        "store:true": 1.0,
    }


def test_every_layer(report: Report) -> None:
    """Documents, the configuration, decisions, systems and measurements stand in one table, parts with their owner."""
    more = '[[policy.setting]]\nkey = "retention.logs.maximum"\nvalue = 365\n'
    found = report(
        declared("retention.logs", "30", subject="document:a.md#other.place"),
        decision("retention.logs", "60"),
        effective("retention.logs", "90", subject="store:main#tenant"),
        measured("retention.logs.oldest", "12.5"),
        declared("something.else", "1"),  # no setting of the vocabulary
        declared("retention.traces", None),  # required, and not filled in
        more=more,
        only=set(),
    ).view("setting_values")
    assert {(row["layer"], row["owner"], row["key"], row["written"]) for row in found} == {
        ("declared", "document:a.md", "retention.logs", "30 days"),
        ("declared", "document:qmsreport.toml", "retention.logs.maximum", "365 days"),
        ("decided", "D-1", "retention.logs", "60 days"),
        ("effective", "store:main", "retention.logs", "90 days"),
        ("measured", "store:main", "retention.logs.oldest", "12.5 days"),
    }
