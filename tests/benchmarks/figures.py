"""What a benchmark found, in the form that its line, pytest-benchmark's file and the README's table share."""

from __future__ import annotations

from typing import Any


def note(benchmark: Any, what: str, found: str, beside: str, goal: str, *, met: bool | None = None) -> None:
    """Print a line and keep it with the benchmark, for `tests.benchmarks.table`.

    Args:
        benchmark: the plugin's fixture.
        what: what was measured.
        found: the product's figures.
        beside: what was measured beside it in the same run, with its figures.
        goal: what was wanted; empty if nothing was.
        met: whether it was reached; nothing where there was no goal.
    """
    row = {"what": what, "found": found, "beside": beside, "goal": goal, "met": met}
    benchmark.extra_info.setdefault("table", []).append(row)
    verdict = {True: f"goal {goal}: met", False: f"goal {goal}: MISSED", None: "no goal"}[met]
    print(f"\n{what}: {found} | beside: {beside} | {verdict}")
