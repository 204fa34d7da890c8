"""The demonstration organisation: reproducible, in the vocabulary, and with trends that a reader can find."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from qmsreport import config, demo, period, records
from qmsreport.demo.flaws import FLAWS
from tests.small_bundle import hashes

if TYPE_CHECKING:
    from tests.conftest import Demonstration
    from tests.demo.conftest import Organisation


def test_the_same_day_gives_the_same_bytes_in_another_process(
    organisation: Organisation, tmp_path: Path
) -> None:
    """Another process with another hash seed, time zone, locale and thread count writes identical files."""
    program = "import datetime, pathlib, sys; from qmsreport import demo; demo.write(pathlib.Path(sys.argv[1]), datetime.date.fromisoformat(sys.argv[2]))"
    environment = os.environ | {
        "PYTHONHASHSEED": "4711",
        "TZ": "Pacific/Auckland",
        "LC_ALL": "C",
        "POLARS_MAX_THREADS": "1",
    }
    subprocess.run(
        [sys.executable, "-c", program, str(tmp_path), organisation.today.isoformat()],
        env=environment,
        check=True,
    )
    assert hashes(tmp_path) == hashes(organisation.folder)


def test_the_package_loads_nothing_heavy() -> None:
    """Importing the demonstration's package, as the command line does, leaves polars unloaded."""
    program = "import sys, qmsreport.demo; sys.exit('polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_later_day_tells_the_same_history_and_more(demonstration: Demonstration, tmp_path: Path) -> None:
    """Every deployment known on one day is known, unchanged, after the next working day."""
    assert f"{demonstration.today:%A}" == "Saturday"
    demo.write(tmp_path, demonstration.today + timedelta(days=3))
    before, after = (
        set((folder / "sources" / "deployments.csv").read_text("utf-8").splitlines())
        for folder in (demonstration.folder, tmp_path)
    )
    assert before < after


def test_the_configuration_loads_and_names_what_the_files_hold(organisation: Organisation) -> None:
    """`qmsreport.toml` is valid, carries the notice, and lists the services and objectives of the files."""
    read_back = config.load(organisation.folder / "qmsreport.toml")
    assert read_back.report.notice == "Demonstration data"
    assert read_back.report.prepared_by != read_back.report.approved_by
    assert {entry.name for entry in read_back.services} == {
        row["service"] for row in organisation.tables["services"]
    }
    assert {slo.id for slo in read_back.slos} == set(organisation.windows["slo_id"])
    steps = dict(
        organisation.windows.group_by("slo_id")
        .agg((pl.col("window_end") - pl.col("window_start")).unique().item())
        .iter_rows()
    )
    assert {slo.id: timedelta(seconds=slo.window_seconds) for slo in read_back.slos} == steps
    assert organisation.within(period.naive_utc(read_back.maintenance[0].starts_at))
    assert [source.kind for source in read_back.sources] == [
        "files",
        "config_files",
        "policy",
        "registers",
    ]


def test_every_row_is_in_the_vocabulary(organisation: Organisation) -> None:
    """Columns, types, choices and keys are those of the records, in every file."""
    for kind, rows in [*organisation.tables.items(), ("sli_windows", organisation.windows)]:
        if len(rows) == 0:
            continue
        columns = records.columns(kind)
        names = rows.columns if isinstance(rows, pl.DataFrame) else rows[0]
        assert set(names) == {column.name for column in columns}, kind
        frame = rows if isinstance(rows, pl.DataFrame) else pl.DataFrame(rows, schema=records.schema(kind))
        assert frame.select(records.key_of(kind)).null_count().sum_horizontal().item() == 0, kind
        assert frame.select(records.key_of(kind)).is_unique().all(), kind
        for column in columns:
            if column.choices:
                assert set(frame[column.name].drop_nulls()) <= set(column.choices), (kind, column.name)


def test_parquet_times_carry_their_zone(organisation: Organisation) -> None:
    """A time in a Parquet file says that it is UTC."""
    for path in organisation.folder.rglob("*.parquet"):
        for name, kind in pl.read_parquet_schema(path).items():
            assert not isinstance(kind, pl.Datetime) or kind.time_zone == "UTC", (path.name, name)


def test_nothing_is_known_from_the_future(organisation: Organisation) -> None:
    """No time lies at or after the start of the day, apart from reviews that are due and certificates that end."""
    for kind, rows in organisation.tables.items():
        for column in records.columns(kind):
            if column.type == "time" and column.name not in ("review_due", "not_after"):
                late = [row for row in rows if row[column.name] and row[column.name] > organisation.cutoff]
                assert not late, (kind, column.name)


def test_it_covers_eight_quarters_and_yesterday(organisation: Organisation) -> None:
    """Deployments and service level windows reach from the oldest of eight quarters to yesterday."""
    oldest = organisation.last.trend(8)[0]
    starts = organisation.windows["window_start"].sort()
    assert starts[0] == oldest.starts_at
    assert organisation.cutoff - starts[-1] <= timedelta(hours=1)
    started = [row["started_at"] for row in organisation.production]
    assert min(started) < oldest.starts_at + timedelta(days=5)


