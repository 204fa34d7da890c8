"""`qmsreport sources`."""

from __future__ import annotations

import dataclasses
import inspect
import io
import json
import re
import tokenize
from types import ModuleType
from typing import Any

import click

from qmsreport.cli import options
from qmsreport.cli.output import table
from qmsreport.errors import UsageError, suggest

_TYPES = {
    "str": "text",
    "int": "whole number",
    "float": "number",
    "bool": "true or false",
    "list[str]": "list of texts",
    "list[dict[str, Any]]": "tables",
    "dict[str, Any]": "table",
    "dict[str, str]": "table",
    "object": "list or table",
}


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
    said = _comments(module.Options)
    rows = [
        (item.name, _type(str(item.type)), _default(item), said.get(item.name, ""))
        for item in dataclasses.fields(module.Options)
    ]
    return f"{_about(module)}\n\n[sources.{kind}]\n{table(('option', 'type', 'default', ''), rows)}"


def _type(name: str) -> str:
    return _TYPES.get(name.removesuffix(" | None"), "")


def _default(item: dataclasses.Field[Any]) -> str:
    """The default as TOML has it."""
    if item.default is not dataclasses.MISSING:
        value = item.default
    elif item.default_factory is not dataclasses.MISSING:
        value = item.default_factory()
    else:
        return "required"
    if isinstance(value, dict):
        return "{}" if not value else json.dumps(value, ensure_ascii=False)
    return "–" if value is None else json.dumps(value, ensure_ascii=False)


def _comments(options: type) -> dict[str, str]:
    """What is written beside each option where it is declared."""
    found: dict[str, str] = {}
    for cls in reversed(options.__mro__[:-1]):
        name = ""
        for token in tokenize.generate_tokens(io.StringIO(inspect.getsource(cls)).readline):
            if token.type == tokenize.NAME and token.line.startswith(f"    {token.string}:"):
                name = token.string
            elif token.type == tokenize.COMMENT and name:
                found[name] = re.sub(r"^# (noqa: \S+\s+# )?", "", token.string)
    return found
