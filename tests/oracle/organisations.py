"""Small organisations with everything that goes wrong, each made from a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from qmsreport.records import IncidentEvent
from tests.factories import authored, change, commit, deployed, deployment, incident, sli_windows

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
STARTS = {"2026-Q4": datetime.fromisoformat("2026-10-01"), "2026-Q2": datetime.fromisoformat("2026-04-01")}
SLOS = {"api": "occurrences", "slices": "timeslices", "ratios": "ratio_timeslices"}
SHAS = [f"c{number}" for number in range(16)]
MIDNIGHTS = [-13, -11, -10.5, -5, -4, -2, -1, 0, 1, 4, 5, 13]  # hours around midnight in the zones
DAYS = [-92, -91, -62, -31, -1, 0, 4, 6, 24, 30, 31, 61, 91, 92]  # where months, quarters and clocks change
DELAYS = [0, 1, 300, 900.5, 901, 3600, 5400, 86400, 86401, 3e6, -3600, None]
COUNTS: list[tuple[float | None, float | None]] = [
    *((9.0, 10.0), (9.5, 10.0), (10.0, 10.0), (99.25, 100.0), (5.0, 10.0), (0.0, 10.0), (11.0, 10.0)),
    *((0.0, 0.0), (1.0, 0.0), (-1.0, 10.0), (float("nan"), 10.0), (None, 10.0), (10.0, None)),
]


@dataclass(frozen=True)
class Organisation:
    """Records by source, what each source was asked for, and what was declared."""

    zone: str
    quarter: str
    more: str
    as_of: datetime
    records: dict[str, list[Any]]
    windows: dict[str, tuple[datetime, datetime]]


def organisation(seed: int) -> Organisation:
    """An organisation of a few services over two quarters."""
    return _Maker(Random(seed)).made()


class _Maker:
    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.quarter = chance.choice(list(STARTS))
        self.start = STARTS[self.quarter]
        self.as_of = self.start + timedelta(days=chance.choice([120, 120, 40, 91]), hours=6, minutes=30)
        self.records: dict[str, list[Any]] = {"files": [], "other": []}
        self.authored_at = {sha: self.maybe(self.time()) for sha in SHAS}

    def made(self) -> Organisation:
        more = self.configuration()
        incidents = [f"i{number}" for number in range(self.chance.randint(0, 8))]
        for number in range(self.chance.randint(4, 20)):
            self.deployment(number, incidents)
        for number in range(self.chance.randint(0, 8)):
            self.change(number)
        for sha in self.chance.sample(SHAS, 10):
            self.commit(sha, self.chance.choice(["acme/mono", "acme/two"]), self.maybe(self.time()))
        for name in incidents:
            self.incident(name)
        for slo in SLOS:
            for _ in range(self.chance.randint(0, 8)):
                length = self.chance.choice([300, 1800, 3600, 86400])
                good, valid = self.chance.choice(COUNTS)
                windows = sli_windows(slo, self.time(), self.chance.randint(1, 5), good, valid, length)
                self.put(*(item for item in windows if item.window_start < self.as_of))
        asked = {}
        for name in self.records:
            begins = self.start - timedelta(days=self.chance.choice([400, 400, 60, 0]))
            ends = self.chance.choice([self.as_of, self.as_of, self.start + timedelta(days=20)])
            asked[name] = (begins, ends)
        return Organisation(self.chance.choice(ZONES), self.quarter, more, self.as_of, self.records, asked)

    def put(self, *items: Any) -> None:
        """Let one of the sources bring them, each record once."""
        rows = self.chance.choice(list(self.records.values()))
        for item in (row for part in items for row in (part if isinstance(part, list) else [part])):
            if not any(_key(item) == _key(other) for known in self.records.values() for other in known):
                rows.append(item)

    def time(self) -> datetime:
        """A moment at an edge, anywhere, or where the others are, to the microsecond; nothing is known of the future."""
        hours = timedelta(hours=self.chance.choice(MIDNIGHTS))
        offset = self.chance.choice(
            [
                timedelta(days=self.chance.choice(DAYS)) + hours,
                timedelta(minutes=self.chance.randint(-95 * 1440, 95 * 1440)),
                timedelta(days=self.chance.randint(10, 14)) + hours,
            ]
        )
        extra = timedelta(microseconds=self.chance.choice([0, 0, 0, -1, 1, 250_000, 999_999]))
        return min(self.start + offset + extra, self.as_of - timedelta(days=5))

    def maybe(self, value: Any, missing: float = 0.1) -> Any:
        return None if self.chance.random() < missing else value

    def later(self, moment: datetime | None) -> datetime | None:
        delay = self.chance.choice(DELAYS)
        return None if moment is None or delay is None else min(moment + timedelta(seconds=delay), self.as_of)

    def service(self) -> str | None:
        return self.chance.choice(["checkout"] * 5 + ["search", "cart", "lonely", "unknown", None])

    def repository(self) -> str | None:
        return self.chance.choice(["acme/mono"] * 5 + ["acme/two", None])

    def flag(self, share: float = 0.15) -> bool | None:
        return self.chance.random() < share or self.maybe(False, 0.3)

    def deployment(self, number: int, incidents: Sequence[str]) -> None:
        finished = self.maybe(self.time(), 0.05)
        started = (
            finished - timedelta(seconds=self.chance.choice([90.5, 0, 4000])) if finished else self.time()
        )
        made = deployment(
            finished,
            deployment_id=f"d{number:02}",
            service=self.service(),
            environment=self.chance.choice(["eu"] * 4 + ["us", "us", "staging"]),
            repository=self.repository(),
            commit_sha=self.maybe(self.chance.choice(SHAS), 0.2),
            started_at=self.maybe(started),
            outcome=self.chance.choice(
                ["succeeded"] * 7 + ["failed", "failed", "cancelled", "running", None]
            ),
            is_rollback=self.flag(),
            is_unplanned=self.flag(),
            fixes_incident=self.chance.choice([None] * 8 + ["gone", *incidents]),
        )
        self.put(made, deployed(made, *self.chance.sample(SHAS, self.chance.randint(1, 4))))

    def change(self, number: int) -> None:
        made = change(
            self.maybe(self.chance.choice(SHAS), 0.3),
            self.maybe(self.time()),
            change_id=f"r{number}",
            head_sha=self.maybe(self.chance.choice(SHAS), 0.3),
            service=self.service(),
            repository=self.repository(),
            opened_at=self.maybe(self.time()),
            is_bot=self.flag(0.3),
        )
        own = self.chance.sample(SHAS, self.chance.randint(0, 3))
        self.put(made, authored(made, *((sha, self.authored_at[sha]) for sha in own)))
        for sha in own:
            if made.merged_at and self.chance.random() < 0.5:  # a rebased copy
                after = timedelta(seconds=self.chance.choice([0, 60, -60, 60.000001, 61]))
                self.commit(
                    self.chance.choice(SHAS), made.repository or "acme/two", made.merged_at + after, like=sha
                )

    def commit(self, sha: str, repository: str, committed_at: datetime | None, like: str = "") -> None:
        self.put(
            commit(
                sha,
                self.authored_at[like or sha],
                repository=repository,
                committed_at=committed_at,
                parent_shas=self.chance.choice([["a"], ["a"], ["a", "b"], [], None]),
                is_bot=self.flag(0.3),
            )
        )

    def incident(self, name: str) -> None:
        detected = self.maybe(self.time())
        self.put(
            incident(
                detected,
                incident_id=name,
                services=self.chance.choice(
                    [["checkout"]] * 3 + [["search", "checkout"], ["cart", "cart"], ["x"], [], None]
                ),
                severity=self.chance.choice(["critical", "high", "low", None]),
                status=self.chance.choice(["open", "investigating", "mitigated"] + ["resolved"] * 4 + [None]),
                created_at=self.maybe(self.later(detected)),
                acknowledged_at=self.later(detected),
                mitigated_at=self.later(detected),
                resolved_at=self.later(detected),
                caused_by_deployment=self.chance.choice([None] * 5 + ["d00", "d01", "d02", "gone"]),
                postmortem_url=self.chance.choice([None, "https://wiki.example/1"]),
            )
        )
        for number in range(self.chance.randint(0, 2)):
            before, after = self.chance.choice(
                [("open", "investigating"), ("resolved", "open"), ("mitigated", "resolved")]
            )
            self.put(
                IncidentEvent(
                    event_id=f"{name}-{number}",
                    incident_id=name,
                    occurred_at=self.later(detected),
                    type=self.chance.choice(["status_change", "comment"]),
                    metadata=self.maybe({"from": before, "to": after}),
                )
            )

    def configuration(self) -> str:
        """TOML behind the small configuration of the factories."""
        near = self.start + timedelta(days=self.chance.randint(10, 14))
        text = f"""
