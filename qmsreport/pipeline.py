"""The way data goes: extract brings facts in, generate turns facts into a report bundle, verify checks one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qmsreport import (
    __version__,
    assets,
    bundle,
    catalog,
    evidence,
    openslo,
    policy,
    privacy,
    signature,
    sources,
)
from qmsreport.errors import SourceError, WarehouseError
from qmsreport.extracts import Extract
from qmsreport.period import Period, last_complete_quarter, parse_moment
from qmsreport.results import SEVERITY_ORDER, Evaluation

if TYPE_CHECKING:
    import polars as pl

    from qmsreport.config import Config
    from qmsreport.warehouse import Counts

FORMATS = ("pdf", "html", "csv", "json", "oscal", "ocsf", "junit")


@dataclass(slots=True)
class Extraction:
    """What an extraction did, over all its sources."""

    counts: dict[str, Counts] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    rejects: dict[str, Path] = field(default_factory=dict)  # source to the file of its rows set aside

    @property
    def rejected(self) -> int:
        """Rows set aside."""
        return sum(counts.rejected for counts in self.counts.values())


@dataclass(frozen=True, slots=True)
class Report:
    """A finished bundle and what it says in short."""

    folder: Path
    unchanged: bool
    metrics: pl.DataFrame  # as in `results.Evaluation`
    findings: pl.DataFrame

    @property
    def worst(self) -> str | None:
        """Severity of the worst open finding."""
        return worst_finding(self.findings)


Watch = Callable[[str, Extract, "Counts"], None]


def extract(
    config: Config,
    names: Iterable[str] = (),
    since: str | None = None,
    until: str | None = None,
    clock: Callable[[], datetime] = sources.utc_now,
    watch: Watch = lambda *_: None,
) -> Extraction:
    """Ask the sources and store what they say, window by window.

    Args:
        config: the configuration.
        names: the sources to ask; none means all.
        since: first day or time; default: the start of the trend, or `extraction.since`.
        until: end; default: now.
        clock: the time, naive UTC.
        watch: told after each committed window.

    A source that fails leaves its sentence in the ledger and in `failures`; the others go on.
    """
    from qmsreport.warehouse import Warehouse

    warehouse = Warehouse(config.resolve(config.warehouse.path), config.warehouse.lock_timeout_seconds)
    end = parse_moment(until, config.time_zone) if until else clock()
    start = parse_moment(since, config.time_zone) if since else first_moment(config, clock())
    prepare = privacy.prepare(config)
    done = Extraction()
    built = sources.build(config, names, clock)
    with warehouse.writing("qmsreport extract"):
        for source in built:
            try:
                for item in source.extract(start, end, warehouse.progress(source.name)):
                    counts = warehouse.commit(source.name, source.kind, item, clock(), prepare)
                    _add(done, source.name, counts)
                    if item.error:
                        done.failures.append(f"{source.name}: {item.error}")
                    watch(source.name, item, counts)
            except SourceError as error:
                failed = Extract(
                    subject="(source)",
                    asked="(the source as a whole)",
                    started_at=clock(),
                    finished_at=clock(),
                    window_start=start,
                    window_end=end,
                    error=str(error),
                )
                warehouse.commit(source.name, source.kind, failed, clock())
                done.failures.append(f"{source.name}: {error}")
            rejects = write_rejects(warehouse.path, source.name, config.warehouse.lock_timeout_seconds)
            if rejects:
                done.rejects[source.name] = rejects
    return done


def write_rejects(warehouse: Path, source: str, wait_seconds: float) -> Path | None:
    """Write the rows of a source that are set aside to `rejects/<source>.csv` beside the warehouse.

    Returns `None`, and leaves no file, when there are none (any more).
    """
    from qmsreport.render.csv_files import content
    from qmsreport.warehouse import still_set_aside

    rows = still_set_aside(warehouse, source, wait_seconds)
    target = warehouse.parent / "rejects" / f"{source}.csv"
    if rows.is_empty():
        target.unlink(missing_ok=True)
        return None
    try:
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(content(rows.columns, rows.iter_rows(named=True)))
    except OSError as error:
        raise WarehouseError(
            f"Cannot write the rows set aside to {target}: {error.strerror}. "
            "Free space or mend its permissions; the warehouse has them too, in its table 'rejects'."
        ) from error
    return target


def first_moment(config: Config, now: datetime) -> datetime:
    """Where the first extraction starts: as configured, else with the trend of the last complete quarter."""
    if config.extraction.since:
        return parse_moment(config.extraction.since, config.time_zone)
    trend = last_complete_quarter(now, config.time_zone).trend(config.report.trend_periods)
    return trend[0].starts_at - timedelta(
        days=31
    )  # so that the first deployments of the trend have predecessors


def generate(
    config: Config,
    period: Period,
    as_of: str | None = None,
    formats: Sequence[str] = FORMATS,
    out: Path | None = None,
) -> Report:
    """Freeze, evaluate and render one period, offline.

    The same facts, period, configuration, definitions and version give the same pages; a run that would say
    exactly what the newest revision says returns that revision.
    """
    from qmsreport.render import render
    from qmsreport.warehouse import Snapshot, freeze, table_digests
    from qmsreport.warehouse.freeze import known_until

    warehouse = config.resolve(config.warehouse.path)
    wait = config.warehouse.lock_timeout_seconds
    moment = (
        parse_moment(as_of, config.time_zone) if as_of else known_until(warehouse, wait) or sources.utc_now()
    )
    out = out or config.resolve(config.report.folder)
    periods = period.trend(config.report.trend_periods)
    queries = catalog.read()
    before = bundle.previous(out, periods)
    digest_before, link = bundle.chained(before)
    signer = signature.signer(config)
    revision = bundle.next_revision(out, period.label)
    slos = openslo.objectives(config)

    with bundle.being_made(out, period.label, revision) as folder:
        file = folder / "snapshot.duckdb"
        tables = policy.tables(config, periods, moment, slos)
        tables["published"] = published(out, periods)
        freeze(warehouse, file, periods, moment, [entry.name for entry in config.sources], tables, wait)
        with Snapshot(file, read_only=False) as snapshot:
            parts = evidence.Parts(
                tables=table_digests(snapshot, leave_out=bundle.DERIVED),
                queries=evidence.query_hashes(queries),
                configuration=evidence.sha256_json(_plain(config.document)),
                templates=evidence.folder_hash(assets.folder("report_templates")),
                tool_version=__version__,
                previous=digest_before,
            )
            newest = bundle.latest(out, period.label)
            if newest and bundle.same_evidence(
                newest, parts.document(), _files_of(formats), signer.fingerprint if signer else None
            ):
                with Snapshot(newest / bundle.SNAPSHOT) as written:
                    return Report(newest, True, written.stored("metrics"), written.stored("findings"))
            facts = _facts(config, period, moment, revision, parts.digest, signer)
            evaluation = _evaluate(snapshot, queries, facts)
            keep(snapshot, queries, evaluation)
            raw = dict(snapshot.fetch("select extract_id, raw_sha256 from extracts order by 1"))
        file.rename(folder / bundle.SNAPSHOT)
        render(evaluation, formats, folder)
        for query in queries:
            target = folder / query.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(query.text, "utf-8")
        if signer:
            signer.place(folder)
        described = signer.described() if signer else None
        evidence.write_manifest(folder, parts, {**_plain(facts), **link}, raw, described)
        if signer:
            signer.sign(folder)
    return Report(out / period.label / f"r{revision}", False, evaluation.metrics, evaluation.findings)


def _files_of(formats: Sequence[str]) -> list[str]:
    from qmsreport.render import FILES

    return [FILES[name] for name in formats]


def _evaluate(snapshot: Any, queries: Any, facts: dict[str, Any]) -> Evaluation:
    from qmsreport.evaluate import evaluate

    outcome = evaluate(snapshot, queries)
    return Evaluation(
        report=facts,
        sections=outcome.sections,
        metrics=outcome.metrics,
        findings=outcome.findings,
        queries=queries,
        populations=snapshot.populations(),
        seconds=outcome.seconds,
    )


def keep(snapshot: Any, queries: Any, evaluation: Evaluation) -> None:
    """Leave views and results in the snapshot's file, so that every query runs in the stock command line."""
    from qmsreport.evaluate import definitions

    for query in queries:
        if query.group == "views":
            snapshot.create_view(query.id, query.sql, query.path, query.title)
    snapshot.load("definitions", definitions(queries))
    snapshot.load("metrics", evaluation.metrics)
    snapshot.load("findings", evaluation.findings)


