"""`qmsreport sources`."""

from __future__ import annotations

import dataclasses
import inspect
from types import ModuleType
from typing import Any

import click

from qmsreport.cli import options
from qmsreport.cli.output import table
from qmsreport.errors import UsageError, suggest


def _complete(*arguments: Any) -> list[click.shell_completion.CompletionItem]:
    from qmsreport import sources

    return [
        click.shell_completion.CompletionItem(kind)
        for kind in sources.kinds()
        if kind.startswith(arguments[-1])
    ]


@options.examples(
    """
qmsreport sources             the kinds there are
qmsreport sources prometheus  one of them, with its options
"""
)
@click.command()
@click.argument("kind", required=False, shell_complete=_complete)
@options.shared
def command(kind: str | None) -> None:
    """Where facts can come from, each with its options.

    An option stands in the configuration, in the table of the source: [sources.NAME].
    """
    from qmsreport import sources

    kinds = sources.kinds()
    if kind is None:
        rows = [(name, _about(sources.module(name)).split("\n")[0]) for name in kinds]
        click.echo(table(("kind", "what it reads"), rows))
    elif kind in kinds:
        click.echo(_whole(kind, sources.module(kind)))
    else:
        raise UsageError(f"There is no kind of source '{kind}'.{suggest(kind, kinds)}")


def _about(module: ModuleType) -> str:
    return inspect.getdoc(module) or ""


def _whole(kind: str, module: ModuleType) -> str:
    rows = [
        (item.name, str(item.type).replace("typing.", ""), _default(item))
        for item in dataclasses.fields(module.Options)
    ]
    return f"{_about(module)}\n\n[sources.{kind}]\n{table(('option', 'type', 'default'), rows)}"


def _default(item: dataclasses.Field[Any]) -> str:
    if item.default is not dataclasses.MISSING:
        value = item.default
    elif item.default_factory is not dataclasses.MISSING:
        value = item.default_factory()
    else:
        return "required"
    return (
        {True: "true", False: "false", None: "–"}.get(value, repr(value))
        if not isinstance(value, list | dict)
        else repr(value)
    )
