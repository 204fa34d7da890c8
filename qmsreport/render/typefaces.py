"""The bundled fonts: rendering depends on no other, so that a report looks the same on every machine."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from qmsreport import assets

UNCOVERED = "\u25a1"  # stands on paper for what the fonts do not hold


def folder() -> Path:
    """Where the font files are."""
    return assets.folder("report_templates") / "fonts"


@cache
def _covered() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(folder() / "report-sans-regular.ttf", lazy=True) as font:
        return frozenset(font.getBestCmap()) | {ord("\n"), ord("\r"), ord("\t")}


def printable(text: str) -> str:
    """The text with a box for each character that the fonts do not hold."""
    return text.translate(dict.fromkeys(set(map(ord, text)) - _covered(), UNCOVERED))
