"""`queries/`: reads every file's header, checks it, executes nothing.

A header is TOML in comments between two lines `-- ---`. An unknown key is an error, because a mistyped
`severty` would otherwise pass in silence.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qmsreport import assets
from qmsreport.errors import QueryError, suggest
from qmsreport.frameworks import AREAS
from qmsreport.results import GROUPS, SEVERITY_ORDER, Query

_STEPS = ("views", "verdicts")  # read each other
_ANY = {"title": str, "version": int, "definition": str}
_KEYS: Mapping[str, Mapping[str, type]] = {
    "views": {**_ANY, "grain": str, "materialised": bool},
    "metrics": {**_ANY, "unit": str, "better": str, "source": str, "core": bool, "rows": str},
    "checks": {
        **_ANY,
        "severity": str,
        "controls": list,
        "why": str,
        "remedy": str,
        "mandatory": bool,
        "area": str,
        "attestable": bool,
    },
    "verdicts": {**_ANY, "grain": str},
    "sections": {**_ANY, "chapter": str, "order": int, "note": str},
    "rows": {**_ANY, "statistic": str},
}
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "views": ("title", "grain"),
    "metrics": ("title", "definition", "unit", "source"),
    "checks": ("title", "severity", "controls", "why", "remedy"),
    "verdicts": ("title", "definition", "grain"),
    "sections": ("title", "chapter", "order"),
    "rows": ("title", "statistic"),
}


def read(root: Path | None = None) -> tuple[Query, ...]:
    """Every query under `root` (default: the installed ones), in the order they are run.

    Views, and verdicts, come in the order in which they use each other.

    Raises:
        QueryError: naming the file and the key that is wrong.
    """
    root = root or assets.folder("queries")
    found: list[Query] = []
    for group in GROUPS:
        queries = [
            parse(path.read_text("utf-8"), group, path.stem) for path in sorted((root / group).glob("*.sql"))
        ]
        found += _by_use(queries) if group in _STEPS else queries
    return tuple(found)


def parse(text: str, group: str, stem: str) -> Query:
    """One file's text as a query."""
    where = f"queries/{group}/{stem}.sql"
    lines = text.splitlines()
    fences = [index for index, line in enumerate(lines) if line.strip() == "-- ---"]
    if len(fences) < 2 or fences[0] != 0:
        raise QueryError(
            f"{where}:1: no header. Start the file with TOML in comments between two lines '-- ---'."
        )
    body = "\n".join(re.sub(r"^-- ?", "", line) for line in lines[1 : fences[1]])
    try:
        header = tomllib.loads(body)
    except tomllib.TOMLDecodeError as error:
        raise QueryError(f"{where}: the header is not TOML: {error}. Mend that line.") from error
    _check(header, group, where)
    return Query(
        group=group,
        id=stem,
        title=header["title"],
        header=header,
        sql="\n".join(lines[fences[1] + 1 :]).strip().rstrip(";"),
        text=text,
        path=where,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def _check(header: Mapping[str, Any], group: str, where: str) -> None:
    known = _KEYS[group]
    for key, value in header.items():
        if key not in known:
            raise QueryError(f"{where}: unknown key '{key}' in the header.{suggest(key, known)}")
        if not isinstance(value, known[key]):
            raise QueryError(f"{where}: '{key}' is not a {known[key].__name__}. Mend the header.")
    for key in _REQUIRED[group]:
        if not header.get(key) and header.get(key) != 0:
            raise QueryError(f"{where}: the header has no '{key}'. Add it.")
    severity = header.get("severity")
    if severity and severity not in SEVERITY_ORDER:
        raise QueryError(f"{where}: severity '{severity}' is unknown.{suggest(severity, SEVERITY_ORDER)}")
    area = header.get("area")
    if area and area not in AREAS:
        raise QueryError(f"{where}: area '{area}' is unknown.{suggest(area, AREAS)}")


def _by_use(queries: list[Query]) -> list[Query]:
    """Steps so that each stands after those it reads."""
    waiting = {query.id: query for query in queries}
    uses = {
        query.id: {name for name in waiting if name != query.id and re.search(rf"\b{name}\b", query.sql)}
        for query in queries
    }
    ordered: list[Query] = []
    while waiting:
        ready = sorted(name for name in waiting if not uses[name] & waiting.keys())
        if not ready:
            raise QueryError(
                f"queries/{queries[0].group}: {', '.join(sorted(waiting))} read each other in a circle. Break it."
            )
        ordered += [waiting.pop(name) for name in ready]
    return ordered
