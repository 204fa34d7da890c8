"""A folder of source files, the source that reads it, and a warehouse to load it into."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from qmsreport import config, records, sources
from qmsreport.extracts import Extract, Reject, Source
from qmsreport.warehouse import Counts, Warehouse

NOW = datetime(2026, 10, 1)  # noqa: DTZ001  # naive UTC, as inside


class Nothing:
    """The progress of a source that never ran."""

    def covered_until(self, subject: str) -> datetime | None:
        return None

    def cursor(self, subject: str) -> str | None:
        return None

    def raw_sha256(self, subject: str) -> str | None:
        return None


@dataclass(slots=True)
class Loaded:
    """What one run brought."""

    extracts: dict[str, list[Extract]] = field(default_factory=dict)
    counts: dict[str, list[Counts]] = field(default_factory=dict)

    def error(self, name: str) -> str:
        """The sentence with which a file was set aside as a whole."""
        return self.extracts[name][-1].error or ""

    def rejects(self, name: str) -> list[Reject]:
        """The rows of a file that were set aside."""
        return list(self.extracts[name][-1].rejects)


class Folder:
    """`qmsreport.toml`, `sources/` and a warehouse in one place."""

    def __init__(self, place: Path, options: str = "") -> None:
        self.place = place
        self.path = place / "sources"
        self.path.mkdir(exist_ok=True)
        self.options = options
        self.warehouse = Warehouse(place / "w.duckdb", 5)
        self.now = NOW

    def source(self) -> Source:
        toml = f'[organisation]\nname = "Acme"\n[sources.files]\n{self.options}\n'
        (self.place / "qmsreport.toml").write_text(toml, "utf-8")
        return sources.build(config.load(self.place / "qmsreport.toml"), clock=lambda: self.now)[0]

    def put(self, name: str, content: str | bytes | pl.DataFrame) -> Path:
        """Write a file; text with the line ends it has."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, pl.DataFrame):
            content.write_parquet(path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def read(self, name: str) -> tuple[Extract, pl.DataFrame]:
        """One file's extract and all its good rows, without a warehouse."""
        for extract in self.source().extract(NOW, NOW, Nothing()):
            if extract.subject == f"sources/{name}":
                kind = name.split(".")[0].split("/")[0]
                frames = [batch.rows for batch in extract.batches]
                return extract, pl.concat([pl.DataFrame(schema=records.schema(kind)), *frames])
        raise AssertionError(name)

    def load(self, stop: int | None = None) -> Loaded:
        """Run the source into the warehouse; a run that is stopped ends after so many extracts."""
        self.now += timedelta(hours=1)
        done = Loaded()
        with self.warehouse.writing("test"):
            offered = self.source().extract(NOW, NOW, self.warehouse.progress("files"))
            for extract in itertools.islice(offered, stop):
                counts = self.warehouse.commit("files", "files", extract, self.now)
                done.extracts.setdefault(extract.subject, []).append(extract)
                done.counts.setdefault(extract.subject, []).append(counts)
        return done

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with closing(duckdb.connect(str(self.warehouse.path), read_only=True)) as connection:
            return connection.execute(sql, list(parameters)).fetchall()

    def teams(self) -> dict[str, str | None]:
        """The services that are known now, with their teams."""
        sql = """
            with newest as (from services qualify version = max(version) over (partition by service))
            select service, team from newest where not vanished order by service
        """
        return dict(self.rows(sql))
