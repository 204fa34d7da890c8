"""The whole demonstration, as its user waits for it, beside its report alone.

Run: pytest tests/benchmarks/test_demo.py --benchmark-only -s
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.benchmarks import figures

GOAL = 60.0  # seconds


def seconds(folder: Path, *arguments: str) -> float:
    """How long a command takes in a folder."""
    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "qmsreport", *arguments], cwd=folder, capture_output=True, check=True
    )
    return time.perf_counter() - begin


def test_demo(benchmark: Any, tmp_path: Path) -> None:
    """`qmsreport demo` leaves an organisation, its warehouse and its report in under a minute."""
    whole = benchmark.pedantic(seconds, args=(tmp_path, "demo", "--out", "shop"), rounds=1)
    report = seconds(tmp_path / "shop", "generate", "--quarter", "--out", "again")
    figures.note(
        benchmark,
        "`qmsreport demo`, from nothing to the report",
        f"{whole:.0f} s",
        f"`qmsreport generate` once more: {report:.0f} s",
        f"≤ {GOAL:.0f} s",
        met=whole <= GOAL,
    )
    assert whole <= GOAL
