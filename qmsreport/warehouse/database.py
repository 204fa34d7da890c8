"""Opening DuckDB files: bounded waiting for another process, and its errors as sentences."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb

from qmsreport.errors import Locked, WarehouseError

if TYPE_CHECKING:
    import polars as pl

Result = TypeVar("Result")
# spills to disk beyond this; a report over 22 M facts stays below 2 GiB in all
MEMORY_LIMIT = "1600MB"
_POLL_SECONDS = 0.05
# what DuckDB says of a file that is cut or whose bytes are not those it wrote
_DAMAGED = ("corrupt database file", "could not read enough bytes")
# what DuckDB says when another process has the file; the path stands in the message too, so whole phrases
_TAKEN = ("could not set lock on file", "being used by another process")


@contextlib.contextmanager
def opened(path: Path, *, read_only: bool, wait_seconds: float) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a DuckDB file, closed at the end; waits a bounded time for another process's turn.

    Raises:
        Locked: another process kept the file for longer than `wait_seconds`.
        WarehouseError: the file cannot be opened, read or written.
    """
    connection = _connect(path, read_only, wait_seconds)
    try:
        run(connection, f"set memory_limit = '{MEMORY_LIMIT}'")
        run(connection, "set timezone = 'UTC'")
        run(connection, "set enable_progress_bar = false")
        yield connection
    except duckdb.Error as error:
        raise failure(error, path) from error
    finally:
        # after a full disk even closing fails; the first error is the one to report
        with contextlib.suppress(duckdb.Error):
            connection.close()


def run(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """Run one statement to its end: DuckDB 2 refuses the next while a result is unfetched."""
    return connection.execute(sql, parameters or {}).fetchall()


def frame(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, Any] | None = None
) -> pl.DataFrame:
    """The rows of a select as a polars frame, handed over as Arrow."""
    import polars as pl

    found = pl.from_arrow(connection.sql(sql, params=parameters or {}).to_arrow_table())
    assert isinstance(found, pl.DataFrame)  # noqa: S101  # a table always gives a frame; this tells the type checker
    # DuckDB sums whole numbers into 128 bits, which arrive as decimals
    return found.with_columns(
        pl.col(name).cast(pl.Float64 if kind.scale else pl.Int64)
        for name, kind in found.schema.items()
        if isinstance(kind, pl.Decimal)
    )


def _connect(path: Path, read_only: bool, wait_seconds: float) -> duckdb.DuckDBPyConnection:
    if read_only:
        refuse_missing(path)
    if not path.parent.is_dir():
        raise WarehouseError(
            f"Cannot open {path}: there is no folder {path.parent}. Make it, or change the path."
        )
    return in_turn(lambda: _offline(path, read_only), path, wait_seconds)


def _offline(path: Path, read_only: bool) -> duckdb.DuckDBPyConnection:
    # for a file of another database DuckDB would fetch what reads it; nothing here reaches the network
    return duckdb.connect(str(path), read_only=read_only, config={"autoinstall_known_extensions": False})


def refuse_missing(path: Path) -> None:
    """See that there is a file.

    Raises:
        WarehouseError: there is none.
    """
    if not path.exists():
        raise WarehouseError(f"There is no warehouse at {path}. Run 'qmsreport extract' first.")


def in_turn(opening: Callable[[], Result], path: Path, wait_seconds: float) -> Result:
    """Open a file as soon as no other process has it.

    Raises:
        Locked: another process kept the file for longer than `wait_seconds`.
        WarehouseError: the file cannot be opened.
    """
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            return opening()
        except duckdb.Error as error:
            if not any(words in str(error).lower() for words in _TAKEN):
                raise failure(error, path) from error
            if time.monotonic() > deadline:
                raise Locked(
                    f"The file {path} is in use by another process, for more than {wait_seconds:.0f} s. "
                    "Wait until it has ended, then run this again."
                ) from error
            time.sleep(_POLL_SECONDS)


@contextlib.contextmanager
def reading_of(path: Path) -> Iterator[None]:
    """While another file is written from this attached one: damage that DuckDB meets is this one's.

    Raises:
        WarehouseError: it is damaged.
    """
    try:
        yield
    except duckdb.Error as error:
        if any(words in str(error).lower() for words in _DAMAGED):
            raise failure(error, path) from error
        raise


def failure(error: duckdb.Error, path: Path) -> WarehouseError:
    """DuckDB's error as a sentence that says what to do."""
    text = " ".join(str(error).split()).rstrip(".!")
    lowered = text.lower()
    if "no space left" in lowered or "disk quota" in lowered or "could not write" in lowered:
        advice = "Free space on that disk and run this again; what was stored before is still there."
    elif any(words in lowered for words in _DAMAGED):
        advice = "It is damaged: restore it from its backup, or move it away and extract everything again."
    elif "permission denied" in lowered or "read-only" in lowered:
        advice = "Check that this user may write that file and its folder."
    elif isinstance(error, (duckdb.CatalogException, duckdb.BinderException)):
        advice = "It is no warehouse of qmsreport: check the path, or restore the file from its backup."
    elif "not a valid duckdb" in lowered or "serialization" in lowered or "existing extension" in lowered:
        advice = "It is not a DuckDB file, or a newer DuckDB wrote it: check the path, or upgrade duckdb."
    elif isinstance(error, duckdb.ConstraintException):
        advice = (
            "A source brought a record without its key: report this as a defect; nothing of it was stored."
        )
    elif isinstance(error, duckdb.OutOfMemoryException):
        advice = "Close other programs, or free space for its temporary files beside it."
    else:
        advice = "Run this again; if it stays, restore the file from its backup."
    return WarehouseError(f"Cannot use {path}: {text}. {advice}")
