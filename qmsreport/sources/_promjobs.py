"""What there is to ask a server for every window: objectives, percentiles and measured metrics; pure functions."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from qmsreport.config import SloEntry
from qmsreport.extracts import Batch
from qmsreport.sources import _promql, _promseries
from qmsreport.sources._promapi import Series
from qmsreport.sources._prommetrics import MetricQuery
from qmsreport.sources._promtime import EPOCH, from_seconds, to_seconds

MOST_POINTS = 11_000  # what the server gives per series and request
PERCENTILES = {"latency_p95": 0.95, "latency_p99": 0.99}  # recorded for every latency objective


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to ask for every window: its subject, query, and how an answer becomes a batch."""

    subject: str
    query: str
    window: int  # seconds
    batch: Callable[[Iterable[Series]], Batch]
    slo: SloEntry | None = None

    @property
    def definition(self) -> str:
        """What tells this question from another one of the same subject."""
        return hashlib.sha256(f"{self.query} every {self.window} s".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Span:
    """What to ask a subject for: windows in `[first, last)`, seconds since 1970.

    `origin` is since when the subject is covered without a hole once they are there. `definition` is what they are
    counted by; windows that were counted by another one may be stored up to `outdated`.
    """

    first: int
    last: int
    origin: int
    definition: str = ""
    outdated: int = 0

    def cursor(self, reached: int) -> str:
        """What the ledger keeps, so that the next run knows what is covered."""
        marks = (self.origin, reached, self.outdated)
        return "/".join([*(from_seconds(mark).isoformat() for mark in marks), self.definition])


@dataclass(frozen=True, slots=True)
class Covered:
    """What earlier runs covered of a subject without a hole, as its newest cursor says; `since` is `None` when unknown."""

    since: datetime | None
    until: datetime
    outdated: datetime = EPOCH
    definition: str = ""

    @classmethod
    def read(cls, cursor: str) -> Covered:
        """The other way round than `Span.cursor`."""
        since, until, *more = cursor.split("/")  # older versions noted no more than these two
        found = cls(datetime.fromisoformat(since), datetime.fromisoformat(until))
        return replace(found, outdated=datetime.fromisoformat(more[0]), definition=more[1]) if more else found


@dataclass(frozen=True, slots=True)
class Task:
    """One job for the windows in `[start, end)`, seconds since 1970: a part of its subject's span."""

    start: int
    order: int
    end: int
    span: Span
    job: Job


def open_span(
    wanted: tuple[datetime, datetime],
    window: int,
    covered: Covered | None,
    overlap: timedelta,
    definition: str = "",
) -> Span:
    """The whole windows of `wanted` that are not covered yet, or lie in the overlap that is read again.

    Asking for what lies before the stretch that is covered, or beyond a hole after it, starts a new one: windows
    already known are then read again, which changes nothing. So does another definition: all of them are counted
    anew, as far as the server still can.
    """
    outdated = 0
    if covered is not None:
        outdated = int(to_seconds(covered.outdated))
        if covered.definition and covered.definition != definition:
            outdated, covered = int(to_seconds(covered.until)), None
    since, until = (to_seconds(moment) / window for moment in wanted)
    first = origin = math.ceil(since) * window
    if covered is not None:
        start, reached = covered.since, covered.until
        if (start is None or to_seconds(start) <= first) and first <= to_seconds(reached):
            origin = first if start is None else int(to_seconds(start))
            first = max(first, math.ceil(to_seconds(reached - overlap) / window) * window)
    return Span(first, math.floor(until) * window, origin, definition, outdated)


def held_from(start: datetime, oldest: datetime | None, first: datetime | None) -> datetime:
    """Since when a server could answer a question that begins at `start`.

    `oldest` is its oldest sample, if it tells; it is no limit where the answer has something that was over before
    (`first`, the earliest end in it): such a server reads from a remote store too.
    """
    if oldest is None or (first is not None and first <= oldest):
        return start
    return max(start, oldest)


def cut(job: Job, order: int, span: Span, chunk_seconds: float) -> Iterator[Task]:
    """The requests for a job's windows: at the same cuts on every run, none too long."""
    points = min(int(chunk_seconds) // job.window, MOST_POINTS)
    length = max(points, 1) * job.window
    start = span.first
    while start < span.last:
        end = min((start // length + 1) * length, span.last)
        yield Task(start, order, end, span, job)
        start = end


def slo_jobs(slos: Iterable[SloEntry], resolution: int, problems: list[str]) -> list[Job]:
    """One job for each objective; what cannot be asked adds a sentence to `problems`."""
    jobs = []
    for slo in slos:
        try:
            query = _promql.sli(slo, resolution)
        except _promql.Unsupported as error:
            problems.append(f"The objective '{slo.id}': {error}")
            continue

        def batch(series: Iterable[Series], slo: SloEntry = slo, query: _promql.SliQuery = query) -> Batch:
            rows = _promseries.sli_frame(
                slo.id, series, slo.window_seconds, kind=slo.kind, fill=query.fill, counts=query.counts
            )
            return Batch("sli_windows", rows)

        jobs.append(Job(f"slo:{slo.id}", query.text, slo.window_seconds, batch, slo))
    return jobs


def percentile_jobs(slos: Iterable[SloEntry]) -> list[Job]:
    """The percentiles of every latency objective, one value per window, worked out from its histogram."""
    jobs = []
    for slo in slos:
        if slo.kind == "latency":
            labels = {"slo_id": slo.id, **({"service": slo.service} if slo.service else {})}
            for name, share in PERCENTILES.items():
                item = MetricQuery(
                    name=name,
                    query=_promql.percentile(slo, share),
                    unit="s",
                    window_seconds=slo.window_seconds,
                )
                jobs.append(replace(metric_job(item, labels), subject=f"metric:{name}:{slo.id}"))
    return jobs


def metric_job(item: MetricQuery, labels: dict[str, str]) -> Job:
    """The job of one metric; `labels` are added to those of its series."""

    def batch(series: Iterable[Series]) -> Batch:
        rows = _promseries.metric_frame(item.name, item.unit, series, item.window_seconds, labels)
        return Batch("metric_windows", rows)

    return Job(
        f"metric:{item.name}", _promql.over(item.query, item.window_seconds), item.window_seconds, batch
    )
