"""Of the TLS versions only 1.2 and 1.3 are a minimum that passes."""

from __future__ import annotations

from qmsreport import records
from tests.queries.conftest import Report


def test_only_two_versions_pass(report: Report) -> None:
    """SSL 3, 1.0 and 1.1 fail, and so does a word that is no version."""
    versions = ("ssl3", "1.0", "1.1", "1.2", "1.3", "any")
    rows = [
        records.Setting(subject=version, key="tls.minimum", layer="effective", value=version)
        for version in versions
    ]
    found = report(rows).findings("tls_minimum")
    assert {version for version, status in found.items() if status == "pass"} == {"1.2", "1.3"}
    assert set(found.values()) == {"pass", "fail"}
