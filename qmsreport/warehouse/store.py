"""Writing extracts, one transaction each, and reading back what was asked for before."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qmsreport import __version__
from qmsreport.errors import WarehouseError
from qmsreport.extracts import Batch, Extract, Reject
from qmsreport.records import KINDS, columns, key_of
from qmsreport.warehouse import versions
from qmsreport.warehouse.database import frame, opened, run
from qmsreport.warehouse.held import Held
from qmsreport.warehouse.lock import writing

if TYPE_CHECKING:
    import duckdb
    import polars as pl

# with the batch in hand and what a transaction keeps beside it, a load stays below 2 GiB in all
_COMMIT_MEMORY = "800MB"
# rows of a commit after which the memory of its connection is wanted back at once
_MANY = 100_000
_FACTS = Path(__file__).with_name("facts.sql")
_STILL_ASIDE = """
    with newest as (
        select max(extract_id) as extract_id from extracts
        where source = $source and outcome <> 'failed' group by subject
    )
    select origin, line, column_name, reason, excerpt, recorded_at
    from rejects semi join newest using (extract_id)
    order by origin, line, column_name, reason
"""


@dataclass(slots=True)
class Counts:
    """What one commit did."""

    received: int = 0
    new: int = 0
    changed: int = 0
    vanished: int = 0
    rejected: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the ledger knows of one source: the `Progress` that sources ask."""

    until: dict[str, datetime]
    cursors: dict[str, str]
    hashes: dict[str, str]

    def covered_until(self, subject: str) -> datetime | None:
        return self.until.get(subject)

    def cursor(self, subject: str) -> str | None:
        return self.cursors.get(subject)

    def raw_sha256(self, subject: str) -> str | None:
        return self.hashes.get(subject)


