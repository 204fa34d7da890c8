"""What the organisation wrote down: its QMS documents, registers and configuration files, with days that fit the timeline.

They are kept as files in `papers/`; a `$` of their own is written `$$`. The documents contradict each other, and
themselves, in ways that real ones do: two retentions for each signal, shares in percent and as ratios, keys behind the
wrong table, hours and counts that do not add up, symbols of the wrong code page.

The configuration files keep to most of what is declared. On purpose they do not in these points:

- `prometheus/prometheus.yml`: metrics are kept 30 days, ninety are declared and decided; one job is asked every 30 s.
- `prometheus/rules/platform.yml`: a high error rate waits ten minutes, two are declared.
- `alertmanager/alertmanager.yml`: alerts of low severity end at a receiver that reaches nobody.
- `loki/loki.yaml`: `retention_period` says ninety days, and without `retention_enabled` nothing is ever deleted.
- `otel/otel-collector.yaml`: five percent of the traces are kept, a tenth is declared; Zipkin is taken in plain text;
  what redacts traces and metrics is not in the pipeline of the logs.

Two of them were changed in the last complete quarter (`_CHANGED`): one came to break what is declared, one to keep to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from importlib import resources
from importlib.abc import Traversable
from pathlib import Path, PurePosixPath
from string import Template

from qmsreport.demo.timeline import Timeline, at

# file, what stands in it, what stood there until that day of the last complete quarter
_CHANGED = (
    ("configuration/otel/otel-collector.yaml", "sampling_percentage: 5", "sampling_percentage: 10", 45),
    ("configuration/elasticsearch/elasticsearch.yml", "xpack.security.audit.enabled: true", "xpack.security.audit.enabled: false", 24),
)  # fmt: skip
_WEEK = 7


def write(folder: Path, timeline: Timeline) -> None:
    """Write `configuration/`, `policy/` and `registers/`."""
    days = {name: str(value) for name, value in _days(timeline).items()}
    for name, text in _files(resources.files("qmsreport.demo").joinpath("papers")):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(Template(text).substitute(days), "utf-8", newline="\n")


def as_they_were(folder: Path, timeline: Timeline) -> Iterator[datetime]:
    """Each weekly reading's moment, while `configuration/` is as it was then."""
    now = {name: (folder / name).read_text("utf-8") for name, *_ in _CHANGED}
    try:
        for day in range(0, (timeline.last.after - timeline.last.first).days, _WEEK):
            for name, present, past, until in _CHANGED:
                assert present in now[name], f"{name} does not say {present}"  # noqa: S101  # else nothing would change
                text = now[name].replace(present, past) if day < until else now[name]
                (folder / name).write_text(text, "utf-8", newline="\n")
            yield at(timeline.last.first + timedelta(days=day), 5)
    finally:
        for name, text in now.items():
            (folder / name).write_text(text, "utf-8", newline="\n")


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
        "alone_fixed": day(7, 41),
        "gateway_opened": day(7, 62),
        "gateway_due": day(8, 60),
    }
