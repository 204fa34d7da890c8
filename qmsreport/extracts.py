"""What a source hands over: batches of records, the rows it set aside, and its line for the run ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one kind that came out of one response or one file: a frame with `schema(kind)`."""

    kind: str
    rows: pl.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """One row that could not be loaded: where it stands and why. `excerpt` never holds a person's name."""

    origin: str
    line: int | None = None
    column: str | None = None
    reason: str
    excerpt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """One window of one subject: committed to the warehouse as a whole, with its line in the run ledger.

    `batches` may be a generator where reading is local; over the network it is a finished list, because the
    warehouse is open for writing while it is consumed. A `SourceError` or `OSError` out of it fails this extract
    and no other: nothing of it is stored, and the ledger says why. `lists_all` names the kinds of which this extract
    holds every record its subject has: stored records of the subject that are missing from it get a tombstone. `lists_windows` says the same of the records
    whose `window_start` lies in the window of this extract.
    `cursor` is the source's own note on where to go on from; it comes back in `Progress.cursor`.
    """

    subject: str  # what was asked about, stable from run to run: "slo:checkout", "pulls:acme/checkout"
    asked: str  # the query text, request line or path, without secrets
    started_at: datetime
    finished_at: datetime
    batches: Iterable[Batch] = ()
    rejects: Iterable[Reject] = ()
    window_start: datetime | None = None
    window_end: datetime | None = None
    product: str | None = None
    product_version: str | None = None
    account: str | None = None
    pages: int | None = None
    rows_received: int | None = None  # None: counted from the batches
    server_total: int | None = None
    truncated: bool = False
    warnings: tuple[str, ...] = ()
    clock_offset_seconds: float | None = None
    raw_sha256: str | None = None
    cursor: str | None = None
    lists_all: tuple[str, ...] = ()
    lists_windows: tuple[str, ...] = ()
    error: str | None = None  # set: the window failed; batches are empty, the ledger says why

    def failed(self, error: str, finished_at: datetime) -> Extract:
        """The same question without its answer, when reading `batches` broke off: what the ledger keeps of it."""
        return replace(
            self,
            batches=(),
            rejects=(),
            rows_received=None,
            raw_sha256=None,
            cursor=None,
            lists_all=(),
            lists_windows=(),
            finished_at=finished_at,
            error=error,
        )


class Progress(Protocol):
    """What a source may ask about its own earlier extracts, so that it can go on where it stopped."""

    def covered_until(self, subject: str) -> datetime | None:
        """The end of the newest window of this subject that was committed without an error."""

    def cursor(self, subject: str) -> str | None:
        """The cursor that the newest extract of this subject committed."""

    def raw_sha256(self, subject: str) -> str | None:
        """The hash of the response or file that the newest extract of this subject came from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What `doctor` says of one source: one line per question, `ok` when nothing is wrong with it."""

    reachable: bool
    permitted: bool | None = None
    product: str | None = None
    version: str | None = None
    account: str | None = None
    clock_offset_seconds: float | None = None
    answers_since: datetime | None = None  # how far back it can answer
    problems: tuple[str, ...] = ()  # sentences that say what to do


class Source(Protocol):
    """One configured source: knows how to ask one system, and nothing of the warehouse."""

    name: str  # as in the configuration
    kind: str  # the module's name

    def extract(self, since: datetime, until: datetime, progress: Progress) -> Iterable[Extract]:
        """Yield extracts whose windows lie in `[since, until)`, naive UTC, oldest first.

        Each is committed before the next is asked for, so an interrupted run goes on where it stopped.
        One that fails is yielded with `error` set, or raised as a `SourceError` when the rest is pointless.
        """

    def diagnose(self) -> Diagnosis:
        """Ask the system who we are to it; never raises a `SourceError`, it reports it."""
