"""Every failure a user can meet, grouped by what the operator must do next.

    QmsReportError
    ├─ UsageError        2   mend the command
    │  ├─ Damaged        2   a report bundle lacks what it consists of: restore it from its archive
    │  └─ ConfigError    2   mend qmsreport.toml; lists every problem at once
    ├─ SourceError       3   mend the access, or wait
    │  ├─ Unavailable    3   did not answer after every retry: wait, or check the network
    │  ├─ Rejected       3   answered 401, 403 or 404: mend the permission; never retried
    │  └─ Malformed      3   answered something that cannot be trusted: look at the server
    ├─ WarehouseError    3   free the disk, the lock or the permission, then run again
    │  └─ Locked         3   another run is writing: wait for it
    ├─ QueryError        4   mend the query file named in the message
    └─ RenderError       5   mend the template or install what the renderer lacks

Exit codes: 0 report written · 1 report written and a finding at or above `--fail-on`, or an extraction
that set rows aside · 2 and above: there is no trustworthy report.

Wording of a message: `<what> <where>: <why>. <what to do>.`
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class QmsReportError(Exception):
    """Base of everything the command line turns into one sentence and an exit code."""

    exit_code = 2


class UsageError(QmsReportError):
    """The command cannot be carried out as written."""


class Damaged(UsageError):
    """A report bundle's manifest is none any more, or its evidence is gone."""


class ConfigError(UsageError):
    """`qmsreport.toml` is missing or wrong; `problems` holds every problem found, not only the first."""

    def __init__(self, message: str, problems: Iterable[str] = ()) -> None:
        self.problems = tuple(problems)
        lines = "".join(f"\n  - {problem}" for problem in self.problems)
        super().__init__(message + lines)


class SourceError(QmsReportError):
    """A source could not be read; nothing already stored is touched."""

    exit_code = 3


class Unavailable(SourceError):
    """The source did not answer within the configured retries and time."""


class Rejected(SourceError):
    """The source refused us: 401, 403 or 404."""


class Malformed(SourceError):
    """The source answered, but not with what its own interface promises."""


class WarehouseError(QmsReportError):
    """The warehouse, or a file or folder beside it, could not be read or written."""

    exit_code = 3


class Locked(WarehouseError):
    """Another run holds the warehouse for writing."""


class QueryError(QmsReportError):
    """A query file is wrong, or broke its row contract."""

    exit_code = 4


class RenderError(QmsReportError):
    """The report could not be rendered."""

    exit_code = 5


def suggest(word: str, known: Iterable[str]) -> str:
    """Return `" Did you mean 'x'?"` for the nearest known word, or the list of them when none is near."""
    choices = sorted(known)
    near = difflib.get_close_matches(word, choices, n=1, cutoff=0.6)
    if near:
        return f" Did you mean '{near[0]}'?"
    return f" Known: {', '.join(choices)}." if choices else ""
