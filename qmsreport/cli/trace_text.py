"""What `trace` says of a figure, and of a finding."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from qmsreport.cli import output

if TYPE_CHECKING:
    import polars as pl

    from qmsreport.results import Query
    from qmsreport.tracing import Figure, Finding

_WIDTH = 100
_HEADS = {"happened_at": "at", "extract_ids": "extracts"}  # where a shorter word does


def figure(found: Figure, size: int) -> str:
    """A figure, its definition, its rows (`size` of them) and what brought them."""
    parts = [_statistics(found), _definition(found.metric), _rows(found, size)]
    if not found.rows.is_empty():
        parts.append(_brought(found.extracts))
    return "\n\n".join(parts)


def finding(found: Finding, size: int) -> str:
    """What a check found: the worst of it (`size` findings), or one finding with its records."""
    title = f"{found.check.title}, {found.label} ({found.check.header['severity']})"
    remedy = textwrap.fill(f"{found.check.header['why']} {found.check.header['remedy']}", _WIDTH)
    said = _worst(found, size) if found.resource is None else _judged(found.findings.row(0, named=True))
    parts = [title, textwrap.indent(said, "  "), _definition(found.check), remedy]
    if found.resource is not None:
        parts += _records(found, size)
    if found.records and found.extracts is not None:
        parts.append(_brought(found.extracts))
    return "\n\n".join(parts)


def _worst(found: Finding, size: int) -> str:
    counts = found.findings.group_by("status", maintain_order=True).len().rows()
    summary = ", ".join(f"{number:,} {status}" for status, number in counts) or "nothing was judged"
    rows = found.findings.filter(found.findings["status"] != "pass")
    if rows.is_empty():
        return f"{summary}."
    shown = output.table(
        ("status", "resource", "reason"), rows.head(size).select("status", "resource", "reason").rows()
    )
    more = f"\n… and {rows.height - size:,} more" if rows.height > size else ""
    return f"{summary}\n\n{shown}{more}\n\n--of RESOURCE shows what one of them rests on."


def _judged(row: dict[str, Any]) -> str:
    """One finding, with what people decided of it."""
    lines = [f"{row['resource']}", f"{row['status']}: {row['reason']}"]
    said = {name: row[name] for name in ("expected", "observed", "basis") if row[name]}
    said |= {"controls": ", ".join(row["controls"]), "fingerprint": row["fingerprint"]}
    for kind in ("waiver", "attestation"):
        if row[f"{kind}_id"]:
            said[kind] = f"{row[f'{kind}_id']}, {row[f'{kind}_state']}; measured: {row['measured_status']}"
    return "\n".join([*lines, *(f"{word:<12} {text}" for word, text in said.items())])


def _records(found: Finding, size: int) -> list[str]:
    """The records that bear the resource's name, field by field."""
    from qmsreport.render.csv_files import cell

    if not found.records:
        return [f"No record bears the name of {found.resource}; the query says what it judges."]
    parts = []
    for kind, rows in found.records.items():
        for row in rows.head(size).iter_rows(named=True):
            filled = {name: _word(cell(value)) for name, value in row.items() if value not in (None, "", [])}
            width = max(map(len, filled))
            lines = [
                f"  {name:<{width}}  {textwrap.shorten(text, 120, placeholder=' …')}"
                for name, text in filled.items()
            ]
            parts.append("\n".join([f"Record of {kind}:", *lines]))
        if rows.height > size:
            parts.append(f"… and {rows.height - size:,} more of {kind}")
    return parts


def _statistics(found: Figure) -> str:
    """The statistics, each with what it was divided from."""
    from qmsreport.render import filters

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
            (
                row["statistic"],
                str(filters.figure(row["value"], row["unit"])),
                f"n = {row['n']:,}{left_out}",
                parts,
            )
        )
    return "\n".join(
        [*lines, "", textwrap.indent(output.table(("statistic", "value", "counted", ""), shown), "  ")]
    )


def _definition(query: Query) -> str:
    text = textwrap.fill(" ".join(query.definition.split()), _WIDTH)
    return f"{text}\n{query.path}, SHA-256 {query.sha256}".lstrip()


def _rows(found: Figure, size: int) -> str:
    """What the main statistic counts, the first of them."""
    from qmsreport.render.csv_files import cell

    height, excluded = found.rows.height, int(found.rows["is_excluded"].sum())
    head = f"Counted in {found.counted.header['statistic']}, by {found.counted.path}: {output.counted(height, 'row')}"
    head += f", {excluded:,} of them left out" if excluded else ""
    named = [name for name in ("value", "numerator", "denominator") if found.rows[name].count()]
    columns = ["resource", "happened_at", *named, "note", "extract_ids"]
    rows = [
        [_word(cell(value)) for value in row] for row in found.rows.head(size).select(columns).iter_rows()
    ]
    if not rows:
        return head
    more = (
        f"\n  … and {height - size:,} more: --n {height} prints, --out FILE writes them"
        if height > size
        else ""
    )
    return f"{head}\n\n{textwrap.indent(output.table([_HEADS.get(name, name) for name in columns], rows), '  ')}{more}"


def _word(value: Any) -> str:
    return f"{value:,.10g}" if isinstance(value, float) else str(value)


def _brought(extracts: pl.DataFrame) -> str:
    """What was asked for them, and what came back."""
    if extracts.is_empty():
        return "No extract is on record for them."
    paragraphs = [f"Brought by {output.counted(extracts.height, 'extract')}:"]
    for row in extracts.iter_rows(named=True):
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
