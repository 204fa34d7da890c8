"""A folder with a configuration, documents and registers, the sources that read them, and a warehouse."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from qmsreport import config, sources
from qmsreport.extracts import Extract
from qmsreport.warehouse import Warehouse

SINCE, UNTIL = datetime(2026, 7, 1), datetime(2026, 10, 1)  # noqa: DTZ001  # naive UTC, as inside


class Papers:
    """`qmsreport.toml`, `policy/`, `registers/` and a warehouse in one place."""

    def __init__(self, place: Path, kind: str, options: str = "", zone: str = "UTC") -> None:
        self.place = place
        self.kind = kind
        self.now = UNTIL
        self.warehouse = Warehouse(place / "w.duckdb", 5)
        (place / kind).mkdir()
        text = f'[organisation]\nname = "Acme"\ntime_zone = "{zone}"\n[sources.tested]\nkind = "{kind}"\n{options}\n'
        (place / "qmsreport.toml").write_text(text, "utf-8")

    def put(self, name: str, content: str | bytes) -> Path:
        """Write a file beside the configuration."""
        path = self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def source(self) -> Any:
        """The source, as the configuration makes it."""
        return sources.build(config.load(self.place / "qmsreport.toml"), clock=lambda: self.now)[0]

    def load(self) -> dict[str, list[Extract]]:
        """Run the source into the warehouse; the extracts of each subject."""
        self.now += timedelta(hours=1)
        found: dict[str, list[Extract]] = {}
        with self.warehouse.writing("test"):
            for extract in self.source().extract(SINCE, UNTIL, self.warehouse.progress("tested")):
                self.warehouse.commit("tested", self.kind, extract, self.now)
                found.setdefault(extract.subject, []).append(extract)
        return found

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the warehouse."""
        with closing(duckdb.connect(str(self.warehouse.path), read_only=True)) as connection:
            return connection.execute(sql).fetchall()

    def now_known(self, kind: str, columns: str, order: str = "1") -> list[tuple[Any, ...]]:
        """The current rows of a kind that have not vanished."""
        key = {
            "settings": "subject, key",
            "document_flaws": "document, key, flaw",
            "documents": "document_id",
        }
        by = key.get(kind) or {"waivers": "waiver_id", "plan_items": "document, section, item"}[kind]
        return self.rows(
            f"with newest as (from {kind} qualify version = max(version) over (partition by {by})) "
            f"select {columns} from newest where not vanished order by {order}"
        )
