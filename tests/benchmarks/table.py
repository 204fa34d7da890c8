"""The last results of `make bench` as the Markdown table of the README.

Run: python -m tests.benchmarks.table [RESULTS…], of one run or of several on the same machine
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(".benchmarks") / "last.json"
_HEAD = "| what | measured | beside it, in the same run | goal | |\n|---|---|---|---|---|"
_LIBRARIES = ("duckdb", "polars", "weasyprint")


def table(results: Sequence[dict[str, Any]]) -> str:
    """The machine's facts, then a row for each figure.

    Args:
        results: pytest-benchmark's files, whose `extra_info` hold what `figures.note` was given.
    """
    found = [one for result in results for one in result["benchmarks"]]
    rows = [row for one in found for row in one["extra_info"].get("table", ())]
    return "\n".join([_machine(results[-1]), "", _HEAD, *(_row(row) for row in rows)])


def _row(row: dict[str, Any]) -> str:
    verdict = {True: "met", False: "**missed**", None: ""}[row["met"]]
    return _cells((row["what"], row["found"], row["beside"], row["goal"] or "none set", verdict))


def _cells(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _machine(results: dict[str, Any]) -> str:
    """What it was measured on: nothing that names the machine."""
    facts = results["machine_info"]["qmsreport"]
    libraries = ", ".join(f"{name} {number}" for name, number in facts["libraries"].items())
    return (
        f"{facts['cores']} cores ({facts['processor']}), {facts['memory_gib']} GiB of memory, "
        f"Python {facts['python']}, {libraries}."
    )


def machine() -> dict[str, Any]:
    """The facts that a figure depends on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": platform.machine(),
        "memory_gib": round(memory / 2**30),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in _LIBRARIES},
    }


if __name__ == "__main__":
    files = [Path(name) for name in sys.argv[1:]] or [RESULTS]
    print(table([json.loads(file.read_text("utf-8")) for file in files]))
