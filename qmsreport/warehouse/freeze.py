"""Freeze: the facts as known at a moment, cut to the periods a report speaks of, in a file of their own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from qmsreport.errors import UsageError
from qmsreport.period import Period
from qmsreport.records import KINDS, TIME_OF, columns, key_of
from qmsreport.warehouse import conflicts, history, versions
from qmsreport.warehouse.database import in_turn, opened, reading_of, refuse_missing, run
from qmsreport.warehouse.local_days import local_date
from qmsreport.warehouse.snapshot import Snapshot

if TYPE_CHECKING:
    import duckdb
    import polars as pl

# when it became known and the hash of what it was read from stand once per extract, in `extracts`
_PROVENANCE = ("source", "source_id", "extract_id")
# the graph was walked when the deployments were extracted; a report asks only which commits are merges
_SHORTER = {("commits", "parent_shas"): "array_length(parent_shas) as parent_count"}
_ONLY_VERSIONS = "select * from {kind} where recorded_at <= $as_of"
# the first success of a service in an environment, from each repository: no change is attributed to it
_IS_BASELINE = """,
    coalesce(single.outcome = 'succeeded' and single.finished_at = firsts.finished_at, false) as is_baseline"""
_FIRST_SUCCESSES = """left join (
        select service, environment, repository, min(finished_at) as finished_at
        from single where outcome = 'succeeded' group by all
    ) as firsts on single.service is not distinct from firsts.service
        and single.environment is not distinct from firsts.environment
        and single.repository is not distinct from firsts.repository"""
# a change or commit may be deployed long after it was written; an incident may stay open for long
_NO_LOWER_CUT = ("commits", "changes", "incidents", "incident_events", "vulnerabilities", "silences")


@dataclass(frozen=True, slots=True)
class _Known:
    """What the warehouse knew of one kind."""

    kind: str
    several: bool  # more than one source brought records of it
    superseded: bool  # some record has more than one version


def known_until(warehouse: Path, wait_seconds: float) -> datetime | None:
    """When the newest fact became known: the default `as_of`, so that the same warehouse gives the same report."""
    with opened(warehouse, read_only=True, wait_seconds=wait_seconds) as connection:
        ((newest,),) = run(connection, "select max(recorded_at) from extracts")
    return newest if isinstance(newest, datetime) else None


@contextlib.contextmanager
def frozen(
    warehouse: Path,
    target: Path,
    periods: Sequence[Period],
    as_of: datetime,
    sources: Sequence[str],
    tables: Mapping[str, pl.DataFrame],
    wait_seconds: float = 60.0,
) -> Iterator[Snapshot]:
    """Write a snapshot and leave it open: to open it anew would take as long as copying little.

    Args:
        warehouse: the warehouse file; opened read-only, only for the copy.
        target: the new file; must not exist.
        periods: the periods of the trend, oldest first; the report's own is the last.
        as_of: only what was recorded until then is seen, naive UTC.
        sources: names of the configured sources; where two bring the same record the first one's is kept.
        tables: declared tables (policy, objectives, calendar, …) to store beside the facts.

    Raises:
        UsageError: when nothing was recorded until `as_of`.
    """
    with opened(target, read_only=False, wait_seconds=1) as connection:
        _attach(connection, warehouse, wait_seconds)
        with reading_of(warehouse):
            ((first,),) = run(connection, "select min(recorded_at) from warehouse.extracts")
            if first is None or as_of < first:
                since = (
                    f"the first facts were recorded at {first:%Y-%m-%dT%H:%M:%SZ}"
                    if first
                    else "nothing was ever recorded"
                )
                raise UsageError(
                    f"Nothing was known at {as_of:%Y-%m-%dT%H:%M:%SZ}: {since}. Choose a later --as-of, or extract first."
                )
            run(connection, "use warehouse")
            _refuse_an_older_one(connection, warehouse)
            connection.begin()  # one commit for all: each takes as long as a small table
            kinds = _known(connection, as_of)
            for known in kinds:
                _copy(connection, known, periods, as_of, sources)
            history.write(connection, periods[-1], as_of, sources)
            for ledger in ("extracts", "rejects"):
                run(
                    connection,
                    f"create table snapshot.main.{ledger} as select * from {ledger} "
                    "where recorded_at <= $as_of order by all",
                    {"as_of": as_of},
                )
            connection.commit()  # before the conflicts: DuckDB can lose what is inserted into a table of the same transaction
            several = [known.kind for known in kinds if known.several]
            conflicts.write(connection, several, periods[-1], as_of, sources)
            run(connection, "use snapshot")
            run(connection, "detach warehouse")
        connection.begin()
        for name, rows in tables.items():
            connection.register("declared", rows)
            run(connection, f"create table {name} as select * from declared")
            connection.unregister("declared")
        connection.commit()
        with Snapshot(target, read_only=False, connection=connection) as snapshot:
            yield snapshot
        run(connection, "checkpoint")  # closing does it too, but keeps to itself that the disk was full


def _attach(connection: duckdb.DuckDBPyConnection, warehouse: Path, wait_seconds: float) -> None:
    """Attach the warehouse read-only, waiting for a commit in flight."""
    refuse_missing(warehouse)
    escaped = str(warehouse).replace("'", "''")
    attach = f"attach '{escaped}' as warehouse (read_only)"
    in_turn(lambda: run(connection, attach), warehouse, wait_seconds)
    ((name,),) = run(connection, "select current_database()")
    if name != "snapshot":
        escaped = str(name).replace('"', '""')
        raise UsageError(f'The snapshot must be called snapshot.duckdb while it is made, not "{escaped}".')


def _refuse_an_older_one(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
    """An older version's warehouse lacks tables or columns; only a writer may add them."""
    if versions.narrower(connection, "warehouse"):
        raise UsageError(
            f"The warehouse {warehouse} was written by an older qmsreport. Run 'qmsreport extract' once: "
            "it adds what is missing and changes nothing that is stored."
        )


