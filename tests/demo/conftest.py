"""The demonstration organisation, written once for each of two days and read back without the product's readers."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from qmsreport import demo, period, records

# in the middle of a quarter; on the first day of one, when the last complete quarter ended last midnight
DAYS = (date(2026, 11, 21), date(2027, 1, 1))
Row = dict[str, Any]


@dataclass(frozen=True)
class Organisation:
    """A written folder, read back by the standard library's own readers: times naive UTC."""

    folder: Path
    today: date
    last: period.Period
    tables: dict[str, list[Row]]
    windows: pl.DataFrame  # the service level windows: too many for rows

    @property
    def last_windows(self) -> pl.DataFrame:
        inside = pl.col("window_start").is_between(self.last.starts_at, self.last.ends_at, closed="left")
        return self.windows.filter(inside)

    @property
    def cutoff(self) -> datetime:
        return period.to_utc(self.today, "Europe/Berlin")

    def within(self, moment: datetime | None) -> bool:
        return moment is not None and self.last.starts_at <= moment < self.last.ends_at

    @property
    def production(self) -> list[Row]:
        return [row for row in self.tables["deployments"] if row["environment"].startswith("production")]

    def first_in_production(self) -> dict[str, datetime]:
        """When each commit was first running in production, found from the rows alone."""
        finished = {
            row["deployment_id"]: row["finished_at"]
            for row in self.production
            if row["outcome"] == "succeeded"
        }
        found: dict[str, datetime] = {}
        for row in self.tables["deployment_commits"]:
            end = finished.get(row["deployment_id"])
            if end:
                found[row["commit_sha"]] = min(end, found.get(row["commit_sha"], end))
        return found

    def lead_times(self) -> list[tuple[Row, datetime, timedelta]]:
        """Each deployed change, when it was first running and how long that took from its first commit."""
        running = self.first_in_production()
        authored: dict[str, datetime] = {}
        for row in self.tables["change_commits"]:
            authored[row["change_id"]] = min(
                row["authored_at"], authored.get(row["change_id"], row["authored_at"])
            )
        return [
            (row, running[row["merge_sha"]], running[row["merge_sha"]] - authored[row["change_id"]])
            for row in self.tables["changes"]
            if row["merge_sha"] in running
        ]


@pytest.fixture(scope="session", params=DAYS, ids=str)
def organisation(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Organisation:
    """One written organisation for each day, read back."""
    folder = tmp_path_factory.mktemp("demo")
    demo.write(folder, request.param)
    now = period.to_utc(request.param, "Europe/Berlin")
    tables = {kind: read(folder / "sources", kind) for kind in records.KINDS if kind != "sli_windows"}
    windows = pl.read_parquet(folder / "sources" / "sli_windows" / "*.parquet").with_columns(
        pl.col("window_start", "window_end").dt.replace_time_zone(None)
    )
    return Organisation(
        folder, request.param, period.last_complete_quarter(now, "Europe/Berlin"), tables, windows
    )


def read(sources: Path, kind: str) -> list[Row]:
    """Every readable row of a kind, from whatever files hold it."""
    files = sorted([*sources.glob(f"{kind}.*"), *(sources / kind).glob("*")])
    rows: list[Row] = []
    for path in files:
        if path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as stream:
                rows += [from_csv(kind, row) for row in csv.DictReader(stream)]
        elif path.suffix == ".jsonl":
            rows += [from_json(kind, json.loads(line)) for line in path.read_text("utf-8").splitlines()]
        else:
            rows += [
                {name: plain(value) for name, value in row.items()}
                for row in pl.read_parquet(path).rows(named=True)
            ]
    return [row for row in rows if "unreadable" not in row]


def moment(text: str) -> datetime:
    """An ISO 8601 time as naive UTC."""
    return period.naive_utc(datetime.fromisoformat(text))


def plain(value: Any) -> Any:
    """A value of a Parquet file, its times naive UTC."""
    return period.naive_utc(value) if isinstance(value, datetime) else value


def from_csv(kind: str, row: dict[str, str]) -> Row:
    """A row's texts as values, or a mark that one of them cannot be read."""
    convert = {
        "text": str,
        "integer": int,
        "number": float,
        "boolean": {"true": True, "false": False}.__getitem__,
        "time": moment,
        "texts": json.loads,
        "object": json.loads,
    }
    try:
        return {
            column.name: convert[column.type](row.pop(column.name))
            if row[column.name]
            else row.pop(column.name) or None
            for column in records.columns(kind)
        } | row
    except ValueError:
        return {"unreadable": True}


def from_json(kind: str, row: Row) -> Row:
    """A line's values, absent ones as `None`."""
    found = {}
    for column in records.columns(kind):
        value = row.pop(column.name, None)
        if column.type == "object" and value is not None:
            value = records.canonical(value)
        found[column.name] = moment(value) if column.type == "time" and value is not None else value
    return found | row
