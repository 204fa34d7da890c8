"""From a finding to the records that bear its name."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qmsreport import bundle, catalog
from qmsreport.errors import UsageError, suggest
from qmsreport.records import KINDS, columns, key_of
from qmsreport.results import Query

if TYPE_CHECKING:
    import polars as pl

    from qmsreport.warehouse import Snapshot

_MANY = 20  # records of one kind


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: of one resource with its records, or of all of them."""

    check: Query
    label: str  # the period
    findings: pl.DataFrame  # as people judged them; the worst first
    resource: str | None
    records: dict[str, pl.DataFrame] = field(default_factory=dict)  # by kind
    extracts: pl.DataFrame | None = None  # the ledger's lines that brought the records


def follow(folder: Path, check: str, resource: str | None = None) -> Finding:
    """Follow what a check found.

    Args:
        folder: the bundle.
        check: a check's name.
        resource: one of the check's resources, or a finding's fingerprint; none means all, without their records.

    A resource is called by the keys of what it is: of a kind of record those count whose first key column stands in
    the resource's name, narrowed by what else of their key stands there.

    Raises:
        UsageError: there is no such resource; says the nearest name.
    """
    import polars as pl

    from qmsreport.results import STATUSES
    from qmsreport.warehouse import Snapshot

    query = next(
        query for query in catalog.read(folder / "queries") if (query.group, query.id) == ("checks", check)
    )
    with Snapshot(bundle.snapshot_of(folder)) as snapshot:
        ((label,),) = snapshot.fetch("select label from period")
        rank = pl.col("status").replace_strict({status: place for place, status in enumerate(STATUSES)})
        found = snapshot.stored("judgements").filter(check_id=check).sort(rank, "resource")
        if resource is None:
            return Finding(query, str(label), found, None)
        one = found.filter((pl.col("resource") == resource) | (pl.col("fingerprint") == resource))
        if one.is_empty():
            raise UsageError(
                f"{check} has no finding for '{resource}'.{suggest(resource, found['resource'].to_list())}"
            )
        name = str(one["resource"][0])
        records = dict(_records(snapshot, name.split()))
        ledger = snapshot.stored("extracts")
    brought = {number for rows in records.values() for number in rows["extract_id"].to_list()}
    extracts = ledger.filter(ledger["extract_id"].is_in(brought)).sort("extract_id")
    return Finding(query, str(label), one, name, records, extracts)


def _records(snapshot: Snapshot, words: list[str]) -> Any:
    """The records of each kind that those words name."""
    import polars as pl

    there = set(snapshot.tables())
    for kind in KINDS:
        first, *others = key_of(kind)
        if kind not in there:
            continue
        rows = snapshot.named(kind, first, words)
        text = {column.name for column in columns(kind) if column.type == "text"}
        for other in others:
            if other in text and not (narrowed := rows.filter(pl.col(other).is_in(words))).is_empty():
                rows = narrowed
        if 0 < rows.height <= _MANY:
            yield kind, rows