def published(out: Path, periods: Sequence[Period]) -> Any:
    """The period figures as last published for each period of the trend: what restatements are measured against."""
    from qmsreport.warehouse import published_metrics

    bundles = [(period, found) for period in periods if (found := bundle.latest(out, period.label))]
    return published_metrics(
        [(period.first, found.name, found / bundle.SNAPSHOT) for period, found in bundles]
    )


def _facts(
    config: Config,
    period: Period,
    as_of: datetime,
    revision: int,
    digest: str,
    signer: signature.Signer | None = None,
) -> dict[str, Any]:
    """What the cover and the footers say."""
    report = config.report
    return {
        "organisation": config.organisation.name,
        "system": config.organisation.system,
        "title": report.title,
        "period": period.label,
        "grain": period.grain,
        "first_day": period.first,
        "last_day": period.after - timedelta(days=1),
        "zone": period.zone,
        "as_of": as_of,
        "revision": revision,
        "classification": report.classification,
        "notice": report.notice,
        "document_number": report.document_number,
        "prepared_by": report.prepared_by or None,
        "reviewed_by": report.reviewed_by or None,
        "approved_by": report.approved_by or None,
        "tool_version": __version__,
        "evidence_digest": digest,
        "signed": signer is not None,
        "signing_key": signer.fingerprint if signer else None,
        "sample_size": report.sample_size,
        "sample_seed": report.sample_seed or f"{period.label} {digest}",
        "state": "draft",  # a person makes it final by signing; the tool never does
    }


