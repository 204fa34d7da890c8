"""The history as records, cut where the day's knowledge ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from qmsreport.demo.drafts import Deploy, History, Outage, Pull
from qmsreport.demo.organisation import HOST, PIPELINE, PRODUCTS
from qmsreport.demo.timeline import after
from qmsreport.records import (
    Change,
    ChangeCommit,
    Commit,
    Deployment,
    DeploymentCommit,
    Incident,
    IncidentEvent,
    Service,
)


def services() -> list[Service]:
    """The services, as the organisation's register lists them."""
    return [
        Service(
            service=product.name,
            team=product.team,
            tier=product.tier,
            owner=f"team-{product.team}",
            repositories=[product.repository],
            environments=[*product.environments, "staging"],
            criticality=product.criticality,
        )
        for product in PRODUCTS
    ]


def known(moment: datetime | None, cutoff: datetime) -> datetime | None:
    """The moment, if it has come."""
    return moment if moment is not None and moment < cutoff else None


def deployments(history: History, cutoff: datetime) -> list[tuple[Deploy, Deployment]]:
    """Each deployment begun before the cut-off."""
    found = []
    for deploy in history.deploys:
        if deploy.started >= cutoff:
            continue
        finished = known(deploy.finished, cutoff)
        fixes = deploy.fixes.incident_id if deploy.fixes else None
        record = Deployment(
            deployment_id=deploy.deployment_id,
            service=deploy.product.name or None,
            environment=deploy.environment,
            repository=deploy.product.repository,
            commit_sha=deploy.commit,
            ref=deploy.ref,
            started_at=deploy.started,
            finished_at=finished,
            outcome=deploy.outcome if finished else "running",
            attempt=deploy.attempt,
            is_rollback=deploy.undoes is not None,
            is_unplanned=deploy.unplanned,
            fixes_incident=fixes,
            actor=deploy.actor,
            url=f"https://deploy.{HOST}/{deploy.number}",
        )
        found.append((deploy, record))
    return found


def deployment_commits(deployed: list[tuple[Deploy, Deployment]]) -> list[DeploymentCommit]:
    """The commits of those deployments."""
    return [
        DeploymentCommit(deployment_id=record.deployment_id, commit_sha=commit)
        for deploy, record in deployed
        for commit in deploy.commits
    ]


def changes(history: History, cutoff: datetime) -> list[tuple[Pull, Change]]:
    """Each change opened before the cut-off; a push past review is none."""
    found = []
    for pull in history.pulls:
        if pull.style == "push" or pull.opened >= cutoff:
            continue
        merged = known(pull.merged, cutoff)
        approved = known(pull.approved, cutoff)
        record = Change(
            change_id=pull.change_id,
            repository=pull.product.repository,
            service=pull.product.name,
            title=pull.title,
            base_ref=pull.base_ref,
            head_sha=pull.own[-1],
            merge_sha=pull.landed[-1] if merged else None,
            opened_at=pull.opened,
            first_reviewed_at=known(pull.reviewed, cutoff),
            approved_at=approved,
            merged_at=merged,
            author=pull.author,
            merged_by=pull.merged_by if merged else None,
            approvers=pull.approvers if approved else [],
            labels=pull.labels,
            is_bot=pull.is_bot,
            is_emergency=pull.is_emergency,
            checks_passed=pull.checks_passed,
            url=f"https://git.{HOST}/{pull.product.repository}/pulls/{pull.number}",
        )
        found.append((pull, record))
    return found


def change_commits(changed: list[tuple[Pull, Change]]) -> list[ChangeCommit]:
    """The own commits of those changes, by the shas they were authored under."""
    return [
        ChangeCommit(change_id=record.change_id, commit_sha=commit, authored_at=authored)
        for pull, record in changed
        for commit, authored in zip(pull.own, pull.authored, strict=True)
    ]


