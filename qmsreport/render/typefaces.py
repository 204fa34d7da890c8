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


@cache
def _advances(face: str) -> dict[str, float]:
    from fontTools.ttLib import TTFont

    with TTFont(folder() / f"{face}.ttf", lazy=True) as font:
        widths, em = font["hmtx"].metrics, font["head"].unitsPerEm
        return {chr(code): widths[name][0] / em for code, name in font.getBestCmap().items()}


def advance(word: str, face: str) -> float:
    """The width of a word in a face, as in `report-sans-regular`, in units of the type's size."""
    known = _advances(face)
    return sum(known.get(character) or known[UNCOVERED] for character in word)


def printable(text: str) -> str:
    """The text with a box for each character that the fonts do not hold."""
    return text.translate(dict.fromkeys(set(map(ord, text)) - _covered(), UNCOVERED))
