"""What an auditor asks of a bundle: is it still as it was written, who vouches for it, and what does it follow?

Offline, and without a warehouse or a configuration: everything needed is in the bundle, and in what stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qmsreport import bundle, chain, evidence, signature
from qmsreport.errors import WarehouseError


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
    manifest = evidence.read_manifest(folder)
    problems = [f"changed file: {sentence}" for sentence in evidence.changed_files(folder, manifest)]
    if (folder / bundle.SNAPSHOT).is_file():
        problems += _changed_facts(folder, manifest)
    checks = [signature.check(folder, manifest, trusted), chain.check(folder, manifest)]
    if (folder / evidence.SIGNED_PDF).is_file() or roots:
        from qmsreport import pdf_signature

        checks.append(pdf_signature.check(folder, roots))
    return Verification(
        problems + [sentence for one in checks for sentence in one.problems], [one.said for one in checks]
    )


def _changed_facts(folder: Path, manifest: dict[str, Any]) -> list[str]:
    from qmsreport.warehouse import Snapshot, table_digests

    # verdicts are kept in the snapshot, too, and follow from the findings
    verdicts = [path.stem for path in (folder / "queries" / "verdicts").glob("*.sql")]
    queries: dict[str, str] = {}
    for path in sorted((folder / "queries").rglob("*.sql")):
        queries[path.relative_to(folder).as_posix()] = evidence.sha256_file(path)
    try:
        with Snapshot(folder / bundle.SNAPSHOT) as snapshot:
            tables = table_digests(snapshot, leave_out=[*bundle.DERIVED, *verdicts])
    except WarehouseError as error:
        return [f"changed fact: the snapshot cannot be read any more: {error}"]
    return [f"changed fact: {sentence}" for sentence in evidence.changed_evidence(manifest, tables, queries)]
