"""Prometheus: SLI windows of every objective, resource and latency windows, alerts, rules, targets, settings."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from qmsreport import openslo
from qmsreport.config import SloEntry, read_table
from qmsreport.errors import ConfigError, Rejected, SourceError, Unavailable, suggest
from qmsreport.extracts import Batch, Diagnosis, Extract, Progress, Source
from qmsreport.http import HttpOptions
from qmsreport.records import frame
from qmsreport.sources import Context, _promql, _promseries, _promstate
from qmsreport.sources._promapi import BadQuery, Client, Receipt, Unreachable, from_seconds
from qmsreport.sources._promjobs import (
    MOST_POINTS,
    Job,
    Span,
    Task,
    cut,
    metric_job,
    open_span,
    percentile_jobs,
    slo_jobs,
)
from qmsreport.sources._prommetrics import DEFAULT_METRICS, MetricQuery
from qmsreport.sources._promseries import NoBucket
from qmsreport.sources._promstate import SKEW_WORTH_SAYING, Probe, skew

GIVE_UP_AFTER = 5  # subjects that fail one after the other, with nothing good in between
COLLECTED = ("sli", "metrics", "targets", "rules", "alerts", "settings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(HttpOptions):
    """`[sources.NAME]` with `kind = "prometheus"`."""

    url: str  # with the path prefix, if any, without credentials
    username: str = ""  # with password_env: basic authentication
    password_env: str = ""  # the variable that holds the password
    token_env: str = ""  # the variable that holds a bearer token
    parallel: int = 4  # queries at the same time
    chunk_days: float = 7.0  # how much one request asks for; less where the server's limits are low
    settle_seconds: float | None = None  # how old a window must be to be asked for; default: two windows
    resolution_seconds: int = 30  # how often a threshold objective's gauge is looked at: its scrape interval
    alert_step_seconds: int = 60  # the rules' evaluation interval
    collect: list[str] = field(default_factory=lambda: list(COLLECTED))  # leave out what is not wanted
    metrics: list[dict[str, Any]] = field(default_factory=list)  # none: machines and the monitoring itself
    default_metrics: bool = False  # ask for those beside `metrics`; one of the same name replaces its own


def create(name: str, options: Options, context: Context) -> Source:
    """The source of one server.

    Raises:
        ConfigError: with every option and objective that cannot work.
    """
    problems: list[str] = []
    where = f"[sources.{name}]"
    parts = urlsplit(options.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        problems.append(f"{where} url: must start with http:// or https:// and name a host.")
    if parts.username or parts.password or parts.query:
        problems.append(
            f"{where} url: holds credentials or a query. Use 'username' and 'password_env', or 'token_env'."
        )
    positive = ("parallel", "chunk_days", "resolution_seconds", "alert_step_seconds", "timeout_seconds")
    problems += [f"{where} {key}: must be more than 0." for key in positive if getattr(options, key) <= 0]
    problems += [
        f"{where} collect: there is no '{word}'.{suggest(word, COLLECTED)}"
        for word in options.collect
        if word not in COLLECTED
    ]
    password = _secret(options.password_env, f"{where} password_env", problems)
    token = _secret(options.token_env, f"{where} token_env", problems)
    if options.token_env and options.username:
        problems.append(f"{where} token_env: stands beside 'username'. Keep one of the two.")
    metrics = [
        read_table(
            MetricQuery, row, f"sources.{name}.metrics", problems, f"[[sources.{name}.metrics]] no. {number}"
        )
        for number, row in enumerate(options.metrics, 1)
    ]
    slos: list[SloEntry] = []
    try:
        slos = [slo for slo in openslo.objectives(context.config) if _is_ours(slo, name, context, problems)]
    except ConfigError as error:
        problems += error.problems
    jobs = slo_jobs(slos, options.resolution_seconds, problems) if "sli" in options.collect else []
    names = [item.name for item in metrics if item]
    problems += [f"{where} metrics: '{name}' stands twice. Give each its own." for name in _twice(names)]
    if problems:
        raise ConfigError(f"{where} has {len(problems)} problem(s):", problems)
    if "metrics" in options.collect:
        own = [item for item in metrics if item]
        others = [item for item in DEFAULT_METRICS if item.name not in names]
        jobs += [metric_job(item, {}) for item in own]
        jobs += [metric_job(item, {}) for item in others if options.default_metrics or not own]
        jobs += percentile_jobs(slos)
    if options.ca_file:
        options = replace(options, ca_file=str(context.config.resolve(options.ca_file)))
    client = Client(options.url, options, options.username, password, token)
    return _Prometheus(name, options, context, client, jobs)


class _Prometheus:
    """The source; see `extracts.Source`."""

    kind = "prometheus"

    def __init__(
        self, name: str, options: Options, context: Context, client: Client, jobs: list[Job]
    ) -> None:
        self.name = name
        self._options = options
        self._context = context
        self._client = client
        self._jobs = jobs

    def __repr__(self) -> str:
        return f"<prometheus source {self.name!r}>"

    def extract(self, since: datetime, until: datetime, progress: Progress) -> Iterator[Extract]:
        """See `Source.extract`. What the server says of itself comes first, then windows by time, then alerts."""
        try:
            probe = _promstate.probe(self._client, self._context.clock)
            yield from self._state(probe)
            # the server stamps samples with its own clock: what it has not reached is not there yet
            now = self._context.clock() + timedelta(seconds=min(probe.offset, 0.0))
            yield from self._windows(list(self._tasks(since, until, now, progress)), probe)
            if "alerts" in self._options.collect:
                yield from self._alerts(since, until, now, progress, probe)
        finally:
            self._client.close()

    def diagnose(self) -> Diagnosis:
        """See `Source.diagnose`."""
        try:
            probe = _promstate.probe(self._client, self._context.clock)
            return _promstate.diagnosis(self._client, probe, self._options.collect, self._account)
        except SourceError as error:
            return Diagnosis(
                reachable=isinstance(error, Rejected),
                permitted=None,
                account=self._account,
                problems=(str(error),),
            )
        finally:
            self._client.close()

    @property
    def _account(self) -> str | None:
        if self._options.token_env:
            return f"token in {self._options.token_env}"
        return self._options.username or None

    def _state(self, probe: Probe) -> Iterator[Extract]:
        """Targets, rules and settings as they are now; each on its own, so that one refused loses no other."""

        def settings(receipt: Receipt) -> Any:
            subject = f"prometheus:{self.name}"
            return _promstate.settings(self._client, subject, receipt, self._context.clock())

        asked: tuple[tuple[str, str, str, Callable[[Receipt], Any]], ...] = (
            (
                "targets",
                "scrape_targets",
                "/api/v1/targets",
                lambda _: _promstate.targets(self._client, self._context.services),
            ),
            (
                "rules",
                "alert_rules",
                "/api/v1/rules?type=alert",
                lambda receipt: _promstate.rules(self._client, receipt),
            ),
            ("settings", "settings", "/api/v1/status/{runtimeinfo,config,flags}", settings),
        )
        for subject, kind, path, ask in asked:
            if subject not in self._options.collect:
                continue
            receipt = Receipt()
            started = self._context.clock()
            try:
                batch = Batch(kind, frame(kind, ask(receipt)))
            except Unreachable:
                raise
            except SourceError as error:
                yield self._extract(probe, subject, path, started, receipt, error=str(error))
                continue
            # only a whole answer can say that something is gone
            lists_all = () if receipt.warnings else (kind,)
            receipt.rows = batch.rows.height
            yield self._extract(probe, subject, path, started, receipt, batches=(batch,), lists_all=lists_all)

    def _tasks(self, since: datetime, until: datetime, now: datetime, progress: Progress) -> Iterator[Task]:
        """What is still to be asked, in no order: whole windows that lie in the range and have settled."""
        for order, job in enumerate(self._jobs):
            span = self._span(job.subject, job.window, since, until, now, progress)
            yield from cut(job, order, span, self._options.chunk_days * 86400)

    def _span(
        self, subject: str, window: int, since: datetime, until: datetime, now: datetime, progress: Progress
    ) -> Span:
        """What is left to ask of a subject: whole windows that have settled and are not covered yet."""
        settle = self._options.settle_seconds
        settled = now - timedelta(seconds=2 * window if settle is None else settle)
        overlap = timedelta(days=self._context.config.extraction.overlap_days)
        covered: tuple[datetime | None, datetime] | None = None
        reached, cursor = progress.covered_until(subject), progress.cursor(subject)
        if cursor:
            start, _, end = cursor.partition("/")
            covered = (datetime.fromisoformat(start), datetime.fromisoformat(end))
        elif reached:
            covered = (None, reached)
        return open_span((since, min(until, settled)), window, covered, overlap)

    def _windows(self, tasks: list[Task], probe: Probe) -> Iterator[Extract]:
        """Ask in parallel, a few answers ahead of what is yielded, oldest first.

        A subject that fails is not asked further in this run, so that the next run goes on at the hole.
        """
        tasks.sort(key=lambda task: (task.start, task.order))
        failed: set[str] = set()
        in_a_row = 0
        waiting: deque[tuple[Task, Future[tuple[Extract, SourceError | None]]]] = deque()
        pool = ThreadPoolExecutor(self._options.parallel, thread_name_prefix=f"prometheus-{self.name}")
        remaining = iter(tasks)
        try:
            while True:
                for task in remaining:
                    if task.job.subject not in failed:
                        waiting.append((task, pool.submit(self._ask, task, probe)))
                    if len(waiting) >= 2 * self._options.parallel:
                        break
                if not waiting:
                    return
                task, future = waiting.popleft()
                if task.job.subject in failed:
                    future.cancel()
                    continue
                extract, error = future.result()
                yield extract
                if error is None:
                    in_a_row = 0
                elif not isinstance(error, NoBucket):  # a later window may have the bucket
                    failed.add(task.job.subject)
                    in_a_row += not isinstance(error, BadQuery)  # with bad queries the server is still well
                if in_a_row >= GIVE_UP_AFTER:
                    raise Unavailable(
                        f"Prometheus at {self._client.url} failed {in_a_row} questions one after the other: {error}"
                    )
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _ask(self, task: Task, probe: Probe) -> tuple[Extract, SourceError | None]:
        """One task's extract, and the error behind it when it failed."""
        job = task.job
        receipt = Receipt()
        started = self._context.clock()
        window: dict[str, Any] = {
            "window_start": from_seconds(task.start),
            "window_end": from_seconds(task.end),
        }
        if probe.oldest and from_seconds(task.end) <= probe.oldest:
            receipt.note(f"The server holds nothing before {probe.oldest.isoformat()}Z.")
        if abs(probe.offset) > SKEW_WORTH_SAYING:
            receipt.note(skew(probe.offset))
        try:
            series = self._client.range(job.query, task.start + job.window, task.end, job.window, receipt)
            batch = job.batch(series)
        except Unreachable:
            raise
        except SourceError as error:
            sentence = self._explain(error, task)
            return self._extract(
                probe, job.subject, job.query, started, receipt, error=sentence, **window
            ), error
        more = {**window, "batches": (batch,), "cursor": task.span.cursor(task.end)}
        return self._extract(probe, job.subject, job.query, started, receipt, **more), None

    def _explain(self, error: SourceError, task: Task) -> str:
        """The sentence of a failure, naming the objective whose words are at fault."""
        slo = task.job.slo
        what = f"The objective '{slo.id}'" if slo else f"The metric '{task.job.subject.partition(':')[2]}'"
        if isinstance(error, BadQuery):
            field = "'query'" if slo is None else "its expressions" if slo.kind == "ratio" else "'metric'"
            return f"{what} cannot be asked: Prometheus refuses its query: {error.reason}. Mend {field}."
        if isinstance(error, NoBucket) and slo:
            bounds = self._bounds(slo, task.end)
            hint = f"one of {', '.join(bounds)}" if bounds else "a bound that the histogram has"
            return f"{what} has no bucket at {slo.threshold:g}: its share cannot be counted. Set 'threshold' to {hint}."
        return f"{what} could not be read: {error}"

    def _bounds(self, slo: SloEntry, end: int) -> list[str]:
        name, braces = _promql.split_selector(slo.metric)
        query = f"count by (le) ({name}_bucket{{{braces}}})"
        try:
            found = self._client.range(query, end, end, 1, Receipt())
        except SourceError:
            return []
        bounds = {series.metric.get("le", "") for series in found} - {"", "+Inf"}
        return sorted(bounds, key=float)

    def _alerts(
        self, since: datetime, until: datetime, now: datetime, progress: Progress, probe: Probe
    ) -> Iterator[Extract]:
        """Every alert that fired, as one extract: an alert may be longer than any request."""
        step = self._options.alert_step_seconds
        span = self._span("alerts", step, since, until, now, progress)
        first, last = span.first, span.last
        if first >= last:
            return
        receipt = Receipt()
        started = self._context.clock()
        window = {"window_start": from_seconds(first), "window_end": from_seconds(last)}
        firings = _promseries.Firings(step)
        try:
            for start in range(first, last + 1, MOST_POINTS * step):
                end = min(start + (MOST_POINTS - 1) * step, last)
                firings.add(self._client.range(_promseries.ALERTS, start, end, step, receipt))
        except Unreachable:
            raise
        except SourceError as error:
            yield self._extract(
                probe, "alerts", _promseries.ALERTS, started, receipt, error=str(error), **window
            )
            return
        batch = Batch("alerts", frame("alerts", firings.alerts(last, self._context.services)))
        cursor = span.cursor(last)
        yield self._extract(
            probe, "alerts", _promseries.ALERTS, started, receipt, batches=(batch,), cursor=cursor, **window
        )

    def _extract(
        self, probe: Probe, subject: str, asked: str, started: datetime, receipt: Receipt, **more: Any
    ) -> Extract:
        return Extract(
            subject=subject,
            asked=self._client.hide(asked),
            started_at=started,
            finished_at=self._context.clock(),
            product=probe.product,
            product_version=probe.version,
            account=self._account,
            pages=receipt.pages or None,
            rows_received=receipt.rows,
            truncated=receipt.truncated,
            warnings=tuple(receipt.warnings),
            clock_offset_seconds=probe.offset,
            raw_sha256=receipt.digest.hexdigest() if receipt.pages else None,
            **more,
        )


def _secret(variable: str, where: str, problems: list[str]) -> str:
    if not variable:
        return ""
    value = os.environ.get(variable, "")
    if not value:
        problems.append(
            f"{where}: the environment variable {variable} is not set. Export it, or remove the key."
        )
    return value


def _twice(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _is_ours(slo: SloEntry, name: str, context: Context, problems: list[str]) -> bool:
    """Whether this server is to be asked for an objective; several servers and no choice is a problem."""
    if slo.source:
        return slo.source == name
    servers = [entry.name for entry in context.config.sources if entry.kind == "prometheus"]
    if len(servers) > 1 and servers[0] == name:  # said once, not by every server
        problems.append(
            f"The objective '{slo.id}' names no source, and there are {', '.join(servers)}. Set 'source' to one."
        )
    return len(servers) <= 1
