"""An `Evaluation` in, files out: the same evaluation always gives the same bytes, in every format."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from qmsreport.errors import UsageError, suggest

if TYPE_CHECKING:
    from qmsreport.results import Evaluation

# format to the file, or one of the files, that it writes
FILES = {
    "pdf": "report.pdf",
    "html": "report.html",
    "csv": "data/metrics.csv",
    "json": "data/report.json",
    "oscal": "data/oscal-assessment-results.json",
    "ocsf": "data/ocsf.jsonl",
    "junit": "data/junit.xml",
    "xlsx": "data/populations.xlsx",
}
FORMATS = tuple(FILES)
_MACHINE = ("oscal", "ocsf", "junit", "xlsx")  # one module each, of that name, with `content(evaluation)`


def render(evaluation: Evaluation, formats: Iterable[str], folder: Path) -> list[Path]:
    """Write the report in the wanted formats into an existing folder.

    Args:
        evaluation: everything the report says; nothing else is read but the templates.
        formats: any of `FORMATS`.
        folder: gets the files of `FILES`; "csv" writes `data/*.csv`, one for each table.

    Returns:
        The files written.

    Raises:
        UsageError: for a format nobody knows.
        RenderError: when a template fails or the renderer warns.
    """
    wanted = tuple(dict.fromkeys(formats))
    for name in wanted:
        if name not in FORMATS:
            raise UsageError(f"Unknown format '{name}'.{suggest(name, FORMATS)}")
    return [_write(folder / name, content) for name, content in _contents(evaluation, wanted).items()]


def _contents(evaluation: Evaluation, wanted: tuple[str, ...]) -> dict[str, bytes]:
    """Path below the folder → bytes. The PDF is typeset in its own process while the others are written."""
    from qmsreport.render import csv_files, html, json_file, pdf
    from qmsreport.render.figures import Figures

    figures = Figures()
    typesetting = pdf.start(evaluation, figures) if "pdf" in wanted else None
    try:
        tables = csv_files.files(evaluation) if {"csv", "pdf"} & set(wanted) else {}
        machine = json_file.content(evaluation) if {"json", "pdf"} & set(wanted) else b""
        found: dict[str, bytes] = {}
        if "html" in wanted:
            found["report.html"] = html.page(evaluation, figures)
        if "csv" in wanted:
            found |= {f"data/{name}": content for name, content in tables.items()}
        if "json" in wanted:
            found["data/report.json"] = machine
        for name in _MACHINE:
            if name in wanted:
                module = importlib.import_module(f"qmsreport.render.{name}")
                found[FILES[name]] = module.content(evaluation)
        if typesetting:
            found["report.pdf"] = typesetting.finish({**tables, "report.json": machine})
    finally:
        if typesetting:
            typesetting.stop()
    return found


def _write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
