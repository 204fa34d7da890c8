"""What the demonstration's history is made of while it is being told; `records` are written from these."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from qmsreport.demo.organisation import Product


def sha(*parts: object) -> str:
    """A commit's name: 40 hex digits that only depend on what is named."""
    return hashlib.sha1("/".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


@dataclass(slots=True, kw_only=True, eq=False)
class Pull:
    """One change, or one push past review (`style` "push"), and the commits it put on the main branch."""

    product: Product
    style: str  # merge, squash, rebase or push
    author: str
    authored: list[datetime]  # of its own commits, oldest first
    title: str
    opened: datetime
    reviewed: datetime | None = None
    approved: datetime | None = None
    merged: datetime | None = None  # None: abandoned
    approvers: list[str] = field(default_factory=list)
    merged_by: str | None = None
    labels: list[str] = field(default_factory=list)
    is_bot: bool = False
    is_emergency: bool = False
    checks_passed: bool | None = True
    base_ref: str = "main"
    number: int = 0
    own: list[str] = field(default_factory=list)  # commit shas as authored
    landed: list[str] = field(default_factory=list)  # commit shas on the main branch
    parents: dict[str, list[str]] = field(default_factory=dict)

    @property
    def change_id(self) -> str:
        """The provider's name for it."""
        return f"{self.product.repository}#{self.number}"


@dataclass(slots=True, kw_only=True, eq=False)
class Deploy:
    """One deployment into one environment. `cut`: what was merged by then is in it."""

    product: Product
    environment: str
    started: datetime
    finished: datetime | None
    outcome: str
    cut: datetime
    actor: str
    attempt: int = 1
    ref: str = "main"
    undoes: Deploy | None = None  # a rollback: goes back to what stood before that one
    unplanned: bool = False
    fixes: Outage | None = None
    number: int = 0
    commit: str | None = None
    commits: list[str] = field(default_factory=list)
    position: int = 0  # how many landed pulls it contains
    before: int | None = None  # the position it replaced

    @property
    def deployment_id(self) -> str:
        """The provider's name for it."""
        return f"dep-{self.number}"


@dataclass(slots=True, kw_only=True, eq=False)
class Outage:
    """One incident. `cause` with `named`: the record says so; otherwise it can only be inferred."""

    service: str | None
    title: str
    severity: str
    detected: datetime
    created: datetime
    acknowledged: datetime | None = None
    mitigated: datetime | None = None
    resolved: datetime | None = None
    status: str = "resolved"
    cause: Deploy | None = None
    named: bool = False
    owner: str | None = None
    reporter: str | None = None
    personal_data: bool = False
    aware: datetime | None = None
    notified: datetime | None = None
    root_cause: str | None = None
    postmortem: bool = False
    reopened: datetime | None = None  # when it was resolved for the first time, wrongly
    impact: float | None = None  # share of requests that went wrong, where it is not the severity's usual
    number: int = 0
    year: int = 0

    @property
    def incident_id(self) -> str:
        """The register's name for it."""
        return f"INC-{self.year}-{self.number:04}"


@dataclass(slots=True)
class History:
    """Everything that happened, in the order of its telling."""

    pulls: list[Pull] = field(default_factory=list)
    deploys: list[Deploy] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)
