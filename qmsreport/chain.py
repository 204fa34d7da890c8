"""The chain of reports: each manifest holds the hash of the one before it, so that none can be swapped or taken out.

A report follows its period's own newest revision, else the nearest earlier period's newest one, so that a chain may
branch: a later revision of an earlier period follows what that period had.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from qmsreport.errors import Damaged, UsageError
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
    name = _name(found)
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


def gaps(found: Sequence[Path]) -> list[str]:
    """What is wrong with a folder of bundles as a whole, one sentence each.

    Revisions skipped, reports that others follow and that are missing, reports without a manifest, and reports that
    stand in another one's place.
    """
    known = {_name(path) for path in found}
    without = {
        _name(path)
        for reports in {path.absolute().parent.parent for path in found}
        for path in reports.glob("*/r*")
        if re.fullmatch(r"r\d+", path.name) and path.is_dir() and not (path / MANIFEST).exists()
    }
    wrong = [f"chain: {name} has no {MANIFEST} and could not be verified." for name in sorted(without)]
    newest: dict[str, int] = {}
    for path in found:
        newest[path.parent.name] = max(newest.get(path.parent.name, 0), int(path.name[1:]))
    wrong += [
        f"chain: {period} has a revision {last}, but no revision {number}."
        for period, last in newest.items()
        for number in range(1, last)
        if f"{period}/r{number}" not in known | without
    ]
    hashes = {sha256_file(path / MANIFEST) for path in found}
    for path, manifest in _readable(found):
        recorded, named = manifest.get("previous_manifest"), manifest.get("previous_bundle")
        if recorded and recorded not in hashes and named not in known | without:
            what = f"report {named}" if named else "a report"
            wrong.append(f"chain: {_name(path)} follows {what}, which is missing from this folder.")
        held = f"{manifest.get('period')}/r{manifest.get('revision')}"
        if held != _name(path):
            wrong.append(f"chain: {_name(path)} holds report {held}, which was put in its place.")
    return wrong


def ends(found: Sequence[Path]) -> list[str]:
    """The reports that no other one follows: what came after them could be taken away without a trace."""
    followed = {manifest.get("previous_manifest") for _, manifest in _readable(found)}
    return [_name(path) for path in found if sha256_file(path / MANIFEST) not in followed]


def _readable(found: Sequence[Path]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Those whose manifest can be read; of the others it was said when they were verified."""
    for path in found:
        with contextlib.suppress(Damaged):
            yield path, read_manifest(path)


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _standing(bundle: Path, named: Any, recorded: str) -> Path | None:
    """The bundle before this one where it stands beside it: by its name, else (older manifests) by its hash."""
    reports = bundle.absolute().parent.parent
    if isinstance(named, str) and re.fullmatch(r"[^/\\]+/r\d+", named):
        path = reports / named
        return path if (path / MANIFEST).is_file() else None
    others = (path for path in reports.glob(f"*/r*/{MANIFEST}") if path.parent != bundle.absolute())
    return next((path.parent for path in others if sha256_file(path) == recorded), None)
