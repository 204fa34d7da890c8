"""The findings as every machine format reads them: one typed row each, with what people decided where that is known."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from qmsreport.period import to_utc

if TYPE_CHECKING:
    from qmsreport.results import Evaluation


@dataclass(frozen=True, slots=True)
class Finding:
    """One resource judged by one check. `measured` is what the check said before people decided anything."""

    check: str
    title: str
    severity: str
    resource: str
    status: str
    measured: str
    reason: str
    expected: str | None
    observed: str | None
    basis: str | None
    controls: tuple[str, ...]
    fingerprint: str  # the same in every report: 16 hex digits of the SHA-256 of check, line break, resource
    waiver: str | None = None
    waiver_ends: datetime | None = None
    attestation: str | None = None

    @property
    def waived(self) -> bool:
        """Whether a valid waiver covers a measured fail."""
        return self.status == "exception accepted"


def findings(evaluation: Evaluation) -> list[Finding]:
    """Every finding, by check and resource; as judged by people where the report holds that."""
    found = [_finding(row) for row in _judgements(evaluation).iter_rows(named=True)]
    return sorted(found, key=lambda item: (item.check, item.resource))


def verdicts(evaluation: Evaluation, name: str) -> list[dict[str, Any]]:
    """The rows of one verdict query, none where the report has no such query."""
    frame = getattr(evaluation, "verdicts", {}).get(name)
    return [] if frame is None else list(frame.to_dicts())


def bounds(report: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """The period's first instant, and the first one after it; naive UTC."""
    zone = str(report["zone"])
    return to_utc(report["first_day"], zone), to_utc(report["last_day"] + timedelta(days=1), zone)


def one_line(text: str | None) -> str:
    """The text without line breaks or other control characters, so that any format can hold it."""
    return " ".join("".join(c if c.isprintable() else " " for c in text or "").split())


def _judgements(evaluation: Evaluation) -> Any:
    return getattr(evaluation, "verdicts", {}).get("judgements", evaluation.findings)


def _finding(row: Mapping[str, Any]) -> Finding:
    named = f"{row['check_id']}\n{row['resource']}"
    return Finding(
        check=row["check_id"],
        title=row["title"],
        severity=row["severity"],
        resource=row["resource"],
        status=row["status"],
        measured=row.get("measured_status") or row["status"],
        reason=row["reason"] or "",
        expected=row["expected"],
        observed=row["observed"],
        basis=row["basis"],
        controls=tuple(row["controls"] or ()),
        fingerprint=row.get("fingerprint") or hashlib.sha256(named.encode()).hexdigest()[:16],
        waiver=row.get("waiver_id"),
        waiver_ends=row.get("waiver_expires_at"),
        attestation=row.get("attestation_id"),
    )
