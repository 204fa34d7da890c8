"""What is declared is at least what the frameworks ask."""

from __future__ import annotations

from typing import Any

import polars as pl

from tests.factories import declared
from tests.queries.conftest import Report

CHECK = "declared_meets_frameworks"
AUDIT = "retention.audit pci_dss:10.5.1 at least 12 months"
TEXT, NUMBER = pl.String(), pl.Float64()


def asked(*rows: tuple[str, str, str | None, str, float, str, float | None]) -> dict[str, pl.DataFrame]:
    """Numbers that requirements ask for, PCI DSS and HIPAA selected."""
    names = ("framework", "control_id", "setting", "relation")
    schema: dict[str, Any] = {**dict.fromkeys(names, TEXT), "threshold": NUMBER, "unit": TEXT, "days": NUMBER}
    schema |= {"basis": TEXT, "basis_text": TEXT}
    return {
        "control_thresholds": pl.DataFrame(
            [(*row, "standard", "as published") for row in rows], schema=schema, orient="row"
        ),
        "selected_frameworks": pl.DataFrame({"framework": ["pci_dss", "hipaa"], "position": [1, 2]}),
    }


def test_twelve_months_by_the_calendar(report: Report) -> None:
    """365 days fall short of twelve months, which have 366 in a leap year; 366 do."""
    tables = asked(("pci_dss", "10.5.1", "retention.audit", "at least", 12.0, "months", 366.0))
    finding = report(declared("retention.audit", "365"), tables=tables).finding(CHECK, AUDIT)
    assert (finding["status"], finding["basis"]) == ("fail", "standard: as published")
    assert finding["reason"] == "Declared is 365 days and falls short: asked is at least 12 months."
    changed = declared("retention.audit", "366")
    assert report(changed, tables=tables).findings(CHECK) == {AUDIT: "pass"}


def test_relations_and_units(report: Report) -> None:
    """At most as well as at least, spans in hours, versions as numbers; frameworks not selected ask nothing."""
    tables = asked(
        ("pci_dss", "4.2.1", "tls.minimum", "at least", 1.2, "version", None),
        ("hipaa", "164.404", "breach.notification", "at most", 60.0, "days", 60.0),
        ("hipaa", "164.410", "breach.notification", "at most", 1.0, "days", 1.0),
        ("gdpr", "33(1)", "breach.notification", "at most", 72.0, "hours", 3.0),
        ("hipaa", "164.312(e)(1)", "scrape.interval", "at most", 5.0, "count", None),
        ("pci_dss", "10.4.1", None, "at most", 1.0, "days", 1.0),
    )
    found = report(
        declared("tls.minimum", "1.3", "version"),
        declared("breach.notification", "72", "h"),
        declared("scrape.interval", "5", "s"),
        tables=tables,
    )
    assert found.findings(CHECK) == {
        "breach.notification hipaa:164.404 at most 60 days": "pass",
        "breach.notification hipaa:164.410 at most 1 days": "fail",
        "scrape.interval hipaa:164.312(e)(1) at most 5 count": "not assessed",
        "tls.minimum pci_dss:4.2.1 at least 1.2 version": "pass",
    }


def test_no_data(report: Report) -> None:
    """What no document declares is not assessed, never a pass."""
    tables = asked(("pci_dss", "10.5.1", "retention.audit", "at least", 12.0, "months", 366.0))
    finding = report(tables=tables).finding(CHECK, AUDIT)
    assert (finding["status"], finding["reason"]) == ("not assessed", "No document declares it.")
