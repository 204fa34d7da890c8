"""INI as Grafana reads it, with lines: `[section]`, `key = value`, comments with `;` or `#`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from qmsreport.configurations.reading import Scalar, Unreadable

_SECTION = re.compile(r"\[([^\]]+)\]\s*([;#].*)?")


def load(text: str) -> Mapping[tuple[str, str], Scalar]:
    """The values by section and key; a later one of a key counts, as for the product.

    Raises:
        Unreadable: a line is neither a section nor a value. The sentence quotes nothing.
    """
    found: dict[tuple[str, str], Scalar] = {}
    section = ""
    open_quotes = ""  # a value may run over lines between triple quotes or backquotes
    for number, row in enumerate(text.splitlines(), 1):
        bare = row.strip()
        if open_quotes:
            open_quotes = "" if open_quotes in bare else open_quotes
            continue
        if not bare or bare[0] in ";#":
            continue
        named = _SECTION.fullmatch(bare)
        if named:
            section = named[1].strip()
            continue
        key, sign, value = bare.partition("=")
        if not sign or not key.strip():
            raise Unreadable(
                "It is not INI: neither a section nor a value stands there. Mend it there.", number
            )
        value = value.strip()
        quotes = next((mark for mark in ('"""', "`") if value.startswith(mark)), "")
        if quotes and quotes not in value[len(quotes) :]:
            open_quotes = quotes
        elif quotes:
            value = value[len(quotes) :].split(quotes)[0]
        elif len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        else:
            value = re.split(r"\s+[;#]", value, maxsplit=1)[0]
        found[section, key.strip()] = Scalar(f"[{section}] {key.strip()}", value, number)
    if open_quotes:
        raise Unreadable("It is not INI: a quoted value is never closed. Mend it.")
    return found
