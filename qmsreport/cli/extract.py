"""`qmsreport extract`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qmsreport.cli import options, output

if TYPE_CHECKING:
    from qmsreport.extracts import Extract
    from qmsreport.pipeline import Extraction
    from qmsreport.warehouse import Counts


@options.examples(
    """
qmsreport extract                          everything configured, from where it stopped
qmsreport extract --source github          one source
qmsreport extract --since 2025-01-01       look further back
qmsreport extract --until 2026-07-01       only what happened before that day
"""
)
@click.command()
@options.source_option("Ask only this source; may be given several times.")
@click.option("--since", metavar="DAY", help="From this day (or ISO time with a zone) on.")
@click.option("--until", metavar="DAY", help="Up to this day, which is not included; default: now.")
@options.shared
@click.pass_context
def command(context: click.Context, names: tuple[str, ...], since: str | None, until: str | None) -> int:
    """Bring facts from the sources into the warehouse.

    The only command that needs the network. It goes on where it stopped, reads the last days again for what
    changed late, and stores each window as a whole or not at all: stopping it loses nothing.

    Exit codes: 0 all was read; 1 rows were set aside; 3 a source failed, the others were read.
    """
    from qmsreport import pipeline

    common = options.common(context)
    config = common.load()
    with output.watching(verbose=common.verbose) as watch:

        def watching(source: str, item: Extract, counts: Counts) -> None:
            watch(source, item, counts)
            common.go_on()

        done = pipeline.extract(config, names, since, until, watch=watching)
    show(done)
    return 3 if done.failures else 1 if done.rejected else 0


def show(done: Extraction) -> None:
    """Print what came from each source, what was set aside, what is odd and what failed."""
    rows = [
        (
            source,
            *(
                f"{number:,}"
                for number in (item.received, item.new, item.changed, item.vanished, item.rejected)
            ),
        )
        for source, item in done.counts.items()
    ]
    if rows:
        head = ("source", "rows read", "new", "changed", "gone", "set aside")
        click.echo(output.table(head, rows))
    for source, path in done.rejects.items():
        click.echo(f"The rows of {source} that could not be loaded, each with its reason: {path}")
    for sentence in (*done.warnings, *done.failures):
        click.echo(f"qmsreport: {sentence}", err=True)
