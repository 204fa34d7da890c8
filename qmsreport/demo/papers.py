"""What the organisation wrote down: its QMS documents and its registers, with days that fit the timeline.

The documents are kept as files in `papers/`. They contradict each other, and themselves, in ways that real ones do:
two retentions for each signal, shares in percent and as ratios, keys behind the wrong table, hours and counts that do
not add up, symbols of the wrong code page.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from importlib import resources
from importlib.abc import Traversable
from pathlib import Path, PurePosixPath
from string import Template

from qmsreport.demo.timeline import Timeline


def write(folder: Path, timeline: Timeline) -> None:
    """Write `policy/` and `registers/`."""
    days = {name: str(value) for name, value in _days(timeline).items()}
    for name, text in _files(resources.files("qmsreport.demo").joinpath("papers")):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(Template(text).substitute(days), "utf-8", newline="\n")


def _files(place: Traversable, above: PurePosixPath = PurePosixPath()) -> Iterator[tuple[PurePosixPath, str]]:  # noqa: B008  # immutable
    for entry in sorted(place.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _files(entry, above / entry.name)
        else:
            yield above / entry.name, entry.read_text("utf-8")


def _days(timeline: Timeline) -> dict[str, date | int]:
    """Every day that the papers name: what is decided lies in the past, what is due or expires may not."""

    def day(quarter: int, days: int) -> date:
        return timeline.quarters[quarter].first + timedelta(days=days)

    return {
        "year": timeline.last.first.year,
        "before_year": timeline.quarters[5].first.year,
        "created": day(4, 20),
        "updated": day(7, 9),
        "target": day(8, 80),
        "waiver_granted": day(7, 24),
        "waiver_expires": day(7, 204),
        "expired_granted": day(5, 12),
        "expired_expires": day(7, 30),
        "attested": day(6, 15),
        "attestation_expires": day(6, 380),
        "decided": day(7, 40),
        "late_opened": day(6, 20),
        "late_done": day(6, 55),
        "late_closed": day(6, 70),
        "late_due": day(6, 75),
        "alone_opened": day(6, 60),
        "alone_contained": day(6, 75),
        "alone_due": day(7, 45),
        "gateway_opened": day(7, 62),
        "gateway_due": day(8, 60),
    }