def _plain(value: Any) -> Any:
    """TOML values as JSON values: dates and times become text."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool) or value is None else value.isoformat()


def worst_finding(findings: pl.DataFrame) -> str | None:
    """The severity of the worst finding that is not in order: failed or in error."""
    import polars as pl

    open_ones = findings.filter(pl.col("status").is_in(["fail", "error"]))["severity"].unique().to_list()
    return next((severity for severity in SEVERITY_ORDER if severity in open_ones), None)


def reproduce(folder: Path, target: Path, formats: Sequence[str] = ()) -> list[str]:
    """Render a bundle again from its own snapshot and queries, and compare byte by byte.

    Args:
        folder: the bundle.
        target: an existing empty folder for the pages made anew.
        formats: which to make; none means all that the bundle has.

    Returns:
        One sentence for each file that came out differently; empty when all are the same.
    """
    from qmsreport.render import FILES, render
    from qmsreport.warehouse import Snapshot

    manifest = evidence.read_manifest(folder)
    formats = formats or [name for name, file in FILES.items() if file in manifest["files"]]
    problems = []
    if manifest["tool_version"] != __version__:
        problems.append(
            f"version: the bundle was made by qmsreport {manifest['tool_version']}, this is {__version__}."
        )
    if manifest["evidence"]["templates"] != evidence.folder_hash(assets.folder("report_templates")):
        problems.append("templates: they are not those the bundle was rendered with.")
    facts = evidence.facts(manifest)
    with Snapshot(folder / bundle.SNAPSHOT) as snapshot:
        evaluation = _evaluate(snapshot, catalog.read(folder / "queries"), facts)
    for path in render(evaluation, formats, target):
        name = path.relative_to(target).as_posix()
        recorded = manifest["files"].get(name)
        if recorded and recorded["sha256"] != evidence.sha256_file(path):
            problems.append(f"{name}: comes out differently now.")
    return problems


def _add(done: Extraction, source: str, counts: Counts) -> None:
    known = done.counts.get(source)
    if known is None:
        done.counts[source] = counts
        return
    known.received += counts.received
    known.new += counts.new
    known.changed += counts.changed
    known.vanished += counts.vanished
    known.rejected += counts.rejected
    for kind, number in counts.by_kind.items():
        known.by_kind[kind] = known.by_kind.get(kind, 0) + number
