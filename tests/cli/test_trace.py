"""`qmsreport trace`: from a figure or a finding to its rows and to the requests that fetched them."""

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
    done = call("trace", "change_fail_rate", demonstration.bundle, "--of", "checkout-api")
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
    assert f"Counted in rate, by queries/rows/change_fail_rate.sql: {of:.0f} rows\n" in done.out
    assert f"\n  {extract}: files, sources/deployments.csv\n" in done.out
    assert f"SHA-256 {answer}" in done.out


def test_writes_every_row(demonstration: Demonstration, call: Call, tmp_path: Path) -> None:
    """`--out` writes all rows, from which the figure is counted again: a month of one service."""
    target = tmp_path / "rows.csv"
    done = call("trace", "deployment_frequency", demonstration.bundle, "--of", "service:ledger",
                "--month", "2026-08", "--out", target)  # fmt: skip
    rows = list(csv.DictReader(target.read_text("utf-8").splitlines()))
    assert done.out == f"{target}: {len(rows)} rows\n"
    shown = call(
        "trace",
        "deployment_frequency",
        demonstration.bundle,
        "--of",
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
        (["change_fail_rat"], "There is no metric or check 'change_fail_rat'"),
        (["change_fail_rate", "--of", "checkout-apo"], "Did you mean 'checkout-api'?"),
        (["change_fail_rate", "--of", "ledger"], "Say --of service:ledger or --of team:ledger."),
        (["slo_attainment"], "no figure for the organisation. Give one with --of: checkout-api-availability"),
        (["change_fail_rate", "--week", "2026-W54"], "There is no ISO week 2026-W54."),
        (["change_fail_rate", "--month", "2012-08"], "There is no figure of change_fail_rate for organisation all"),
        (["change_fail_rate", "--month", "2026-08", "--week", "2026-W32"], "Give one of them."),
        (["change_fail_rate", "--environment", "moon"], "It has: production-eu, production-us."),
        (["change_approved", "--month", "2026-08"], "change_approved is a check: it judges the whole period."),
        (["change_approved", "--of", "lindhafen/checkout-api#15960"], "Did you mean 'lindhafen/checkout-api#1596'?"),
    ],
)  # fmt: skip
def test_says_what_there_is(
    arguments: list[str], said: str, demonstration: Demonstration, call: Call
) -> None:
    """A figure that is not there is one sentence that says what to ask for instead."""
    done = call("trace", arguments[0], demonstration.bundle, *arguments[1:])
    assert done.code == 2
    assert said in one_line(done.err)


def test_needs_a_report(call: Call, tmp_path: Path) -> None:
    """A folder that is no bundle is called that."""
    done = call("trace", "change_fail_rate", tmp_path)
    assert done.code == 2
    assert "manifest.json" in one_line(done.err)


def test_a_metric_of_other_rows(demonstration: Demonstration, call: Call) -> None:
    """A metric that is computed from the rows of another leads to those; one week of the trend has its own."""
    assert (
        "by queries/rows/slo_attainment.sql"
        in call("trace", "slo_error_budget", demonstration.bundle, "--of", "ledger-availability").out
    )
    week = call("trace", "change_lead_time", demonstration.bundle, "--week", "2026-W32")
    assert "Change lead time of all services, 2026-W32\n" in week.out


def test_leads_from_a_finding_to_its_records(demonstration: Demonstration, call: Call) -> None:
    """A finding with what was expected and seen, the record of that name, and the extract that brought it."""
    done = call("trace", "change_approved", demonstration.bundle, "--of", "lindhafen/checkout-api#1596")
    assert "  fail: It was deployed without any approval.\n" in done.out
    assert "Record of changes:\n  change_id      lindhafen/checkout-api#1596\n" in done.out
    assert ": files, sources/changes.jsonl\n" in done.out
    fingerprint = done.out.split("fingerprint")[1].split()[0]
    assert call("trace", "change_approved", demonstration.bundle, "--of", fingerprint).out == done.out


def test_leads_from_a_setting_to_its_file(demonstration: Demonstration, call: Call) -> None:
    """What a resource of several words names is found by all of its key: the one setting, with file and line."""
    of = "retention.metrics prometheus:prometheus/prometheus.yml"
    done = call("trace", "retention_metrics", demonstration.bundle, "--of", of)
    assert done.out.count("Record of settings:") == 1
    assert "origin      configuration/prometheus/prometheus.yml:12\n" in done.out
    assert ": configuration, configuration/prometheus/prometheus.yml\n" in done.out


def test_lists_what_a_check_found(demonstration: Demonstration, call: Call, tmp_path: Path) -> None:
    """Without a resource: how many of each status, the worst first; `--out` writes all of them."""
    done = call("trace", "change_approved", demonstration.bundle, "--n", "2")
    target = tmp_path / "findings.csv"
    call("trace", "change_approved", demonstration.bundle, "--out", target)
    rows = list(csv.DictReader(target.read_text("utf-8").splitlines()))
    failed = [row for row in rows if row["status"] == "fail"]
    assert f"  {len(failed)} fail, {len(rows) - len(failed):,} pass\n" in done.out
    assert f"… and {len(failed) - 2} more" in done.out
    assert rows[: len(failed)] == failed
