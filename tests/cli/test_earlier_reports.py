"""What a report takes over from the reports of earlier periods."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.cli.conftest import Ran, one_line

Generate = Callable[[str], Path]


@pytest.fixture
def generate(organisation: Path, call: Callable[..., Ran]) -> Generate:
    """`generate("2026-Q3")`: the newest bundle of a quarter after a run, with its CSV files."""

    def made(quarter: str) -> Path:
        ran = call("generate", "--config", organisation, "--quarter", quarter, "--format", "csv,json")
        assert ran.code == 0, ran.err
        return max((organisation / "reports" / quarter).glob("r*"))

    assert call("extract", "--config", organisation).code == 0
    return made


def _findings(bundle: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(bundle / "evidence.duckdb"), read_only=True) as connection:
        asked = "select distinct period, revision from published_findings order by all"
        return connection.execute(asked).fetchall()


def _periods(bundle: Path) -> list[str]:
    with (bundle / "data" / "section-result_trend.csv").open(newline="", encoding="utf-8") as file:
        return [row["period"] for row in csv.DictReader(file)]


def test_findings_of_earlier_reports_are_evidence(generate: Generate, call: Callable[..., Ran]) -> None:
    """They are read from the newest revision of each earlier period, never of its own, and stand in the digest."""
    first = generate("2026-Q2")
    assert (_findings(first), _periods(first)) == ([], ["2026-Q2"])
    second = generate("2026-Q3")
    assert (_findings(second), _periods(second)) == ([("2026-Q2", "r1")], ["2026-Q2", "2026-Q3"])
    tables = json.loads((second / "manifest.json").read_bytes())["evidence"]["tables"]
    assert "published_findings" in tables
    assert call("verify", second).code == 0


def test_nothing_new_is_not_written_again(generate: Generate) -> None:
    """A second run finds its own report unchanged: what it published itself is no news to it."""
    generate("2026-Q2")
    assert generate("2026-Q3").name == "r1"
    assert generate("2026-Q3").name == "r1"


def test_a_bundle_without_kept_findings(generate: Generate) -> None:
    """One that was written before findings were kept is no earlier report to compare with."""
    first = generate("2026-Q2")
    with duckdb.connect(str(first / "evidence.duckdb")) as connection:
        connection.execute("drop table judgements")
    assert _findings(generate("2026-Q3")) == []


def test_an_earlier_report_without_its_evidence(
    generate: Generate, organisation: Path, call: Callable[..., Ran]
) -> None:
    """A report whose evidence is gone is named; it is no missing warehouse, and no reason to extract."""
    earlier = generate("2026-Q2")
    (earlier / "evidence.duckdb").unlink()
    for command in (
        ["generate", "--config", organisation, "--quarter", "2026-Q3"],
        ["sample", "deployments", earlier],
    ):
        ran = call(*command)
        assert ran.code == 2
        said = one_line(ran.err)
        assert "2026-Q2/r1 has lost its evidence.duckdb. Restore the bundle from its archive." in said
    assert not (organisation / "reports" / "2026-Q3" / "r1").exists()


def test_the_oldest_period_is_not_restated(
    generate: Generate, organisation: Path, call: Callable[..., Ran]
) -> None:
    """A failure of the period before the trend that recovered inside it is no restatement: it is not in the evidence."""
    config = organisation / "qmsreport.toml"
    config.write_text(config.read_text("utf-8") + "\n[report]\ntrend_periods = 2\n", "utf-8")
    (organisation / "sources" / "deployments.csv").write_text(
        "deployment_id,service,environment,repository,finished_at,outcome\n"
        "d0,checkout,production,acme/checkout,2025-11-30T12:00:00Z,succeeded\n"
        "d1,checkout,production,acme/checkout,2025-12-31T12:00:00Z,failed\n"
        "d2,checkout,production,acme/checkout,2026-01-02T12:00:00Z,succeeded\n"
        "d3,checkout,production,acme/checkout,2026-05-02T12:00:00Z,succeeded\n"
    )
    assert call("extract", "--config", organisation).code == 0
    recovered = "failed_deployment_recovery_time,period,2026-01-01,organisation,all,,median"
    assert recovered in (generate("2026-Q1") / "data" / "metrics.csv").read_text("utf-8")
    later = generate("2026-Q2")
    assert recovered not in (later / "data" / "metrics.csv").read_text("utf-8")
    assert not (later / "data" / "section-restated.csv").exists()
