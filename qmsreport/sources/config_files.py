"""Configuration files of the monitoring stack: effective settings with file and line, alert rules, routes, dashboards.

Each file is read whole every time: what has not changed is stored once, and each reading adds its line to the
ledger, so that "5 of 90 readings did not conform" can be told. A file that is gone takes its settings with it; one
that cannot be read keeps what was last known, and says so. Secrets never leave a file: only the values of the
normalised keys are kept.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from qmsreport import configurations
from qmsreport.configurations import File, Reading, Unreadable
from qmsreport.configurations.dashboards import CATEGORIES
from qmsreport.configurations.reading import SEVERITIES
from qmsreport.errors import ConfigError, Rejected, suggest
from qmsreport.extracts import Batch, Diagnosis, Extract, Progress, Source
from qmsreport.records import frame
from qmsreport.sources import Context
from qmsreport.sources._configs_find import Found, Listing, Wanted, look
from qmsreport.sources._paths import label

_LARGEST = 20 << 20  # bytes; a configuration is never as long, and parsing takes a multiple of it
_KINDS = ("settings", "alert_rules", "alert_routes", "dashboards")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`[sources.NAME]` with `kind = "config_files"`."""

    path: str = "configuration"  # the folder that is looked through
    paths: list[str] = field(default_factory=list)  # instead: several folders
    include: list[str] = field(default_factory=list)  # globs; default: the files' usual names
    exclude: list[str] = field(default_factory=list)  # globs
    products: dict[str, Any] = field(default_factory=dict)  # product → glob or globs, where names do not tell
    severities: list[str] = field(default_factory=lambda: list(SEVERITIES))  # whose alert routes are followed
    service_label: str = "service"  # the label by which alerts name a service
    categories: dict[str, Any] = field(default_factory=dict)  # dashboards: tag or folder → category


def create(name: str, options: Options, context: Context) -> Source:
    """The source of some folders.

    Raises:
        ConfigError: with every option that cannot work.
    """
    where = f"[sources.{name}]"
    problems: list[str] = []
    known = configurations.products()
    named: dict[str, list[str]] = {}
    for product, given in options.products.items():
        globs = [given] if isinstance(given, str) else given
        if product not in known:
            problems.append(f"{where} products: '{product}' is not read.{suggest(product, known)}")
        elif not isinstance(globs, list) or not globs or not all(isinstance(glob, str) for glob in globs):
            problems.append(
                f"{where} products {product}: must be a glob or a list of globs, like 'logs/*.yaml'."
            )
        else:
            named[product] = globs
    problems += [
        f"{where} categories {word}: {meant!r} is none of {', '.join(CATEGORIES)}."
        for word, meant in options.categories.items()
        if meant not in CATEGORIES
    ]
    if not options.severities:
        problems.append(f"{where} severities: is empty. Name at least one, or leave it out.")
    if problems:
        raise ConfigError(f"{where} has {len(problems)} problem(s):", problems)
    usual = {product: module.PATTERNS for product, module in known.items()}
    wanted = Wanted(named, usual, options.include, options.exclude)
    return _ConfigFiles(name, options, wanted, context)


