"""Service level windows: traffic by hour and weekday, errors by day and by incident, drawn column by column."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from qmsreport.demo.drafts import History
from qmsreport.demo.flaws import FLAWS
from qmsreport.demo.organisation import OBJECTIVES, ZONE, Objective
from qmsreport.demo.timeline import Timeline, at

# share of a busy hour's traffic, by local hour of the day
_DAY = (
    *(0.12, 0.08, 0.06, 0.05, 0.06, 0.1, 0.22, 0.42, 0.63, 0.78, 0.88, 0.95),
    *(1.0, 0.96, 0.9, 0.88, 0.9, 0.97, 1.0, 0.98, 0.86, 0.62, 0.38, 0.2),
)
_IMPACT = {"critical": 0.12, "high": 0.025, "medium": 0.006, "low": 0.0006}
_PRIME = 2_147_483_647  # 2**31 - 1
GAPS = ("checkout-web-availability", "identity-availability")
ABOVE_ONE = "checkout-api-latency"
SLEEPS = "settlement-success"  # no traffic between three and four at night
MAINTAINED = "payment-gateway"


def sli_windows(timeline: Timeline, history: History) -> pl.DataFrame:
    """Every known window of every objective before the cut-off, columns as in `records`, times naive UTC."""
    return pl.concat([_windows(number, slo, timeline, history) for number, slo in enumerate(OBJECTIVES)])


def maintenance(timeline: Timeline) -> tuple[datetime, datetime]:
    """The approved maintenance window: three hours of the first Sunday night after ten days."""
    day = timeline.last.first + timedelta(days=10)
    while day.weekday() != 6:
        day += timedelta(days=1)
    return at(day, 2), at(day, 5)


def gap(timeline: Timeline) -> tuple[datetime, datetime]:
    """When the metrics of the objectives in `GAPS` were lost."""
    day = timeline.last.first + timedelta(days=54)
    return at(day, 0), at(day + timedelta(days=FLAWS.gap_days), 0)


def _windows(number: int, slo: Objective, timeline: Timeline, history: History) -> pl.DataFrame:
    step = timedelta(seconds=slo.window_seconds)
    starts = pl.datetime_range(
        timeline.quarters[0].starts_at,
        timeline.cutoff - step,
        interval=step,
        time_unit="us",
        eager=True,
    )
    count = len(starts)
    here = starts.dt.replace_time_zone("UTC").dt.convert_time_zone(ZONE)
    hour = here.dt.hour()
    traffic = pl.Series(_DAY, dtype=pl.Float64).gather(hour.cast(pl.UInt32))
    weekend = (here.dt.weekday() > 5).cast(pl.Float64)
    christmas = (here.dt.month() == 12).cast(pl.Float64)
    growth = pl.int_range(count, eager=True).cast(pl.Float64) / max(count, 1)
    busy = slo.per_hour * slo.window_seconds / 3600
    load = busy * traffic * (1 - 0.35 * weekend) * (1 + 0.3 * christmas) * (1 + 0.25 * growth)
    # good days and bad days: the same luck for all windows of a local day
    day = here.dt.date().cast(pl.Int64)
    mood = 0.55 + 0.9 * _noise(100 + number, len(timeline.days()) + 1).gather(day - day.min())
    spends = (1 - slo.target) * slo.spends * (1 + slo.drift * growth) * mood
    frame = pl.DataFrame({"window_start": starts}).with_columns(
        pl.lit(slo.slo_id).alias("slo_id"),
        (pl.col("window_start") + step).alias("window_end"),
        (load * (0.9 + 0.2 * _noise(3 * number, count))).floor().alias("valid"),
        (spends * (0.5 + _noise(3 * number + 1, count))).alias("share"),
        _noise(3 * number + 2, count).alias("luck"),
        hour.alias("hour"),
    )
    if slo.slo_id == SLEEPS:
        awake = pl.when(pl.col("hour") == 3).then(0.0).otherwise(pl.col("valid"))
        frame = frame.with_columns(awake.alias("valid"))
    hurt = _hurt(slo, timeline, history)
    frame = frame.join(hurt, on="window_start", how="left", maintain_order="left").with_columns(
        (pl.col("share") + pl.col("impact").fill_null(0.0)).clip(0.0, 1.0).alias("share")
    )
    # an error is a whole event: the fraction decides by chance, so that small services are not flattered
    errors = (pl.col("valid") * pl.col("share") + pl.col("luck")).floor()
    frame = frame.with_columns((pl.col("valid") - pl.min_horizontal(errors, "valid")).alias("good"))
    if slo.slo_id == ABOVE_ONE:  # increase() extrapolates the two counters apart
        odd = [
            at(timeline.last.first + timedelta(days=5 + 14 * k), 13)
            for k in range(FLAWS.sli_windows_above_one)
        ]
        more = pl.when(pl.col("window_start").is_in(odd)).then(pl.col("valid") + 7).otherwise(pl.col("good"))
        frame = frame.with_columns(more.alias("good"))
    if slo.slo_id in GAPS:
        lost_from, lost_to = gap(timeline)
        frame = frame.filter(~pl.col("window_start").is_between(lost_from, lost_to, closed="left"))
    return frame.select("slo_id", "window_start", "window_end", "good", "valid")


def _hurt(slo: Objective, timeline: Timeline, history: History) -> pl.DataFrame:
    """By window: the share of requests that incidents and maintenance spoilt."""
    step = timedelta(seconds=slo.window_seconds)
    found: dict[datetime, float] = {}

    def spoil(start: datetime, end: datetime, share: float) -> None:
        window = start - (start - datetime(2000, 1, 1)) % step  # noqa: DTZ001 # naive UTC, like all moments in here
        while window < end:
            found[window] = max(found.get(window, 0.0), share)
            window += step

    for outage in history.outages:
        if outage.service == slo.service and outage.mitigated:
            end = outage.mitigated
            if outage.impact is None:
                end = min(end, outage.detected + timedelta(hours=6))
            share = outage.impact if outage.impact is not None else _IMPACT[outage.severity] * slo.hits
            spoil(outage.detected, end, share)
    if slo.service == MAINTAINED:
        spoil(*maintenance(timeline), 0.9)
    return pl.DataFrame(
        {"window_start": list(found), "impact": list(found.values())},
        schema={"window_start": pl.Datetime("us"), "impact": pl.Float64},
    )


def _noise(seed: int, count: int) -> pl.Series:
    """`count` numbers in [0, 1): whole-number arithmetic, so that every machine and version draws the same."""
    # three rounds of a Lehmer generator with shifts between them; each product stays below 2**63
    mixed = (pl.int_range(count, eager=True) * 1_103_515_245 + (seed + 1) * 12_820_163) % _PRIME
    for factor in (48_271, 69_621, 39_373):
        mixed = ((mixed ^ (mixed // 32_768)) * factor + 1) % _PRIME
    return mixed.cast(pl.Float64) / _PRIME
