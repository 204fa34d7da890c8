"""The product's long jobs, each in a process of its own, so that its time and its memory are its alone.

Run: python -m tests.benchmarks.measured load WORK
     python -m tests.benchmarks.measured generate WORK
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks.generator import QUARTER, Organisation


def prepare(organisation: Organisation, work: Path) -> Path:
    """A folder whose configuration reads the organisation's files; its warehouse and reports stay in there."""
    text = (organisation.folder / "qmsreport.toml").read_text("utf-8")
    sources = organisation.folder / "sources"
    (work / "qmsreport.toml").write_text(text.replace('path = "sources"', f'path = "{sources}"'), "utf-8")
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

    def timed(module: Any, name: str) -> None:
        function: Callable[..., Any] = getattr(module, name)

        def measured(*given: Any, **named: Any) -> Any:
            start = time.perf_counter()
            result = function(*given, **named)
            parts[name] = round(time.perf_counter() - start, 2)
            return result

        setattr(module, name, measured)

    timed(warehouse, "freeze")
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
        "findings": report.findings.height,
        "snapshot_mib": round((report.folder / "evidence.duckdb").stat().st_size / 2**20),
    }


if __name__ == "__main__":
    jobs = {"load": load, "reload": reload, "generate": generate}
    found = jobs[sys.argv[1]](Path(sys.argv[2]))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    found["cpu_seconds"] = usage.ru_utime + usage.ru_stime
    found["peak_mib"] = usage.ru_maxrss / 1024
    print(json.dumps(found))
