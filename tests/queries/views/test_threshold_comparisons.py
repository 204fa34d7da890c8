"""What is declared beside what the frameworks ask, by requirement."""

from __future__ import annotations

from tests.factories import declared
from tests.queries.checks.test_declared_meets_frameworks import asked
from tests.queries.conftest import Report


def test_each_requirement_has_its_own_row(report: Report) -> None:
    """One declared value is compared with every number that is asked of it, and keeps the requirement's name."""
    tables = asked(
        ("pci_dss", "10.5.1", "retention.audit", "at least", 12.0, "months", 366.0),
        ("hipaa", "164.312(b)", "retention.audit", "at least", 90.0, "days", 90.0),
        ("iso27001", "A.5.33", "retention.audit", "at least", 9.0, "years", 3288.0),  # not selected
    )
    rows = report(declared("retention.audit", "100"), tables=tables).view("threshold_comparisons")
    assert {(row["framework"], row["control_id"]): row["status"] for row in rows} == {
        ("pci_dss", "10.5.1"): "fail",
        ("hipaa", "164.312(b)"): "pass",
    }
