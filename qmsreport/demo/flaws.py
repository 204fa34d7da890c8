"""What is wrong on purpose in the demonstration data, how often, and where it is put.

Everything counted here lies in the last complete quarter and happens exactly so often, whatever the day; a tuple
counts quarter by quarter, the last complete one at its end. What is wrong with the configuration files stands in
them: see `papers/configuration`.
Besides these, ordinary life goes wrong at random: failed, cancelled, superseded and retried deployments,
rollbacks, hotfixes, abandoned changes, squashed and rebased commits, bots.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from qmsreport.demo import assembly
from qmsreport.demo.drafts import Deploy, History, Outage, Pull, sha
from qmsreport.demo.organisation import BY_NAME, EU, PIPELINE, TEAMS, US, Product
from qmsreport.demo.timeline import Timeline, after, at, dice


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaws:
    """How often each deliberate flaw stands in the data of the last complete quarter."""

    unmapped_deployments: int = 2  # production deployments of a repository that maps to no service
    untraced_deployments: int = 6  # those two, and four of commits pushed past review
    stuck_deployments: int = 1  # still "running" weeks later: the provider never said how it ended
    self_approved_changes: int = 3  # the only approver is the author
    unapproved_changes: int = 5  # merged with nobody's approval
    late_approvals: int = 2  # emergency changes approved after they were merged
    failing_checks: int = 2  # merged although the checks had failed
    negative_lead_times: int = 2  # authored, says a wrong clock, after they were running
    resolved_before_created: int = 1
    resolved_without_time: int = 1
    reopened_incidents: int = 2
    open_at_the_end: int = 2  # one of them was resolved three days into the next quarter
    incidents_without_any_deployment: int = 1  # of a service that was not deployed at all
    incidents_of_no_service: int = 1
    personal_data_breaches: int = 2
    late_notifications: int = 1  # of those two: later than 72 hours after awareness
    objectives_with_a_gap: int = 2
    gap_days: int = 8
    sli_windows_above_one: int = 5
    unreadable_rows: int = 1  # in deployments.csv
    rules_without_runbook: int = 2
    outdated_endpoints: int = 1  # still answer to TLS 1.0
    unscanned_services: int = 1  # no scanner ever looked at them
    late_fixes: tuple[int, ...] = (2, 2, 1, 2, 1, 1, 1, 0)  # critical vulnerabilities, quarter by quarter
    unsearched_samples: int = 2  # of one log stream: taken, and not searched for personal data
    services_below_coverage: int = 1  # less than the declared four fifths of the code is tested
    lasting_approvals: int = 1  # repositories where an approval outlives later pushes
    unheard_security_rules: int = 1  # watch for something that is declared, and end where nobody listens
    days_of_lost_telemetry: int = 3  # on which a quarter of the log records was not taken by their store
    days_without_audit_records: int = 2
    disks_filling_up: int = 1  # their trend passes the declared limit within the next quarter
    unevidenced_tests: int = 1  # claimed to be run, and nothing shows it
    unattested_stores: int = 1  # nothing and nobody says whether they are encrypted


FLAWS = Flaws()
UNMAPPED = Product(
    name="",
    team="platform",
    repository="lindhafen/experiments",
    tier="",
    criticality="",
    releases_per_week=(0, 0),
    changes_per_release=0,
    lead_hours=(1, 1),
    fail_rate=(0, 0),
)


def plant_incidents(timeline: Timeline, history: History) -> None:
    """The incidents with a story; called before the others are given their course."""
    last = timeline.last

    def when(day: int, hour: float) -> datetime:
        return at(last.first + timedelta(days=day), hour)

    def tell(service: str | None, severity: str, title: str, start: datetime, **more: object) -> Outage:
        outage = Outage(
            service=service, title=title, severity=severity, detected=start, created=after(start, 95.25)
        )
        for name, value in more.items():
            setattr(outage, name, value)
        history.outages.append(outage)
        return outage

    # the breach: a release of the gateway loses a fifth of the authorisations for 31 hours
    culprit = max(
        (
            deploy
            for deploy in history.deploys
            if _stands_in(deploy, "payment-gateway", when(34, 0), when(48, 0))
        ),
        key=lambda deploy: deploy.started,
    )
    start = after(culprit.finished or culprit.started, 1500)
    tell(
        "payment-gateway",
        "critical",
        "Payment gateway: one in five authorisations declined",
        start,
        cause=culprit,
        named=True,
        impact=0.22,
        acknowledged=after(start, 780.5),  # the declared target is five minutes
        mitigated=after(start, 31 * 3600),
        resolved=after(start, 55 * 3600),
        root_cause="acquirer certificate pinned in a release",
        postmortem=True,
    )
    # open at the end of the period, and still open now
    tell(
        "merchant-portal",
        "medium",
        "Merchant portal: monthly statements missing a line",
        after(last.ends_at, -6 * 86400 + 36000),
    )
    # open at the end of the period, resolved three days into the next one: known only later
    start = after(last.ends_at, -2 * 86400 + 32400)
    tell(
        "kyc",
        "high",
        "KYC: identity documents rejected by the partner",
        start,
        mitigated=after(last.ends_at, 2 * 86400),
        resolved=after(last.ends_at, 3 * 86400),
        root_cause="outage at a partner",
    )
    # nothing can be blamed: its service was not deployed in the whole quarter
    tell(
        "archive",
        "low",
        "Archive: search index out of date",
        when(23, 10.2),
        mitigated=when(23, 15.5),
        root_cause="capacity",
    )
    # nobody's: the register names no service
    tell(
        None,
        "low",
        "Office network slow",
        when(51, 9.4),
        mitigated=when(51, 11.9),
        root_cause="infrastructure",
    )
    # reopened: resolved too early, once or twice bitten
    for service, day in (("ledger", 17), ("identity", 58)):
        tell(
            service,
            "high",
            f"{BY_NAME[service].title}: replica lagging behind",
            when(day, 7.6),
            mitigated=when(day, 9.1),
            reopened=when(day, 9.8),
            resolved=when(day + 1, 13.3),
            root_cause="infrastructure",
        )
    # closed, and nobody wrote down when
    tell("invoicing", "medium", "Invoicing: PDF invoices without a logo", when(44, 13.1), status="untimed")
    # resolved before it was created: two clocks
    outage = tell("webhooks", "medium", "Webhooks: retries exhausted", when(71, 16.0), root_cause="capacity")
    outage.acknowledged = after(outage.created, 300)
    outage.resolved = after(outage.created, -720)
    outage.status = "backwards"
    # personal data: the authority was told in time once, and once too late
    for service, day, hours in (("kyc", 12, 49), ("merchant-portal", 63, 91)):
        start = when(day, 11.3)
        tell(
            service,
            "high",
            f"{BY_NAME[service].title}: documents shown to the wrong customer",
            start,
            mitigated=after(start, 5400),
            personal_data=True,
            aware=after(start, 3600),
            notified=after(start, 3600 * (hours + 1)),
            root_cause="operating error",
            postmortem=True,
        )


def plant_deployments(timeline: Timeline, history: History) -> None:
    """Deployments that something is wrong with."""
    random = dice("deployment flaws", timeline.last.label)
    for count in range(FLAWS.unmapped_deployments):
        start = at(timeline.last.first + timedelta(days=20 + 30 * count), 15.1)
        commit = sha(UNMAPPED.repository, count)
        deploy = _planned(UNMAPPED, EU, start, random)
        deploy.commit, deploy.commits = commit, [commit]
        history.deploys.append(deploy)
    start = at(timeline.last.first + timedelta(days=30), 17.9)
    stuck = _planned(BY_NAME["merchant-portal"], US, start, random)
    stuck.outcome, stuck.finished = "running", None
    history.deploys.append(stuck)


def _planned(product: Product, environment: str, start: datetime, random: Random) -> Deploy:
    return Deploy(
        product=product,
        environment=environment,
        started=start,
        finished=after(start, random.uniform(200, 900)),
        outcome="succeeded",
        cut=after(start, -3600),
        actor=PIPELINE,
    )


def plant_changes(timeline: Timeline, history: History) -> None:
    """Changes that something is wrong with; called after assembly, because a wrong clock needs a deployment."""
    last = timeline.last
    pulls = [
        pull
        for pull in history.pulls
        if pull.merged and last.starts_at <= pull.merged < last.ends_at and not pull.is_bot
    ]
    pulls = [pull for pull in pulls if pull.style == "squash" and not pull.is_emergency]
    running = assembly.first_successes(history.deploys)
    deployed = [
        pull
        for pull in pulls
        if pull.landed[-1] in running and running[pull.landed[-1]] < last.ends_at - timedelta(days=2)
    ]
    random = dice("change flaws", last.label)
    wanted = (
        ("clock", FLAWS.negative_lead_times),
        ("self", FLAWS.self_approved_changes),
        ("nobody", FLAWS.unapproved_changes),
        ("late", FLAWS.late_approvals),
        ("checks", FLAWS.failing_checks),
    )
    chosen = iter(random.sample(deployed, sum(count for _, count in wanted)))
    for flaw, count in wanted:
        for _ in range(count):
            pull = next(chosen)
            _spoil(pull, flaw, running[pull.landed[-1]])


def _spoil(pull: Pull, flaw: str, running: datetime) -> None:
    if flaw == "clock":
        pull.authored = [after(running, 5400.75 + index) for index in range(len(pull.authored))]
    elif flaw == "self":
        pull.approvers = [pull.author]
    elif flaw == "nobody":
        pull.approvers, pull.approved, pull.reviewed, pull.merged_by = [], None, None, pull.author
    elif flaw == "late" and pull.merged:
        pull.is_emergency = True
        pull.labels = [*pull.labels, "emergency"]
        pull.title = f"Emergency: {pull.title[0].lower()}{pull.title[1:]}"
        pull.reviewed = pull.approved = after(pull.merged, 19 * 3600 + 0.5)
        pull.approvers = [login for login in TEAMS[pull.product.team] if login != pull.author][:1]
    elif flaw == "checks":
        pull.checks_passed = False


def _stands_in(deploy: Deploy, service: str, start: datetime, end: datetime) -> bool:
    return (
        deploy.product.name == service
        and deploy.environment == EU
        and deploy.outcome == "succeeded"
        and not deploy.unplanned
        and start <= deploy.started < end
    )
