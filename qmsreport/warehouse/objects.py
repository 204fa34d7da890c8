"""What a snapshot's file holds beside its tables: the queries' views, and nothing else.

A view or a macro of somebody else's changes what the same tables say: a macro named like a function of DuckDB's is
called in its place. So neither may stand in a file that a report's figures are computed from again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from qmsreport.errors import QueryError

if TYPE_CHECKING:
    from qmsreport.warehouse.snapshot import Snapshot

_OTHERS = """
    select distinct kind, name from (
        select 'schema' as kind, schema_name as name, database_name, internal from duckdb_schemas()
        union all select 'table', schema_name || '.' || table_name, database_name, internal from duckdb_tables()
            where schema_name <> 'main'
        union all select 'view', schema_name || '.' || view_name, database_name, internal from duckdb_views()
            where schema_name <> 'main'
        union all select 'macro', function_name, database_name, internal from duckdb_functions()
        union all select 'type', type_name, database_name, internal from duckdb_types()
        union all select 'sequence', sequence_name, database_name, false from duckdb_sequences()
    ) where database_name = current_database() and not internal order by all
"""
_VIEWS = """
    select view_name, temporary, regexp_replace(sql, '^CREATE (TEMP )?VIEW', '') from duckdb_views()
    where schema_name = 'main' and not internal order by all
"""


def strange(snapshot: Snapshot, views: Mapping[str, str]) -> list[str]:
    """What stands in a snapshot beside its tables and is not from the report, one sentence each.

    Args:
        snapshot: an open one; read only, so that what is made to compare with stays in this session.
        views: name of each view that it should hold to its select.
    """
    kept = {name: text for name, _, text in snapshot.fetch(_VIEWS)}
    found = [f"{kind} {name}: added afterwards." for kind, name in snapshot.fetch(_OTHERS)]
    found += [f"view {name}: missing." for name in sorted(views.keys() - kept.keys())]
    found += [f"view {name}: added afterwards." for name in sorted(kept.keys() - views.keys())]
    for name in sorted(views.keys() & kept.keys()):
        try:
            snapshot.create_table(name, views[name], f"queries/views/{name}.sql", materialised=False)
        except QueryError:
            continue  # a table or view that it reads is not what it was, and named for that
        made = {text for known, temporary, text in snapshot.fetch(_VIEWS) if temporary and known == name}
        if made != {kept[name]}:
            found.append(f"view {name}: it is not the one of queries/views/{name}.sql.")
    return found
