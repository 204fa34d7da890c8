"""From series to frames: SLI windows, metric windows, and alerts out of the `ALERTS` series. Pure functions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import TYPE_CHECKING

from qmsreport.errors import Malformed
from qmsreport.records import Alert, canonical
from qmsreport.services import ServiceMap
from qmsreport.sources._promapi import Series
from qmsreport.sources._promtime import from_seconds

if TYPE_CHECKING:
    import polars as pl

# Only alerts that fired; the value is the time since which the condition holds. It stays the same for as long
# as the alert lives, so an alert has one identity however its time is cut into requests.
ALERTS = 'ALERTS_FOR_STATE and ignoring (alertstate) ALERTS{alertstate="firing"}'


class NoBucket(Malformed):
    """A latency objective whose histogram has requests but no bucket at its threshold."""


def sli_frame(
    slo_id: str, series: Iterable[Series], window: int, *, kind: str, fill: bool = False, counts: str = "good"
) -> pl.DataFrame:
    """The windows of one objective: columns of `sli_windows`, oldest first.

    A window without a finite valid count is left out: unknown. `fill` reads a missing good or bad count beside
    a present valid one as zero, `counts` says which of the two is asked for (see `_promql.SliQuery`). Nothing is clipped: `increase` extrapolates, and a
    good count above the valid one is for the report to show.

    Raises:
        Malformed: more than one series where there can be one, or no bucket at a latency threshold.
    """
    import polars as pl

    parts = _parts(slo_id, series, kind)
    counted = _points(parts[counts])
    valid = (counted[0], [1.0] * len(counted[0])) if kind == "ready" else _points(parts["valid"])
    if kind == "latency" and not counted[0] and any(total > 0 for total in valid[1]):
        raise NoBucket(f"The objective '{slo_id}' has requests but no histogram bucket at its threshold.")
    ends, found, valids = _side_by_side(counted, valid, fill)
    goods = [total - bad for bad, total in zip(found, valids, strict=True)] if counts == "bad" else found
    end_times = pl.Series(ends, dtype=pl.Float64)
    return pl.DataFrame(
        {
            "slo_id": pl.repeat(slo_id, len(ends), dtype=pl.String, eager=True),
            "window_start": _times(end_times - window),
            "window_end": _times(end_times),
            "good": pl.Series(goods, dtype=pl.Float64),
            "valid": pl.Series(valids, dtype=pl.Float64),
        }
    )


def metric_frame(
    metric: str, unit: str, series: Iterable[Series], window: int, more_labels: Mapping[str, str]
) -> pl.DataFrame:
    """The windows of one measured metric: columns of `metric_windows`. Values that are not finite are left out."""
    import polars as pl

    labels: list[str] = []
    ends: list[float] = []
    values: list[float] = []
    for one in series:
        text = canonical({**{k: v for k, v in one.metric.items() if k != "__name__"}, **more_labels})
        known = [(end, value) for end, value in zip(one.ends, one.values, strict=True) if isfinite(value)]
        labels += [text] * len(known)
        ends += [end for end, _ in known]
        values += [value for _, value in known]
    end_times = pl.Series(ends, dtype=pl.Float64)
    return pl.DataFrame(
        {
            "metric": pl.repeat(metric, len(ends), dtype=pl.String, eager=True),
            "labels": pl.Series(labels, dtype=pl.String),
            "window_start": _times(end_times - window),
            "window_end": _times(end_times),
            "value": pl.Series(values, dtype=pl.Float64),
            "unit": pl.repeat(unit or None, len(ends), dtype=pl.String, eager=True),
        }
    )


@dataclass(slots=True)
class Firings:
    """Alerts put together from the pages of a range query: labels and start → first and last instant seen firing."""

    step: int
    seen: dict[tuple[str, float], tuple[dict[str, str], float, float]] = field(default_factory=dict)

    def add(self, series: Iterable[Series]) -> None:
        """Take in one page."""
        for one in series:
            labels = {
                name: value for name, value in one.metric.items() if name not in ("__name__", "alertstate")
            }
            text = canonical(labels)
            for moment, started in zip(one.ends, one.values, strict=True):
                if isfinite(started):
                    _, first, last = self.seen.get((text, started), (labels, moment, moment))
                    self.seen[text, started] = (labels, min(first, moment), max(last, moment))

    @property
    def earliest(self) -> datetime | None:
        """The first instant at which any was seen firing."""
        return min((from_seconds(first) for _, first, _ in self.seen.values()), default=None)

    def alerts(self, until: int, services: ServiceMap) -> list[Alert]:
        """One record per alert; one still firing at `until`, the last instant asked for, has no end.

        `starts_at` is the time since which the condition held (`ALERTS_FOR_STATE`).
        """
        found = []
        for (text, started), (labels, _, last) in sorted(
            self.seen.items(), key=lambda item: (item[0][1], item[0][0])
        ):
            name = labels.get("alertname")
            found.append(
                Alert(
                    alert_id=hashlib.sha256(f"{text}@{started:.0f}".encode()).hexdigest()[:32],
                    name=name,
                    service=service_of(labels, services),
                    severity=labels.get("severity"),
                    starts_at=from_seconds(round(started)),
                    ends_at=None if last + self.step > until else from_seconds(last + self.step),
                    labels=dict(labels),
                )
            )
        return found


def service_of(labels: Mapping[str, str], services: ServiceMap) -> str | None:
    """The service that a series' labels name, the plainest label first."""
    for name in ("service", "app", "application", "job", "namespace"):
        found = services.of_label(labels.get(name))
        if found:
            return found
    return None


def _parts(slo_id: str, series: Iterable[Series], kind: str) -> dict[str, list[Series]]:
    """Part (good, bad, valid) → its one series, in pieces where a large question was asked in halves."""
    parts: dict[str, list[Series]] = {"good": [], "bad": [], "valid": []}
    for one in series:
        part = "good" if kind == "ready" else one.metric.get("sli", "")
        if part not in parts or (parts[part] and parts[part][0].metric != one.metric):
            raise Malformed(
                f"The query of the objective '{slo_id}' has more than one series where one is due. "
                "Aggregate it, for example with sum(…) or avg(…)."
            )
        parts[part].append(one)
    return parts


_Points = tuple[list[float], list[float]]  # window ends in seconds since 1970, values


def _points(pieces: list[Series]) -> _Points:
    """The points of one series that came in pieces."""
    if len(pieces) == 1:
        return pieces[0].ends, pieces[0].values
    return (
        [end for one in pieces for end in one.ends],
        [value for one in pieces for value in one.values],
    )


def _side_by_side(
    counted: _Points, valid: _Points, fill: bool
) -> tuple[list[float], list[float], list[float]]:
    """Window ends, counted and valid events of the windows that are known."""
    if counted[0] == valid[0] and isfinite(sum(counted[1]) + sum(valid[1])):
        return valid[0], counted[1], valid[1]  # nothing is missing: the usual case, without a loop
    by_end = dict(zip(*counted, strict=True))
    rows = []
    for end, total in zip(*valid, strict=True):
        count = by_end.get(end)
        if count is None and (fill or total == 0):
            count = 0.0
        if count is not None and isfinite(count) and isfinite(total):
            rows.append((end, count, total))
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]


def _times(seconds: pl.Series) -> pl.Series:
    """Seconds since 1970 as naive UTC."""
    import polars as pl

    return (seconds * 1_000_000).cast(pl.Int64).cast(pl.Datetime("us"))
