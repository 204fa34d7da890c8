"""Extraction: each source is asked and what it says stored, window by window; one failure stops nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from qmsreport import privacy, sources
from qmsreport.errors import SourceError, Unavailable, UsageError, WarehouseError
from qmsreport.extracts import Batch, Extract, Source
from qmsreport.period import last_complete_quarter, parse_moment

if TYPE_CHECKING:
    from qmsreport.config import Config
    from qmsreport.warehouse import Counts, Warehouse


@dataclass(slots=True)
class Extraction:
    """What an extraction did, over all its sources."""

    counts: dict[str, Counts] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)  # of no source alone
    rejects: dict[str, Path] = field(default_factory=dict)  # source to the file of its rows set aside

    @property
    def rejected(self) -> int:
        """Rows set aside."""
        return sum(counts.rejected for counts in self.counts.values())


_CLOCKS_DIFFER = timedelta(minutes=1)  # a clock that is set by the network steps back by less
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

    Raises:
        UsageError: the time to read ends before it begins, or in the future.
        ConfigError: people would be stored otherwise than those that the warehouse holds.

    A window that fails leaves its sentence in the ledger and in `failures`, and the next is read. So does a source
    that fails as a whole; the others go on.
    """
    from qmsreport.warehouse import Warehouse

    warehouse = Warehouse(config.resolve(config.warehouse.path), config.warehouse.lock_timeout_seconds)
    now = clock()
    end = parse_moment(until, config.time_zone) if until else now
    start = parse_moment(since, config.time_zone) if since else first_moment(config, now)
    if end > now:
        raise UsageError(
            f"--until {until} is still to come: nothing can be known of it. Leave it away to read up to now."
        )
    if start >= end:
        raise UsageError(
            f"There is nothing to read between {start:%Y-%m-%dT%H:%M:%SZ} and {end:%Y-%m-%dT%H:%M:%SZ}. "
            "Give an earlier --since or a later --until; [extraction] since may stand in the configuration."
        )
    done = Extraction()
    built = sources.build(config, names, clock)
    with warehouse.writing("qmsreport extract"):
        refuse_other_names(config, warehouse)
        prepare = privacy.prepare(config)
        people = privacy.manner(config)
        late = set_back(warehouse, now)
        done.warnings += late
        for source in built:
            try:
                for offered in source.extract(start, end, warehouse.progress(source.name)):
                    said = replace(offered, warnings=(*offered.warnings, *late))
                    late = []  # the ledger says it once
                    item, counts = _commit(warehouse, source, said, clock, prepare, people)
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
            rejects = write_rejects(warehouse, source.name)
            if rejects:
                done.rejects[source.name] = rejects
    return done


def set_back(warehouse: Warehouse, now: datetime) -> list[str]:
    """A sentence where the clock is behind the newest record: what is stored now is not known before that one."""
    newest = warehouse.known_until()
    if newest is None or newest - now < _CLOCKS_DIFFER:
        return []
    sentence = (
        f"The clock of this machine says {now:%Y-%m-%dT%H:%M:%SZ}, but the newest record was made at "
        f"{newest:%Y-%m-%dT%H:%M:%SZ}. Set the clock right; until that time has come, what is stored counts as known "
        "only then."
    )
    return [sentence]


def refuse_other_names(config: Config, warehouse: Warehouse) -> None:
    """See that people would be stored as those that are stored already.

    Raises:
        ConfigError: they would get other names; see `privacy`.
    """
    stored = warehouse.people()
    privacy.manner(config)  # a key that cannot be read is told before anything is asked for
    if stored:
        privacy.refuse_another(config, stored)


def _commit(
    warehouse: Warehouse,
    source: Source,
    offered: Extract,
    clock: Callable[[], datetime],
    prepare: Callable[[Batch], Batch],
    people: str | None,
) -> tuple[Extract, Counts]:
    """Store an extract; one whose reading breaks off is stored as failed, and nothing of what it brought."""
    whole = replace(offered, batches=_named_failures(source.name, offered))
    try:
        return offered, warehouse.commit(source.name, source.kind, whole, clock(), prepare, people)
    except SourceError as error:
        failed = offered.failed(str(error), clock())
        return failed, warehouse.commit(source.name, source.kind, failed, clock())


def _named_failures(source: str, offered: Extract) -> Iterator[Batch]:
    """The batches; what the operating system says while they are read is the source's failure, not the warehouse's."""
    try:
        yield from offered.batches
    except OSError as error:
        raise Unavailable(
            f"Cannot read {offered.subject} of {source} to its end: {error.strerror or error}. "
            "Look at where it lies and run this again; nothing of it was stored."
        ) from error


def write_rejects(warehouse: Warehouse, source: str) -> Path | None:
    """Write the rows of a source that are set aside to `rejects/<source>.csv` beside the warehouse.

    Returns `None`, and leaves no file, when there are none (any more).
    """
    from qmsreport.render.csv_files import content

    rows = warehouse.set_aside(source)
    target = warehouse.path.parent / "rejects" / f"{source}.csv"
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
