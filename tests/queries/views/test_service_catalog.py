"""Services: as declared, else as a source lists them."""

from __future__ import annotations

from tests.factories import service
from tests.queries.conftest import Known, Report


def test_declared_wins(report: Report) -> None:
    """The configuration's team stands; a service that only a source lists is added, once, without a lost team."""
    found = report(
        history=[
            Known([service("checkout", team="Somebody else"), service("search", team=None)]),
            Known([service("search", team="Discovery")], source="other"),
        ],
        sources=("files", "other"),
    )
    assert {row["service"]: row["team"] for row in found.view("service_catalog")} == {
        "checkout": "Commerce",
        "search": "(no team)",
    }
