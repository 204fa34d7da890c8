"""How changes come about: authored, opened, reviewed, approved and merged, at their team's pace."""

from __future__ import annotations

from datetime import datetime
from random import Random

from qmsreport.demo.drafts import Pull
from qmsreport.demo.organisation import BOT, TEAMS, Product
from qmsreport.demo.timeline import after, back_to_work, spread, work_between

_VERBS = ("Add", "Fix", "Rework", "Speed up", "Simplify", "Log", "Validate", "Cache", "Retry", "Document")
_THINGS = (
    "currency rounding",
    "the refund path",
    "session expiry",
    "card token lookup",
    "the health endpoint",
    "chargeback export",
    "idempotency keys",
    "the rate limiter",
    "bank holiday table",
    "audit trail entries",
    "webhook signatures",
    "timeout handling",
    "database indexes",
    "error messages",
    "partner sandbox",
)
_LIBRARIES = ("http client", "TLS library", "JSON parser", "database driver", "base image", "test runner")


def ordinary(random: Random, product: Product, quarter: int, start: datetime, end: datetime) -> Pull:
    """One change merged between two moments: mostly squashed, some merged with a merge commit, some rebased."""
    merged = work_between(random, start, end)
    if random.random() < 0.12:
        return _dependency_update(random, product, merged)
    team = TEAMS[product.team]
    author = random.choice(team)
    approver = random.choice([login for login in team if login != author])
    hours = spread(random, product.lead(quarter), 0.75)
    approved = back_to_work(random, after(merged, -3600 * hours * random.uniform(0.01, 0.15)))
    reviewed = back_to_work(random, after(approved, -3600 * hours * random.uniform(0.0, 0.35)))
    opened = back_to_work(random, after(reviewed, -3600 * hours * random.uniform(0.05, 0.4)))
    first = back_to_work(random, after(opened, -3600 * hours * random.uniform(0.2, 0.6)))
    between = sorted(random.random() for _ in range(random.choices((0, 1, 2, 3, 5), (46, 28, 14, 8, 4))[0]))
    gap = (opened - first).total_seconds()
    style = random.choices(("squash", "merge", "rebase"), (62, 28, 10))[0]
    thing = random.choice(_THINGS)
    return Pull(
        product=product,
        style=style,
        author=author,
        authored=[first, *(after(first, share * gap) for share in between)],
        title=f"{random.choice(_VERBS)} {thing}",
        opened=opened,
        reviewed=reviewed,
        approved=approved,
        merged=merged,
        approvers=sorted({approver, random.choice(team)} - {author}),
        merged_by=random.choice((author, approver)),
        labels=[f"service:{product.name}", random.choice(("feature", "feature", "bug", "chore"))],
    )


def _dependency_update(random: Random, product: Product, merged: datetime) -> Pull:
    # bots: they open at night and wait for a person to approve
    human = random.choice(TEAMS[product.team])
    approved = after(merged, -random.uniform(20, 900))
    opened = after(approved, -3600 * spread(random, 9.0, 0.8))
    return Pull(
        product=product,
        style="squash",
        author=BOT,
        authored=[after(opened, -random.uniform(4, 60))],
        title=f"Update the {random.choice(_LIBRARIES)}",
        opened=opened,
        reviewed=approved,
        approved=approved,
        merged=merged,
        approvers=[human],
        merged_by=human,
        labels=[f"service:{product.name}", "dependencies"],
        is_bot=True,
    )


def abandoned(random: Random, product: Product, start: datetime, end: datetime) -> Pull:
    """A change that was opened and never merged."""
    opened = work_between(random, start, end)
    return Pull(
        product=product,
        style="squash",
        author=random.choice(TEAMS[product.team]),
        authored=[back_to_work(random, after(opened, -3600 * spread(random, 8.0)))],
        title=f"Try: {random.choice(_VERBS).lower()} {random.choice(_THINGS)}",
        opened=opened,
        checks_passed=random.choice((True, False)),
        labels=[f"service:{product.name}"],
    )


def emergency(random: Random, product: Product, merged: datetime, title: str) -> Pull:
    """A hotfix: written in a hurry, approved by a second person before it is merged."""
    author, approver = random.sample(TEAMS[product.team], 2)
    approved = after(merged, -random.uniform(60, 400))
    opened = after(approved, -random.uniform(200, 1500))
    return Pull(
        product=product,
        style="merge",
        author=author,
        authored=[after(opened, -random.uniform(60, 2400))],
        title=f"Hotfix: {title}",
        opened=opened,
        reviewed=approved,
        approved=approved,
        merged=merged,
        approvers=[approver],
        merged_by=author,
        labels=[f"service:{product.name}", "hotfix"],
        is_emergency=True,
    )


def push(random: Random, product: Product, moment: datetime) -> Pull:
    """A commit pushed straight to the main branch, past any review."""
    return Pull(
        product=product,
        style="push",
        author=random.choice(TEAMS[product.team]),
        authored=[after(moment, -random.uniform(30, 1800))],
        title="",
        opened=moment,
        merged=moment,
    )
