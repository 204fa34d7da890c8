"""Bundles on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from qmsreport import bundle
from qmsreport.errors import WarehouseError


def test_two_runs_at_once(tmp_path: Path) -> None:
    """The run that ends second leaves the first one's revision as it is, nothing of its own, and says to run again."""
    with (
        pytest.raises(WarehouseError, match="Another run has written"),
        bundle.being_made(tmp_path, "2026-Q3", 1) as mine,
    ):
        (mine / bundle.MANIFEST).write_text("mine", "utf-8")
        theirs = tmp_path / "2026-Q3" / "r1"
        theirs.mkdir()
        (theirs / bundle.MANIFEST).write_text("theirs", "utf-8")
    assert [path.name for path in (tmp_path / "2026-Q3").iterdir()] == ["r1"]
    assert (theirs / bundle.MANIFEST).read_text("utf-8") == "theirs"
