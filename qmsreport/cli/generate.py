"""`qmsreport generate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qmsreport.cli import findings, options, output
from qmsreport.errors import UsageError, suggest

if TYPE_CHECKING:
    from qmsreport.config import Config
    from qmsreport.period import Period

_LAST = "last"


@options.examples(
    """
qmsreport generate                                    the last complete quarter
qmsreport generate --quarter 2026-Q3                  one quarter
qmsreport generate --month 2026-09 --format html      one month, only the page
qmsreport generate --from 2026-07-01 --to 2026-08-15  any days, both included
qmsreport generate --quarter 2026-Q3 --as-of 2026-10-05
                                                      as it was known when that day began
qmsreport generate --fail-on high                     exit 1 on an open finding, high or worse
"""
)
@click.command()
@click.option(
    "--quarter",
    is_flag=False,
    flag_value=_LAST,
    metavar="[2026-Q3]",
    help="This quarter; without a value, the last complete one in the configured zone.",
)
@click.option("--month", metavar="2026-09", help="This month.")
@click.option("--from", "first", metavar="DAY", help="From this day on; with --to.")
@click.option("--to", "last", metavar="DAY", help="Up to this day, included; with --from.")
@click.option(
    "--as-of",
    metavar="TIME",
    help="Only what was known then: when a day began, or at an ISO time with a zone.",
)
@click.option(
    "--format",
    "formats",
    default="pdf,html,csv,json,oscal,ocsf,junit",
    show_default=True,
    metavar="LIST",
    help="What to write, with commas between; also: xlsx, the populations as a workbook.",
)
@click.option(
    "--out",
    type=options.FilePath(path_type=Path, file_okay=False),
    help="Where bundles go; default: as configured.",
)
@click.option(
    "--fail-on",
    metavar="SEVERITY",
    help="Exit 1 when a finding this severe or worse is open: critical … info.",
)
@options.shared
@click.pass_context
def command(
    context: click.Context,
    quarter: str | None,
    month: str | None,
    first: str | None,
    last: str | None,
    as_of: str | None,
    formats: str,
    out: Path | None,
    fail_on: str | None,
) -> int:
    """Write the report of a quarter, a month or any days.

    Works offline, from what the warehouse knows. The same facts, configuration and version give the same bytes;
    a report that would say what the newest revision says is not written again, and no revision is overwritten.

    Exit codes: 0 written; 1 written, with a finding at or above --fail-on or a check that could not run;
    2 and above: there is no report.
    """
    from qmsreport import pipeline
    from qmsreport.results import SEVERITY_ORDER

    if fail_on and fail_on not in SEVERITY_ORDER:
        raise UsageError(f"Unknown severity '{fail_on}'.{suggest(fail_on, SEVERITY_ORDER)}")
    wanted = _formats(formats)
    config = options.common(context).load()
    period = chosen(config, quarter, month, first, last)
    if as_of:
        refuse_future(as_of, config.time_zone)
    with output.working(f"Reporting on {period.label}"):
        report = pipeline.generate(config, period, as_of, wanted, out)
    findings.show(report, period)
    return findings.exit_code(report, fail_on)


def chosen(
    config: Config, quarter: str | None, month: str | None, first: str | None, last: str | None
) -> Period:
    """The one period that the options name.

    Raises:
        UsageError: when they name several, half of one, or one that has not begun.
    """
    from qmsreport import period
    from qmsreport.sources import utc_now

    named = [
        name
        for name, value in (("--quarter", quarter), ("--month", month), ("--from/--to", first or last))
        if value
    ]
    if len(named) > 1:
        raise UsageError(f"{' and '.join(named)} name different periods. Give one of them.")
    now, zone = utc_now(), config.time_zone
    if month:
        found = period.month(month, zone)
    elif first and last:
        found = period.days(period.parse_day(first), period.parse_day(last), zone)
    elif first or last:
        raise UsageError("--from and --to belong together. Give both; both days are included.")
    elif quarter and quarter != _LAST:
        found = period.quarter(quarter, zone)
    else:
        found = period.last_complete_quarter(now, zone)
    if found.starts_at > now:
        latest = period.last_complete_quarter(now, zone).label
        raise UsageError(f"{found.label} has not begun. The last complete quarter is {latest}.")
    return found


def refuse_future(as_of: str, zone: str) -> None:
    """See that an `--as-of` has come: what will be known then, nobody can freeze today.

    Raises:
        UsageError: it has not, or cannot be read.
    """
    from qmsreport.period import parse_moment
    from qmsreport.sources import utc_now

    if parse_moment(as_of, zone) > utc_now():
        raise UsageError(
            f"--as-of {as_of} is still to come, and more may be known by then. Leave it away for what is known now."
        )


def _formats(text: str) -> list[str]:
    from qmsreport.render import FORMATS

    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in FORMATS:
            raise UsageError(f"Unknown format '{name}'.{suggest(name, FORMATS)}")
    if not names:
        raise UsageError(f"--format names nothing. Known: {', '.join(FORMATS)}.")
    return names
