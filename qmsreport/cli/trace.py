"""`qmsreport trace`."""

from __future__ import annotations

from pathlib import Path

import click

from qmsreport.cli import definitions, options, output, trace_text
from qmsreport.errors import UsageError


@options.examples(
    """
qmsreport trace change_fail_rate             the organisation's figure in the newest report
qmsreport trace change_fail_rate --of ledger --month 2026-08
                                             of one service, in one month
qmsreport trace change_lead_time reports/2026-Q3/r1 --of team:checkout --out rows.csv
                                             of a team in another report; every row as a file
qmsreport trace change_approved              what a check found, the worst first
qmsreport trace change_approved --of acme/shop#1596
                                             one finding, with the records it rests on
"""
)
@click.command()
@click.argument("name", shell_complete=definitions.complete("metrics", "checks"))
@click.argument("bundle", type=click.Path(path_type=Path), required=False)
@click.option(
    "--of",
    metavar="WHOM",
    help="A metric's service, team, severity or objective, also as TYPE:NAME; a check's resource, or a fingerprint.",
)
@click.option("--environment", metavar="NAME", help="One production environment; default: all together.")
@click.option("--month", metavar="2026-08", help="A month of the trend; default: the report's period.")
@click.option("--week", metavar="2026-W32", help="An ISO week of the trend.")
@click.option("--n", "size", type=click.IntRange(min=0), default=10, show_default=True, help="Rows to print.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write all rows as a CSV file instead."
)
@options.shared
@click.pass_context
def command(
    context: click.Context,
    name: str,
    bundle: Path | None,
    of: str | None,
    environment: str | None,
    month: str | None,
    week: str | None,
    size: int,
    out: Path | None,
) -> None:
    """Follow a figure or a finding to its rows and to the requests that fetched them.

    NAME is a metric or a check. Says what was found, which query found it, which records it rests on, and which
    extracts brought these: what was asked of which source, when, and the hash of its answer. BUNDLE is a report's
    folder; without it, the newest report. Works offline, from the bundle alone.
    """
    from qmsreport import tracing

    if month and week:
        raise UsageError("--month and --week name different stretches of time. Give one of them.")
    found = tracing.follow(options.bundle(context, bundle), name, of, environment, month or week)
    if out:
        rows = found.rows if isinstance(found, tracing.Figure) else found.findings
        output.write_rows(out, rows)
        click.echo(f"{out}: {output.counted(rows.height, 'row')}")
    elif isinstance(found, tracing.Figure):
        click.echo(trace_text.figure(found, size))
    else:
        click.echo(trace_text.finding(found, size))