def _known(connection: duckdb.DuckDBPyConnection, as_of: datetime) -> list[_Known]:
    """What there is of each kind; only tables that hold rows are asked, in one go."""
    holding = versions.holding(connection, "warehouse")
    parts = [
        f"select '{kind}' as kind, count(distinct source) > 1 as several, "
        f"coalesce(max(version), 1) > 1 as superseded from {kind} where recorded_at <= $as_of"
        for kind in holding
    ]
    rows = run(connection, " union all ".join(parts), {"as_of": as_of}) if parts else []
    known = {row[0]: _Known(*row) for row in rows}
    return [known.get(kind, _Known(kind, several=False, superseded=False)) for kind in KINDS]


def _copy(
    connection: duckdb.DuckDBPyConnection,
    found: _Known,
    periods: Sequence[Period],
    as_of: datetime,
    sources: Sequence[str],
) -> None:
    """Copy one kind, in the order of the warehouse where a plain scan does, else in that of the key.

    Either follows from the facts known at `as_of` alone. Sorting all rows would take longer than all the queries.
    """
    kind, several, superseded = found.kind, found.several, found.superseded
    key = key_of(kind)
    parameters: dict[str, object] = {"as_of": as_of}
    names = [*(column.name for column in columns(kind)), *_PROVENANCE]
    listed = ", ".join(_SHORTER.get((kind, name), name) for name in names)
    known = versions.current(kind, as_of=True) if superseded else _ONLY_VERSIONS.format(kind=kind)
    once, added, join, cut = "", "", "", ""
    if several:
        parameters["sources"] = list(sources)
        rank = "list_position($sources, source), source"
        once = f" qualify row_number() over (partition by {', '.join(key)} order by {rank}) = 1"
    if kind in TIME_OF:
        moment = f"coalesce({', '.join(f'single.{name}' for name in TIME_OF[kind])})"
        starts_at, ends_at = periods[0].starts_at, periods[-1].ends_at
        added = f", {local_date(moment, periods[-1].zone, starts_at, ends_at)} as local_date"
        cut = f"where ({moment} < $ends_at or {moment} is null)"
        parameters["ends_at"] = ends_at
        if kind not in _NO_LOWER_CUT:
            cut += f" and ({moment} >= $starts_at or {moment} is null)"
            parameters["starts_at"] = starts_at
    if kind == "deployments":
        added += _IS_BASELINE
        join = _FIRST_SUCCESSES
    order = f"order by {', '.join(f'single.{name}' for name in key)}" if superseded or several or join else ""
    run(
        connection,
        f"""
        create table snapshot.main.{kind} as
        with known as ({known}),
        single as not materialized (
            select {listed} from known where not vanished{once}
        )
        select single.*{added} from single {join} {cut} {order}
        """,
        parameters,
    )
