"""`qmsreport verify`."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from qmsreport.cli import options, output


@options.examples(
    """
qmsreport verify reports/2026-Q3/r1
qmsreport verify --again reports/2026-Q3/r1   render it again, too, and compare the bytes
"""
)
@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--again", is_flag=True, help="Render its pages again from its evidence and compare the bytes.")
@options.shared
def command(bundle: Path, again: bool) -> int:
    """Say whether a report bundle is still as it was written.

    Needs nothing but the bundle: no warehouse, no configuration, no network. It hashes every file again, and
    the content of the evidence, and names what is different: "changed file" means that some bytes are not the
    recorded ones, "changed fact" that the evidence says something else than it did.

    Exit codes: 0 nothing was changed; 1 something was; 2 this is no report bundle.
    """
    from qmsreport import evidence, pipeline

    manifest = evidence.read_manifest(bundle)
    problems = pipeline.verify(bundle)
    said = "is not as it was written"
    if again and not problems:
        said = "is as it was written, but does not come out the same here"
        with output.working("Rendering again"), tempfile.TemporaryDirectory() as folder:
            problems = pipeline.reproduce(bundle, Path(folder))
    for sentence in problems:
        click.echo(sentence)
    if problems:
        click.echo(f"{bundle} {said}: {output.counted(len(problems), 'problem')}.", err=True)
        return 1
    files = output.counted(len(manifest["files"]), "file")
    rendered = ", and comes out the same" if again else ""
    click.echo(
        f"{bundle} is as it was written{rendered}: {files}, evidence {manifest['evidence_digest'][:16]}…"
    )
    return 0
