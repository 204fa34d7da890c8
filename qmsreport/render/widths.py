"""Widths of columns: as a template wishes them, but wide enough for the longest word where there is room.

The renderer lays tables out with fixed widths, which costs a tenth of looking at every cell as it does. So the cells'
words are measured here, with the advances of the bundled fonts, and long identifiers are told where they may break.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from qmsreport.render import typefaces

LINE = 481.9  # points between the margins of the page
_LONG = 12  # characters: what is shorter never breaks inside
# not before a number or a file's ending: `api#1489`, `host:443` and `rules.yml` are read as one
_JOINT = re.compile(r"(?<=[/:#;=@&?|,])(?=[^\W\d])|(?<=_)(?=\w)|(?<=\.)(?=[^\W\d]{5})")
_LONG_WORD = re.compile(rf"[^ \n\t]{{{_LONG},}}")
_BREAK = re.compile(r"<[^>]*>|[ \n\t]+|\u00ad|(?<=[-/–—])(?=[^\W\d])|(?<=\))(?=\()")
_MOST = 0.28  # of a line: a word that is longer breaks inside, so that one cell cannot take the table's whole width


def breakable(text: str) -> Markup:
    """The text escaped, with a place to break behind each joint of a long identifier: `a/b.c#d` never in mid-word."""
    if len(text) < _LONG:
        return escape(text)
    parts, at = [], 0
    for word in _LONG_WORD.finditer(text):
        for joint in _JOINT.finditer(text, word.start(), word.end()):
            parts.append(escape(text[at : joint.start()]))
            at = joint.start()
    parts.append(escape(text[at:]))
    return Markup("<wbr>").join(parts)


def words(markup: str) -> list[str]:
    """The pieces of a cell that a line can end between."""
    return [html.unescape(word) for word in _BREAK.split(markup) if word]


def need(cells: Iterable[str], face: str, size: float) -> float:
    """The width of the longest word among the cells, in points.

    Args:
        cells: as markup.
        face: of `typefaces`, as in `report-sans-regular`.
        size: of the type, in points.
    """
    found = {word for cell in cells for word in words(cell)}
    return max((typefaces.advance(word, face) for word in found), default=0.0) * size


def shares(wishes: Sequence[float], needs: Sequence[float], line: float = LINE) -> list[float]:
    """The columns' shares of a line, adding up to one.

    Columns that are wider than they need give, in proportion, to those that are narrower: all that these lack, or
    all there is.

    Args:
        wishes: relative widths.
        needs: the least width of each column in points.
        line: the table's width in points.
    """
    whole = sum(wishes)
    wished = [wish / whole for wish in wishes]
    least = [min(amount / line, max(share, _MOST)) for amount, share in zip(needs, wished, strict=True)]
    lacking = sum(max(0.0, low - share) for low, share in zip(least, wished, strict=True))
    spare = sum(max(0.0, share - low) for low, share in zip(least, wished, strict=True))
    given = min(lacking, spare)
    if not given:
        return wished
    return [
        share + (low - share) * given / (lacking if low > share else spare)
        for low, share in zip(least, wished, strict=True)
    ]
