"""The append-only store of facts: one DuckDB file, and the frozen snapshots cut from it.

Only this package imports DuckDB. The file is opened for writing for the length of commits that follow each other at
once, read-only for the length of one copy, and never longer, because DuckDB lets no second process in while one is
writing.
"""

from __future__ import annotations

from qmsreport.warehouse.digest import table_digests
from qmsreport.warehouse.freeze import frozen
from qmsreport.warehouse.objects import strange
from qmsreport.warehouse.published import published_findings, published_metrics
from qmsreport.warehouse.snapshot import Snapshot
from qmsreport.warehouse.store import Counts, Warehouse

__all__ = [
    "Counts",
    "Snapshot",
    "Warehouse",
    "frozen",
    "published_findings",
    "published_metrics",
    "strange",
    "table_digests",
]
