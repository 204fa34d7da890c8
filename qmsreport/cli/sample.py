"""`qmsreport sample`."""

from __future__ import annotations

from pathlib import Path

import click

from qmsreport.cli import options, output


@options.examples(
    """
qmsreport sample deployments                 the sample that the newest report prints
qmsreport sample deployments --n 25 --seed "auditor, 2026-11-02"
                                             an own one, the same on every machine
qmsreport sample incidents reports/2026-Q3/r1 --n 40 --out sample.csv
                                             from another report, as a file with every column
"""
)
@click.command()
@click.argument("population")
@click.argument("bundle", type=click.Path(path_type=Path), required=False)
@click.option("--n", "size", type=int, help="How many rows; default: as the report.")
@click.option("--seed", help="Any text; the same text draws the same rows. Default: as the report.")
@click.option(
    "--out", type=options.FilePath(path_type=Path, dir_okay=False), help="Write a CSV file instead."
)
@options.shared
@click.pass_context
def command(
    context: click.Context,
    population: str,
    bundle: Path | None,
    size: int | None,
    seed: str | None,
    out: Path | None,
) -> None:
    """Draw a reproducible sample of a report's population, for inspection.

    Populations: deployments (production_deployments), changes (change_deployments), failures (failed_deployments),
    incidents. BUNDLE is a report's folder; without it, the newest report of the period that ended last. The rows are
    ranked by the SHA-256 of seed and key, so that the same seed draws the same rows on every machine; a smaller
    sample is the start of a larger one.
    """
    from qmsreport import evidence, sampling
    from qmsreport.bundle import snapshot_of
    from qmsreport.render.csv_files import cell
    from qmsreport.warehouse import Snapshot

    population = sampling.known(population)
    bundle = options.bundle(context, bundle)
    manifest = evidence.read_manifest(bundle)
    with Snapshot(snapshot_of(bundle)) as snapshot:
        populations = snapshot.populations()
    chosen = sampling.draw(
        population,
        populations[population],
        size if size is not None else int(manifest.get("sample_size") or 25),
        seed or str(manifest.get("sample_seed") or f"{manifest['period']} {manifest['evidence_digest']}"),
    )
    drawn = f"{output.counted(chosen.rows.height, 'row')} of {chosen.of:,} {population} of {bundle}, seed '{chosen.seed}'"
    if out:
        output.write_rows(out, chosen.rows)
        click.echo(f"{out}: {drawn}")
        return
    columns = ("sample_no", *sampling.SHOWN[population])
    rows = [[str(cell(value)) for value in row] for row in chosen.rows.select(columns).iter_rows()]
    click.echo(output.table(columns, rows) if rows else "Nothing to draw from.")
    click.echo(drawn)
