"""Where `queries/` and `report_templates/` are: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

import csv
from pathlib import Path

_PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """Return the folder `queries` or `report_templates`."""
    installed = _PACKAGE / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def reference(name: str) -> list[dict[str, str]]:
    """The rows of `queries/reference/NAME.csv`, as they stand there."""
    with (folder("queries") / "reference" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