def commits(history: History, cutoff: datetime) -> list[Commit]:
    """What a clone of the main branches shows: own commits where they survived, else what they became."""
    found = []
    for pull in sorted(history.pulls, key=lambda pull: (pull.product.repository, pull.number)):
        merged = known(pull.merged, cutoff)
        if merged is None:
            continue
        for index, commit in enumerate(pull.landed):
            # a squash or merge commit is authored by the merge; a rebased one keeps its author's time
            kept = pull.style != "squash" and index < len(pull.authored)
            found.append(
                Commit(
                    repository=pull.product.repository,
                    commit_sha=commit,
                    parent_shas=pull.parents[commit],
                    authored_at=pull.authored[index] if kept else merged,
                    committed_at=pull.authored[index] if pull.style in ("merge", "push") and kept else merged,
                    author=pull.author,
                    is_bot=pull.is_bot,
                )
            )
    return found


def incidents(history: History, cutoff: datetime) -> list[tuple[Outage, Incident]]:
    """Each incident recorded before the cut-off, with what was known of it by then."""
    found = []
    for outage in history.outages:
        if outage.created >= cutoff:
            continue
        resolved = known(outage.resolved, cutoff)
        mitigated = known(outage.mitigated, cutoff)
        acknowledged = known(outage.acknowledged, cutoff)
        if resolved or outage.status == "untimed":
            status = "resolved"
        else:
            status = "mitigated" if mitigated else "investigating" if acknowledged else "open"
        record = Incident(
            incident_id=outage.incident_id,
            title=outage.title,
            severity=outage.severity,
            status=status,
            services=[outage.service] if outage.service else [],
            detected_at=outage.detected,
            created_at=outage.created,
            acknowledged_at=acknowledged,
            mitigated_at=mitigated,
            resolved_at=resolved,
            caused_by_deployment=outage.cause.deployment_id if outage.cause and outage.named else None,
            assigned_to=outage.owner,
            created_by=outage.reporter,
            personal_data=outage.personal_data,
            aware_at=known(outage.aware, cutoff),
            notified_at=known(outage.notified, cutoff),
            root_cause=outage.root_cause if status == "resolved" else None,
            postmortem_url=f"https://wiki.{HOST}/postmortems/{outage.incident_id}"
            if outage.postmortem and status == "resolved"
            else None,
            url=f"https://incidents.{HOST}/{outage.incident_id}",
        )
        found.append((outage, record))
    return found


def incident_events(told: list[tuple[Outage, Incident]], cutoff: datetime) -> list[IncidentEvent]:
    """The timeline of each of those incidents."""
    found = []
    for outage, record in told:
        for number, (moment, kind, content, states) in enumerate(_course(outage, record), 1):
            if moment >= cutoff:
                continue
            metadata: dict[str, Any] | None = {"from": states[0], "to": states[1]} if states else None
            found.append(
                IncidentEvent(
                    event_id=f"{record.incident_id}/{number}",
                    incident_id=record.incident_id,
                    occurred_at=moment,
                    type=kind,
                    content=content,
                    actor=PIPELINE if kind in ("alert", "system") else record.assigned_to,
                    metadata=metadata,
                )
            )
    return found


_Event = tuple[datetime, str, str, tuple[str, str] | None]


def _course(outage: Outage, record: Incident) -> Iterator[_Event]:
    yield outage.detected, "alert", outage.title, None
    yield outage.created, "system", "Incident opened", None
    if outage.acknowledged:
        yield outage.acknowledged, "status_change", "Looking into it", ("open", "investigating")
    if outage.mitigated:
        yield after(outage.mitigated, -45), "action", "Countermeasure applied", None
        yield outage.mitigated, "status_change", "Customers are well again", ("investigating", "mitigated")
    if outage.reopened:
        yield outage.reopened, "status_change", "Resolved", ("mitigated", "resolved")
        again = after(outage.reopened, 4100)
        yield again, "status_change", "It is back: reopened", ("resolved", "investigating")
        yield after(again, 9000), "comment", "The first repair only hid it", None
    if outage.resolved:
        before = "investigating" if outage.reopened or not outage.mitigated else "mitigated"
        yield outage.resolved, "status_change", record.root_cause or "Resolved", (before, "resolved")
