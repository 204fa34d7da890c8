"""`qmsreport metrics`."""

from __future__ import annotations

import click

from qmsreport.cli import definitions, options


@options.examples(
    """
qmsreport metrics                       what is counted
qmsreport metrics change_lead_time      one of them, with its definition
"""
)
@click.command()
@click.argument("name", required=False, shell_complete=definitions.complete("metrics"))
@options.shared
def command(name: str | None) -> None:
    """What is counted, each with its definition.

    Every metric is one file of SQL; the last line says where it is.
    """
    definitions.show("metrics", name, {"unit": "unit", "source": "after"})
