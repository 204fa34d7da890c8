"""Records that two sources bring and say different things of: one is kept, and the other one is not forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from qmsreport.period import Period
from qmsreport.records import TIME_OF, columns
from qmsreport.warehouse import versions
from qmsreport.warehouse.database import run

if TYPE_CHECKING:
    import duckdb

# a clone and a provider name the same author differently: every commit would be in conflict
_LEFT_OUT = ("commits",)


def write(
    connection: duckdb.DuckDBPyConnection,
    kinds: Sequence[str],
    period: Period,
    as_of: datetime,
    sources: Sequence[str],
) -> None:
    """Create the snapshot's table `conflicts` from the warehouse in use; `rows` counts windows of one series.

    `kinds` are those that more than one source brought.

    Columns: kind, record (its key without the time), kept and set_aside (names of sources), rows.
    """
    run(
        connection,
        "create table snapshot.main.conflicts "
        "(kind varchar, record varchar, kept varchar, set_aside varchar, rows bigint)",
    )
    for kind in kinds:
        content = [column.name for column in columns(kind) if not column.key]
        if content and kind not in _LEFT_OUT:
            _insert(connection, kind, content, period, as_of, sources)


def _insert(
    connection: duckdb.DuckDBPyConnection,
    kind: str,
    content: Sequence[str],
    period: Period,
    as_of: datetime,
    sources: Sequence[str],
) -> None:
    key = [column for column in columns(kind) if column.key]
    names = ", ".join(column.name for column in key)
    record = ", ".join(f"kept.{column.name}" for column in key if column.type != "time")
    on = " and ".join(f"kept.{column.name} = other.{column.name}" for column in key)
    differs = " or ".join(f"kept.{name} is distinct from other.{name}" for name in content)
    parameters: dict[str, object] = {"as_of": as_of, "sources": list(sources)}
    inside = ""
    if kind in TIME_OF:
        moment = f"coalesce({', '.join(f'kept.{name}' for name in TIME_OF[kind])})"
        inside = f" and {moment} >= $starts_at and {moment} < $ends_at"
        parameters |= {"starts_at": period.starts_at, "ends_at": period.ends_at}
    run(
        connection,
        f"""
        insert into snapshot.main.conflicts
        with known as ({versions.current(kind, as_of=True)}),
        ranked as (
            select *, row_number() over (
                partition by {names} order by list_position($sources, source), source
            ) as place
            from known where not vanished
        )
        select '{kind}', concat_ws(' ', {record}), kept.source, other.source, count(*)
        from ranked as kept inner join ranked as other on {on}
        where kept.place = 1 and other.place > 1 and ({differs}){inside}
        group by all order by all
        """,
        parameters,
    )
