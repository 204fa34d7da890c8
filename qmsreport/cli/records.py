"""`qmsreport records`."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import click

from qmsreport.cli import options
from qmsreport.cli.output import table
from qmsreport.errors import UsageError, suggest

if TYPE_CHECKING:
    from qmsreport.records import Column

_TYPES = {
    "text": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "time": "time with a zone",
    "texts": "list of texts",
    "object": "object",
}


def _complete(*arguments: Any) -> list[click.shell_completion.CompletionItem]:
    from qmsreport.records import KINDS

    return [click.shell_completion.CompletionItem(kind) for kind in KINDS if kind.startswith(arguments[-1])]


@options.examples(
    """
qmsreport records              the kinds of record there are
qmsreport records deployments  one of them, with its columns
"""
)
@click.command()
@click.argument("kind", required=False, shell_complete=_complete)
@options.shared
def command(kind: str | None) -> None:
    """What a fact consists of: the columns of each kind of record.

    A source of the kind "files" reads records by these columns from KIND.csv, KIND.jsonl or KIND.parquet, or from
    any such file in a folder KIND. Keys are required; leave out every other column that you do not know. A time is
    ISO 8601 with a zone, like 2026-07-01T12:00:00Z; in CSV an object is JSON, and a list
    of texts too, or a;b.
    """
    from qmsreport.records import KINDS, columns

    if kind is None:
        kinds = [(name, _about(record).split("\n")[0]) for name, record in KINDS.items()]
        click.echo(table(("kind", "what it is"), kinds))
    elif kind in KINDS:
        rows = [(column.name, _TYPES[column.type], _remark(column)) for column in columns(kind)]
        click.echo(f"{_about(KINDS[kind])}\n\n{table(('column', 'type', ''), rows)}")
    else:
        raise UsageError(f"There is no kind of record '{kind}'.{suggest(kind, KINDS)}")


def _about(record: type) -> str:
    return inspect.getdoc(record) or ""


def _remark(column: Column) -> str:
    parts = ["key" * column.key, "people, stored as pseudonyms" * column.person, ", ".join(column.choices)]
    return "; ".join(filter(None, parts))
