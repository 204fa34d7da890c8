"""Paths as the ledger names them."""

from __future__ import annotations

import os
from pathlib import Path, PurePath


def shown(path: Path | str) -> str:
    """A path as text that can be stored, bytes that are no UTF-8 as `\\xff`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def label(path: Path, base: Path) -> str:
    """The path as text, relative to `base`, with slashes on every system."""
    try:
        return shown(PurePath(os.path.relpath(path, base)).as_posix())
    except ValueError:  # another drive
        return shown(path.as_posix())
