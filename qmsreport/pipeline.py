"""The way data goes: extract brings facts in, generate turns facts into a report bundle, verify checks one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qmsreport import __version__, assets, bundle, catalog, evidence, openslo, policy, signature, sources
from qmsreport.extraction import Extraction, extract
from qmsreport.period import Period, parse_moment
from qmsreport.results import SEVERITY_ORDER, Evaluation, Section

if TYPE_CHECKING:
    import polars as pl

    from qmsreport.config import Config

__all__ = ["FORMATS", "Extraction", "Report", "extract", "generate", "reproduce", "worst_finding"]

FORMATS = ("pdf", "html", "csv", "json", "oscal", "ocsf", "junit")
_KEY_FIGURES = "grain = 'period' and scope_type = 'organisation' and environment is null"


@dataclass(frozen=True, slots=True)
class Report:
    """A finished bundle and what it says in short."""

    folder: Path
    unchanged: bool
    key_figures: pl.DataFrame  # the organisation's, by period; columns as in `results.Evaluation.metrics`
    findings: pl.DataFrame  # as people judged them: a waived one is no fail

    @property
    def worst(self) -> str | None:
        """Severity of the worst open finding."""
        return worst_finding(self.findings)


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
    from qmsreport.evaluate import evaluate
    from qmsreport.render import render
    from qmsreport.warehouse import Snapshot, frozen, table_digests
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
        tables |= published(out, periods)
        configured = [entry.name for entry in config.sources]
        with frozen(warehouse, file, periods, moment, configured, tables, wait) as snapshot:
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
                    return Report(newest, True, written.metrics(_KEY_FIGURES), written.stored("judgements"))
            facts = _facts(config, period, moment, revision, parts.digest, signer)
            outcome = evaluate(snapshot, queries)
            key_figures = snapshot.metrics(_KEY_FIGURES)
            # a large organisation has millions of figures: they leave the database for pages only
            evaluation = _evaluation(snapshot, queries, outcome, facts) if formats else None
            keep(snapshot, queries)
            raw = dict(snapshot.fetch("select extract_id, raw_sha256 from extracts order by 1"))
        file.rename(folder / bundle.SNAPSHOT)
        if evaluation:
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
    return Report(out / period.label / f"r{revision}", False, key_figures, outcome.judgements)


def _files_of(formats: Sequence[str]) -> list[str]:
    from qmsreport.render import FILES

    return [FILES[name] for name in formats]


def _evaluation(snapshot: Any, queries: Any, outcome: Any, facts: dict[str, Any]) -> Evaluation:
    by_id = {query.id: query for query in queries if query.group == "sections"}
    return Evaluation(
        report=facts,
        sections={name: Section(by_id[name], rows.to_dicts()) for name, rows in outcome.sections.items()},
        metrics=snapshot.metrics(),
        findings=outcome.findings,
        queries=queries,
        verdicts=outcome.verdicts,
        populations=snapshot.populations(),
        seconds=outcome.seconds,
    )


def keep(snapshot: Any, queries: Any) -> None:
    """Leave the views in the snapshot's file too, so that every query runs in the stock command line."""
    for query in queries:
        if query.group == "views":
            snapshot.create_view(query.id, query.sql, query.path, query.title)


def published(out: Path, periods: Sequence[Period]) -> dict[str, Any]:
    """What was last published for each period of the trend, as tables of the snapshot.

    `published` has the figures: what restatements are measured against. `published_findings` has the findings of the
    periods before the report's own: what status transitions are counted from.
    """
    from qmsreport.warehouse import published_findings, published_metrics

    bundles = [(period, found) for period in periods if (found := bundle.latest(out, period.label))]
    return {
        "published": published_metrics(
            (period.first, found.name, bundle.snapshot_of(found)) for period, found in bundles
        ),
        "published_findings": published_findings(
            (period.label, found.name, bundle.snapshot_of(found))
            for period, found in bundles
            if period is not periods[-1]
        ),
    }


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
        One sentence for each file, and each table of results kept beside the facts, that came out differently;
        empty when all are the same.
    """
    from qmsreport.evaluate import evaluate
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
        queries = catalog.read(folder / "queries")
        outcome = evaluate(snapshot, queries)
        evaluation = _evaluation(snapshot, queries, outcome, facts)
        problems += [
            f"{bundle.SNAPSHOT}: its table {name} comes out differently now."
            for name in (*bundle.DERIVED, *outcome.verdicts)
            if not snapshot.comes_out(name)
        ]
    for path in render(evaluation, formats, target):
        name = path.relative_to(target).as_posix()
        recorded = manifest["files"].get(name)
        if recorded and recorded["sha256"] != evidence.sha256_file(path):
            problems.append(f"{name}: comes out differently now.")
    return problems
