"""What `generate` and `demo` say of a finished report."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qmsreport.cli.output import counted, table

if TYPE_CHECKING:
    from qmsreport.period import Period
    from qmsreport.pipeline import Report

_FILES = {"PDF": "report.pdf", "HTML": "report.html", "rows": "data", "evidence": "evidence.duckdb"}
_HEADLINES = ("per_week", "median", "rate")  # the one statistic of each core metric that stands for it
_SHOWN = 5


def exit_code(report: Report, fail_on: str | None) -> int:
    """1 when a check could not run, or a finding at or above `fail_on` is open; else 0."""
    from qmsreport.results import SEVERITY_ORDER

    if report.findings.filter(report.findings["status"] == "error").height:
        return 1
    worst = report.worst
    reached = fail_on and worst and SEVERITY_ORDER.index(worst) <= SEVERITY_ORDER.index(fail_on)
    return 1 if reached else 0


def show(report: Report, period: Period) -> None:
    """Print where the report is and what was found, in a few lines."""
    from datetime import timedelta

    revision = report.folder.name.removeprefix("r")
    days = f"{period.first:%-d %B %Y} to {period.after - timedelta(days=1):%-d %B %Y}, {period.zone}"
    state = ", which already says this: nothing new was written" if report.unchanged else ""
    click.echo(f"Report {period.label} ({days}), revision {revision}{state}")
    click.echo()
    for word, name in _FILES.items():
        if (report.folder / name).exists():
            click.echo(f"  {word:<9} {near(report.folder / name)}")
    click.echo()
    _figures(report)
    _checks(report)
    click.echo()
    click.echo(f"Check it at any time: {program()} verify {near(report.folder)}")


def program() -> str:
    """This program as one would type it from any folder."""
    here = os.path.realpath(sys.argv[0])
    found = shutil.which("qmsreport")
    return (
        "qmsreport" if not here.endswith("qmsreport") or (found and os.path.realpath(found) == here) else here
    )


def near(path: Path) -> str:
    """The path as one would type it here: relative where that is shorter."""
    whole = str(path.absolute())
    return min(whole, os.path.relpath(whole), key=len)


def _figures(report: Report) -> None:
    """The core metrics of the period for the organisation as a whole."""
    import polars as pl

    from qmsreport.cli.definitions import of
    from qmsreport.render.filters import figure

    rows = report.key_figures.filter(report.key_figures["statistic"].is_in(_HEADLINES))
    newest = rows.filter(pl.col("starts_on") == pl.col("starts_on").max())  # of no rows: none
    values = {row["metric"]: row for row in newest.iter_rows(named=True)}
    core = [query for query in of("metrics").values() if query.header.get("core")]
    width = max((len(query.title) for query in core), default=0)
    for query in core:
        row = values.get(query.id)
        said = f"{figure(row['value'], row['unit'])}  (n = {row['n']:,})" if row else "no data"
        click.echo(f"  {query.title:<{width}}  {said}")
    click.echo()


def _checks(report: Report) -> None:
    """Counts by status, then the checks that need a look, worst first."""
    from qmsreport.results import SEVERITY_ORDER, STATUSES

    found = report.findings
    if found.is_empty():
        click.echo("No check was run.")
        return
    by_status = dict(found.group_by("status").len().iter_rows())
    words = [f"{by_status[status]:,} {status}" for status in STATUSES if status in by_status]
    click.echo(
        f"{counted(found['check_id'].n_unique(), 'check')} judged {found.height:,} cases: {', '.join(words)}."
    )
    unsettled = found.filter(found["status"].is_in(["fail", "error", "not assessed"]))
    rows = sorted(
        (SEVERITY_ORDER.index(severity), severity, status, number, title)
        for severity, status, title, number in unsettled.group_by("severity", "status", "title")
        .len()
        .iter_rows()
    )
    if rows:
        shown = [
            (severity, status, f"{number:,}", title) for _, severity, status, number, title in rows[:_SHOWN]
        ]
        text = table(("severity", "status", "cases", "check"), shown)
        click.echo("\n" + "\n".join(f"  {line}" for line in text.splitlines()))
    if len(rows) > _SHOWN:
        click.echo(f"  and {len(rows) - _SHOWN} more in the report")