[delivery]
production = ["eu", "us"]
causal_window_hours = {self.chance.choice([24.0, 1.5])}
include_bots = {self.chance.choice(["true", "false"])}

[slo_policy]
zero_traffic = "{self.chance.choice(["unknown", "good"])}"

[[service]]
name = "search"
team = "Discovery"

[[service]]
name = "cart"
team = "Commerce"

[[service]]
name = "lonely"
"""
        for name, budgeting in SLOS.items():
            text += f"""
[[slo]]
id = "{name}"
service = "{self.chance.choice(["checkout", "search"])}"
objective = {self.chance.choice([0.5, 0.9, 0.99])}
window_seconds = {self.chance.choice([300, 3600, 86400])}
budgeting = "{budgeting}"
rolling_days = {self.chance.choice([28, 45, 100])}
"""
        for _ in range(self.chance.randint(0, 3)):
            begins = near + timedelta(minutes=30 * self.chance.randint(-10, 12))
            ends = begins + timedelta(minutes=self.chance.choice([30, 60, 600, 3000, -5]))
            text += f"""
[[maintenance]]
service = "{self.chance.choice(["checkout", "search"])}"
starts_at = {begins.isoformat()}Z
ends_at = {ends.isoformat()}Z
approver = "{self.chance.choice(["ada", "ada", ""])}"
reason = "upgrade"
"""
        return text


def _key(item: Any) -> Any:
    names = ("deployment_id", "change_id", "event_id", "slo_id", "window_start", "repository", "commit_sha")
    if not hasattr(item, "parent_shas"):  # only a commit is known by its repository
        names = names[:5] + (() if hasattr(item, "outcome") or hasattr(item, "title") else ("commit_sha",))
    names += ("incident_id",) if not hasattr(item, "event_id") else ()
    return type(item), *(getattr(item, name, None) for name in names)
