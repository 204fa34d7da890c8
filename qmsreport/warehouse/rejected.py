"""Reading back the rows that were set aside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qmsreport.warehouse.database import frame, opened

if TYPE_CHECKING:
    import polars as pl

_STILL_ASIDE = """
    with newest as (
        select max(extract_id) as extract_id from extracts
        where source = $source and outcome <> 'failed' group by subject
    )
    select origin, line, column_name, reason, excerpt, recorded_at
    from rejects semi join newest using (extract_id)
    order by origin, line, column_name, reason
"""


def still_set_aside(warehouse: Path, source: str, wait_seconds: float) -> pl.DataFrame:
    """The rows of a source that the newest reading of each of its subjects could not load."""
    with opened(warehouse, read_only=True, wait_seconds=wait_seconds) as connection:
        return frame(connection, _STILL_ASIDE, {"source": source})
