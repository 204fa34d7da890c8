"""Registers that people keep in TOML: waivers, attestations, decisions, nonconformities and their actions.

Any `*.toml` of the folder, with any of `[[waiver]]`, `[[attestation]]`, `[[decision]]`, `[[nonconformity]]` and
`[[nonconformity.action]]`. A file with one wrong entry is refused whole, with every problem in it named; what was
read of it before stays. An entry that is taken out of a file is stored as gone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qmsreport import assets
from qmsreport.errors import Rejected
from qmsreport.extracts import Batch, Diagnosis, Extract, Progress, Source
from qmsreport.records import frame
from qmsreport.sources import Context
from qmsreport.sources._paths import label

if TYPE_CHECKING:
    from qmsreport.sources._register_check import Register

_KINDS = ("waivers", "attestations", "decisions", "nonconformities", "corrective_actions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`[sources.NAME]` with `kind = "registers"`."""

    path: str = (
        "registers"  # the folder: waivers.toml, attestations.toml, decisions.toml, nonconformities.toml
    )


def create(name: str, options: Options, context: Context) -> Source:
    """The source of one folder of registers."""
    return _Registers(name, context.config.resolve(options.path), context)


class _Registers:
    """A folder of registers."""

    kind = "registers"

    def __init__(self, name: str, folder: Path, context: Context) -> None:
        self.name = name
        self._folder = folder
        self._base = context.config.path.parent
        self._zone = context.config.time_zone
        self._clock = context.clock

    def extract(self, since: datetime, until: datetime, progress: Progress) -> Iterable[Extract]:
        """One extract per file, one for each that is gone, and the list of them last."""
        started = self._clock()
        paths = self._find()
        registers = self._read_all(paths)
        for name, path in paths.items():
            yield self._offer(name, path, *registers[name])
        folder = label(self._folder, self._base)
        before = set(json.loads(progress.cursor(folder) or "[]"))
        for name in sorted(before - paths.keys()) if paths else ():
            gone = f"{name} is gone: none of its entries holds any more."
            yield self._extract(name, lists_all=_KINDS, warnings=(gone,), rows_received=0)
        yield Extract(
            subject=folder,
            asked=f"{folder}: which registers there are",
            started_at=started,
            finished_at=self._clock(),
            # every entry carries its own days, so a register read once answers for all that were asked about
            window_start=since if paths else None,
            window_end=until if paths else None,
            product="registers",
            rows_received=len(paths),
            warnings=() if paths else (f"There is no register (*.toml) to read in {self._folder}.",),
            cursor=json.dumps(sorted(paths or before)),
        )

    def _find(self) -> dict[str, Path]:
        try:
            entries = sorted(self._folder.iterdir())
        except OSError as error:
            raise Rejected(
                f"Cannot list the folder {self._folder} of [sources.{self.name}]: {error.strerror}. "
                "Make it, mend its permissions, or change 'path'."
            ) from error
        return {
            label(path, self._base): path
            for path in entries
            if path.suffix == ".toml" and not path.name.startswith(".") and path.is_file()
        }

    def _read_all(self, paths: Mapping[str, Path]) -> dict[str, tuple[Register, str]]:
        from qmsreport.sources._register_check import together

        registers = {name: self._read(path) for name, path in paths.items()}
        together({name: register for name, (register, _) in registers.items()})
        return registers

    def _read(self, path: Path) -> tuple[Register, str]:
        """A file's entries or problems, and the hash of its bytes."""
        from qmsreport.sources import _register_check

        try:
            raw = path.read_bytes()
            checks = [query.stem for query in (assets.folder("queries") / "checks").glob("*.sql")]
            return _register_check.read(raw.decode("utf-8-sig"), self._zone, checks), hashlib.sha256(
                raw
            ).hexdigest()
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            return _register_check.Register(problems=[(line, "it is not UTF-8. Save it as UTF-8.")]), ""
        except OSError as error:
            why = f"{error.strerror or error}. Check the file, its disk and its permissions."
            return _register_check.Register(problems=[(0, why)]), ""

    def _offer(self, name: str, path: Path, register: Register, sha256: str) -> Extract:
        if register.problems:
            return self._extract(name, raw_sha256=sha256 or None, error=_sentence(path, register.problems))
        batches = [Batch(kind, frame(kind, rows)) for kind, rows in register.records(name).items() if rows]
        return self._extract(
            name, batches=batches, raw_sha256=sha256, warnings=tuple(register.warnings), lists_all=_KINDS
        )

    def _extract(self, name: str, **given: Any) -> Extract:
        now = self._clock()
        return Extract(
            subject=name,
            asked=f"{name}: its entries",
            started_at=now,
            finished_at=now,
            product="registers",
            **given,
        )

    def diagnose(self) -> Diagnosis:
        """Whether the folder is there, and what is wrong with its registers."""
        try:
            paths = self._find()
        except Rejected as error:
            return Diagnosis(reachable=False, problems=(str(error),))
        registers = self._read_all(paths)
        problems = [
            _sentence(paths[name], register.problems)
            for name, (register, _) in registers.items()
            if register.problems
        ]
        problems += [
            f"{name}: {warning}" for name, (register, _) in registers.items() for warning in register.warnings
        ]
        if not paths:
            problems.append(
                f"There is no register (*.toml) in {self._folder}. Put waivers.toml or another one there."
            )
        entries = sum(len(register.entries) for register, _ in registers.values())
        return Diagnosis(
            reachable=True, product=f"{len(paths)} registers, {entries} entries", problems=tuple(problems)
        )


def _sentence(path: Path, problems: list[tuple[int, str]]) -> str:
    """Every problem of a file in one sentence after another, each with its line."""
    listed = " ".join(f"Line {line}: {why}" if line else why for line, why in problems)
    many = f"{len(problems)} problems" if len(problems) > 1 else "1 problem"
    return f"Cannot load {path}, {many}: {listed} Nothing of it was taken; what was read before stays."
