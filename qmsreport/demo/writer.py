"""Write the organisation's folder: source files in the forms that real exports have, and its configuration."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from qmsreport import records
from qmsreport.demo import (
    configuration,
    inventory,
    levels,
    monitoring,
    papers,
    protection,
    quality,
    story,
    surroundings,
    tables,
)
from qmsreport.demo.timeline import Timeline, at, local, timeline


def write_organisation(folder: Path, today: date) -> None:
    """Write `qmsreport.toml`, `sources/`, `configuration/`, `policy/` and `registers/`; what is there under the same names is replaced."""
    time = timeline(today)
    history = story.tell(time)
    sources = folder / "sources"
    sources.mkdir(parents=True, exist_ok=True)
    (folder / "qmsreport.toml").write_text(configuration.toml(time), "utf-8", newline="\n")

    papers.write(folder, time)
    deployed = tables.deployments(history, time.cutoff)
    changed = tables.changes(history, time.cutoff)
    told = tables.incidents(history, time.cutoff)
    _csv(sources, "services", tables.services())
    _csv(sources, "deployments", [record for _, record in deployed], unreadable=_unreadable(time))
    _parquet(sources, "deployment_commits", tables.deployment_commits(deployed))
    _parquet(sources, "commits", tables.commits(history, time.cutoff))
    _jsonl(sources, "changes", [record for _, record in changed])
    _parquet(sources, "change_commits", tables.change_commits(changed))
    _jsonl(sources, "incidents", [record for _, record in told])
    _jsonl(sources, "incident_events", tables.incident_events(told, time.cutoff))
    _jsonl(sources, "alerts", surroundings.alerts(time, told))
    _jsonl(sources, "alert_rules", [*surroundings.alert_rules(time), *monitoring.security_rules(time)])
    _jsonl(sources, "silences", surroundings.silences(time))
    _jsonl(sources, "scrape_targets", surroundings.scrape_targets(time))
    _jsonl(sources, "dashboards", surroundings.dashboards(time))
    _csv(sources, "documents", surroundings.documents(time))
    measured = [*surroundings.metric_windows(time), *monitoring.metric_windows(time)]
    _parquet(sources, "metric_windows", measured)
    _jsonl(sources, "settings", inventory.settings(time))
    _jsonl(sources, "tls_probes", protection.tls_probes(time))
    _parquet(sources, "scans", protection.scans(time))
    _jsonl(sources, "vulnerabilities", protection.vulnerabilities(time))
    _parquet(sources, "quality_measures", quality.quality_measures(time, history))
    _jsonl(sources, "log_samples", quality.log_samples(time))
    _sli_windows(sources, time, levels.sli_windows(time, history))


def _unreadable(time: Timeline) -> list[str]:
    """A row as a hand-kept export has it: one time is no time. It is set aside, and the report says so."""
    row = dict.fromkeys((column.name for column in records.columns("deployments")), "")
    start = at(time.last.first + timedelta(days=29), 14.25)
    row |= {
        "deployment_id": "dep-40000",
        "service": "invoicing",
        "environment": "production-eu",
        "repository": "lindhafen/finance",
        "started_at": _local(start),
        "finished_at": f"{local(start):%Y-%m}-32 14:41",  # no month has that day
        "outcome": "succeeded",
        "attempt": "1",
    }
    return list(row.values())


def _csv(sources: Path, kind: str, rows: Sequence[Any], unreadable: Sequence[str] | None = None) -> None:
    names = [column.name for column in records.columns(kind)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    for number, row in enumerate(rows):
        if unreadable is not None and number == len(rows) // 2:
            writer.writerow(unreadable)
        writer.writerow([_cell(getattr(row, name)) for name in names])
    (sources / f"{kind}.csv").write_text(text.getvalue(), "utf-8", newline="\n")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return _local(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)


def _local(moment: datetime) -> str:
    # the deployment tool exports local time with its offset: 02:30 on a night in October is two instants
    return local(moment).isoformat(timespec="milliseconds")


def _jsonl(sources: Path, kind: str, rows: Iterable[Any]) -> None:
    names = [column.name for column in records.columns(kind)]
    lines = []
    for row in rows:
        values = {name: getattr(row, name) for name in names}
        present = {name: _plain(value) for name, value in values.items() if value is not None}
        lines.append(json.dumps(present, ensure_ascii=False) + "\n")
    (sources / f"{kind}.jsonl").write_text("".join(lines), "utf-8", newline="\n")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value


def _parquet(sources: Path, kind: str, rows: Iterable[Any]) -> None:
    _write(sources / f"{kind}.parquet", records.frame(kind, rows))


def _sli_windows(sources: Path, time: Timeline, windows: pl.DataFrame) -> None:
    folder = sources / "sli_windows"
    folder.mkdir(exist_ok=True)
    for period in time.quarters:
        inside = pl.col("window_start").is_between(period.starts_at, period.ends_at, closed="left")
        part = windows.filter(inside)
        if part.height:
            _write(folder / f"{period.label}.parquet", part)


def _write(path: Path, frame: pl.DataFrame) -> None:
    # options written out, so that the bytes do not follow a library's change of mind about its defaults
    frame.with_columns(
        pl.col(name).dt.replace_time_zone("UTC")
        for name, kind in frame.schema.items()
        if kind == pl.Datetime("us")
    ).rechunk().write_parquet(
        path, compression="zstd", compression_level=3, statistics=True, row_group_size=131_072
    )
