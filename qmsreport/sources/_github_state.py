"""Where reading stopped: the notes a run leaves in the ledger's `cursor` for the next one. JSON, small."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Success:
    """One successful deployment whose commits are still to be found."""

    at: datetime
    deployment_id: str
    service: str | None
    environment: str | None
    sha: str

    @property
    def chain(self) -> tuple[str | None, str | None]:
        """What it follows another deployment in: service and environment."""
        return self.service, self.environment


@dataclass(slots=True, kw_only=True)
class ListState:
    """Of a list read in the order of time."""

    since: datetime  # how far back the first run went
    at: datetime  # read until here
    done: bool = False  # the list's end was reached
    after: str | None = None  # GraphQL: go on behind this entry
    unsettled: datetime | None = None  # the oldest entry that may still change
    etag: str | None = None  # of the first page, when nothing in it may still change
    swept: datetime | None = None  # when the whole list was last read
    todo: list[Success] = field(default_factory=list)

    def dump(self) -> str:
        """As the ledger keeps it."""
        return _dump(
            {
                "since": self.since,
                "at": self.at,
                "done": self.done,
                "after": self.after,
                "unsettled": self.unsettled,
                "etag": self.etag,
                "swept": self.swept,
                "todo": [[s.at, s.deployment_id, s.service, s.environment, s.sha] for s in self.todo],
            }
        )


@dataclass(slots=True, kw_only=True)
class ChainState:
    """Of the commits of deployments: what was last live where."""

    since: datetime
    until: datetime | None = None  # every success up to here has its commits
    heads: dict[tuple[str | None, str | None], Success] = field(default_factory=dict)

    def dump(self) -> str:
        """As the ledger keeps it."""
        heads = [[s.at, s.deployment_id, s.service, s.environment, s.sha] for s in self.heads.values()]
        return _dump({"since": self.since, "until": self.until, "heads": heads})


def load_list(text: str | None, since: datetime) -> ListState | None:
    """The state, unless there is none, it cannot be read, or this run goes back further than it did."""
    raw = _load(text)
    state = None
    if raw and "at" in raw:
        state = ListState(
            since=_time(raw["since"]),
            at=_time(raw["at"]),
            done=bool(raw.get("done")),
            after=raw.get("after"),
            unsettled=_time(raw["unsettled"]) if raw.get("unsettled") else None,
            etag=raw.get("etag"),
            swept=_time(raw["swept"]) if raw.get("swept") else None,
            todo=[_success(row) for row in raw.get("todo") or ()],
        )
    return state if state and state.since <= since else None


def load_chain(text: str | None, since: datetime) -> ChainState:
    """The state; a fresh one when this run goes back further, because then other deployments come first."""
    raw = _load(text)
    if raw and "heads" in raw and _time(raw["since"]) <= since:
        heads = [_success(row) for row in raw["heads"]]
        return ChainState(
            since=_time(raw["since"]),
            until=_time(raw["until"]) if raw.get("until") else None,
            heads={success.chain: success for success in heads},
        )
    return ChainState(since=since)


def _success(row: list[Any]) -> Success:
    at, deployment_id, service, environment, sha = row
    return Success(_time(at), deployment_id, service, environment, sha)


def _dump(document: dict[str, Any]) -> str:
    kept = {key: value for key, value in document.items() if value not in (None, [], False)}
    return json.dumps(kept, default=lambda moment: moment.isoformat(), sort_keys=True, separators=(",", ":"))


def _load(text: str | None) -> dict[str, Any] | None:
    try:
        raw = json.loads(text or "")
    except ValueError:
        return None
    return raw if isinstance(raw, dict) else None


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