class _ConfigFiles:
    """The source; see `extracts.Source`."""

    kind = "config_files"

    def __init__(self, name: str, options: Options, wanted: Wanted, context: Context) -> None:
        self.name = name
        self._options = options
        self._wanted = wanted
        self._base = context.config.path.parent
        self._folders = [context.config.resolve(path) for path in options.paths or [options.path]]
        self._services = tuple(entry.name for entry in context.config.services)
        self._clock = context.clock

    @property
    def _subject(self) -> str:
        """What the folders are called in the ledger."""
        return " ".join(label(folder, self._base) for folder in self._folders)

    def extract(self, since: datetime, until: datetime, progress: Progress) -> Iterable[Extract]:  # noqa: ARG002  # a file is a whole
        """One extract per file by name, one for each that is gone, and one that remembers which there were."""
        listing = self._look()
        for file in listing.files:
            yield self._read(file, progress)
        before = _remembered(progress.cursor(self._subject))
        names = {file.name for file in listing.files}
        hidden = [
            name
            for name in sorted(before - names)
            if any(name.startswith(f"{top}/") for top, _ in listing.closed)
        ]
        for name in sorted(before - names - set(hidden)):
            yield self._gone(name)
        yield self._folder(listing, sorted(names | set(hidden)))

    def _look(self) -> Listing:
        try:
            return look(self._folders, self._base, self._wanted)
        except OSError as error:
            raise Rejected(
                f"Cannot list the folder {error.filename} of [sources.{self.name}]: {error.strerror}. "
                "Make it, mend its permissions, or change 'path'."
            ) from error

    def _read(self, file: Found, progress: Progress) -> Extract:
        started = self._clock()
        digest: str | None = None
        try:
            content = _content(file.path)
            digest = hashlib.sha256(content).hexdigest()
            reading = self._parse(file, _decoded(content))
        except (Unreadable, OSError) as error:
            line = error.line if isinstance(error, Unreadable) else None
            why = f"{error.strerror}. Mend its permissions." if isinstance(error, OSError) else str(error)
            return Extract(
                subject=file.name,
                asked=f"{file.name} as {file.product or 'a configuration'}",
                started_at=started,
                finished_at=self._clock(),
                product=file.product,
                raw_sha256=digest,
                error=f"Cannot read {file.name}{f', line {line}' if line else ''}: {why}",
            )
        found = {kind: getattr(reading, kind) for kind in _KINDS}
        product = reading.product
        earlier = progress.cursor(file.name)
        # what it was read as before may have left records of other kinds
        kinds = configurations.products()[product].KINDS if earlier in (None, product) else _KINDS
        return Extract(
            subject=file.name,
            asked=f"{file.name} as {product}",
            started_at=started,
            finished_at=self._clock(),
            batches=[Batch(kind, frame(kind, rows)) for kind, rows in found.items() if rows],
            product=product,
            pages=1,
            rows_received=sum(len(rows) for rows in found.values()),
            warnings=tuple(reading.warnings),
            raw_sha256=digest,
            cursor=product,
            lists_all=tuple(kinds),
        )

    def _parse(self, file: Found, text: str) -> Reading:
        if file.product is None:
            raise Unreadable("Whose configuration it is cannot be told by its name. Name it in 'products'.")
        given = File(
            text=text,
            path=file.inside,
            origin=file.name,
            severities=self._options.severities,
            services=self._services,
            service_label=self._options.service_label,
            categories=tuple(self._options.categories.items()),
        )
        return configurations.read(file.product, given)

    def _gone(self, name: str) -> Extract:
        now = self._clock()
        return Extract(
            subject=name,
            asked=f"{name}: is gone, and what it set with it",
            started_at=now,
            finished_at=now,
            rows_received=0,
            lists_all=_KINDS,
        )

    def _folder(self, listing: Listing, names: list[str]) -> Extract:
        now = self._clock()
        notes = [f"The folder {name} is not read: {why}" for name, why in listing.closed] + list(
            listing.notes
        )
        if not listing.files:
            notes.append(f"There is no configuration to read in {self._subject}.")
        return Extract(
            subject=self._subject,
            asked=f"{self._subject}: which files hold whose configuration",
            started_at=now,
            finished_at=now,
            rows_received=0,
            truncated=bool(listing.closed),
            warnings=tuple(notes),
            cursor=json.dumps(names),
        )

    def diagnose(self) -> Diagnosis:
        """Whether the folders are there, and whether each file in them is what its product reads."""
        try:
            listing = self._look()
        except Rejected as error:
            return Diagnosis(reachable=False, problems=(str(error),))
        problems = [f"The folder {name} is not read: {why}" for name, why in listing.closed] + list(
            listing.notes
        )
        for file in listing.files:
            failed = self._read(file, _Nothing()).error
            problems += [failed] if failed else []
        if not listing.files:
            problems.append(
                f"There is no configuration to read in {self._subject}. Put files there, or name them in 'include'."
            )
        counts = Counter(file.product or "unknown" for file in listing.files)
        held = ", ".join(f"{product} {count}" for product, count in sorted(counts.items()))
        return Diagnosis(
            reachable=True,
            permitted=not problems,
            product=f"{len(listing.files)} files ({held})" if held else "no files",
            problems=tuple(problems),
        )


class _Nothing:
    """The progress of a source that only looks."""

    def covered_until(self, subject: str) -> None:  # noqa: ARG002  # nothing is known of any
        return None

    cursor = raw_sha256 = covered_until


def _content(path: Path) -> bytes:
    with path.open("rb") as stream:
        content = stream.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise Unreadable(f"It is larger than {_LARGEST >> 20} MiB, which no configuration is. Leave it out.")
    return content


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable("It is not UTF-8. Save it as UTF-8.", line) from None


def _remembered(cursor: str | None) -> set[str]:
    try:
        names = json.loads(cursor) if cursor else []
    except json.JSONDecodeError:  # another version's note
        return set()
    return {name for name in names if isinstance(name, str)}
