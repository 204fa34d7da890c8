"""Values of systems compared with the declared one; what is the same is told beside `setting_comparisons`."""

from __future__ import annotations

from tests.factories import declared, effective
from tests.queries.conftest import Known, Report, readings


def test_earlier_values_too(report: Report) -> None:
    """Each version of the period is compared like the value as of the report, with what is declared as of the report."""
    history = [
        *readings(
            "2026-07-01", 1, effective("retention.logs", "30.0"), effective("query.timeout", "2m", None)
        ),
        *readings("2026-08-01", 1, effective("retention.logs", "15")),
        *readings("2026-09-01", 1, effective("retention.logs", "long")),
        Known([declared("retention.logs", "30")]),
    ]
    found = report(history=history, only=set()).view("value_comparisons")
    assert sorted((row["key"], row["layer"], row["version"], row["is_same"]) for row in found) == [
        ("retention.logs", "effective", None, None),
        ("retention.logs", "held", 1, True),
        ("retention.logs", "held", 2, False),
        ("retention.logs", "held", 3, None),
    ]
