"""`qmsreport doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qmsreport.cli import options, output

if TYPE_CHECKING:
    from qmsreport.extracts import Diagnosis


@options.examples(
    """
qmsreport doctor                  every source
qmsreport doctor --source github  one
"""
)
@click.command()
@options.source_option("Ask only this source; may be given several times.")
@options.shared
@click.pass_context
def command(context: click.Context, names: tuple[str, ...]) -> int:
    """Ask each source whether it can be reached, and how far back it answers.

    For each: reachable, permitted (what our account may read), product and version, by how much its clock is
    off, and since when it has data. Also whether the key of the pseudonyms is the one that the warehouse was
    filled with. Nothing is stored.

    Exit codes: 0 all is well; 2 the key is another; 3 a source has a problem; each is told with what to do.
    """
    from qmsreport import extraction, sources
    from qmsreport.warehouse import Warehouse

    config = options.common(context).load()
    told: list[tuple[str, str, Diagnosis]] = []
    for source in sources.build(config, names):
        with output.working(f"Asking {source.name}"):
            told.append((source.name, source.kind, source.diagnose()))
    click.echo(output.table(_HEAD, [_row(*item) for item in told]))
    problems = [f"{name}: {sentence}" for name, _, found in told for sentence in found.problems]
    for sentence in problems:
        click.echo(f"qmsreport: {sentence}", err=True)
    warehouse = Warehouse(config.resolve(config.warehouse.path), config.warehouse.lock_timeout_seconds)
    extraction.refuse_other_names(config, warehouse)
    return 3 if any(not well(found) for _, _, found in told) else 0


_HEAD = ("source", "kind", "state", "reachable", "permitted", "clock", "answers since", "account", "product")


def well(found: Diagnosis) -> bool:
    """Whether nothing is wrong with a source."""
    return found.reachable and found.permitted is not False and not found.problems


def _row(name: str, kind: str, found: Diagnosis) -> tuple[str, ...]:
    offset = found.clock_offset_seconds
    since = found.answers_since
    return (
        name,
        kind,
        "well" if well(found) else "look",
        "yes" if found.reachable else "no",
        {True: "yes", False: "no", None: "not asked"}[found.permitted],
        "–" if offset is None else f"{offset:+.0f} s",
        f"{since:%Y-%m-%d}" if since else "–",
        found.account or "–",
        " ".join(filter(None, (found.product, found.version))) or "–",
    )
