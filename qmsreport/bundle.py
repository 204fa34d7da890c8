"""Report bundles on disk: `OUT/<period>/r<N>/`, never overwritten, and what was published in them."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from qmsreport.errors import Damaged, WarehouseError
from qmsreport.evidence import MANIFEST, read_manifest, sha256_file
from qmsreport.period import Period

SNAPSHOT = "evidence.duckdb"
DERIVED = (
    "metrics",
    "findings",
    "definitions",
    "check_controls",
)  # kept in it for readers; computed from it, so not evidence


def snapshot_of(bundle: Path) -> Path:
    """A bundle's evidence, to be read.

    Raises:
        Damaged: when it is gone.
    """
    path = bundle / SNAPSHOT
    if not path.is_file():
        raise Damaged(f"The report {bundle} has lost its {SNAPSHOT}. Restore the bundle from its archive.")
    return path


def revisions(out: Path, label: str) -> list[Path]:
    """The finished revisions of one period, oldest first."""
    found = [
        path
        for path in (out / label).glob("r*")
        if re.fullmatch(r"r\d+", path.name) and (path / MANIFEST).is_file()
    ]
    return sorted(found, key=lambda path: int(path.name[1:]))


def latest(out: Path, label: str) -> Path | None:
    """The newest revision of one period."""
    return next(iter(revisions(out, label)[::-1]), None)


def newest(out: Path) -> Path | None:
    """The newest revision of the period that ended last; of two that end together, the one that knew more."""
    found = [revision for folder in sorted(out.glob("*/")) for revision in revisions(out, folder.name)[-1:]]
    told = {revision: read_manifest(revision) for revision in found}
    return max(found, key=lambda path: (told[path]["last_day"], told[path]["as_of"]), default=None)


def previous(out: Path, periods: Sequence[Period]) -> Path | None:
    """The bundle this one follows: the period's own newest revision, else the nearest earlier period's."""
    return next((found for period in reversed(periods) if (found := latest(out, period.label))), None)


def chained(bundle: Path | None) -> tuple[str | None, dict[str, str | None]]:
    """Evidence digest of the bundle before this one, and what this one's manifest says of it."""
    if bundle is None:
        return None, {"previous_bundle": None, "previous_manifest": None}
    name = f"{bundle.parent.name}/{bundle.name}"
    link: dict[str, str | None] = {
        "previous_bundle": name,
        "previous_manifest": sha256_file(bundle / MANIFEST),
    }
    return str(read_manifest(bundle)["evidence_digest"]), link


def next_revision(out: Path, label: str) -> int:
    """One more than any revision there is or was begun."""
    numbers = [
        int(found[1]) for path in (out / label).glob("r*") if (found := re.fullmatch(r"r(\d+)", path.name))
    ]
    return max(numbers, default=0) + 1


@contextlib.contextmanager
def being_made(out: Path, label: str, revision: int) -> Iterator[Path]:
    """A folder to build a bundle in; with its manifest written it gets its name, without one it is removed."""
    final = out / label / f"r{revision}"
    partial = out / label / f".r{revision}.{os.getpid()}.partial"
    try:
        partial.mkdir(parents=True)
    except OSError as error:
        raise WarehouseError(
            f"Cannot write the report in {out}: {error.strerror}. Choose another --out, or check its permissions."
        ) from error
    try:
        yield partial
        if (partial / MANIFEST).exists():
            partial.rename(final)
    except OSError as error:
        if error.errno in (errno.EEXIST, errno.ENOTEMPTY):
            raise WarehouseError(
                f"Another run has written {final} meanwhile, and it is never written over. "
                "Run this again: it is the next revision, or says nothing new."
            ) from error
        raise WarehouseError(
            f"Cannot write {final}: {error.strerror}. Free space there, or choose another --out."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def same_evidence(
    bundle: Path | None, document: dict[str, Any], files: Sequence[str], key: str | None = None
) -> bool:
    """Whether a bundle already says exactly this, signed with this key, and holds these files."""
    if bundle is None:
        return False
    manifest = read_manifest(bundle)
    if manifest.get("signing_key") != key:
        return False
    recorded = dict(manifest.get("evidence", {}))
    recorded["tables"] = {
        name: digest for name, digest in recorded.get("tables", {}).items() if name != "published"
    }
    fresh = {
        **document,
        "tables": {name: item for name, item in document["tables"].items() if name != "published"},
    }
    recorded.pop("previous", None)
    fresh.pop("previous", None)
    return recorded == fresh and all((bundle / name).exists() for name in files)
