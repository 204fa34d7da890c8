"""How one service is delivered: release after release, with what fails, what is undone and what is mended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from qmsreport.demo import changes
from qmsreport.demo.drafts import Deploy, History, Outage
from qmsreport.demo.organisation import LAST, PIPELINE, STAGING, TEAMS, US, Product
from qmsreport.demo.timeline import Timeline, after, at, dice, frozen, spread, works_on


@dataclass(frozen=True, slots=True)
class Release:
    """One planned release: what is merged by `cut` goes out at `start`."""

    cut: datetime
    start: datetime
    quarter: int
    clean: bool  # nothing goes wrong with it
    pushed: bool = False  # brings one unreviewed push and nothing else


def deliver(product: Product, timeline: Timeline, history: History) -> None:
    """Tell the story of one service's delivery into `history`."""
    random = dice("delivery", product.name, timeline.last.label)
    plan = releases(random, product, timeline)
    before = plan[0].cut - timedelta(days=12)
    last_us = before
    for number, release in enumerate(plan):
        margin = 0.1 * (release.cut - before)
        if release.pushed:
            history.pulls.append(changes.push(random, product, before + margin))
        else:
            size = max(
                1, round(random.gauss(product.changes_per_release, product.changes_per_release * 0.35))
            )
            for _ in range(size):
                history.pulls.append(
                    changes.ordinary(random, product, release.quarter, before + margin, release.cut)
                )
            if random.random() < 0.1:
                history.pulls.append(changes.abandoned(random, product, before, release.cut))
        upcoming = plan[number + 1].cut if number + 1 < len(plan) else release.cut + timedelta(days=9)
        _deploy(random, product, STAGING, after(release.cut, random.uniform(60, 400)), release, history)
        for environment in product.environments:
            start = release.start
            if environment == US:  # the second region follows once the first has held
                start = max(after(start, random.uniform(2400, 9000)), after(last_us, 1500))
                last_us = start
            _into_production(random, product, environment, start, release, upcoming, history)
        before = release.cut


def releases(random: Random, product: Product, timeline: Timeline) -> list[Release]:
    """The plan: on working days, at the service's rhythm, resting around Christmas."""
    plan: list[Release] = []
    credit = random.random()
    exact = product.only_on
    for day in timeline.days():
        quarter = timeline.index(at(day, 12))
        if quarter == LAST and exact is not None:
            if (day - timeline.last.first).days in exact:
                plan.append(_release(random, next_working(day), quarter, 11.0, clean=True))
            continue
        if not works_on(day) or frozen(day):
            # a Saturday release happens where releases are daily
            if frozen(day) or day.weekday() != 5 or random.random() > product.rate_of_release(quarter) / 60:
                continue
            credit = 1.0
        credit += product.rate_of_release(quarter) / 5 * random.uniform(0.75, 1.3)
        first = random.uniform(10.0, 12.0)
        while credit >= 1 and first < 17:
            # the first one is a baseline; on the last two days before the boundary nothing may spill over it
            left = (timeline.last.after - day).days
            clean = not plan or 0 < left <= 2 or (quarter == LAST - 1 and exact is not None)
            plan.append(_release(random, day, quarter, first, clean=clean))
            first += random.uniform(3.6, 4.4)
            credit -= 1
        credit = min(credit, 1.0)
    if product.name == "kyc":  # planted: deployments of the last complete quarter that trace to no change
        inside = [index for index, release in enumerate(plan) if release.quarter == LAST]
        for index in inside[1:8:2]:
            previous, release = plan[index - 1], plan[index]
            plan[index - 1] = Release(previous.cut, previous.start, previous.quarter, clean=True)
            plan[index] = Release(release.cut, release.start, release.quarter, clean=True, pushed=True)
    return plan


def next_working(day: date) -> date:
    """The day, or the first working day after it."""
    while not works_on(day):
        day += timedelta(days=1)
    return day


def _release(random: Random, day: date, quarter: int, hour: float, *, clean: bool) -> Release:
    start = at(day, hour)
    return Release(after(start, -random.uniform(4500, 7500)), start, quarter, clean)


