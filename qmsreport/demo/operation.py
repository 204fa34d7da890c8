"""Incidents: those that releases caused get their course, and others befall the platform from outside."""

from __future__ import annotations

from datetime import timedelta

from qmsreport.demo.drafts import History, Outage
from qmsreport.demo.organisation import BY_NAME, PRODUCTS, TEAMS
from qmsreport.demo.timeline import Timeline, after, at, dice, spread

# seconds to the first response: (median, tail); the declared targets are 300, 900, 3600 and 86400
_ACKNOWLEDGES = {"critical": (150, 0.55), "high": (420, 0.6), "medium": (1500, 0.7), "low": (15000, 0.9)}
_MITIGATES = {"critical": 2400, "high": 4200, "medium": 9000, "low": 30000}

_CAUSES = (
    ("card scheme unreachable", "outage at a partner"),
    ("disk filling up", "capacity"),
    ("expired certificate", "missed renewal"),
    ("database failover", "infrastructure"),
    ("traffic spike", "capacity"),
    ("bank file late", "outage at a partner"),
    ("queue backlog", "capacity"),
    ("DNS resolution failing", "infrastructure"),
    ("node lost", "infrastructure"),
    ("wrong configuration", "operating error"),
)


def befall(timeline: Timeline, history: History) -> None:
    """Incidents that no release caused: about ten a quarter, at any hour."""
    random = dice("incidents", timeline.last.label)
    names = [product.name for product in PRODUCTS if product.only_on is None]
    weights = [{"1": 3, "2": 2}.get(BY_NAME[name].tier, 1) for name in names]
    for period in timeline.quarters:
        for _ in range(random.randint(8, 12)):
            day = period.first + timedelta(days=random.randrange(period.days - 8))
            detected = at(day, random.uniform(0, 23.99))
            name = random.choices(names, weights)[0]
            symptom, root = random.choice(_CAUSES)
            severity = random.choices(("critical", "high", "medium", "low"), (6, 22, 42, 30))[0]
            history.outages.append(
                Outage(
                    service=name,
                    title=f"{BY_NAME[name].title}: {symptom}",
                    severity=severity,
                    detected=detected,
                    created=after(detected, random.uniform(5, 400)),
                    mitigated=after(detected, 400 + min(spread(random, _MITIGATES[severity], 0.8), 2e5)),
                    root_cause=root,
                )
            )


def run_their_course(timeline: Timeline, history: History) -> None:
    """Give every incident that has none yet its people, its acknowledgement, its end and its post-mortem."""
    random = dice("responses", timeline.last.label)
    for outage in history.outages:
        team = TEAMS[BY_NAME[outage.service].team] if outage.service else TEAMS["platform"]
        outage.owner = outage.owner or random.choice(team)
        outage.reporter = outage.reporter or random.choice(team)
        median, sigma = _ACKNOWLEDGES[outage.severity]
        responded = after(outage.created, spread(random, median, sigma))
        if outage.mitigated is None:
            outage.acknowledged = outage.acknowledged or responded
            continue
        latest = outage.created + (outage.mitigated - outage.created) * 0.8
        outage.acknowledged = outage.acknowledged or min(responded, latest)
        if outage.resolved is None:
            outage.resolved = after(outage.mitigated, spread(random, 9000, 1.0))
            # only what is planted is open at the end of the last complete quarter
            if outage.mitigated < timeline.last.ends_at - timedelta(hours=1):
                latest = timeline.last.ends_at - timedelta(minutes=30)
                outage.resolved = min(outage.resolved, latest)
        likely = {"critical": 0.96, "high": 0.85, "medium": 0.3, "low": 0.05}[outage.severity]
        outage.postmortem = outage.postmortem or random.random() < likely
