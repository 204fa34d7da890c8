"""What settings were held when: configuration through the report's period, not only as it is at the end of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from qmsreport.period import Period
from qmsreport.warehouse.database import run

if TYPE_CHECKING:
    import duckdb


def write(
    connection: duckdb.DuckDBPyConnection, period: Period, as_of: datetime, sources: Sequence[str]
) -> None:
    """Create the snapshot's table `setting_versions` from the warehouse in use.

    One row for each version of an effective setting that held at some moment of the period, and for each span in
    which it was gone between them, or beside them. A setting of which no version held in the period has no row. Where
    several sources brought a setting, one of them tells its history: the first configured of those that still show it
    as of the report, else the first of those that showed it in the period.

    Columns: subject, key, version, value and unit (null where it is gone or not known), origin, source, extract_id
    (the reading that first saw it), next_extract_id (the reading that saw another, null: none did), held_from and
    held_until (when these became known, naive UTC; null: it still holds as of the report), is_gone.
    """
    run(
        connection,
        """
        create table snapshot.main.setting_versions as
        with told as (
            select *,
                lead(recorded_at) over successive as held_until,
                lead(extract_id) over successive as next_extract_id
            from settings
            where layer = 'effective' and recorded_at <= $as_of
            window successive as (partition by source, subject, key order by version)
        ),
        held as (
            select * from told
            where recorded_at < $ends_at and (held_until is null or held_until >= $starts_at)
        ),
        shown as (
            select source, subject, key,
                bool_or(next_extract_id is null and not vanished) as is_current
            from told semi join (select source, subject, key from held where not vanished) as alive
                using (source, subject, key)
            group by all
        ),
        tellers as (
            select * from shown
            qualify row_number() over (
                partition by subject, key
                order by is_current desc, list_position($sources, source), source
            ) = 1
        )
        select subject, key, version,
            case when not vanished then value end as value,
            case when not vanished then unit end as unit,
            origin, source, extract_id, next_extract_id,
            recorded_at as held_from, held_until,
            vanished as is_gone
        from held semi join tellers using (source, subject, key)
        order by subject, key, version
        """,
        {
            "as_of": as_of,
            "starts_at": period.starts_at,
            "ends_at": period.ends_at,
            "sources": list(sources),
        },
    )
