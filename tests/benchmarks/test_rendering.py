"""The demonstration's report in both formats from given figures, beside Chromium printing its HTML.

Run: pytest tests/benchmarks/test_rendering.py --benchmark-only -s
"""

from __future__ import annotations

import subprocess
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pikepdf

from qmsreport import catalog, evidence, pipeline
from qmsreport.evaluate import evaluate
from qmsreport.render import render
from qmsreport.results import Evaluation
from qmsreport.warehouse import Snapshot
from tests.benchmarks import figures
from tests.conftest import Demonstration

GOAL = 15.0  # seconds
PAGES = range(25, 46)
ROUNDS = 3


def given(bundle: Path) -> Evaluation:
    """The figures of a bundle, computed again from its evidence."""
    facts = dict(evidence.read_manifest(bundle))
    facts |= {key: date.fromisoformat(facts[key]) for key in ("first_day", "last_day")}
    facts["as_of"] = datetime.fromisoformat(facts["as_of"])
    queries = catalog.read()
    with Snapshot(bundle / "evidence.duckdb") as snapshot:
        return pipeline._evaluation(snapshot, queries, evaluate(snapshot, queries), facts)


def printed(page: Path, target: Path) -> float:
    """Seconds that headless Chromium takes to print a page to a plain PDF, its start included."""
    begin = time.perf_counter()
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")
    command = ["chromium", *flags, f"--print-to-pdf={target}", page.as_uri()]
    subprocess.run(command, capture_output=True, check=True, timeout=120)
    return time.perf_counter() - begin


def test_rendering(benchmark: Any, demonstration: Demonstration, tmp_path: Path) -> None:
    """PDF and HTML are written in 15 s at most, and the PDF has 25 to 45 pages."""
    evaluation = given(demonstration.bundle)
    seconds = []

    def both() -> None:
        begin = time.perf_counter()
        render(evaluation, ("pdf", "html"), tmp_path)
        seconds.append(time.perf_counter() - begin)

    benchmark.pedantic(both, rounds=ROUNDS)
    bare = printed(tmp_path / "report.html", tmp_path / "printed.pdf")
    with pikepdf.open(tmp_path / "report.pdf") as ours, pikepdf.open(tmp_path / "printed.pdf") as other:
        pages, pages_printed = len(ours.pages), len(other.pages)
    met = min(seconds) <= GOAL and pages in PAGES
    benchmark.extra_info |= {"seconds": seconds, "pages": pages, "chromium": bare}
    figures.note(
        benchmark,
        "the demonstration's PDF and HTML",
        f"{min(seconds):.1f} s, {pages} pages (tagged PDF/A-3 with attachments)",
        f"Chromium prints the HTML, plain: {bare:.1f} s, {pages_printed} pages",
        f"≤ {GOAL:.0f} s, {PAGES.start} to {PAGES.stop - 1} pages",
        met=met,
    )
    assert met
