"""`qmsreport trace`: from a figure to its rows and to the requests that fetched them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from qmsreport import evidence
from tests.cli.conftest import Ran, one_line
from tests.conftest import Demonstration

Call = Callable[..., Ran]


def test_leads_to_rows_and_extracts(demonstration: Demonstration, call: Call) -> None:
    """The figure with its parts, its definition with the hash in the manifest, its rows, and the extracts' hashes."""
    done = call("trace", "change_fail_rate", demonstration.bundle, "--scope", "checkout-api")
    assert done.code == 0
    with duckdb.connect(str(demonstration.bundle / "evidence.duckdb"), read_only=True) as connection:
        [(failed, of, extract, answer)] = connection.execute("""
            select numerator, denominator, extract_id, raw_sha256 from metrics, extracts
            where metric = 'change_fail_rate' and statistic = 'rate' and scope = 'checkout-api' and grain = 'period'
                and starts_on = '2026-07-01' and environment is null and subject = 'sources/deployments.csv'
        """).fetchall()
    assert done.out.startswith("Change fail rate of service checkout-api, 2026-Q3\n")
    assert f"{failed:.0f} of {of:.0f}" in done.out
    assert (
        evidence.read_manifest(demonstration.bundle)["evidence"]["queries"][
            "queries/metrics/change_fail_rate.sql"
        ]
        in done.out
    )
    assert f"{of:.0f} rows behind its rate, by queries/rows/change_fail_rate.sql" in done.out
    assert f"\n  {extract}: files, sources/deployments.csv\n" in done.out
    assert f"SHA-256 {answer}" in done.out


def test_writes_every_row(demonstration: Demonstration, call: Call, tmp_path: Path) -> None:
    """`--out` writes all rows, from which the figure is counted again: a month of one service."""
    target = tmp_path / "rows.csv"
    done = call("trace", "deployment_frequency", demonstration.bundle, "--scope", "service:ledger",
                "--month", "2026-08", "--out", target)  # fmt: skip
    rows = list(csv.DictReader(target.read_text("utf-8").splitlines()))
    assert done.out == f"{target}: {len(rows)} rows\n"
    shown = call(
        "trace",
        "deployment_frequency",
        demonstration.bundle,
        "--scope",
        "service:ledger",
        "--month",
        "2026-08",
    )
    assert f"count      {len(rows)}" in shown.out
    assert "Deployment frequency of service ledger, 2026-08\n" in shown.out
    assert all(row["happened_at"].startswith(("2026-07-31T22", "2026-07-31T23", "2026-08")) for row in rows)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["change_fail_rat"], "There is no metric 'change_fail_rat'"),
        (["change_fail_rate", "--scope", "checkout-apo"], "Did you mean 'checkout-api'?"),
        (["change_fail_rate", "--scope", "ledger"], "Say --scope service:ledger or --scope team:ledger."),
        (["slo_attainment"], "no figure for the organisation. Give one with --scope: checkout-api-availability"),
        (["change_fail_rate", "--week", "2026-W54"], "There is no ISO week 2026-W54."),
        (["change_fail_rate", "--month", "2012-08"], "There is no figure of change_fail_rate for organisation all"),
        (["change_fail_rate", "--month", "2026-08", "--week", "2026-W32"], "Give one of them."),
    ],
)  # fmt: skip
def test_says_what_there_is(
    arguments: list[str], said: str, demonstration: Demonstration, call: Call
) -> None:
    """A figure that is not there is one sentence that says what to ask for instead."""
    done = call("trace", arguments[0], demonstration.bundle, *arguments[1:])
    assert done.code == 2
    assert said in one_line(done.err)


def test_a_metric_of_other_rows(demonstration: Demonstration, call: Call) -> None:
    """A metric that is computed from the rows of another leads to those; one week of the trend has its own."""
    assert (
        "by queries/rows/slo_attainment.sql"
        in call("trace", "slo_error_budget", demonstration.bundle, "--scope", "ledger-availability").out
    )
    week = call("trace", "change_lead_time", demonstration.bundle, "--week", "2026-W32")
    assert "Change lead time of all services, 2026-W32\n" in week.out
