"""What systems are set to."""

from __future__ import annotations

from tests.factories import declared, effective
from tests.queries.conftest import NOW, Report


def test_a_size_limit_stands_beside_its_retention(report: Report) -> None:
    """The size limit of the same subject, and the time of the reading."""
    found = report(
        declared("retention.logs", "30"),
        effective("retention.logs", "30", subject="store:a"),
        effective("retention.logs.size", "5GB", "text", "store:a"),
        effective("retention.logs", "30", subject="store:b"),
        only=set(),
    ).view("effective_settings")
    assert {(row["subject"], row["key"]): row["size_limit"] for row in found} == {
        ("store:a", "retention.logs"): "5GB",
        ("store:a", "retention.logs.size"): None,
        ("store:b", "retention.logs"): None,
    }
    assert {row["read_at"] for row in found} == {NOW}
