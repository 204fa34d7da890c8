"""Text that was decoded with the wrong code page, mended: `üìä` and `Ã¼` are UTF-8 that something read otherwise."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# UTF-8 of three or four bytes as Mac Roman shows it: a lead byte (E2–EF, F0–F4), then 80–BF
_MAC = [bytes([number]).decode("mac_roman") for number in range(256)]
_AFTER = "[" + re.escape("".join(_MAC[0x80:0xC0])) + "]"
_THREE = "[" + re.escape("".join(_MAC[0xE2:0xF0])) + "]" + _AFTER + "{2}"
_FOUR = "[" + re.escape("".join(_MAC[0xF0:0xF5])) + "]" + _AFTER + "{3}"
_RUN = re.compile(f"(?:{_FOUR}|{_THREE})+")


@dataclass(frozen=True, slots=True)
class Text:
    """The lines of a document, mended, and those that were mended as they stood: line number → text."""

    lines: tuple[str, ...]
    mended: dict[int, str]
    encoding: str


def decode(raw: bytes) -> Text:
    """Decode a document: UTF-8, else Windows-1252, which has a letter for nearly every byte.

    Lines are numbered from 1.
    """
    encoding = "UTF-8"
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        encoding = "Windows-1252"
        text = raw.decode("cp1252", errors="replace")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    mended = [line if line.isascii() else mend(line) for line in lines]
    changed = {
        number: before
        for number, (before, after) in enumerate(zip(lines, mended, strict=True), 1)
        if before != after
    }
    return Text(tuple(mended), changed, encoding)


def mend(line: str) -> str:
    """The line as it was meant; one that is in order comes back as it is.

    ftfy judges the usual mixtures by how likely the letters are side by side. It leaves most symbols that came by
    way of Mac Roman, since one alone is little to judge by; here they are mended where nothing but a symbol
    (never a letter) comes out, so that words in any language stay.
    """
    import ftfy

    line = _RUN.sub(lambda found: _symbols(found.group()), line)
    fixed = ftfy.fix_encoding(line)
    return fixed if "\n" not in fixed else line


def _symbols(run: str) -> str:
    try:
        meant = run.encode("mac_roman").decode("utf-8")
    except UnicodeError:
        return run
    # Braille and the rarer arrows come of quotes and paragraph signs: „‚§§“ is no „⤤“
    symbols = all(
        unicodedata.category(letter) in ("So", "Sm", "Sk", "Mn", "Cf", "Po", "Pd")
        and not "\u2800" <= letter <= "\u2aff"
        for letter in meant
    )
    return meant if symbols else run
