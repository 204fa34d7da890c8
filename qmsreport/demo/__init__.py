"""A fictional company's source files, the same for the same day: what `qmsreport demo` extracts and reports."""

from __future__ import annotations

from datetime import date
from pathlib import Path


def write(folder: Path, today: date) -> None:
    """Write `qmsreport.toml` and `sources/` of the demonstration organisation into `folder`.

    The files cover the 8 quarters before the one that `today` falls in, and the running quarter up to the end
    of the day before `today`. The same `today` gives the same bytes. `OSError` when the folder cannot be written.
    """
    # polars is loaded here and not with the package, so that the command line starts without it
    from qmsreport.demo.writer import write_organisation

    write_organisation(folder, today)
