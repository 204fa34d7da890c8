"""`qmsreport trace`."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qmsreport.cli import definitions, options, output
from qmsreport.errors import UsageError

if TYPE_CHECKING:
    from qmsreport.tracing import Trace

_WIDTH = 100
_HEADS = {"happened_at": "at", "extract_ids": "extracts"}  # where a shorter word does


@options.examples(
    """
qmsreport trace change_fail_rate             the organisation's figure in the newest report
qmsreport trace change_fail_rate --scope ledger --month 2026-08
                                             of one service, in one month
qmsreport trace change_lead_time reports/2026-Q3/r1 --scope team:checkout --out rows.csv
                                             of a team in another report; every row as a file
"""
)
@click.command()
@click.argument("metric", shell_complete=definitions.complete("metrics"))
@click.argument("bundle", type=click.Path(path_type=Path), required=False)
@click.option("--scope", metavar="NAME", help="A service, team, severity or objective, also as TYPE:NAME.")
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
    metric: str,
    bundle: Path | None,
    scope: str | None,
    environment: str | None,
    month: str | None,
    week: str | None,
    size: int,
    out: Path | None,
) -> None:
    """Follow a figure to its rows and to the requests that fetched them.

    Says what the figure is, which query computed it, which records it counts, and which extracts brought these:
    what was asked of which source, when, and the hash of its answer. BUNDLE is a report's folder; without it, the
    newest report. Works offline, from the bundle alone.
    """
    from qmsreport import tracing

    if month and week:
        raise UsageError("--month and --week name different stretches of time. Give one of them.")
    found = tracing.trace(options.bundle(context, bundle), metric, scope, environment, month or week)
    if out:
        output.write_rows(out, found.rows)
        click.echo(f"{out}: {output.counted(found.rows.height, 'row')}")
        return
    click.echo("\n\n".join((_figure(found), _definition(found), _rows(found, size), _extracts(found))))


def _figure(found: Trace) -> str:
    """The statistics, each with what it was divided from."""
    from qmsreport.render.filters import figure

    place = found.place
    who = (
        "all services" if place["scope_type"] == "organisation" else f"{place['scope_type']} {place['scope']}"
    )
    where = f" in {place['environment']}" if place["environment"] else ""
    lines = [f"{found.metric.title} of {who}{where}, {found.bucket}"]
    shown = []
    for row in found.figures.iter_rows(named=True):
        parts = (
            "" if row["denominator"] is None else f"{row['numerator']:,.10g} of {row['denominator']:,.10g}"
        )
        left_out = f", {row['excluded']:,} left out" if row["excluded"] else ""
        shown.append(
            (row["statistic"], str(figure(row["value"], row["unit"])), f"n = {row['n']:,}{left_out}", parts)
        )
    return "\n".join(
        [*lines, "", textwrap.indent(output.table(("statistic", "value", "counted", ""), shown), "  ")]
    )


def _definition(found: Trace) -> str:
    text = textwrap.fill(" ".join(found.metric.definition.split()), _WIDTH)
    return f"{text}\n{found.metric.path}, SHA-256 {found.metric.sha256}"


def _rows(found: Trace, size: int) -> str:
    """What the main statistic counts, the first of them."""
    from qmsreport.render.csv_files import cell

    height, excluded = found.rows.height, int(found.rows["is_excluded"].sum())
    head = f"{output.counted(height, 'row')} behind its {found.counted.header['statistic']}"
    head += f", {excluded:,} of them left out" if excluded else ""
    head += f", by {found.counted.path}"
    named = [name for name in ("value", "numerator", "denominator") if found.rows[name].count()]
    columns = ["resource", "happened_at", *named, "note", "extract_ids"]
    rows = [
        [_word(cell(value)) for value in row] for row in found.rows.head(size).select(columns).iter_rows()
    ]
    if not rows:
        return f"{head}."
    more = (
        f"\n  … and {height - size:,} more: --n {height} prints, --out FILE writes them"
        if height > size
        else ""
    )
    return f"{head}:\n\n{textwrap.indent(output.table([_HEADS.get(name, name) for name in columns], rows), '  ')}{more}"


def _word(value: Any) -> str:
    return f"{value:,.10g}" if isinstance(value, float) else str(value)


def _extracts(found: Trace) -> str:
    """What was asked for them, and what came back."""
    if found.extracts.is_empty():
        return "No extract is on record for them."
    paragraphs = [f"Brought by {output.counted(found.extracts.height, 'extract')}:"]
    for row in found.extracts.iter_rows(named=True):
        product = " ".join(word for word in (row["product"], row["product_version"]) if word) or row["kind"]
        account = f", as {row['account']}" if row["account"] else ""
        said = {
            "asked": row["asked"],
            "of": f"{product}{account}",
            "read": f"{row['finished_at']:%Y-%m-%dT%H:%M:%SZ}, {row['rows_received']:,} rows, {row['outcome']}",
            "answer": f"SHA-256 {row['raw_sha256']}" if row["raw_sha256"] else "no hash on record",
        }
        lines = [f"  {word:<8}{textwrap.shorten(text, 160, placeholder=' …')}" for word, text in said.items()]
        paragraphs.append("\n".join([f"  {row['extract_id']}: {row['source']}, {row['subject']}", *lines]))
    return "\n\n".join(paragraphs)
