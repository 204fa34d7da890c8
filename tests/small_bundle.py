"""A bundle of a few files, without a warehouse: for what is about manifests, signatures and chains."""

from __future__ import annotations

from pathlib import Path

from qmsreport import evidence
from qmsreport.signature import Signer


def write(
    folder: Path,
    signer: Signer | None = None,
    previous: Path | None = None,
    files: dict[str, bytes] | None = None,
) -> Path:
    """Write a bundle as `generate` does: files, public key, manifest, signature."""
    folder.mkdir(parents=True)
    for name, content in (files or {"report.html": f"<p>{folder}</p>".encode()}).items():
        (folder / name).write_bytes(content)
    before = evidence.read_manifest(previous)["evidence_digest"] if previous else None
    parts = evidence.Parts({}, {}, "c", "t", "0.1", before)
    facts = {
        "period": folder.parent.name,
        "revision": int(folder.name[1:]),
        "signed": signer is not None,
        "signing_key": signer.fingerprint if signer else None,
        "previous_bundle": f"{previous.parent.name}/{previous.name}" if previous else None,
        "previous_manifest": evidence.sha256_file(previous / evidence.MANIFEST) if previous else None,
    }
    if signer:
        signer.place(folder)
    evidence.write_manifest(folder, parts, facts, {}, signer.described() if signer else None)
    if signer:
        signer.sign(folder)
    return folder


def rewrite(bundle: Path, **changes: object) -> None:
    """Change the manifest as somebody would who knows how it is made: canonical, its own hash in order."""
    import rfc8785

    manifest = {**evidence.read_manifest(bundle), **changes}
    manifest.pop("self")
    manifest["self"] = evidence.sha256_json(manifest)
    (bundle / evidence.MANIFEST).write_bytes(rfc8785.dumps(manifest))


def hashes(folder: Path) -> dict[str, str]:
    """The hash of each file in a folder and those below it, by its path there."""
    return {
        path.relative_to(folder).as_posix(): evidence.sha256_file(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def rehash(bundle: Path) -> None:
    """Put the manifest in order with the files as they stand now: what anyone can do who has no key."""
    files = {
        path.relative_to(bundle).as_posix(): {
            "sha256": evidence.sha256_file(path),
            "bytes": path.stat().st_size,
        }
        for path in sorted(bundle.rglob("*"))
        if path.is_file() and path.name != evidence.MANIFEST
    }
    rewrite(bundle, files=files)
