"""`qmsreport verify`."""

from __future__ import annotations

from pathlib import Path

import click

from qmsreport.cli import options
from qmsreport.cli.output import counted


@options.examples(
    """
qmsreport verify reports/2026-Q3/r1
"""
)
@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@options.shared
def command(bundle: Path) -> int:
    """Say whether a report bundle is still as it was written.

    Needs nothing but the bundle: no warehouse, no configuration, no network. It hashes every file again, and
    the content of the evidence, and names what is different: "changed file" means that some bytes are not the
    recorded ones, "changed fact" that the evidence says something else than it did.

    Exit codes: 0 nothing was changed; 1 something was; 2 this is no report bundle.
    """
    from qmsreport import evidence, pipeline

    manifest = evidence.read_manifest(bundle)
    problems = pipeline.verify(bundle)
    for sentence in problems:
        click.echo(sentence)
    if problems:
        click.echo(f"{bundle} is not as it was written: {counted(len(problems), 'problem')}.", err=True)
        return 1
    files = counted(len(manifest["files"]), "file")
    click.echo(f"{bundle} is as it was written: {files}, evidence {manifest['evidence_digest'][:16]}…")
    return 0
