"""How the command line writes: plain tables, counted words, and the progress of long work."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from qmsreport.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl
    from rich.progress import TaskID

    from qmsreport.extracts import Extract
    from qmsreport.warehouse import Counts

Watch = Callable[[str, "Extract", "Counts"], None]
_SECONDS_BETWEEN_LINES = 5.0


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns wide enough for their longest cell; the last one runs on. Numbers are right-aligned."""
    lines = [tuple(head), *map(tuple, rows)]
    numeric = [all(_is_number(row[index]) for row in rows) for index in range(len(head))]
    widths = [max(len(line[index]) for line in lines) for index in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        placed = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(cells, widths, numeric, strict=True)
        )
        return "  ".join(placed).rstrip()

    return "\n".join(line(cells) for cells in lines)


def _is_number(cell: str) -> bool:
    return cell.replace(",", "").replace(".", "").isdigit()


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 row`, `1,204 rows`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def write_rows(path: Path, rows: pl.DataFrame) -> None:
    """Write rows as a CSV file, as those of a report are.

    Raises:
        UsageError: the file cannot be written.
    """
    from qmsreport.render.csv_files import content

    try:
        path.write_bytes(content(rows.columns, rows.iter_rows(named=True)))
    except OSError as error:
        raise UsageError(f"Cannot write {path}: {error.strerror}. Choose another --out.") from error


@contextlib.contextmanager
def watching(*, verbose: bool) -> Iterator[Watch]:
    """A watch for an extraction: bars where a terminal watches, now and then a line where none does."""
    if sys.stderr.isatty() and not verbose:
        with _bars() as watch:
            yield watch
    else:
        yield _lines(verbose=verbose)


@contextlib.contextmanager
def working(what: str) -> Iterator[None]:
    """A spinner with a word while something takes its time and a terminal watches."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield


@contextlib.contextmanager
def _bars() -> Iterator[Watch]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[rows]:>12,} rows"),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[subject]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def watch(source: str, item: Extract, counts: Counts) -> None:
            if source not in tasks:
                for task in tasks.values():
                    progress.update(task, total=1, completed=1)  # sources come one after another
                tasks[source] = progress.add_task(source, total=None, rows=0, subject="")
            task = tasks[source]
            rows = progress.tasks[task].fields["rows"] + counts.received
            progress.update(task, rows=rows, subject=item.subject)

        yield watch


def _lines(*, verbose: bool) -> Watch:
    said: dict[str, float] = {}

    def watch(source: str, item: Extract, counts: Counts) -> None:
        now = time.monotonic()
        if not verbose and not item.error and now - said.get(source, float("-inf")) < _SECONDS_BETWEEN_LINES:
            return
        said[source] = now
        what = item.error or f"{counts.received:,} rows, {counts.new:,} new, {counts.changed:,} changed"
        click.echo(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {source} {item.subject}: {what}", err=True)

    return watch
