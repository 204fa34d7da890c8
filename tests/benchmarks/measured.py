"""The product's long jobs, each in a process of its own, so that its time and its memory are its alone.

Run: python -m tests.benchmarks.measured JOB FOLDER, where JOB is a name in `JOBS`
"""

from __future__ import annotations

import contextlib
import json
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.generator import QUARTER, Organisation

if TYPE_CHECKING:
    from qmsreport.results import Query

# what is loaded: the records that the goal of speed names, or all that the five metrics read
SELECTIONS = {
    "the goal's records": ("services", "deployments", "deployment_commits", "incidents", "sli_windows"),
    "all records": None,
}

# the core metrics and the statistic that each is known by: tests/benchmarks/by_hand/METRIC.sql
BY_HAND = {
    "deployment_frequency": "count",
    "change_lead_time": "median",
    "change_fail_rate": "rate",
    "failed_deployment_recovery_time": "median",
    "deployment_rework_rate": "rate",
}


def prepare(organisation: Organisation, work: Path, kinds: Iterable[str]) -> Path:
    """A folder with the organisation's configuration and files of those kinds; its warehouse stays in there."""
    (work / "sources").mkdir()
    for kind in kinds:
        (work / "sources" / f"{kind}.parquet").symlink_to(organisation.folder / "sources" / f"{kind}.parquet")
    shutil.copy(organisation.folder / "qmsreport.toml", work)
    return work


