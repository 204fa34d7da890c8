"""`qmsreport demo`."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qmsreport.cli import extract, findings, options, output
from qmsreport.errors import UsageError, WarehouseError

if TYPE_CHECKING:
    from qmsreport.config import Config


@options.examples(
    """
qmsreport demo                     in ./demo
qmsreport demo --out /srv/try      elsewhere
cd demo && qmsreport generate --quarter 2026-Q1
                                   and go on from there
"""
)
@click.command()
@click.option(
    "--out",
    type=options.FilePath(path_type=Path, file_okay=False),
    default=Path("demo"),
    show_default=True,
    help="The folder to make.",
)
@click.option("--today", hidden=True, help="Pretend that it is this day.")
@options.shared
@click.pass_context
def command(context: click.Context, out: Path, today: str | None) -> int:
    """Make a whole made-up organisation and its report, to look at.

    Writes source files, a configuration, a warehouse and the report of the last complete quarter. Every page
    says that it is demonstration data. The same day gives the same bytes.
    """
    from qmsreport import config, period, pipeline

    day = period.parse_day(today) if today else datetime.now(UTC).date()
    now = datetime.combine(day, time())  # so that a second run today gives the same bytes
    with output.working("Writing the organisation's files"):
        organise(out, day)
    settings = config.load(out / config.FILE)
    if not settings.resolve(settings.warehouse.path).exists():
        with output.working("Reading its configuration as it was, week by week"):
            read_weekly(settings, day)
    with output.watching(verbose=options.common(context).verbose) as watch:
        done = pipeline.extract(settings, clock=lambda: now, watch=watch)
    extract.show(done)
    if done.failures:
        return 3
    quarter = period.last_complete_quarter(now, settings.time_zone)
    with output.working(f"Reporting on {quarter.label}"):
        report = pipeline.generate(settings, quarter)
    click.echo()
    findings.show(report, quarter)
    click.echo(
        f"Go on from there:     cd {findings.near(out)} && {findings.program()} generate --quarter {quarter.previous().label}"
    )
    return 0


def read_weekly(settings: Config, today: date) -> None:
    """Extract the configuration files as a weekly job would have done in the last complete quarter."""
    from qmsreport import demo

    for moment in demo.readings(settings.path.parent, today):
        _read_at(settings, moment)


def _read_at(settings: Config, moment: datetime) -> None:
    from qmsreport import pipeline

    pipeline.extract(settings, ["configuration"], clock=lambda: moment)


def organise(folder: Path, today: date) -> None:
    """Write the organisation into a new folder, or one that already holds it.

    Raises:
        UsageError: when the folder holds something else.
        WarehouseError: when it cannot be written.
    """
    from qmsreport import config, demo

    there = folder / config.FILE
    ours = there.is_file() and demo.NOTICE in there.read_text("utf-8", errors="replace")
    if folder.is_dir() and any(folder.iterdir()) and not ours:
        raise UsageError(
            f"{folder} is not empty and holds no demonstration. Choose another folder with --out."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        demo.write(folder, today)
    except OSError as error:
        raise WarehouseError(
            f"Cannot write the demonstration in {folder}: {error.strerror}. Choose another folder with --out."
        ) from error
