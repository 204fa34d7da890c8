"""What is measured of the code and of the logs, week by week."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime, timedelta

from qmsreport.demo.drafts import History
from qmsreport.demo.flaws import FLAWS
from qmsreport.demo.organisation import LAST, PRODUCTS, Product
from qmsreport.demo.timeline import Timeline, after, at, dice
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
    """In percent: the coverage of each state that was released and of each Friday's, and on Fridays maintainability and smoke tests."""
    random = dice("quality", timeline.last.label)
    found = []
    for number, product in enumerate(PRODUCTS):
        usual = 83.0 + 0.9 * number
        fridays = list(_fridays(timeline, product, history))
        for measure, moments, levels in (
            ("line_coverage", sorted({*fridays, *_released(timeline, product, history)}), _COVERAGE),
            ("maintainability", fridays, _GRADES),
        ):
            first, last = levels.get(product.name, (usual, usual + 1.5))
            for moment, commit in moments:
                share = min(timeline.index(moment), LAST) / LAST
                value = first + (last - first) * share + random.uniform(-0.6, 0.6)
                found.append(
                    QualityMeasure(
                        service=product.name,
                        measured_at=moment,
                        measure=measure,
                        commit_sha=commit,
                        value=round(value, 1),
                        unit="percent",
                    )
                )
        found += [
            QualityMeasure(
                service=product.name,
                measured_at=moment,
                measure="smoke_tests",
                commit_sha=commit,
                value=100.0,
                unit="percent",
            )
            for moment, commit in fridays
        ]
    return found


_State = tuple[datetime, str]


def _released(timeline: Timeline, product: Product, history: History) -> Iterator[_State]:
    """Each state that went to production, when its pipeline measured it: before it was deployed for the first time."""
    seen = set()
    for deploy in history.deploys:
        commit, moment = deploy.commit, after(deploy.started, -1320)
        if deploy.product is product and commit and commit not in seen and moment < timeline.cutoff:
            seen.add(commit)
            yield moment, commit


def _fridays(timeline: Timeline, product: Product, history: History) -> Iterator[_State]:
    """The main branch as it was each Friday evening, once there was a change on it."""
    landed = sorted(
        (pull.merged, pull.landed[-1])
        for pull in history.pulls
        if pull.product is product and pull.merged and pull.landed
    )
    merges = [merged for merged, _ in landed]
    for _, moment in _weeks(timeline, 4, 19.5):
        if before := bisect_right(merges, moment):
            yield moment, landed[before - 1][1]


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
            # the one format for all services was rolled out over the first year
            missing = max(0.0, 0.1 - 0.025 * index)
            found.append(
                LogSample(
                    stream=stream,
                    sampled_at=moment,
                    structured_share=round(1 - missing * random.uniform(0.8, 1.2), 3),
                    with_trace_id_share=round(0.97 - missing - random.uniform(0.0, 0.04), 3),
                    with_level_share=round(1 - missing * random.uniform(0.6, 0.9), 3),
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
