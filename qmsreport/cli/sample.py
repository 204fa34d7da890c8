"""`qmsreport sample`."""

from __future__ import annotations

from pathlib import Path

import click

from qmsreport.cli import options, output
from qmsreport.errors import UsageError


@options.examples(
    """
qmsreport sample production_deployments reports/2026-Q3/r1
                             the sample that the report prints
qmsreport sample incidents reports/2026-Q3/r1 --n 40 --seed "auditor, 2026-11-02" --out sample.csv
                             an own one, as a file with every column
"""
)
@click.command()
@click.argument("population")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--n", "size", type=int, help="How many rows; default: as the report.")
@click.option("--seed", help="Any text; the same text draws the same rows. Default: as the report.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write a CSV file instead.")
@options.shared
def command(population: str, bundle: Path, size: int | None, seed: str | None, out: Path | None) -> None:
    """Draw a reproducible sample of a report's population, for inspection.

    Populations: production_deployments, change_deployments, failed_deployments, incidents. The rows are ranked
    by the SHA-256 of seed and key, so that the same seed draws the same rows on every machine; a smaller sample
    is the start of a larger one.
    """
    from qmsreport import evidence, sampling
    from qmsreport.bundle import SNAPSHOT
    from qmsreport.render.csv_files import cell, content
    from qmsreport.warehouse import Snapshot

    manifest = evidence.read_manifest(bundle)
    population = sampling.known(population)
    with Snapshot(bundle / SNAPSHOT) as snapshot:
        populations = snapshot.populations()
    chosen = sampling.draw(
        population,
        populations[population],
        size if size is not None else int(manifest.get("sample_size") or 25),
        seed or str(manifest.get("sample_seed") or f"{manifest['period']} {manifest['evidence_digest']}"),
    )
    drawn = f"{output.counted(chosen.rows.height, 'row')} of {chosen.of:,} {population}, seed '{chosen.seed}'"
    if out:
        try:
            out.write_bytes(content(chosen.rows.columns, chosen.rows.iter_rows(named=True)))
        except OSError as error:
            raise UsageError(f"Cannot write {out}: {error.strerror}. Choose another --out.") from error
        click.echo(f"{out}: {drawn}")
        return
    columns = ("sample_no", *sampling.SHOWN[population])
    rows = [[str(cell(value)) for value in row] for row in chosen.rows.select(columns).iter_rows()]
    click.echo(output.table(columns, rows) if rows else "Nothing to draw from.")
    click.echo(drawn)
