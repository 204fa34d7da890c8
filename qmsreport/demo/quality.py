"""What is measured of the code and of the logs, week by week."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime, timedelta

from qmsreport.demo.drafts import History
from qmsreport.demo.flaws import FLAWS
from qmsreport.demo.organisation import LAST, PRODUCTS
from qmsreport.demo.timeline import Timeline, at, dice
from qmsreport.records import LogSample, QualityMeasure

# percent of lines that tests run, in the oldest and in the last complete quarter; the others hold theirs
_COVERAGE = {"fraud-scoring": (88.0, 73.0), "checkout-api": (79.0, 93.0)}
# from 0 to 100, as the analyser rates maintainability
_GRADES = {"fraud-scoring": (90.0, 78.0), "ledger": (72.0, 84.0)}
STREAMS = (
    "checkout",
    "payments",
    "ledger",
    "risk",
    "platform",
)  # that of the merchant portal is never sampled
_UNSEARCHED = "platform"
_LEAKING = "risk"  # held addresses until its services masked them


def quality_measures(timeline: Timeline, history: History) -> list[QualityMeasure]:
    """Test coverage and code quality of each service, in percent, measured on the main branch every Friday."""
    random = dice("quality", timeline.last.label)
    found = []
    for number, product in enumerate(PRODUCTS):
        usual = 83.0 + 0.9 * number
        landed = sorted(
            (pull.merged, pull.landed[-1])
            for pull in history.pulls
            if pull.product is product and pull.merged and pull.landed
        )
        merges = [merged for merged, _ in landed]
        for index, moment in _weeks(timeline, 4, 19.5):
            before = bisect_right(merges, moment)
            for measure, levels in (("test_coverage", _COVERAGE), ("code_quality", _GRADES)):
                first, last = levels.get(product.name, (usual, usual + 1.5))
                value = first + (last - first) * min(index, LAST) / LAST + random.uniform(-0.6, 0.6)
                found.append(
                    QualityMeasure(
                        service=product.name,
                        measured_at=moment,
                        measure=measure,
                        commit_sha=landed[before - 1][1] if before else None,
                        value=round(value, 1),
                        unit="percent",
                    )
                )
    return found


def log_samples(timeline: Timeline) -> list[LogSample]:
    """A sample of two hundred lines of each stream every Tuesday; the last ones of one stream were not searched."""
    random = dice("log samples", timeline.last.label)
    found = []
    for stream in STREAMS:
        weeks = list(_weeks(timeline, 1, 5.0))
        in_last = [moment for index, moment in weeks if index == LAST]
        for index, moment in weeks:
            hits = {"card_number": 0, "email": 0, "iban": 0}
            if stream == _LEAKING and index < 3:
                hits["email"] = random.randint(0, 4)
            unsearched = stream == _UNSEARCHED and moment in in_last[-FLAWS.unsearched_samples :]
            share = 0.9 + 0.09 * min(index, LAST) / LAST
            found.append(
                LogSample(
                    stream=stream,
                    sampled_at=moment,
                    structured_share=round(min(share + random.uniform(0, 0.01), 1.0), 3),
                    with_trace_id_share=round(share - random.uniform(0.02, 0.06), 3),
                    with_level_share=round(min(share + random.uniform(0.0, 0.01), 1.0), 3),
                    pii_hits=None if unsearched else hits,
                    sample_size=200,
                )
            )
    return found


def _weeks(timeline: Timeline, weekday: int, hour: float) -> Iterator[tuple[int, datetime]]:
    """The moment of each week before the cut-off, and the quarter it lies in."""
    for day in timeline.days():
        moment = at(day, hour)
        if day.weekday() == weekday and moment < timeline.cutoff - timedelta(seconds=1):
            yield timeline.index(moment), moment
