"""QMS documents: what they declare, what their checklists say is done, and what is wrong with them.

Markdown with TOML front matter between `+++` lines, or Markdown alone. A document is read whole each time, since
what it refers to can change without it; what is stored is what changed. One that is withdrawn declares nothing any
more. Names of people who answer for something are kept as they are written: name roles where persons shall not appear.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from qmsreport.errors import ConfigError, Rejected
from qmsreport.extracts import Batch, Diagnosis, Extract, Progress, Source
from qmsreport.records import Document, frame
from qmsreport.sources import Context
from qmsreport.sources._paths import label

if TYPE_CHECKING:
    from qmsreport.sources._policy_document import Reading, Reference
    from qmsreport.sources._policy_settings import Rules

_KINDS = ("settings", "plan_items", "documents", "document_flaws")
_LARGEST = 5_000_000  # bytes; a document that people read is far smaller


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`[sources.NAME]` with `kind = "policy"`."""

    path: str = "policy"  # the folder of the documents
    globs: list[str] = field(default_factory=lambda: ["**/*.md"])  # which files in it
    keys: dict[str, Any] = field(default_factory=dict)  # your own document keys → settings


def create(name: str, options: Options, context: Context) -> Source:
    """The source of one folder of documents.

    Raises:
        ConfigError: with every key or glob that cannot work.
    """
    from qmsreport.sources._policy_settings import Rules, own_rules

    rules, problems = own_rules(options.keys, f"[sources.{name}] keys")
    problems += [
        f"[sources.{name}] globs: '{glob}' must be relative to 'path', like '**/*.md'."
        for glob in options.globs
        if not glob or glob.startswith("/") or ".." in PurePosixPath(glob).parts
    ]
    if problems:
        raise ConfigError(f"[sources.{name}] cannot work:", problems)
    return _Policy(name, options, Rules(rules), context)


