"""What the definitions are and what came out of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

STATUSES = (
    "fail",
    "error",
    "not assessed",
    "partial",
    "exception accepted",
    "pass (attested)",
    "pass",
    "not applicable",
)
# in the order they are run; `rows` are asked for one figure at a time, by `qmsreport trace`
GROUPS = ("views", "metrics", "checks", "verdicts", "sections", "rows")
SEVERITY_ORDER = ("critical", "high", "medium", "low", "info")

# every metric file returns exactly these columns; `environment` null means all production environments together
METRIC_COLUMNS: Mapping[str, str] = {
    "grain": "varchar",  # period, month or week
    "starts_on": "date",  # first local day of the bucket
    "scope_type": "varchar",  # organisation, team or service
    "scope": "varchar",
    "environment": "varchar",
    "statistic": "varchar",
    "value": "double",
    "unit": "varchar",
    "n": "bigint",
    "numerator": "double",
    "denominator": "double",
    "excluded": "bigint",
}
# every file of rows returns exactly these: what a metric's main statistic was counted from. A row stands once for each
# scope that it counts in, with the first day of each bucket. The figure is the median of `value`, or the sum of
# `numerator` (divided by that of `denominator` where there is one), of the rows that are not excluded.
ROW_COLUMNS: Mapping[str, str] = {
    "scope_type": "varchar",
    "scope": "varchar",
    "environment": "varchar",
    "period_start": "date",
    "month_start": "date",
    "week_start": "date",
    "resource": "varchar",  # the id of the record that is counted
    "happened_at": "timestamp",
    "value": "double",
    "numerator": "double",
    "denominator": "double",
    "is_excluded": "boolean",
    "note": "varchar",
    "extract_ids": "bigint[]",  # which extracts brought the records that it rests on
}
# every check file returns these; the last three may be left out
CHECK_COLUMNS: Mapping[str, str] = {
    "resource": "varchar",
    "status": "varchar",
    "reason": "varchar",
    "expected": "varchar",
    "observed": "varchar",
    "basis": "varchar",
}
# a check's rows with what its header says; the fingerprint is what a finding is called from report to report
FINDING_COLUMNS: Mapping[str, str] = {
    "check_id": "varchar",
    "title": "varchar",
    "severity": "varchar",
    **CHECK_COLUMNS,
    "controls": "varchar[]",
    "fingerprint": "varchar",  # 16 hex digits of the SHA-256 of check, line break, resource
}


@dataclass(frozen=True, slots=True)
class Query:
    """One file of `queries/`: its header and its SQL."""

    group: str  # one of GROUPS
    id: str  # the file's stem
    title: str
    header: Mapping[str, Any]
    sql: str
    text: str  # the whole file as read: what the digest covers and the bundle keeps
    path: str  # queries/<group>/<stem>.sql
    sha256: str

    @property
    def definition(self) -> str:
        """The definition in words."""
        return str(self.header.get("definition", ""))

    @property
    def version(self) -> int:
        """Raised whenever a change moves numbers."""
        return int(self.header.get("version", 1))


@dataclass(frozen=True, slots=True)
class Section:
    """One section's rows, ready for its template."""

    query: Query
    rows: list[dict[str, Any]]

    @property
    def id(self) -> str:
        """The stem of query and template."""
        return self.query.id


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything a report says, computed: what rendering is a pure function of.

    `report` holds the cover's facts (organisation, period label, zone, as_of, revision, evidence_digest, …).
    `metrics` has the columns `metric` and `METRIC_COLUMNS`; `findings` has `FINDING_COLUMNS`. `verdicts` holds the
    rows of each query in `queries/verdicts/` by its stem.
    """

    report: Mapping[str, Any]
    sections: Mapping[str, Section]
    metrics: pl.DataFrame
    findings: pl.DataFrame
    queries: tuple[Query, ...]
    verdicts: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    populations: Mapping[str, pl.DataFrame] = field(
        default_factory=dict
    )  # long lists, kept beside the report
    seconds: Mapping[str, float] = field(default_factory=dict)  # per query; never rendered

    @property
    def judgements(self) -> pl.DataFrame:
        """The findings with what people decided about them; `measured_status` keeps what the check said."""
        return self.verdicts.get("judgements", self.findings)


@dataclass(frozen=True, slots=True)
class Cut:
    """What a snapshot is cut by."""

    as_of: datetime
    zone: str
