"""From what a report says to what it rests on: the definition, the records, and the requests that fetched them.

Everything is read from the bundle, so it is what the report was computed from, not what the warehouse knows today.
"""

from __future__ import annotations

from pathlib import Path

from qmsreport import catalog, evidence
from qmsreport.errors import UsageError, suggest
from qmsreport.tracing import figures, findings
from qmsreport.tracing.figures import Figure
from qmsreport.tracing.findings import Finding

__all__ = ["Figure", "Finding", "follow"]


def follow(
    folder: Path, name: str, of: str | None = None, environment: str | None = None, bucket: str | None = None
) -> Figure | Finding:
    """Follow a metric's figure, or what a check found; see `figures.follow` and `findings.follow`.

    Args:
        folder: the bundle.
        name: a metric or a check.
        of: whose figure, or which resource's finding.
        environment: for a figure alone.
        bucket: for a figure alone.

    Raises:
        UsageError: there is no such thing in this report; says which there are, or the nearest name.
    """
    evidence.read_manifest(folder)  # says so where this is no report
    queries = catalog.read(folder / "queries")
    groups = {query.id: query.group for query in queries if query.group in ("metrics", "checks")}
    if groups.get(name) == "metrics":
        return figures.follow(folder, name, of, environment, bucket)
    if groups.get(name) == "checks":
        if environment or bucket:
            raise UsageError(
                f"{name} is a check: it judges the whole period. Leave --environment, --month and --week away."
            )
        return findings.follow(folder, name, of)
    raise UsageError(f"There is no metric or check '{name}' in {folder}.{suggest(name, groups)}")
