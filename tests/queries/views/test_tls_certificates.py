"""One endpoint, and of its certificates the one that ends first."""

from __future__ import annotations

import pytest

from tests.factories import tls_endpoint, tls_probe
from tests.queries.conftest import Report

VIEW = "tls_certificates"


def test_one_row_for_each_endpoint(report: Report) -> None:
    """Four versions are one row: what is offered, and the days between the cut-off and the end."""
    (row,) = report(tls_endpoint(not_before="2026-10-01", not_after="2026-10-30 18:30")).view(VIEW)
    assert (row["protocols"], row["offered_versions"], row["open_versions"]) == ("TLS 1.2, TLS 1.3", 2, 0)
    assert row["days_left"] == pytest.approx(10.5)  # from 20 October, 06:30
    assert row["lifetime_days"] == pytest.approx(29 + 18.5 / 24)
    assert row["is_stale"] is False


def test_the_first_to_end(report: Report) -> None:
    """Another certificate for an older version may end sooner."""
    rows = [tls_probe("TLS 1.3", issuer="A"), tls_probe("TLS 1.2", issuer="B", not_after="2026-11-01")]
    assert report(rows).view(VIEW)[0]["issuer"] == "B"


def test_nothing_learnt(report: Report) -> None:
    """An endpoint that could not be reached has its row, without a certificate and with the reason."""
    (row,) = report(tls_probe(offered=None, error="refused")).view(VIEW)
    assert (row["protocols"], row["not_after"], row["days_left"], row["open_reason"]) == (
        None,
        None,
        None,
        "refused",
    )