def _deploy(
    random: Random, product: Product, environment: str, start: datetime, release: Release, history: History
) -> Deploy:
    minutes = spread(random, product.minutes, 0.35)
    deploy = Deploy(
        product=product,
        environment=environment,
        started=start,
        finished=after(start, 60 * minutes),
        outcome="succeeded",
        cut=release.cut,
        actor=PIPELINE if random.random() < 0.7 else random.choice(TEAMS[product.team]),
    )
    history.deploys.append(deploy)
    return deploy


def _into_production(
    random: Random,
    product: Product,
    environment: str,
    start: datetime,
    release: Release,
    upcoming: datetime,
    history: History,
) -> None:
    deploy = _deploy(random, product, environment, start, release, history)
    luck = 1.0 if release.clean else random.random()
    if luck < 0.022:  # it failed, and the same commit went out again later
        deploy.outcome = "failed"
        deploy = _deploy(
            random, product, environment, after(start, random.uniform(2700, 6000)), release, history
        )
    elif luck < 0.037:  # retried: an attempt of the same deployment, not another one
        deploy.attempt = 2
        deploy.finished = after(start, random.uniform(1800, 3600))
    elif luck < 0.047:  # stopped by hand and started again
        deploy.outcome = "cancelled"
        deploy = _deploy(
            random, product, environment, after(start, random.uniform(2700, 7200)), release, history
        )
    elif luck < 0.055:  # superseded: a newer one took its place while it was still running
        deploy.outcome = "cancelled"
        newer = after(start, random.uniform(60, 150))
        deploy.finished = after(newer, random.uniform(5, 20))
        deploy = _deploy(random, product, environment, newer, release, history)
    if not release.clean and random.random() < product.failing(release.quarter):
        _fails(random, product, deploy, upcoming, history)


def _fails(random: Random, product: Product, deploy: Deploy, upcoming: datetime, history: History) -> None:
    """The deployment hurt someone: an incident, and how it was recovered from."""
    assert deploy.finished is not None  # noqa: S101 # it succeeded
    severity = random.choices(("critical", "high", "medium", "low"), (8, 26, 42, 24))[0]
    detected = after(deploy.finished, min(spread(random, 2700, 1.1), 20 * 3600))
    symptom = random.choice(_SYMPTOMS)
    outage = Outage(
        service=product.name,
        title=f"{product.title}: {symptom} after a release",
        severity=severity,
        detected=detected,
        created=after(detected, random.uniform(5, 240)),
        cause=deploy,
        named=random.random() < 0.62,  # the rest can only be inferred
        root_cause="defect in a release",
    )
    history.outages.append(outage)
    repair = after(outage.created, spread(random, 2400, 0.8))
    way = random.random()
    landing = repair + timedelta(hours=1)
    if way < 0.45 and repair < upcoming:
        outage.mitigated = _repair(random, deploy, repair, history, undoes=deploy, fixes=outage)
    elif way < 0.85 and landing < upcoming:
        history.pulls.append(changes.emergency(random, product, landing, symptom))
        outage.mitigated = _repair(
            random, deploy, after(landing, random.uniform(240, 900)), history, cut=landing, fixes=outage
        )
    else:  # switched off by a feature flag: no deployment repairs it
        outage.mitigated = after(repair, random.uniform(60, 5400))


def _repair(
    random: Random,
    broken: Deploy,
    start: datetime,
    history: History,
    *,
    fixes: Outage,
    undoes: Deploy | None = None,
    cut: datetime | None = None,
) -> datetime:
    """A rollback or a hotfix; the moment from which customers were well again."""
    finished = after(start, 60 * spread(random, broken.product.minutes, 0.3))
    history.deploys.append(
        Deploy(
            product=broken.product,
            environment=broken.environment,
            started=start,
            finished=finished,
            outcome="succeeded",
            cut=cut or broken.cut,
            actor=random.choice(TEAMS[broken.product.team]),
            ref="main" if undoes else f"hotfix/{broken.environment.rsplit('-', 1)[-1]}-{start:%m%d%H%M}",
            undoes=undoes,
            unplanned=True,
            fixes=fixes,
        )
    )
    return after(finished, random.uniform(20, 420))


_SYMPTOMS = (
    "elevated error rate",
    "timeouts",
    "wrong amounts shown",
    "empty responses",
    "memory climbing",
    "slow queries",
    "duplicate notifications",
    "failed sign-ins",
    "stuck jobs",
    "broken export",
)
