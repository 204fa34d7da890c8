"""Missing data never looks good: whatever table is empty and whatever source is gone, no status improves.

Every check on disk is held to it, over the demonstration and over a small quarter in which much goes wrong.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl
import pytest

from qmsreport import catalog
from qmsreport.evaluate import evaluate
from qmsreport.records import KINDS, IncidentEvent
from qmsreport.records.registers import Attestation, Waiver
from qmsreport.results import CHECK_COLUMNS, Query
from qmsreport.warehouse import Snapshot
from tests.conftest import Demonstration
from tests.factories import (
    authored,
    change,
    commit,
    declared,
    deployed,
    deployment,
    effective,
    incident,
    moment,
    reject,
    sli_windows,
    tls_endpoint,
)
from tests.queries.conftest import Known, readings, reported
from tests.queries.test_properties import MORE

Statuses = dict[tuple[str, str], str]
# an unknown is no better than a fail, and neither is what lies outside the scope
GOOD = {"partial": 1, "exception accepted": 2, "pass (attested)": 3, "pass": 4}
STEPS = [query for query in catalog.read() if query.group in ("views", "checks", "verdicts")]


@cache
def everything() -> tuple[Any, ...]:
    """Records for which checks pass somewhere, fail somewhere and cannot tell somewhere, and what people decided."""
    releases = [
        deployment(
            f"2026-07-{day:02} 12:00:00.5", deployment_id=f"d{day}", environment="eu", commit_sha=f"c{day}"
        )
        for day in range(1, 8)
    ]
    changes = [
        change("c2", "2026-07-01 13:00", change_id="good"),
        change("c3", "2026-07-01 13:00", change_id="own", approvers=["ada"]),
        change("c4", "2026-07-01 13:00", change_id="late", approved_at="2026-07-30 12:00"),
        change("c5", "2026-07-01 13:00", change_id="unknown", approvers=None),
    ]
    incidents = [
        incident("2026-07-02 13:00", incident_id="in time", severity="low"),
        incident(
            "2026-07-03 13:00", incident_id="late", severity="critical", acknowledged_at="2026-07-03 15:00"
        ),
        incident("2026-07-04 13:00", incident_id="timeline", severity="critical", acknowledged_at=None),
        incident("2026-07-05 13:00", incident_id="nothing", severity=None),
    ]
    event = IncidentEvent(
        event_id="e1",
        incident_id="timeline",
        occurred_at=moment("2026-07-04 13:01"),
        type="status_change",
        metadata={"from": "open", "to": "investigating"},
    )
    own = [authored(made, (made.merge_sha or "", "2026-07-01 12:30")) for made in changes]
    return (
        releases,
        [deployed(release) for release in releases],
        deployed(releases[1], "c2", "push"),
        changes,
        own,
        [commit(f"c{day}") for day in range(1, 8)],
        incidents,
        event,
        sli_windows("api", "2026-07-01", 92, 95.0, 100.0, 86400),
        sli_windows("slices", "2026-07-01", 92, 50.0, 100.0, 86400),
        tls_endpoint(),
        tls_endpoint(endpoint="old.example:443", weak_ciphers=["RC4"], not_after="2026-10-22"),
        decided(Waiver, waiver_id="W1", check_id="change_approved", resource="own", approver="grace"),
        decided(Attestation, attestation_id="A1", check_id="incident_acknowledged_in_time"),
    )


def held(days: str) -> list[Any]:
    """One setting that is so many days, and one that never changes."""
    return [effective("retention.logs", days), effective("retention.metrics", "400")]


def decided(record: type, **given: Any) -> Any:
    """A waiver or an attestation of *ada* that is in force."""
    begins = "granted_at" if record is Waiver else "attested_at"
    times = {begins: moment("2026-07-01"), "expires_at": moment("2027-07-01")}
    return record(**{"owner": "ada", **times, **given})


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The snapshot of `everything`, with settings read every week; one source is complete, another failed once and set rows aside."""
    history = [
        *readings("2026-07-02", 6, *held("30"), source="second"),
        *readings("2026-08-13", 1, *held("15"), source="second"),
        *readings("2026-08-20", 6, *held("30"), source="second"),
        *readings("2026-09-24", 1, effective("retention.traces", "7"), subject="late", source="second"),
        Known(
            [
                declared("retention.logs", "30"),
                declared("retention.metrics", "400"),
                declared("retention.traces", "7"),
            ]
        ),
        Known(everything()),
        Known([], source="second", extract={"error": "away", "subject": "other"}),
        Known([], source="second", extract={"rejects": [reject()], "window_end": moment("2026-09-01")}),
    ]
    folder = tmp_path_factory.mktemp("small")
    return reported(
        folder, history=history, more=MORE, trend=2, sources=("files", "second"), only=()
    ).snapshot


