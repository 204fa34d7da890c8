"""From series to frames: SLI windows, metric windows, and alerts out of the `ALERTS` series. Pure functions."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qmsreport.errors import Malformed
from qmsreport.records import Alert, canonical, schema
from qmsreport.services import ServiceMap
from qmsreport.sources._promapi import Series, from_seconds

if TYPE_CHECKING:
    import polars as pl

# Only alerts that fired; the value is the time since which the condition holds. It stays the same for as long
# as the alert lives, so an alert has one identity however its time is cut into requests.
ALERTS = 'ALERTS_FOR_STATE and ignoring (alertstate) ALERTS{alertstate="firing"}'
_MICRO = 1_000_000


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
    parts = _parts(slo_id, series, kind)
    valid = dict.fromkeys(parts["good"], 1.0) if kind == "ready" else parts["valid"]
    counted = parts[counts]
    if kind == "latency" and valid and not counted and any(valid.values()):
        raise NoBucket(f"The objective '{slo_id}' has requests but no histogram bucket at its threshold.")
    ends: list[int] = []
    goods: list[float] = []
    valids: list[float] = []
    for end, total in valid.items():
        if not math.isfinite(total):
            continue
        count = counted.get(end)
        if count is None and (fill or total == 0):
            count = 0.0
        if count is None or not math.isfinite(count):
            continue
        ends.append(end)
        goods.append(total - count if counts == "bad" else count)
        valids.append(total)
    return _frame(
        "sli_windows",
        {
            "slo_id": [slo_id] * len(ends),
            "window_start": _times([end - window for end in ends]),
            "window_end": _times(ends),
            "good": goods,
            "valid": valids,
        },
    )


def metric_frame(
    metric: str, unit: str, series: Iterable[Series], window: int, more_labels: Mapping[str, str]
) -> pl.DataFrame:
    """The windows of one measured metric: columns of `metric_windows`. Values that are not finite are left out."""
    labels: list[str] = []
    ends: list[int] = []
    values: list[float] = []
    for one in series:
        text = canonical(
            {**{name: value for name, value in one.metric.items() if name != "__name__"}, **more_labels}
        )
        for moment, written in one.values:
            value = float(written)
            if math.isfinite(value):
                labels.append(text)
                ends.append(round(moment))
                values.append(value)
    return _frame(
        "metric_windows",
        {
            "metric": [metric] * len(ends),
            "labels": labels,
            "window_start": _times([end - window for end in ends]),
            "window_end": _times(ends),
            "value": values,
            "unit": [unit or None] * len(ends),
        },
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
            for moment, written in one.values:
                started = float(written)
                if math.isfinite(started):
                    _, first, last = self.seen.get((text, started), (labels, moment, moment))
                    self.seen[text, started] = (labels, min(first, moment), max(last, moment))

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


def _parts(slo_id: str, series: Iterable[Series], kind: str) -> dict[str, dict[int, float]]:
    """Part (good, bad, valid) → window end in seconds → count."""
    parts: dict[str, dict[int, float]] = {"good": {}, "bad": {}, "valid": {}}
    labels: dict[str, dict[str, str]] = {}
    for one in series:
        part = "good" if kind == "ready" else one.metric.get("sli", "")
        # the same series comes again where a large question was asked in halves
        if part not in parts or labels.setdefault(part, one.metric) != one.metric:
            raise Malformed(
                f"The query of the objective '{slo_id}' has more than one series where one is due. "
                "Aggregate it, for example with sum(…) or avg(…)."
            )
        parts[part].update((round(moment), float(value)) for moment, value in one.values)
    return parts


def _times(moments: list[int]) -> pl.Series:
    import polars as pl

    return pl.Series([moment * _MICRO for moment in moments], dtype=pl.Int64).cast(pl.Datetime("us"))


def _frame(kind: str, columns: dict[str, object]) -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame(columns, schema=schema(kind))