def run(job: str, work: Path) -> dict[str, Any]:
    """Run a job in a fresh process.

    Returns:
        What the job says of itself with the process's `cpu_seconds` and `peak_mib`.
    """
    command = [sys.executable, "-m", "tests.benchmarks.measured", job, str(work)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


class Forgetful:
    """A progress that knows of no earlier run, so that every file is read again."""

    def covered_until(self, subject: str) -> None:
        return None

    cursor = raw_sha256 = covered_until


def load(work: Path, *, again: bool = False) -> dict[str, Any]:
    """Bring the files into the warehouse: what `extract` does, without its words.

    `again`: read every file and compare every row, even where the file's hash says that nothing changed.
    """
    from qmsreport import config, privacy, sources
    from qmsreport.warehouse import Warehouse

    settings = config.load(work / "qmsreport.toml")
    store = Warehouse(settings.resolve(settings.warehouse.path))
    prepared = privacy.prepare(settings)
    [source] = sources.build(settings)
    rows = changes = 0
    seconds = {}
    begin = before = time.perf_counter()
    with store.writing("benchmark"):
        progress = Forgetful() if again else store.progress(source.name)
        for item in source.extract(sources.utc_now(), sources.utc_now(), progress):
            assert not item.error, item.error
            counts = store.commit(source.name, source.kind, item, sources.utc_now(), prepared)
            rows += counts.received
            changes += counts.new + counts.changed + counts.vanished
            now = time.perf_counter()
            seconds[Path(item.subject).stem], before = round(now - before, 2), now
    return {"seconds": now - begin, "rows": rows, "changes": changes, "parts": seconds}


def reload(work: Path) -> dict[str, Any]:
    """Load the same once more without the short way by the file's hash."""
    return load(work, again=True)


def generate(work: Path) -> dict[str, Any]:
    """All of `generate` but the pages: freeze, hashes, every query, the manifest."""
    from qmsreport import config, evaluate, period, pipeline, warehouse

    parts: dict[str, float] = {}
    slow: dict[str, float] = {}

    def timed(module: Any, name: str) -> None:
        function: Callable[..., Any] = getattr(module, name)

        def measured(*given: Any, **named: Any) -> Any:
            start = time.perf_counter()
            result = function(*given, **named)
            parts[name] = round(time.perf_counter() - start, 2)
            if name == "evaluate":
                slow.update(sorted(result.seconds.items(), key=lambda item: -item[1])[:10])
            return result

        setattr(module, name, measured)

    frozen = warehouse.frozen

    @contextlib.contextmanager
    def freezing(*given: Any, **named: Any) -> Iterator[Any]:
        start = time.perf_counter()
        with frozen(*given, **named) as snapshot:
            parts["freeze"] = round(time.perf_counter() - start, 2)
            yield snapshot

    warehouse.frozen = freezing
    timed(warehouse, "table_digests")
    timed(evaluate, "evaluate")
    begin = time.perf_counter()
    settings = config.load(work / "qmsreport.toml")
    report = pipeline.generate(settings, period.quarter(QUARTER, settings.time_zone), formats=())
    end = time.perf_counter()
    errors = report.findings.filter(report.findings["status"] == "error")
    assert errors.is_empty(), errors["reason"].to_list()
    return {
        "seconds": end - begin,
        "parts": parts,
        "slowest": {path: round(seconds, 2) for path, seconds in slow.items()},
        "findings": report.findings.height,
        "snapshot_mib": round((report.folder / "evidence.duckdb").stat().st_size / 2**20),
    }


def copy_files(work: Path) -> dict[str, Any]:
    """The alternative to `load`: DuckDB's own `create table as` of the same files, nothing checked or compared."""
    import duckdb

    target = work / "copied.duckdb"
    begin = time.perf_counter()
    rows = 0
    with duckdb.connect(str(target)) as connection:
        for file in sorted((work / "sources").glob("*.parquet")):
            [(count,)] = connection.execute(
                f"create table {file.stem} as select * from read_parquet('{file}')"
            ).fetchall()
            rows += count
    end = time.perf_counter()
    target.unlink()
    return {"seconds": end - begin, "rows": rows}


def copy_tables(work: Path) -> dict[str, Any]:
    """The alternative to `generate`: DuckDB's own copy of the warehouse, with no figure, no hash and no order."""
    import duckdb

    target = work / "copied.duckdb"
    begin = time.perf_counter()
    with duckdb.connect(str(target)) as connection:
        connection.execute(f"attach '{work / 'warehouse.duckdb'}' as warehouse (read_only)")
        connection.execute("copy from database warehouse to copied")
    end = time.perf_counter()
    target.unlink()
    return {"seconds": end - begin}


def core_metrics(work: Path) -> dict[str, Any]:
    """The five core metrics with all their statistics, and the views they need, over the newest snapshot.

    Leaves what each is known by, the same that `BY_HAND` gives, in `core_metrics.parquet`.
    """
    import polars  # noqa: F401  # loading libraries is not what is measured
    import pyarrow  # noqa: F401

    from qmsreport import catalog
    from qmsreport.evaluate import evaluate
    from qmsreport.warehouse import Snapshot

    queries = catalog.read()
    metrics = [query for query in queries if query.header.get("core")]
    views = _needed(metrics, [query for query in queries if query.group == "views"])
    [file] = (work / "reports").glob("*/*/evidence.duckdb")
    with Snapshot(file) as snapshot:
        begin = time.perf_counter()
        outcome = evaluate(snapshot, [*views, *metrics])
        end = time.perf_counter()
        known_by = " or ".join(
            f"(metric = '{name}' and statistic = '{statistic}')" for name, statistic in BY_HAND.items()
        )
        rows = snapshot.metrics(f"environment is null and ({known_by})")
        figures = snapshot.metrics().height
    rows.select("metric", "grain", "starts_on", "scope_type", "scope", "value").write_parquet(
        work / "core_metrics.parquet"
    )
    parts = {Path(path).stem: round(seconds, 2) for path, seconds in outcome.seconds.items()}
    return {"seconds": end - begin, "rows": rows.height, "figures": figures, "parts": parts}


def _needed(queries: Sequence[Query], views: Sequence[Query]) -> list[Query]:
    """The views that the queries read, and those that they read, in their order."""
    needed: set[str] = set()
    waiting = list(queries)
    while waiting:
        words = set(re.findall(r"\w+", waiting.pop().sql))
        found = [view for view in views if view.id in words - needed]
        needed |= {view.id for view in found}
        waiting += found
    return [view for view in views if view.id in needed]


def by_hand(work: Path) -> dict[str, Any]:
    """The alternative to `core_metrics`: a query for each, straight over the files, giving only what it is known by."""
    import duckdb

    parts = {}
    with duckdb.connect() as connection:
        connection.execute(f"set file_search_path = '{work / 'sources'}'")
        connection.execute("set timezone = 'UTC'")
        connection.execute("set enable_progress_bar = false")
        connection.execute(
            "create table found (metric varchar, grain varchar, starts_on date, scope_type varchar, "
            "scope varchar, value double)"
        )
        begin = before = time.perf_counter()
        for name in BY_HAND:
            sql = (Path(__file__).with_name("by_hand") / f"{name}.sql").read_text("utf-8")
            connection.execute(
                f"insert into found select '{name}', grain, starts_on, scope_type, scope, value from ({sql})"
            )
            now = time.perf_counter()
            parts[name], before = round(now - before, 2), now
        connection.execute(f"copy found to '{work / 'by_hand.parquet'}'")
        [(rows,)] = connection.execute("select count(*) from found").fetchall()
    return {"seconds": before - begin, "rows": rows, "parts": parts}


JOBS = {job.__name__: job for job in (load, reload, generate, copy_files, copy_tables, core_metrics, by_hand)}

if __name__ == "__main__":
    found = JOBS[sys.argv[1]](Path(sys.argv[2]))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    found["cpu_seconds"] = usage.ru_utime + usage.ru_stime
    found["peak_mib"] = usage.ru_maxrss / 1024
    print(json.dumps(found))
