"""Printing what stands in the headers of `queries/`."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from qmsreport.cli.output import table
from qmsreport.errors import UsageError, suggest

if TYPE_CHECKING:
    from qmsreport.results import Query

_FIRST = {"metrics": "unit", "checks": "severity"}  # what stands beside the name in the list
_WIDTH = 96


def of(group: str) -> dict[str, Query]:
    """The queries of a group by name."""
    from qmsreport import catalog

    return {query.id: query for query in catalog.read() if query.group == group}


def show(group: str, name: str | None, labels: Mapping[str, str]) -> None:
    """Print the group's list, or all about one of its queries; `labels` are header keys and words for them.

    Raises:
        UsageError: for a name that is not there, with the nearest one.
    """
    found = of(group)
    if name is None:
        first = _FIRST[group]
        rows = [(query.id, str(query.header[first]), query.title) for query in found.values()]
        click.echo(table((group.removesuffix("s"), first, "title"), rows))
    elif name in found:
        click.echo(_whole(found[name], labels))
    else:
        raise UsageError(f"There is no {group.removesuffix('s')} '{name}'.{suggest(name, found)}")


def complete(*groups: str) -> Callable[..., list[click.shell_completion.CompletionItem]]:
    """A completion with the names of groups."""

    def names(
        _context: click.Context, _parameter: click.Parameter, incomplete: str
    ) -> list[click.shell_completion.CompletionItem]:
        return [
            click.shell_completion.CompletionItem(query.id, help=query.title)
            for group in groups
            for query in of(group).values()
            if query.id.startswith(incomplete)
        ]

    return names


def _whole(query: Query, labels: Mapping[str, str]) -> str:
    from qmsreport import assets

    lines = [f"{query.id}: {query.title}", ""]
    if query.definition:
        lines += [textwrap.fill(" ".join(query.definition.split()), _WIDTH), ""]
    said = {word: _text(query.header[key]) for key, word in labels.items() if query.header.get(key)}
    said |= {"version": str(query.version), "file": str(assets.folder("queries").parent / query.path)}
    width = max(map(len, said)) + 2
    lines += [
        textwrap.fill(text, _WIDTH, initial_indent=f"{word:<{width}}", subsequent_indent=" " * width)
        if word != "file"
        else f"{word:<{width}}{text}"
        for word, text in said.items()
    ]
    return "\n".join(lines)


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