class Warehouse:
    """The warehouse at one path. Holding it costs nothing: files are open only inside the methods."""

    def __init__(self, path: Path, lock_timeout_seconds: float = 60.0) -> None:
        self.path = path
        self._wait = lock_timeout_seconds
        self._held: Held | None = None  # while this is the one writer

    @contextlib.contextmanager
    def writing(self, what: str) -> Iterator[None]:
        """Be the one writer for a while; see `lock.writing`."""
        if not self.path.parent.is_dir():
            raise WarehouseError(
                f"Cannot write {self.path}: there is no folder {self.path.parent}. Make it, or change [warehouse] path."
            )
        with writing(self.path, what, self._wait):
            self._create()
            self._held = Held(self.path, self._wait)
            try:
                with self._opened(read_only=False) as connection:
                    connection.begin()
                    run(connection, _FACTS.read_text("utf-8"))
                    _add_new_columns(connection)
                    connection.commit()
                yield
            finally:
                self._held.close()
                self._held = None

    def _create(self) -> None:
        """Make an empty file where there is none; it gets its name when it is whole.

        DuckDB opens no file that was begun only: a run that is killed, or a full disk, would end all later ones.
        """
        file = self.path.resolve()
        if file.exists():
            return
        draft = file.with_name(f"{file.name}.new")
        draft.unlink(missing_ok=True)
        with opened(draft, read_only=False, wait_seconds=self._wait):
            pass
        draft.rename(file)

    def progress(self, source: str) -> _Known:
        """What this source has already brought."""
        with self._opened(read_only=True) as connection:
            rows = run(
                connection,
                """
                select subject, max(window_end), arg_max(cursor, extract_id), arg_max(raw_sha256, extract_id)
                from extracts where source = $source and outcome <> 'failed' group by subject
                """,
                {"source": source},
            )
        return _Known(
            until={subject: end for subject, end, _, _ in rows if end},
            cursors={subject: cursor for subject, _, cursor, _ in rows if cursor},
            hashes={subject: digest for subject, _, _, digest in rows if digest},
        )

    def known_until(self) -> datetime | None:
        """When the newest record became known, naive UTC; `None` where there is none."""
        with self._opened(read_only=True) as connection:
            ((newest,),) = run(connection, "select max(recorded_at) from extracts")
        return newest if isinstance(newest, datetime) else None

    def people(self) -> str | None:
        """How the people that are stored here were stored; `None` where there is nobody, or no record of it."""
        if not self.path.exists():
            return None
        with self._opened(read_only=True) as connection:
            if ("extracts", "people") not in _columns(connection):  # nothing but an older version wrote here
                return None
            newest = run(
                connection,
                """
                select people from extracts where outcome <> 'failed' and people is not null
                order by extract_id desc limit 1
                """,
            )
            return newest[0][0] if newest and _anybody(connection) else None

    def commit(
        self,
        source: str,
        kind: str,
        extract: Extract,
        now: datetime,
        prepare: Callable[[Batch], Batch] = lambda batch: batch,
        people: str | None = None,
    ) -> Counts:
        """Store one extract with its ledger row in one transaction: all of it, or nothing.

        Args:
            source: name of the source in the configuration.
            kind: kind of the source.
            extract: what it brought; its batches are consumed here.
            now: when it becomes known, naive UTC.
            prepare: last change to each batch before it is stored (pseudonyms).
            people: how that stores people, as `privacy.manner` says.
        """
        counts = Counts()
        with self._opened(read_only=False) as connection:
            run(connection, f"set memory_limit = '{_COMMIT_MEMORY}'")
            connection.begin()
            ((extract_id, latest),) = run(
                connection, "select coalesce(max(extract_id), 0) + 1, max(recorded_at) from extracts"
            )
            # a clock that was set back shall not put a later version before an earlier one
            now = max(now, latest) if latest else now
            provenance = {
                "source": source,
                "extract_id": extract_id,
                "recorded_at": now,
                "raw_sha256": extract.raw_sha256,
            }
            seen: dict[str, list[str]] = {
                listed: [] for listed in (*extract.lists_all, *extract.lists_windows)
            }
            for batch in extract.batches:
                _append(connection, prepare(batch), provenance, counts, seen)
            counts.rejected = _reject(connection, extract.rejects, source, extract_id, now)
            # what failed, was cut off or set aside may hold just the records that seem to be missing
            if not (extract.error or extract.truncated or counts.rejected):
                counts.vanished = _vanish(connection, extract, provenance, seen)
            _ledger(connection, _ledger_row(extract, source, kind, extract_id, now, counts, people))
            connection.commit()
        if self._held and counts.received > _MANY:
            self._held.close()
        return counts

    def set_aside(self, source: str) -> pl.DataFrame:
        """The rows of a source that the newest reading of each of its subjects could not load."""
        with self._opened(read_only=True) as connection:
            return frame(connection, _STILL_ASIDE, {"source": source})

    @contextlib.contextmanager
    def _opened(self, *, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
        opening = (
            self._held.use()
            if self._held
            else opened(self.path, read_only=read_only, wait_seconds=self._wait)
        )
        with opening as connection:
            yield connection


def _add_new_columns(connection: duckdb.DuckDBPyConnection) -> None:
    """Give the tables of a warehouse that an older version made the columns that have come since."""
    ledger = [name for name, *_ in run(connection, "describe extracts")]
    if "people" not in ledger:
        run(connection, "alter table extracts add column people varchar")
    for kind in versions.narrower(connection):
        there = [name for name, *_ in run(connection, f"describe {kind}")]
        for column in columns(kind):
            if column.name not in there:
                run(connection, f"alter table {kind} add column {column.name} {column.sql_type}")


def _columns(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    sql = "select table_name, column_name from duckdb_columns() where not internal"
    return {(table, column) for table, column in run(connection, sql)}


def _anybody(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether any fact names a person."""
    there = _columns(connection)
    return any(
        run(connection, f"select 1 from {kind} where {column.name} is not null limit 1")
        for kind in KINDS
        for column in columns(kind)
        if column.person and (kind, column.name) in there
    )


def _append(
    connection: duckdb.DuckDBPyConnection,
    batch: Batch,
    provenance: dict[str, Any],
    counts: Counts,
    seen: dict[str, list[str]],
) -> None:
    key = list(key_of(batch.kind))
    rows = batch.rows
    if (
        rows.select(key).hash_rows().n_unique() < rows.height
    ):  # a page shifted while it was read: the later one
        rows = rows.unique(key, keep="last", maintain_order=True)
    connection.register("staged", rows)
    if batch.kind in seen:
        table = f"seen_{batch.kind}_{len(seen[batch.kind])}"
        columns = ", ".join(key)
        # made with its rows: DuckDB 2.0 loses rows that a large insert adds to a table that the same transaction
        # made with `create table … as` of no rows
        run(connection, f"create or replace temp table {table} as select {columns} from staged")
        seen[batch.kind].append(table)
    run(connection, versions.arriving(batch.kind), {"source": provenance["source"]})
    run(connection, versions.append(batch.kind), provenance)
    ((new, changed),) = run(
        connection, "select count(*) filter (version = 1), count(*) filter (version > 1) from arriving"
    )
    connection.unregister("staged")
    counts.received += batch.rows.height
    counts.new += new
    counts.changed += changed
    counts.by_kind[batch.kind] = counts.by_kind.get(batch.kind, 0) + batch.rows.height


def _vanish(
    connection: duckdb.DuckDBPyConnection,
    extract: Extract,
    provenance: dict[str, Any],
    seen: dict[str, list[str]],
) -> int:
    """Tombstones for what the extract's subject no longer lists; how many."""
    subject = extract.subject
    window = {"window_start": extract.window_start, "window_end": extract.window_end}
    before = "select count(*) from extracts where source = $source and subject = $subject"
    ((earlier,),) = run(connection, before, {"source": provenance["source"], "subject": subject})
    if (
        not earlier
    ):  # what was never read cannot have lost anything; spares a join over everything just stored
        return 0
    gone = 0
    for listed, tables in seen.items():
        within = listed in extract.lists_windows
        values = {**provenance, "subject": subject, **(window if within else {})}
        ((count,),) = run(connection, versions.vanish(listed, tables, within=within), values)
        gone += count
    return gone


def _reject(
    connection: duckdb.DuckDBPyConnection,
    rejects: Iterable[Reject],
    source: str,
    extract_id: int,
    now: datetime,
) -> int:
    """Store what was set aside; how many rows that were."""
    import polars as pl

    schema = {
        "origin": pl.String,
        "line": pl.Int64,
        "column_name": pl.String,
        "reason": pl.String,
        "excerpt": pl.String,
    }
    rows = [(item.origin, item.line, item.column, item.reason, item.excerpt) for item in rejects]
    if rows:  # as one frame: a file can have a hundred thousand bad rows
        connection.register("set_aside", pl.DataFrame(rows, schema=schema, orient="row"))
        run(
            connection,
            """
            insert into rejects (extract_id, source, origin, line, column_name, reason, excerpt, recorded_at)
            select $extract_id, $source, origin, line, column_name, reason, excerpt, $now from set_aside
            """,
            {"extract_id": extract_id, "source": source, "now": now},
        )
        connection.unregister("set_aside")
    return len(rows)


def _ledger_row(
    extract: Extract,
    source: str,
    kind: str,
    extract_id: int,
    now: datetime,
    counts: Counts,
    people: str | None,
) -> dict[str, Any]:
    partial = extract.truncated or counts.rejected > 0
    return {
        "extract_id": extract_id,
        "source": source,
        "kind": kind,
        "subject": extract.subject,
        "asked": extract.asked,
        "window_start": extract.window_start,
        "window_end": extract.window_end,
        "product": extract.product,
        "product_version": extract.product_version,
        "account": extract.account,
        "started_at": extract.started_at,
        "finished_at": extract.finished_at,
        "recorded_at": now,
        "pages": extract.pages,
        "rows_received": extract.rows_received if extract.rows_received is not None else counts.received,
        "rows_new": counts.new,
        "rows_changed": counts.changed,
        "rows_vanished": counts.vanished,
        "rows_rejected": counts.rejected,
        "server_total": extract.server_total,
        "truncated": extract.truncated,
        "warnings": list(extract.warnings),
        "clock_offset_seconds": extract.clock_offset_seconds,
        "raw_sha256": extract.raw_sha256,
        "cursor": extract.cursor,
        "tool_version": __version__,
        "outcome": "failed" if extract.error else "partial" if partial else "complete",
        "error": extract.error,
        "people": people,
    }


def _ledger(connection: duckdb.DuckDBPyConnection, row: dict[str, Any]) -> None:
    names = ", ".join(row)
    values = ", ".join(f"${name}" for name in row)
    run(connection, f"insert into extracts ({names}) values ({values})", row)
