"""Grafana dashboards as provisioned JSON: title, panels, refresh, and the category that a tag or a folder names.

Both the classic model (`panels`, rows that hold panels) and the newer one (`spec.elements`) are read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from qmsreport.configurations import values
from qmsreport.configurations.reading import File, Reading, Unreadable
from qmsreport.records import Dashboard

PRODUCT = "grafana_dashboards"
TITLE = "Grafana"
PATTERNS = ("**/grafana/**/*.json", "**/dashboards/**/*.json")
KINDS = ("dashboards",)
CATEGORIES = ("system", "application", "business", "security")


def read(file: File) -> Reading:
    """See `qmsreport.configurations`."""
    reading = Reading(file, PRODUCT, TITLE)
    try:
        document = json.loads(file.text)
    except json.JSONDecodeError as error:
        raise Unreadable(f"It is not JSON: {error.msg}. Mend it there.", error.lineno) from None
    except RecursionError:
        raise Unreadable("It is nested too deeply. Look at what wrote it.") from None
    board = _board(document)
    if board is None:
        reading.warn("It is no dashboard: it has neither panels nor elements.")  # a data source, a plugin …
        return reading
    metadata = document.get("metadata") if isinstance(document.get("metadata"), dict) else {}
    uid = board.get("uid") or metadata.get("name")
    tags = [tag for tag in board.get("tags") or [] if isinstance(tag, str)]
    timing = board.get("timeSettings") if isinstance(board.get("timeSettings"), dict) else {}
    reading.dashboards.append(
        Dashboard(
            dashboard_id=str(uid) if uid else file.path,
            title=_text(board.get("title")),
            category=category(tags, file.path, file.categories),
            panels=list(_panels(board)),
            refresh_seconds=_refresh(board.get("refresh") or (timing or {}).get("autoRefresh")),
        )
    )
    return reading


def category(tags: list[str], path: str, named: tuple[tuple[str, str], ...]) -> str | None:
    """The category that a tag stands for, else the nearest folder; the four categories stand for themselves."""
    words = {word.casefold(): meant for word, meant in (*((name, name) for name in CATEGORIES), *named)}
    folders = [*reversed(path.split("/")[:-1])]
    return next((words[word.casefold()] for word in (*tags, *folders) if word.casefold() in words), None)


def _board(document: Any) -> dict[str, Any] | None:
    """The dashboard itself: bare, exported through the API, or as a resource with a `spec`."""
    if not isinstance(document, dict):
        return None
    for candidate in (document, document.get("dashboard"), document.get("spec")):
        if isinstance(candidate, dict) and any(key in candidate for key in ("panels", "rows", "elements")):
            return candidate
    return None


def _panels(board: dict[str, Any]) -> Iterator[str]:
    waiting = [*_list(board.get("panels")), *_list(board.get("rows"))]
    while waiting:
        panel = waiting.pop(0)
        if not isinstance(panel, dict):
            continue
        inner = _list(panel.get("panels"))
        waiting = [*inner, *waiting]
        if panel.get("type") != "row" and not inner and _text(panel.get("title")):
            yield str(_text(panel["title"]))
    elements = board.get("elements")
    for element in elements.values() if isinstance(elements, dict) else ():
        spec = element.get("spec") if isinstance(element, dict) else None
        if isinstance(spec, dict) and _text(spec.get("title")):
            yield str(_text(spec["title"]))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    return values.scrub(value) if isinstance(value, str) and value else None


def _refresh(value: Any) -> float | None:
    """Seconds; `None` where the dashboard does not refresh itself."""
    try:
        return values.seconds(value) if isinstance(value, str) and value else None
    except ValueError:
        return None
