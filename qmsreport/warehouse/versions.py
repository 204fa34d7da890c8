"""The SQL of append-only facts: what is current, what arrived new or changed, what vanished.

Nearly every record has one version only. So the current version is found by joining with the few keys that
have more, not by sorting all rows: reading ten million windows costs a scan.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qmsreport.records import KINDS, columns, key_of
from qmsreport.warehouse.database import run

if TYPE_CHECKING:
    import duckdb

# what every table of facts has after its record's own columns
PROVENANCE = ("source", "source_id", "version", "vanished", "extract_id", "recorded_at", "raw_sha256")


def narrower(connection: duckdb.DuckDBPyConnection, database: str | None = None) -> list[str]:
    """The kinds whose table an older version made: it is missing, or has fewer columns than its record now."""
    where = f"database_name = '{database}'" if database else "not internal"
    widths = dict(run(connection, f"select table_name, column_count from duckdb_tables() where {where}"))
    return [kind for kind in KINDS if widths.get(kind, 0) < len(columns(kind)) + len(PROVENANCE)]


def holding(connection: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    """The kinds whose table has rows."""
    sql = f"select table_name from duckdb_tables() where database_name = '{database}' and estimated_size > 0"
    found = {name for (name,) in run(connection, sql)}
    return [kind for kind in KINDS if kind in found]


def current(kind: str, *, source: bool = False, as_of: bool = False) -> str:
    """A query for the newest version of each record, vanished ones too.

    `source`: only that source's (parameter `$source`). `as_of`: as known then (parameter `$as_of`).
    """
    key = ("source", *key_of(kind))
    limits = (["source = $source"] if source else []) + (["recorded_at <= $as_of"] if as_of else [])
    where = "".join(f" and {limit}" for limit in limits)
    on = " and ".join(f"stored.{name} = superseded.{name}" for name in key)
    kept = " and ".join(["true", *(f"stored.{limit}" for limit in limits)])
    return f"""
        with superseded as (
            select {", ".join(key)}, max(version) as newest from {kind} where version > 1{where} group by all
        )
        select stored.* from {kind} as stored left join superseded on {on}
        where stored.version = coalesce(superseded.newest, 1) and {kept}
    """


def arriving(kind: str) -> str:
    """Put the rows of `staged` that are new or differ from what is current into the table `arriving`."""
    key = key_of(kind)
    content = [column.name for column in columns(kind) if not column.key]
    on = " and ".join(f"staged.{name} = known.{name}" for name in key)
    differs = " or ".join(
        ["known.vanished", *(f"staged.{name} is distinct from known.{name}" for name in content)]
    )
    return f"""
        create or replace temp table arriving as
        with known as ({current(kind, source=True)})
        select staged.*, coalesce(known.version, 0) + 1 as version
        from staged left join known on {on}
        where known.version is null or {differs}
    """


def append(kind: str) -> str:
    """Append the table `arriving` to the facts."""
    names = [column.name for column in columns(kind)]
    listed = ", ".join(names)
    return f"""
        insert into {kind} ({listed}, source, version, vanished, extract_id, recorded_at, raw_sha256)
        select {listed}, $source, version, false, $extract_id, $recorded_at, $raw_sha256 from arriving
        order by {", ".join(key_of(kind))}
    """


def vanish(kind: str, seen: Sequence[str], *, within: bool = False) -> str:
    """Append a tombstone for each current record of the subject whose key is in none of the tables `seen`.

    `within`: only for those that start in the window from `$window_start` to `$window_end`.
    """
    limit = " and known.window_start >= $window_start and known.window_start < $window_end" if within else ""
    keys = ", ".join(key_of(kind))
    listed = " union all ".join(f"select {keys} from {table}" for table in seen)
    listed = listed or f"select {keys} from {kind} where false"
    names = [column.name for column in columns(kind)]
    on = " and ".join(f"known.{name} = seen.{name}" for name in key_of(kind))
    return f"""
        insert into {kind} ({", ".join(names)}, source, source_id, version, vanished, extract_id, recorded_at, raw_sha256)
        with known as ({current(kind, source=True)})
        select {", ".join(f"known.{name}" for name in names)}, $source, known.source_id, known.version + 1, true,
            $extract_id, $recorded_at, $raw_sha256
        from known
        semi join extracts on known.extract_id = extracts.extract_id and extracts.subject = $subject
        anti join ({listed}) as seen on {on}
        where not known.vanished{limit}
    """