def test_its_size_is_what_a_demonstration_can_carry(organisation: Organisation) -> None:
    """Enough to look real, little enough to be quick."""
    size = {kind: len(rows) for kind, rows in organisation.tables.items()}
    assert size["services"] == 12
    assert 2_000 <= len(organisation.production) <= 4_300
    assert 5_000 <= size["changes"] <= 9_000
    assert 9_000 <= size["commits"] <= 15_000
    assert 200 <= size["incidents"] <= 350
    assert 400_000 <= organisation.windows.height <= 700_000


def test_every_reference_leads_somewhere(organisation: Organisation) -> None:
    """No row points at a change, a deployment, an incident, a commit or a service that is not there."""
    tables = organisation.tables
    changes = {row["change_id"] for row in tables["changes"]}
    deployments = {row["deployment_id"] for row in tables["deployments"]}
    incidents = {row["incident_id"] for row in tables["incidents"]}
    services = {row["service"] for row in tables["services"]} | {None}
    commits = {row["commit_sha"] for row in tables["commits"]}
    assert {row["change_id"] for row in tables["change_commits"]} == changes
    assert {row["deployment_id"] for row in tables["deployment_commits"]} <= deployments
    assert {row["incident_id"] for row in tables["incident_events"]} == incidents
    assert {row["caused_by_deployment"] for row in tables["incidents"]} <= deployments | {None}
    assert {row["fixes_incident"] for row in tables["deployments"]} <= incidents | {None}
    assert {row["merge_sha"] for row in tables["changes"]} <= commits | {None}
    for kind in ("deployments", "changes", "alerts", "vulnerabilities", "scans", "quality_measures"):
        assert {row["service"] for row in tables[kind]} <= services, kind
    assert {row["service"] for row in tables["scrape_targets"]} == services  # monitoring servers have none
    assert {row["commit_sha"] for row in tables["quality_measures"]} <= commits | {
        None
    }  # before the first change
    assert {name for row in tables["incidents"] for name in row["services"]} <= services
    parents = {parent for row in tables["commits"] for parent in row["parent_shas"]}
    assert len(parents - commits) == len(
        {row["repository"] for row in tables["commits"]}
    )  # the first imports
    unknown = {row["commit_sha"] for row in tables["deployment_commits"]} - commits
    assert len(unknown) == FLAWS.unmapped_deployments  # of a repository that nobody listed


def test_the_rhythms_differ(organisation: Organisation) -> None:
    """In the last complete quarter one service was deployed most days, one three times and one never."""
    count = Counter(
        row["service"] for row in organisation.production if organisation.within(row["started_at"])
    )
    assert count["webhooks"] == 3
    assert count["archive"] == 0
    assert 3 <= count["identity"] <= 12
    days = {
        row["started_at"].date()
        for row in organisation.production
        if row["service"] == "checkout-api" and organisation.within(row["started_at"])
    }
    assert len(days) > 50
    local = [row["started_at"].weekday() for row in organisation.production]
    assert 0 < sum(day == 5 for day in local) < 100
    assert sum(day == 6 for day in local) < 20


def test_christmas_is_quiet(organisation: Organisation) -> None:
    """Between Christmas and New Year nothing is released; only repairs may go out."""
    planned = [row for row in organisation.production if not row["is_unplanned"]]
    assert not [row for row in planned if (row["started_at"].month, row["started_at"].day) > (12, 22)]


def test_a_reader_can_find_the_trends(organisation: Organisation) -> None:
    """One service's lead time falls to a quarter, another's failures multiply, and one objective is missed."""
    first, last = organisation.last.trend(8)[0], organisation.last

    def median_lead(quarter: period.Period) -> float:
        leads = sorted(
            lead.total_seconds()
            for row, end, lead in organisation.lead_times()
            if row["service"] == "checkout-api" and quarter.starts_at <= end < quarter.ends_at
        )
        return leads[len(leads) // 2]

    assert median_lead(last) < median_lead(first) / 4

    def failures(quarter: period.Period) -> int:
        return sum(
            "fraud-scoring" in row["services"] and "after a release" in row["title"]
            for row in organisation.tables["incidents"]
            if quarter.starts_at <= row["detected_at"] < quarter.ends_at
        )

    assert failures(last) > 2 * failures(first)
    totals = organisation.last_windows.group_by("slo_id").agg(pl.col("good", "valid").sum())
    targets = {slo.id: slo.objective for slo in config.load(organisation.folder / "qmsreport.toml").slos}
    missed = {slo for slo, good, valid in totals.iter_rows() if good < targets[slo] * valid}
    assert "payment-gateway-availability" in missed
    assert len(missed) <= 2
