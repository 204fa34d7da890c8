"""The product's long jobs, each in a process of its own, so that its time and its memory are its alone.

Run: python -m tests.benchmarks.measured load FOLDER WAREHOUSE
     python -m tests.benchmarks.measured generate FOLDER WAREHOUSE SNAPSHOT
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


def run(job: str, *arguments: Path) -> dict[str, Any]:
    """Run a job in a fresh process.

    Returns:
        What the job says of itself with `seconds` (wall), `cpu_seconds` and `peak_mib` of the process.
    """
    command = [sys.executable, "-m", "tests.benchmarks.measured", job, *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2]
    )
    if done.returncode:
        raise AssertionError(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def load(folder: Path, warehouse: Path) -> dict[str, Any]:
    """Bring the files of an organisation into a warehouse: what `extract` does, without its words."""
    from qmsreport import config, privacy, sources
    from qmsreport.warehouse import Warehouse

    settings = config.load(folder / "qmsreport.toml")
    store = Warehouse(warehouse)
    prepare = privacy.prepare(settings)
    [source] = sources.build(settings)
    start = parts = time.perf_counter()
    rows = new = 0
    seconds = {}
    with store.writing("benchmark"):
        for item in source.extract(sources.utc_now(), sources.utc_now(), store.progress(source.name)):
            assert not item.error, item.error
            counts = store.commit(source.name, source.kind, item, sources.utc_now(), prepare)
            rows += counts.received
            new += counts.new + counts.changed + counts.vanished
            now = time.perf_counter()
            seconds[item.subject], parts = round(now - parts, 2), now
    total = time.perf_counter() - start
    return {"seconds": total, "rows": rows, "new": new, "rows_per_second": rows / total, "by_file": seconds}


def generate(folder: Path, warehouse: Path, snapshot: Path) -> dict[str, Any]:
    """Freeze, digest and run every query: what `generate` does before it renders."""
    from qmsreport import catalog, config, openslo, period, policy
    from qmsreport.evaluate import evaluate
    from qmsreport.warehouse import Snapshot, freeze, table_digests
    from qmsreport.warehouse.freeze import known_until
    from tests.benchmarks.generator import QUARTER

    start = time.perf_counter()
    settings = config.load(folder / "qmsreport.toml")
    periods = period.quarter(QUARTER, settings.time_zone).trend(settings.report.trend_periods)
    moment = known_until(warehouse, 10)
    assert moment
    tables = policy.tables(settings, periods, moment, openslo.objectives(settings))
    names = [entry.name for entry in settings.sources]
    freeze(warehouse, snapshot, periods, moment, names, tables)
    frozen = time.perf_counter()
    with Snapshot(snapshot, read_only=False) as opened:
        digests = table_digests(opened)
        digested = time.perf_counter()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        outcome = evaluate(opened, catalog.read())
        evaluated = time.perf_counter()
        populations = opened.populations()
    end = time.perf_counter()
    errors = outcome.findings.filter(outcome.findings["status"] == "error")
    assert errors.is_empty(), errors["reason"].to_list()
    return {
        "seconds": end - start,
        "freeze_seconds": frozen - start,
        "digest_seconds": digested - frozen,
        "query_seconds": evaluated - digested,
        "population_seconds": end - evaluated,
        "peak_before_queries_mib": peak,
        "metrics": outcome.metrics.height,
        "findings": outcome.findings.height,
        "population_rows": sum(rows.height for rows in populations.values()),
        "tables": len(digests),
        "by_query": {path: round(spent, 2) for path, spent in outcome.seconds.items()},
    }


if __name__ == "__main__":
    jobs = {"load": load, "generate": generate}
    found = jobs[sys.argv[1]](*map(Path, sys.argv[2:]))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    found["cpu_seconds"] = usage.ru_utime + usage.ru_stime
    found["peak_mib"] = usage.ru_maxrss / 1024
    print(json.dumps(found))
