"""`data/report.json`: the whole report for machines; absent is null, times are ISO 8601 UTC."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qmsreport.results import Evaluation

FORMAT = 1  # raised when a key changes its meaning


def content(evaluation: Evaluation) -> bytes:
    """The file's bytes; keys sorted, so that two reports can be compared line by line."""
    document = {
        "format": FORMAT,
        "report": evaluation.report,
        "sections": {
            name: {"title": section.query.title, "query": section.query.path, "sha256": section.query.sha256, "rows": section.rows}
            for name, section in evaluation.sections.items()
        },
        "metrics": evaluation.metrics.to_dicts(),
        "findings": evaluation.judgements.to_dicts(),
        "verdicts": {name: rows.to_dicts() for name, rows in evaluation.verdicts.items() if name != "judgements"},
        "definitions": [
            {"id": query.id, "group": query.group, "title": query.title, "definition": query.definition,
             "version": query.version, "path": query.path, "sha256": query.sha256}
            for query in evaluation.queries
        ],
    }  # fmt: skip
    text = json.dumps(_plain(document), sort_keys=True, ensure_ascii=False, indent=1, allow_nan=False)
    return text.encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