class _Policy:
    """A folder of documents."""

    kind = "policy"

    def __init__(self, name: str, options: Options, rules: Rules, context: Context) -> None:
        self.name = name
        self._folder = context.config.resolve(options.path)
        self._base = context.config.path.parent
        self._globs = options.globs
        self._rules = rules
        self._zone = context.config.time_zone
        self._clock = context.clock

    def extract(self, since: datetime, until: datetime, progress: Progress) -> Iterable[Extract]:
        """One extract per document, one for each that is gone, and the list of them last."""
        started = self._clock()
        paths = self._find()
        for name, path in paths.items():
            yield from self._read(name, path)
        folder = label(self._folder, self._base)
        before = _names(progress.cursor(folder))
        for name in sorted(before - paths.keys()) if paths else ():
            yield self._withdrawn(name)
        yield Extract(
            subject=folder,
            asked=f"{folder}: which documents there are",
            started_at=started,
            finished_at=self._clock(),
            # a document holds until it is replaced, so one reading answers for all the days that were asked about
            window_start=since if paths else None,
            window_end=until if paths else None,
            product="QMS documents",
            rows_received=len(paths),
            warnings=() if paths else (f"There is no document to read in {self._folder}.",),
            cursor=json.dumps(sorted(paths or before)),
        )

    def _find(self) -> dict[str, Path]:
        try:
            next(self._folder.iterdir(), None)
        except OSError as error:
            raise Rejected(
                f"Cannot list the folder {self._folder} of [sources.{self.name}]: {error.strerror}. "
                "Make it, mend its permissions, or change 'path'."
            ) from error
        found = {path for glob in self._globs for path in self._folder.glob(glob) if path.is_file()}
        inside = (
            path
            for path in found
            if not any(part.startswith(".") for part in path.relative_to(self._folder).parts)
        )
        return {label(path, self._base): path for path in sorted(inside)}

    def _read(self, name: str, path: Path) -> Iterator[Extract]:
        from qmsreport.sources import _policy_document, _policy_flaws

        started = self._clock()
        try:
            with path.open("rb") as stream:
                raw = stream.read(_LARGEST + 1)
        except OSError as error:
            why = f"{error.strerror or error}. Check the file, its disk and its permissions."
            yield self._extract(name, started, error=f"Cannot read {path}: {why}")
            return
        if len(raw) > _LARGEST:
            why = f"it has more than {_LARGEST // 1_000_000} MB. Move it away, or leave it out with 'globs'."
            yield self._extract(name, started, error=f"Cannot read {path}: {why}")
            return
        found = _policy_document.read(raw, name, self._rules)
        flawed = _policy_flaws.flaws(found)
        flaws = Batch("document_flaws", frame("document_flaws", flawed))
        if found.unreadable:
            # the flaw is stored for the report; what was read of the document before stays as it is
            yield self._extract(name, started, batches=[flaws], raw_sha256=found.sha256)
            line, why = found.unreadable.line, found.unreadable.why
            sentence = f"Cannot read the front matter of {path}, line {line}: {why}. Mend that line; what was read before stays."
            yield self._extract(name, started, raw_sha256=found.sha256, error=sentence)
            return
        items, values = _policy_document.plan_items(found), _policy_document.settings(found)
        batches = [
            Batch("settings", frame("settings", values)),
            Batch("plan_items", frame("plan_items", items)),
            Batch("documents", frame("documents", self._documents(found, path, len(flawed)))),
            flaws,
        ]
        yield self._extract(
            name,
            started,
            batches=batches,
            raw_sha256=found.sha256,
            product_version=found.version,
            warnings=found.warnings,
            lists_all=_KINDS,
        )

    def _extract(self, name: str, started: datetime, **given: Any) -> Extract:
        return Extract(
            subject=name,
            asked=f"{name}: what it declares",
            started_at=started,
            finished_at=self._clock(),
            product="QMS documents",
            **given,
        )

    def _withdrawn(self, name: str) -> Extract:
        warning = f"{name} is gone: what it declared no longer holds."
        return self._extract(name, self._clock(), lists_all=_KINDS, warnings=(warning,), rows_received=0)

    def _documents(self, found: Reading, path: Path, flaws: int) -> list[Document]:
        from qmsreport.sources import _policy_document

        return [
            replace(_policy_document.document(found, self._zone), flaws=flaws),
            *(self._referenced(found.name, reference, path) for reference in found.references),
        ]

    def _referenced(self, name: str, reference: Reference, beside: Path) -> Document:
        """A document that another one names. Its hash is known when its file is there, beside it or in the folder."""
        from qmsreport.http import redact

        return Document(
            document_id=f"{name}#{reference.kind}:{redact(reference.target)}",
            title=reference.title or PurePosixPath(reference.target).name or reference.target,
            kind=reference.kind,
            sha256=self._hash(reference.target, beside),
            url=redact(reference.target),
        )

    def _hash(self, target: str, beside: Path) -> str | None:
        if "://" in target:
            return None
        inside = (self._base.resolve(), self._folder.resolve())
        for start in (beside.parent, self._folder, self._base):
            path = start / target.partition("#")[0]
            try:
                if any(path.resolve().is_relative_to(place) for place in inside) and path.is_file():
                    with path.open("rb") as stream:
                        return hashlib.file_digest(stream, "sha256").hexdigest()
            except (OSError, ValueError):  # a name that no file can have, or one that may not be read
                continue
        return None

    def diagnose(self) -> Diagnosis:
        """Whether the folder is there, and which documents cannot be read."""
        try:
            paths = self._find()
        except Rejected as error:
            return Diagnosis(reachable=False, problems=(str(error),))
        problems = [
            item.error for name, path in paths.items() for item in self._read(name, path) if item.error
        ]
        if not paths:
            problems.append(
                f"There is no document to read in {self._folder}. Put Markdown there, or change 'globs'."
            )
        return Diagnosis(
            reachable=True,
            permitted=not any("ermission" in problem for problem in problems),
            product=f"{len(paths)} documents" if len(paths) != 1 else "1 document",
            problems=tuple(problems),
        )


def _names(cursor: str | None) -> set[str]:
    try:
        names = json.loads(cursor) if cursor else []
    except ValueError:  # another version's note
        return set()
    return {name for name in names if isinstance(name, str)} if isinstance(names, list) else set()
