"""Number what happened, write the commit graph, and find which commits each deployment brought in."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import datetime

from qmsreport.demo.drafts import Deploy, History, Pull, sha
from qmsreport.demo.timeline import local


def assemble(history: History) -> None:
    """Give numbers, shas and parents to everything in `history`, and sort it by time."""
    history.pulls.sort(key=lambda pull: pull.opened)
    history.deploys.sort(key=lambda deploy: deploy.started)
    history.outages.sort(key=lambda outage: outage.created)
    numbers: dict[str, int] = defaultdict(int)
    for pull in history.pulls:
        numbers[pull.product.repository] += 1
        pull.number = numbers[pull.product.repository]
    for number, deploy in enumerate(history.deploys, 40_001):
        deploy.number = number
    for outage in history.outages:
        outage.year = local(outage.created).year
        numbers[f"incidents {outage.year}"] += 1
        outage.number = numbers[f"incidents {outage.year}"]
    _commit(history.pulls)
    _contain(history)


def _commit(pulls: list[Pull]) -> None:
    """The main branch of each repository, in the order things landed on it."""
    tips: dict[str, str] = {}
    landed = (pull for pull in pulls if pull.merged)
    for pull in sorted(landed, key=_merge_time):
        repository = pull.product.repository
        tip = tips.get(repository) or sha(repository, "root")
        name = (repository, pull.number)
        pull.own = [sha(*name, "own", index) for index in range(len(pull.authored))]
        if pull.style in ("merge", "push"):
            chain = list(pull.own)
        elif pull.style == "rebase":  # rewritten: not one sha of the review survives on the main branch
            chain = [sha(*name, "rebased", index) for index in range(len(pull.authored))]
        else:
            chain = [sha(*name, "squashed")]
        for parent, child in zip([tip, *chain], chain, strict=False):
            pull.parents[child] = [parent]
        if pull.style == "merge":
            chain.append(sha(*name, "merge"))
            pull.parents[chain[-1]] = [tip, chain[-2]]
        pull.landed = chain
        tips[repository] = chain[-1]
    for pull in pulls:
        if not pull.merged:
            pull.own = [sha(pull.product.repository, pull.number, "own", 0)]


def _contain(history: History) -> None:
    """What each deployment holds: landed, and not in the last successful one of its service and place."""
    landed: dict[str, list[Pull]] = defaultdict(list)
    for pull in sorted((pull for pull in history.pulls if pull.merged), key=_merge_time):
        landed[pull.product.name].append(pull)
    times = {name: [_merge_time(pull) for pull in pulls] for name, pulls in landed.items()}
    stands: dict[tuple[str, str], int] = {}
    for deploy in history.deploys:
        if deploy.commit:  # planted, with its own commit
            continue
        name = deploy.product.name
        deploy.position = (
            deploy.undoes.before or 0 if deploy.undoes else bisect_right(times[name], deploy.cut)
        )
        place = (name, deploy.environment)
        deploy.before = stands.get(place)
        pulls = landed[name]
        deploy.commit = pulls[deploy.position - 1].landed[-1]
        since = deploy.before or 0
        deploy.commits = [commit for pull in pulls[since : deploy.position] for commit in pull.landed]
        if deploy.outcome == "succeeded":
            stands[place] = deploy.position


def _merge_time(pull: Pull) -> datetime:
    assert pull.merged is not None  # noqa: S101 # callers pass what has landed
    return pull.merged


def first_successes(deploys: list[Deploy]) -> dict[str, datetime]:
    """When each commit was first running in production."""
    found: dict[str, datetime] = {}
    for deploy in deploys:
        if deploy.outcome != "succeeded" or not deploy.environment.startswith("production"):
            continue
        for commit in deploy.commits:
            if deploy.finished and (commit not in found or deploy.finished < found[commit]):
                found[commit] = deploy.finished
    return found