@pytest.fixture(scope="module", params=["small", "demonstration"])
def snapshot(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot to take things out of, with its views and findings: what a loss does not touch is not made again."""
    found = request.getfixturevalue(request.param)
    original = found.bundle / "evidence.duckdb" if isinstance(found, Demonstration) else found
    path = tmp_path_factory.mktemp("whole") / "snapshot.duckdb"
    shutil.copy(original, path)
    with Snapshot(path) as opened:
        outcome = evaluate(opened, STEPS)
    with Snapshot(path, read_only=False) as opened:
        opened.hold("whole_findings", outcome.findings)
        for view in (query for query in STEPS if query.group == "views"):
            opened.fetch(f"drop view if exists main.{view.id}")
            opened.fetch(f"create or replace table main.{view.id} as {view.sql}")
    return path


def _reads() -> dict[str, set[str]]:
    """Every name that a step uses, itself or through the views it reads; views stand in the order of their use."""
    found: dict[str, set[str]] = {}
    for query in STEPS:
        words = set(re.findall(r"\w+", query.sql))
        found[query.id] = words.union(*(found[view] for view in words & found.keys()))
    return found


READS = _reads()


def steps_for(lost: AbstractSet[str]) -> list[Query]:
    """The steps whose outcome may change with these tables; a check that none of them touches says what it said."""
    return [
        query if READS[query.id] & lost or query.group == "verdicts" else _as_before(query)
        for query in STEPS
        if query.group != "views" or READS[query.id] & lost
    ]


def _as_before(check: Query) -> Query:
    columns = ", ".join(CHECK_COLUMNS)
    return replace(check, sql=f"select {columns} from whole_findings where check_id = '{check.id}'")


def judged(snapshot: Path, lost: Mapping[str, str] = MappingProxyType({})) -> Statuses:
    """The status of each resource of each check and of each requirement, after statements.

    `lost`: table to the select of what is left of it, for the session.
    """
    with Snapshot(snapshot) as opened:
        for table, left in lost.items():
            opened.fetch(f"create temp table {table} as {left}")
        outcome = evaluate(opened, steps_for(lost.keys()))
    found = dict(_statuses(outcome.verdicts["judgements"], "check_id", "resource"))
    return found | _statuses(outcome.verdicts["control_results"], "framework", "control_id")


def _statuses(rows: pl.DataFrame, *key: str) -> Statuses:
    return {(one, two): status for one, two, status in rows[[*key, "status"]].rows()}


def improved(before: Statuses, after: Statuses) -> list[tuple[Any, ...]]:
    """What looks better than it did; a resource that was not there before must not look good at all."""
    return [
        (key, before.get(key), status)
        for key, status in after.items()
        if GOOD.get(status, 0) > GOOD.get(before.get(key, ""), 0)
        or (status == "not applicable" and before.get(key) != "not applicable")
    ]


def test_there_is_something_to_lose(snapshot: Path) -> None:
    """Checks pass in what the next tests take away from, and others fail: else these tests would show nothing."""
    by_check: dict[str, set[str]] = {}
    for (check, _), status in judged(snapshot).items():
        by_check.setdefault(check, set()).add(status)
    assert len([check for check in by_check if {"pass", "fail"} <= by_check[check]]) > 3


@pytest.mark.parametrize("snapshot", ["small"], indirect=True)
def test_a_waiver_can_be_lost(snapshot: Path) -> None:
    """The small quarter holds an accepted exception; no statement made a pass of what facts judge."""
    found = set(judged(snapshot).values())
    assert "exception accepted" in found
    assert "pass (attested)" not in found


FACTS = {*KINDS, "extracts", "rejects", "setting_versions"}


def full(snapshot: Path) -> list[str]:
    """The stored tables that have rows to lose."""
    derived = {"metrics", "findings", "definitions", "check_controls", "whole_findings"}
    derived |= {query.id for query in STEPS}
    with Snapshot(snapshot) as opened:
        tables = [name for name in opened.tables() if name not in derived]
        assert set(tables) > FACTS
        return [name for name in tables if opened.fetch(f"select 1 from {name} limit 1")]


def test_an_empty_table_improves_no_status(snapshot: Path) -> None:
    """Whichever one table of facts is empty, no finding and no requirement looks better than before."""
    before = judged(snapshot)
    lost = [table for table in full(snapshot) if table in FACTS]
    assert len(lost) > 10
    for table in lost:
        after = judged(snapshot, {table: f"select * from main.{table} limit 0"})
        assert not improved(before, after), table


@pytest.mark.parametrize("snapshot", ["small"], indirect=True)
def test_an_empty_declaration_improves_no_status(snapshot: Path) -> None:
    """Nor does anything look better when one table of what was declared or configured is empty."""
    before = judged(snapshot)
    lost = [table for table in full(snapshot) if table not in FACTS]
    assert len(lost) > 10
    for table in lost:
        after = judged(snapshot, {table: f"select * from main.{table} limit 0"})
        assert not improved(before, after), table


@pytest.mark.parametrize("ledger", ["silent", "refused"])
def test_a_source_that_is_gone_improves_no_status(snapshot: Path, ledger: str) -> None:
    """A configured source that was never read, or that answered 403 to everything, makes nothing look better."""
    before = judged(snapshot)
    with Snapshot(snapshot) as opened:
        sources = [name for (name,) in opened.fetch("select source from declared_sources")]
        brought = {
            source: [
                kind
                for kind in (*KINDS, "rejects")
                if opened.fetch(f"select 1 from {kind} where source = '{source}' limit 1")
            ]
            for source in sources
        }
    for source in sources:
        left = "select * from main.{} where source <> '" + source + "'"
        refused = f"""
            select * replace (
                case when source = '{source}' then 'failed' else outcome end as outcome,
                case when source = '{source}' then '403 Forbidden' else error end as error,
                case when source = '{source}' then 0 else rows_received end as rows_received
            ) from main.extracts
        """
        lost = {kind: left.format(kind) for kind in brought[source]}
        lost["extracts"] = left.format("extracts") if ledger == "silent" else refused
        assert not improved(before, judged(snapshot, lost)), source
