"""The evidence chain: the digest on every page, the manifest beside it, and verifying both.

A file cannot hold its own hash, so there are two levels. The *evidence digest* covers what the report was
computed from: content of the snapshot's tables, queries, configuration, tool version, the previous report's
digest. `manifest.json` (RFC 8785) covers every file of the bundle and the previous manifest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from qmsreport.errors import Damaged, UsageError
from qmsreport.results import Query

MANIFEST = "manifest.json"
MANIFEST_KEY = "manifest.json.pub"
MANIFEST_SIGNATURE = "manifest.json.sig"
SIGNED_PDF = "report.signed.pdf"
# what a manifest says of the bundle; the rest of it is what the report's cover says
_OF_THE_BUNDLE = (
    "evidence",
    "files",
    "extracts",
    "signature",
    "self",
    "previous_bundle",
    "previous_manifest",
)
# made after the manifest, so not in it; each proves itself and is checked on its own
_AFTERWARDS = (MANIFEST, MANIFEST_SIGNATURE, SIGNED_PDF)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the evidence digest is made of."""

    tables: Mapping[str, str]  # table name to SHA-256 of its content
    queries: Mapping[str, str]  # path to SHA-256
    configuration: str  # SHA-256 of the configuration as canonical JSON; it holds no secrets
    templates: str  # SHA-256 over the report's templates
    tool_version: str
    previous: str | None  # evidence digest of the report before this one

    def document(self) -> dict[str, Any]:
        """As JSON-ready values."""
        return {
            "tables": dict(self.tables),
            "queries": dict(self.queries),
            "configuration": self.configuration,
            "templates": self.templates,
            "tool_version": self.tool_version,
            "previous": self.previous,
        }

    @property
    def digest(self) -> str:
        """The evidence digest."""
        return sha256_json(self.document())


def sha256_json(value: Any) -> str:
    """SHA-256 of a value as canonical JSON (RFC 8785)."""
    import rfc8785

    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()


def sha256_file(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def query_hashes(queries: tuple[Query, ...]) -> dict[str, str]:
    """Path to SHA-256 of each query as run."""
    return {query.path: query.sha256 for query in queries}


def folder_hash(folder: Path) -> str:
    """One SHA-256 over every file below a folder, by relative path."""
    files = {
        str(path.relative_to(folder)): sha256_file(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return sha256_json(files)


def write_manifest(
    bundle: Path,
    parts: Parts,
    facts: Mapping[str, Any],
    raw: Mapping[str, str | None],
    signature: Mapping[str, str] | None = None,
) -> None:
    """Write `manifest.json` over every file in the bundle.

    Args:
        bundle: the folder; complete but for the manifest.
        parts: of the evidence digest.
        facts: what the report is: period, revision, as-of, previous manifest's hash.
        raw: extract id to SHA-256 of its raw responses.
        signature: with which key it will be signed; none for an unsigned report.
    """
    import rfc8785

    files = {
        path.relative_to(bundle).as_posix(): {"sha256": sha256_file(path), "bytes": path.stat().st_size}
        for path in sorted(bundle.rglob("*"))
        if path.is_file()
    }
    manifest = {
        **facts,
        "evidence_digest": parts.digest,
        "evidence": parts.document(),
        "files": files,
        "extracts": {str(extract): digest for extract, digest in raw.items()},
        "signature": dict(signature) if signature else None,
    }
    manifest["self"] = sha256_json(manifest)
    (bundle / MANIFEST).write_bytes(rfc8785.dumps(manifest))


def read_manifest(bundle: Path) -> dict[str, Any]:
    """The manifest of a bundle.

    Raises:
        UsageError: when the folder is no bundle.
        Damaged: when its manifest cannot be read.
    """
    import rfc8785

    path = bundle / MANIFEST
    try:
        manifest = json.loads(path.read_bytes())
        rfc8785.dumps(manifest)  # not everything that Python reads has a canonical form
    except FileNotFoundError as error:
        raise UsageError(
            f"{bundle} is not a report bundle: it has no {MANIFEST}. Name a folder like reports/2026-Q3/r1."
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise Damaged(f"Cannot read {path}: {error}. Restore the bundle from its archive.") from error
    if not _whole(manifest):
        raise Damaged(f"{path} is not a manifest of this tool. Restore the bundle from its archive.")
    return dict(manifest)


def _whole(manifest: Any) -> bool:
    """Whether it has what every manifest has, in its shape."""
    match manifest:
        case {
            "files": dict(files),
            "evidence": {"tables": dict(), "queries": dict()},
            "evidence_digest": str(),
        }:
            entries = files.values()
        case _:
            return False
    return all(isinstance(entry, dict) and entry.keys() == {"sha256", "bytes"} for entry in entries)


def facts(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What the cover says, as the report was rendered with it."""
    found = {key: value for key, value in manifest.items() if key not in _OF_THE_BUNDLE}
    for key in ("first_day", "last_day"):
        found[key] = date.fromisoformat(found[key])
    return {**found, "as_of": datetime.fromisoformat(found["as_of"])}


def changed_files(bundle: Path, manifest: Mapping[str, Any]) -> list[str]:
    """What differs between the folder and its manifest, one sentence each."""
    import rfc8785

    found = []
    if (bundle / MANIFEST).read_bytes() != rfc8785.dumps(dict(manifest)):
        found.append(f"{MANIFEST}: not in canonical form; it was edited after it was written.")
    if sha256_json({key: value for key, value in manifest.items() if key != "self"}) != manifest.get("self"):
        found.append(f"{MANIFEST}: changed: its own SHA-256 is not the recorded one.")
    present = {path.relative_to(bundle).as_posix(): path for path in bundle.rglob("*") if _is_content(path)}
    for name in _AFTERWARDS:
        if name in present and _is_own(present[name]):
            del present[name]
    for name, entry in manifest["files"].items():
        path = bundle / name
        if name not in present:
            found.append(f"{name}: missing.")
        elif not _is_own(path):
            found.append(f"{name}: changed: a link or a device stands in its place.")
        elif path.stat().st_size != entry["bytes"]:
            found.append(f"{name}: changed: {path.stat().st_size} bytes instead of {entry['bytes']}.")
        elif sha256_file(path) != entry["sha256"]:
            found.append(f"{name}: changed: its SHA-256 is not the recorded one.")
    found += [
        f"{name}: not in the manifest; it was added afterwards."
        for name in sorted(present.keys() - manifest["files"].keys())
    ]
    return found


def _is_content(path: Path) -> bool:
    """Anything but a folder; a link to one is none."""
    return path.is_symlink() or not path.is_dir()


def _is_own(path: Path) -> bool:
    """Whether it is a file whose bytes stand here, and not elsewhere."""
    return path.is_file() and not path.is_symlink()


def changed_evidence(
    manifest: Mapping[str, Any], tables: Mapping[str, str], queries: Mapping[str, str]
) -> list[str]:
    """What differs between the evidence digest's parts and what the bundle holds now, one sentence each."""
    recorded = manifest["evidence"]
    found = []
    for what, now, then in (
        ("table", tables, recorded.get("tables", {})),
        ("query", queries, recorded.get("queries", {})),
    ):
        found += [
            f"{what} {name}: its content is not the recorded one."
            for name in now
            if name in then and now[name] != then[name]
        ]
        found += [f"{what} {name}: missing." for name in then if name not in now]
        found += [f"{what} {name}: added afterwards." for name in now if name not in then]
    if sha256_json(recorded) != manifest.get("evidence_digest"):
        found.append("evidence digest: it does not follow from its recorded parts.")
    return found
