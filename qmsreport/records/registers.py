"""What people decide and keep in registers: waivers, attestations, decisions, nonconformities and their actions.

Owners and approvers are printed as they are written: a register names who answers for something, so a pseudonym
would defeat it. Name roles where persons shall not appear.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qmsreport.records.fields import key, one_of

NONCONFORMITY_CLASSES = ("major", "minor", "observation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """One accepted exception: the underlying fail is still printed, and counts again once this has expired."""

    waiver_id: str = key()
    check_id: str | None = None
    resource: str | None = None  # None: every resource of the check
    reason: str | None = None
    compensating_control: str | None = None
    owner: str | None = None
    approver: str | None = None
    granted_at: datetime | None = None
    expires_at: datetime | None = None
    origin: str | None = None  # file and line


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """One signed statement of a person about what no system shows; it stands until it expires."""

    attestation_id: str = key()
    check_id: str | None = None
    resource: str | None = None  # None: every resource of the check
    statement: str | None = None
    owner: str | None = None
    attested_at: datetime | None = None
    expires_at: datetime | None = None
    evidence_url: str | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One recorded choice between declarations that conflict: this value of this setting holds."""

    decision_id: str = key()
    setting: str | None = None  # key of the setting
    value: str | None = None
    unit: str | None = None
    reason: str | None = None
    approver: str | None = None
    decided_at: datetime | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nonconformity:
    """One nonconformity as people keep it; the tool proposes candidates and never closes one."""

    nonconformity_id: str = key()
    fingerprint: str | None = None  # of the finding it answers for
    check_id: str | None = None
    resource: str | None = None
    control: str | None = None
    title: str | None = None
    requirement: str | None = None
    evidence: str | None = None
    deviation: str | None = None
    grade: str | None = one_of(NONCONFORMITY_CLASSES)
    repeat_of: str | None = None
    opened_at: datetime | None = None
    containment: str | None = None
    root_cause: str | None = None
    cause_category: str | None = None
    owner: str | None = None
    due_at: datetime | None = None
    closed_at: datetime | None = None
    verifier: str | None = None
    effective: bool | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectiveAction:
    """One corrective or preventive action (CAPA) of a nonconformity."""

    action_id: str = key()
    nonconformity_id: str | None = None
    kind: str | None = one_of(("containment", "corrective", "preventive"))
    action: str | None = None
    owner: str | None = None
    due_at: datetime | None = None
    done_at: datetime | None = None
    effective: bool | None = None
    origin: str | None = None
