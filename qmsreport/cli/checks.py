"""`qmsreport checks`."""

from __future__ import annotations

import click

from qmsreport.cli import definitions, options


@options.examples(
    """
qmsreport checks                   what is judged
qmsreport checks change_approved   one of them: why, and what to do when it fails
"""
)
@click.command()
@click.argument("name", required=False, shell_complete=definitions.complete("checks"))
@options.shared
def command(name: str | None) -> None:
    """What is judged, each with its controls.

    Every check is one file of SQL; the last line says where it is.
    """
    labels = {"severity": "severity", "controls": "controls", "why": "why", "remedy": "remedy"}
    definitions.show("checks", name, labels)
