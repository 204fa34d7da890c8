"""`data/report.json`: what the report says, for machines; absent is null, times are ISO 8601 UTC.

It holds the figures of the report's own period. Those of the other periods, months and weeks stand once, in
`metrics.csv` beside it: here they would be nine tenths of the file, and a series is read as a table.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from qmsreport.results import Evaluation

FORMAT = 2  # raised when a key changes its meaning
_CONTENTS = {
    "contents": "what each key holds",
    "definitions": "every query that was run: what it computes in words, its version, and the SHA-256 of its file",
    "findings": "one entry for each check and resource, those in order too; the same rows as findings.csv",
    "format": "the version of this layout; raised when a key changes its meaning",
    "metrics": "the figures of the report's own period, for every scope; those of the other periods, months and "
    "weeks are in metrics.csv, with the same columns",
    "report": "what the cover says",
    "sections": "the rows of each section as printed; the same as section-<id>.csv",
    "verdicts": "results per requirement and per framework, from what the findings and people's decisions say",
}


def content(evaluation: Evaluation) -> bytes:
    """The file's bytes; keys sorted, so that two reports can be compared line by line."""
    document = {
        "format": FORMAT,
        "contents": _CONTENTS,
        "report": evaluation.report,
        "sections": {
            name: {"title": section.query.title, "query": section.query.path, "sha256": section.query.sha256, "rows": section.rows}
            for name, section in evaluation.sections.items()
        },
        "metrics": _of_period(evaluation).to_dicts(),
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


def _of_period(evaluation: Evaluation) -> pl.DataFrame:
    import polars as pl

    own = (pl.col("grain") == "period") & (pl.col("starts_on") == evaluation.report["first_day"])
    return evaluation.metrics.filter(own)


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
