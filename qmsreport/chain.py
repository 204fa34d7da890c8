"""The chain of reports: each manifest holds the hash of the one before it, so that none can be swapped or taken out.

A report follows its period's own newest revision, else the nearest earlier period's newest one, so that a chain may
branch: a later revision of an earlier period follows what that period had.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from qmsreport.errors import UsageError
from qmsreport.evidence import MANIFEST, read_manifest, sha256_file
from qmsreport.signature import Checked


def check(bundle: Path, manifest: Mapping[str, Any]) -> Checked:
    """Check that the report which a bundle follows is still what it was, if it stands beside it."""
    recorded = manifest.get("previous_manifest")
    if not recorded:
        return Checked([], "follows no other report")
    named = manifest.get("previous_bundle")
    found = _standing(bundle, named, str(recorded))
    if found is None:
        which = f"report {named}" if named else "an earlier report"
        return Checked([], f"follows {which}, which does not stand beside it and was not compared")
    name = f"{found.parent.name}/{found.name}"
    if sha256_file(found / MANIFEST) != recorded:
        return Checked(
            [f"chain: {name}, which this report follows, is not what it was: its manifest's SHA-256 is not the recorded one."],
            f"follows {name}",
        )  # fmt: skip
    digest = read_manifest(found).get("evidence_digest")
    if digest != manifest.get("evidence", {}).get("previous"):
        return Checked(
            [f"chain: {name}, which this report follows, has another evidence digest than recorded."],
            f"follows {name}",
        )
    return Checked([], f"follows {name}, which is as it was")


def bundles(folder: Path) -> list[Path]:
    """Every bundle of a reports folder, period by period, oldest revision first.

    Raises:
        UsageError: when there is none.
    """
    found = [
        path.parent for path in folder.glob(f"*/r*/{MANIFEST}") if re.fullmatch(r"r\d+", path.parent.name)
    ]
    if not found:
        raise UsageError(
            f"{folder} holds no report bundles. Name the folder that has them by period, like reports."
        )
    return sorted(found, key=lambda path: (path.parent.name, int(path.name[1:])))


def gaps(found: Iterable[Path]) -> list[str]:
    """What is missing from a folder of bundles, one sentence each: revisions skipped, reports that others follow."""
    listed = list(found)
    numbers: dict[str, set[int]] = {}
    for path in listed:
        numbers.setdefault(path.parent.name, set()).add(int(path.name[1:]))
    missing = [
        f"chain: {period} has a revision {max(known)}, but no revision {number}."
        for period, known in numbers.items()
        for number in range(1, max(known))
        if number not in known
    ]
    hashes = {sha256_file(path / MANIFEST) for path in listed}
    names = {f"{path.parent.name}/{path.name}" for path in listed}
    for path in listed:
        manifest = read_manifest(path)
        recorded, named = manifest.get("previous_manifest"), manifest.get("previous_bundle")
        if recorded and recorded not in hashes and named not in names:
            what = f"report {named}" if named else "a report"
            missing.append(
                f"chain: {path.parent.name}/{path.name} follows {what}, which is missing from this folder."
            )
    return missing


def _standing(bundle: Path, named: Any, recorded: str) -> Path | None:
    """The bundle before this one where it stands beside it: by its name, else (older manifests) by its hash."""
    reports = bundle.absolute().parent.parent
    if isinstance(named, str) and re.fullmatch(r"[^/\\]+/r\d+", named):
        path = reports / named
        return path if (path / MANIFEST).is_file() else None
    others = (path for path in reports.glob(f"*/r*/{MANIFEST}") if path.parent != bundle.absolute())
    return next((path.parent for path in others if sha256_file(path) == recorded), None)
