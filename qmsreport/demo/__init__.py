"""A fictional company's source files, the same for the same day: what `qmsreport demo` extracts and reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

NOTICE = "Demonstration data"  # stands in its configuration and on every page
# people's pseudonyms follow from it, and the same day shall give the same bytes
_KEY = "the key of the demonstration protects nobody\n"


def write(folder: Path, today: date) -> None:
    """Write `qmsreport.toml`, its key, `sources/`, `configuration/`, `policy/` and `registers/` into `folder`.

    The files cover the 8 quarters before the one that `today` falls in, and the running quarter up to the end
    of the day before `today`. The same `today` gives the same bytes. `OSError` when the folder cannot be written.
    """
    # polars is loaded here and not with the package, so that the command line starts without it
    from qmsreport.demo.writer import write_organisation

    write_organisation(folder, today)
    (folder / "qmsreport.key").write_text(_KEY, "ascii")


def readings(folder: Path, today: date) -> Iterator[datetime]:
    """The moments at which the configuration was read in the last complete quarter, once a week, naive UTC.

    While a moment is used, `configuration/` holds the files as they were then; afterwards, as they are now.
    """
    from qmsreport.demo.papers import as_they_were
    from qmsreport.demo.timeline import timeline

    yield from as_they_were(folder, timeline(today))
