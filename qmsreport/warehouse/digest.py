"""What a snapshot says, as hashes: one per table, independent of row order and of the file's bytes.

Each row becomes text (columns in name order, joined by the unit separator, null as a lone escape) and a SHA-256;
the sorted row hashes are hashed in 4,096 buckets by their first digits, and the buckets in order. Anybody with
the stock DuckDB can repeat it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qmsreport.warehouse.snapshot import Snapshot

# more rows than this are hashed month by month, so that memory stays bounded
_SLICE_ROWS = 3_000_000


def table_digests(snapshot: Snapshot, leave_out: Iterable[str] = ()) -> dict[str, str]:
    """SHA-256 of the content of every stored table but those left out, by table name."""
    names = [name for name in snapshot.tables() if name not in set(leave_out)]
    return {name: _table(snapshot, name) for name in names}


def _table(snapshot: Snapshot, table: str) -> str:
    columns = [
        (name, kind)
        for name, kind in snapshot.fetch(
            f"select column_name, data_type from duckdb_columns() where table_name = '{table}' "
            "and not internal and database_name <> 'temp' order by column_name"
        )
    ]
    row = ", ".join(f"coalesce(cast({name} as varchar), chr(27))" for name, _ in columns)
    has_day = any(name == "local_date" for name, _ in columns)
    ((rows,),) = snapshot.fetch(f"select count(*) from {table}")
    slices = [""]
    if has_day and rows > _SLICE_ROWS:
        months = snapshot.fetch(
            f"select distinct date_trunc('month', local_date) from {table} order by 1 nulls last"
        )
        slices = [
            "where local_date is null"
            if month is None
            else f"where local_date >= date '{month:%Y-%m-%d}' and local_date < date '{month:%Y-%m-%d}' + interval 1 month"
            for (month,) in months
        ]
    total = hashlib.sha256(" ".join(f"{name}:{kind}" for name, kind in columns).encode())
    for where in slices:
        sql = f"""
            with hashed as (select sha256(concat_ws(chr(31), {row})) as hash from {table} {where}),
            buckets as (
                select left(hash, 3) as bucket, sha256(array_to_string(list_sort(list(hash)), '')) as hash
                from hashed group by 1
            )
            select sha256(coalesce(string_agg(hash, '' order by bucket), '')) from buckets
        """
        total.update(snapshot.fetch(sql)[0][0].encode())
    return total.hexdigest()
