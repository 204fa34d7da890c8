"""How software is delivered: services, deployments, changes and their commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qmsreport.records.fields import key, one_of, person

OUTCOMES = ("succeeded", "failed", "cancelled", "running")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service as the organisation counts them."""

    service: str = key()
    team: str | None = None
    tier: str | None = None
    owner: str | None = None
    repositories: list[str] | None = None
    environments: list[str] | None = None
    criticality: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One deployment into one environment; a retry is an attempt of it.

    `finished_at` of a succeeded one is the time of its first `success` status, whatever came later.
    """

    deployment_id: str = key()
    service: str | None = None
    environment: str | None = None
    repository: str | None = None
    commit_sha: str | None = None
    ref: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    outcome: str | None = one_of(OUTCOMES)
    attempt: int | None = None
    is_rollback: bool | None = None
    is_unplanned: bool | None = None
    fixes_incident: str | None = None
    actor: str | None = person()
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentCommit:
    """One commit that a deployment brought in: reachable from it, not from the previous successful one."""

    deployment_id: str = key()
    commit_sha: str = key()


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit of one repository."""

    repository: str = key()
    commit_sha: str = key()
    parent_shas: list[str] | None = None
    authored_at: datetime | None = None
    committed_at: datetime | None = None
    author: str | None = person()
    is_bot: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One pull or merge request."""

    change_id: str = key()
    repository: str | None = None
    service: str | None = None
    title: str | None = None
    base_ref: str | None = None
    head_sha: str | None = None
    merge_sha: str | None = None
    opened_at: datetime | None = None
    first_reviewed_at: datetime | None = None
    approved_at: datetime | None = None
    merged_at: datetime | None = None
    author: str | None = person()
    merged_by: str | None = person()
    approvers: list[str] | None = person()
    labels: list[str] | None = None
    is_bot: bool | None = None
    is_emergency: bool | None = None
    checks_passed: bool | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCommit:
    """One own commit of a change, as authored: kept through squash and rebase."""

    change_id: str = key()
    commit_sha: str = key()
    authored_at: datetime | None = None
