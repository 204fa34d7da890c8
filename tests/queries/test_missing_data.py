"""Missing data never looks good: whatever table is empty and whatever source is gone, no status improves.

Every check on disk is held to it, over the demonstration and over a small quarter in which much goes wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from qmsreport import catalog
from qmsreport.evaluate import evaluate
from qmsreport.records import KINDS, IncidentEvent
from qmsreport.records.registers import Attestation, Waiver
from qmsreport.results import Query
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
CHECKS = [query for query in STEPS if query.group == "checks"]


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
def snapshot(request: pytest.FixtureRequest) -> Path:
    """A snapshot to take things out of."""
    found = request.getfixturevalue(request.param)
    return found.bundle / "evidence.duckdb" if isinstance(found, Demonstration) else found


def _reads() -> dict[str, set[str]]:
    """Every name that a step uses, itself or through the views it reads; views stand in the order of their use."""
    found: dict[str, set[str]] = {}
    for query in STEPS:
        words = set(re.findall(r"\w+", query.sql))
        found[query.id] = words.union(*(found[view] for view in words & found.keys()))
    return found


READS = _reads()


def steps_for(table: str) -> list[Query]:
    """The steps whose outcome may change with a table, and those they need; without one, all."""
    judging = [query for query in STEPS if query.group == "verdicts"]
    every = not table or any(table in READS[query.id] for query in judging)
    checks = [query for query in CHECKS if every or table in READS[query.id]]
    wanted = [*checks, *(query for query in judging if every or query.id == "judgements")]
    names = set[str]().union(*(READS[query.id] for query in wanted))
    return [query for query in STEPS if query in wanted or (query.group != "checks" and query.id in names)]


def judged(snapshot: Path, table: str = "", prepare: Iterable[str] = ()) -> Statuses:
    """The status of each resource of each check that a table can change, and of each requirement, after statements."""
    with Snapshot(snapshot) as opened:
        for statement in prepare:
            opened.fetch(statement)
        outcome = evaluate(opened, steps_for(table))
    found = dict(_statuses(outcome.verdicts["judgements"], "check_id", "resource"))
    if "control_results" in outcome.verdicts:
        found |= _statuses(outcome.verdicts["control_results"], "framework", "control_id")
    return found


def _statuses(rows: pl.DataFrame, *key: str) -> Statuses:
    return {(one, two): status for one, two, status in rows[[*key, "status"]].rows()}


def emptied(table: str) -> str:
    """A statement that hides every row of a table for the session."""
    return f"create temp table {table} as select * from main.{table} limit 0"


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


def test_a_waiver_can_be_lost(small: Path) -> None:
    """The small quarter holds an accepted exception; no statement made a pass of what facts judge."""
    found = set(judged(small).values())
    assert "exception accepted" in found
    assert "pass (attested)" not in found


def test_an_empty_table_improves_no_status(snapshot: Path) -> None:
    """Whichever one table of the snapshot is empty, no finding and no requirement looks better than before."""
    before = judged(snapshot)
    with Snapshot(snapshot) as opened:
        derived = {"metrics", "findings", "definitions", "check_controls", *(query.id for query in STEPS)}
        tables = [name for name in opened.tables() if name not in derived]
    assert set(KINDS) < set(tables)
    for table in tables:
        after = judged(snapshot, table, [emptied(table)])
        assert not improved(before, after), table


@pytest.mark.parametrize("ledger", ["silent", "refused"])
def test_a_source_that_is_gone_improves_no_status(snapshot: Path, ledger: str) -> None:
    """A configured source that was never read, or that answered 403 to everything, makes nothing look better."""
    before = judged(snapshot)
    with Snapshot(snapshot) as opened:
        sources = [name for (name,) in opened.fetch("select source from declared_sources")]
    for source in sources:
        kept = "select * from main.{} where source <> '" + source + "'"
        gone = [f"create temp table {kind} as {kept.format(kind)}" for kind in [*KINDS, "rejects"]]
        refused = f"""
            create temp table extracts as select * replace (
                case when source = '{source}' then 'failed' else outcome end as outcome,
                case when source = '{source}' then '403 Forbidden' else error end as error,
                case when source = '{source}' then 0 else rows_received end as rows_received
            ) from main.extracts
        """
        silent = f"create temp table extracts as {kept.format('extracts')}"
        after = judged(snapshot, prepare=[*gone, silent if ledger == "silent" else refused])
        assert not improved(before, after), source
