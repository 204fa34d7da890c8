"""What an auditor asks of a bundle: is it still as it was written, who vouches for it, and what does it follow?

Offline, and without a warehouse or a configuration: everything needed is in the bundle, and in what stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qmsreport import bundle, chain, evidence, signature
from qmsreport.errors import Damaged, WarehouseError

if TYPE_CHECKING:
    from qmsreport.warehouse import Snapshot


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` found: one sentence for each problem, and what is known of signatures and chain."""

    problems: list[str]
    notes: list[str]


def verify(
    folder: Path, trusted: signature.PublicKey | None = None, roots: Sequence[Path] = ()
) -> Verification:
    """What is wrong with a bundle; no problem when nothing was changed since it was written.

    Args:
        folder: the bundle.
        trusted: the key that it must be signed with; none to accept any, and to say so.
        roots: certificates that a signed PDF's signer must lead to; none to accept any, and to say so.
    """
    try:
        manifest = evidence.read_manifest(folder)
    except Damaged as error:
        return Verification([f"changed file: {evidence.MANIFEST}: {error}"], [])
    problems = [f"changed file: {sentence}" for sentence in evidence.changed_files(folder, manifest)]
    problems += _changed_facts(folder, manifest)
    checks = [signature.check(folder, manifest, trusted), chain.check(folder, manifest)]
    if (folder / evidence.SIGNED_PDF).is_file() or roots:
        from qmsreport import pdf_signature

        checks.append(pdf_signature.check(folder, roots))
    return Verification(
        problems + [sentence for one in checks for sentence in one.problems], [one.said for one in checks]
    )


def _changed_facts(folder: Path, manifest: dict[str, Any]) -> list[str]:
    from qmsreport.warehouse import Snapshot, strange, table_digests

    paths = sorted((folder / "queries").rglob("*.sql"))
    queries = {path.relative_to(folder).as_posix(): evidence.sha256_file(path) for path in paths}
    views = {
        path.stem: path.read_text("utf-8", "replace")
        for path in sorted((folder / "queries" / "views").glob("*.sql"))
    }
    # verdicts are kept in the snapshot, too, and follow from the findings
    verdicts = [path.stem for path in (folder / "queries" / "verdicts").glob("*.sql")]
    tables: dict[str, str] = {}
    strangers: list[str] = []
    covers: list[str] = []
    if (folder / bundle.SNAPSHOT).is_file():
        try:
            with Snapshot(folder / bundle.SNAPSHOT) as snapshot:
                tables = table_digests(snapshot, leave_out=[*bundle.DERIVED, *verdicts], foreign=True)
                covers = _cover(snapshot, tables, manifest)
                strangers = strange(snapshot, views)
        except WarehouseError as error:
            return [f"changed fact: the snapshot cannot be read any more: {error}"]
    elif manifest["evidence"]["tables"]:
        return [f"changed fact: {bundle.SNAPSHOT} is missing, and every table with it."]
    facts = [*evidence.changed_evidence(manifest, tables, queries), *strangers]
    return [f"changed fact: {sentence}" for sentence in facts] + covers


def _cover(snapshot: Snapshot, tables: Mapping[str, str], manifest: dict[str, Any]) -> list[str]:
    """Where the cover, which renders what the manifest says, contradicts the evidence."""
    parts = manifest["evidence"]
    if "period" not in tables or tables["period"] != parts["tables"].get("period"):
        return []
    (row,) = snapshot.fetch("select label, grain, first_day, last_day, zone, as_of from period")
    names = ("period", "grain", "first_day", "last_day", "zone", "as_of")
    evident = dict(zip(names, row, strict=True)) | {"tool_version": parts.get("tool_version")}
    return [
        f"cover: {name} is {manifest.get(name)} in the manifest, and {said} in the evidence."
        for name, value in evident.items()
        if (said := value.isoformat() if isinstance(value, date) else value) != manifest.get(name)
    ]
