"""The first screen beside the bare start of Python.

Run: pytest tests/benchmarks/test_start.py --benchmark-only -s
"""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

from tests.benchmarks import figures

GOAL = 5.0
ROUNDS = 20
# what the installed command does
_HELP = [sys.executable, "-c", "from qmsreport.cli import main; main()", "--help"]
_BARE = [sys.executable, "-c", "pass"]


def seconds(command: list[str]) -> float:
    """How long the command takes."""
    begin = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - begin


def test_start(benchmark: Any) -> None:
    """`qmsreport --help` takes at most five times as long as `python -c pass`."""
    ours, bare = [], []
    for _ in range(ROUNDS):  # in turns, so that both meet the same machine
        bare.append(seconds(_BARE))
        ours.append(seconds(_HELP))
    benchmark.pedantic(seconds, args=(_HELP,), rounds=5)
    ratio = min(ours) / min(bare)  # the best of each: the others hold what else the machine was doing
    benchmark.extra_info |= {"help": min(ours), "bare": min(bare), "ratio": ratio}
    figures.note(
        benchmark,
        "start: `qmsreport --help`",
        f"{min(ours) * 1000:.0f} ms, {ratio:.1f} times",
        f"`python -c pass` {min(bare) * 1000:.0f} ms",
        f"≤ {GOAL:.0f} times",
        met=ratio <= GOAL,
    )
    assert ratio <= GOAL
