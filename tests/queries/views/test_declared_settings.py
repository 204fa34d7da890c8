"""What is declared, one value for each setting."""

from __future__ import annotations

import pytest

from tests.factories import declared
from tests.queries.conftest import Report

TWO = {
    "retention.logs": ("30", "90", "days"),  # a minimum: the larger
    "retention.audit": ("365", "unlimited", "days"),
    "retention.logs.maximum": ("365", "400", "days"),  # a maximum: the smaller
    "latency.p95": ("200", "500", "ms"),
    "errors": ("0.01", "0.02", "share"),
    "availability": ("0.999", "0.99", "share"),
    "encryption.in_transit": ("true", "false", "flag"),
    "access.anonymous": ("true", "false", "flag"),
    "tls.minimum": ("1.2", "1.3", "version"),
    "sampling.traces": ("0.1", "0.2", "share"),  # neither is stricter
}


def test_the_stricter_of_two(report: Report) -> None:
    """Retention: the larger minimum, the smaller maximum; the smaller time and share of errors; the claim that is true."""
    items = [
        declared(key, value, unit, document)
        for key, (one, other, unit) in TWO.items()
        for document, value in (("a.md", one), ("b.md", other))
    ]
    found = {row["key"]: row for row in report(items, only=set()).view("declared_settings")}
    assert {key: row["value"] for key, row in found.items()} == {
        "retention.logs": "90",
        "retention.audit": "unlimited",
        "retention.logs.maximum": "365",
        "latency.p95": "200",
        "errors": "0.01",
        "availability": "0.999",
        "encryption.in_transit": "true",
        "access.anonymous": "false",
        "tls.minimum": "1.3",
        "sampling.traces": None,
    }
    assert {row["resolution"] for row in found.values()} == {"stricter", "undecided"}
    assert not any(row["is_resolved"] for row in found.values())


@pytest.mark.parametrize(("first", "value"), [("a.md", "30"), ("b.md", "90")])
def test_precedence(report: Report, first: str, value: str) -> None:
    """The configured order decides, for the laxer value too."""
    items = [declared("retention.logs", "30"), declared("retention.logs", "90", document="b.md")]
    more = f'[policy]\nauthority = ["document:{first}"]\n'
    (row,) = report(items, more=more, only=set()).view("declared_settings")
    assert (row["value"], row["resolution"], row["authority"]) == (value, "authority", f"document:{first}")
    assert (row["places"], row["differing"], row["is_resolved"]) == (2, 2, True)
