"""Reading lists: pages in the order of time, what did not fit a page, and the ledger's line for the answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from qmsreport.errors import Malformed, SourceError
from qmsreport.extracts import Batch, Extract
from qmsreport.records import frame
from qmsreport.sources._github_api import Api, Reply, digest
from qmsreport.sources._github_faults import ServerFault

SMALLEST_PAGE = 5


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and where the next one starts."""

    nodes: list[dict[str, Any]]
    replies: list[Reply]
    total: int
    after: str | None
    last: bool
    hidden: int = 0  # entries GitHub counts but does not show to this account


def moment(text: str | None) -> datetime | None:
    """GitHub's `2026-07-01T08:00:00Z` as naive UTC."""
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None) if text else None


def known_moment(text: str) -> datetime:
    """As `moment`, for a time that GitHub's schema never leaves out."""
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


def login(actor: Mapping[str, Any] | None) -> str | None:
    """The login as REST and the pages show it: an App's ends in `[bot]` there, but not in GraphQL."""
    if not actor:
        return None
    name = str(actor["login"])
    return f"{name}[bot]" if actor.get("__typename") == "Bot" and not name.endswith("[bot]") else name


def is_bot(actor: Mapping[str, Any] | None) -> bool | None:
    """Whether an account is an App; `None` for a deleted account."""
    if not actor:
        return None
    return (
        actor.get("__typename") == "Bot"
        or actor.get("type") == "Bot"
        or str(actor["login"]).endswith("[bot]")
    )


def start_cursor(api: Api, name: str, variables: Mapping[str, Any], since: datetime) -> str | None:
    """The cursor of the newest entry before `since`: reading starts after it; `None` is the beginning.

    Costs one small request for each 100 entries since then, and saves reading all that is older.
    """
    before: str | None = None
    while True:
        reply = api.graphql(f"{name}Index", {**variables, "before": before})
        found = reply.data["repository"]["list"]
        for edge in reversed(found["edges"]):
            (text,) = edge["node"].values()
            if known_moment(text) < since:
                return str(edge["cursor"])
        if not found["pageInfo"]["hasPreviousPage"]:
            return None
        before = found["pageInfo"]["startCursor"]


def pages(
    api: Api,
    name: str,
    variables: Mapping[str, Any],
    after: str | None,
    size: int,
    restart: datetime | None = None,
) -> Iterator[Page]:
    """The list's pages from `after` on, oldest first; asks for smaller ones where the server gives up.

    `restart`: where to begin if GitHub no longer takes the cursor that an earlier run left.
    """
    while True:
        try:
            reply = api.graphql(name, {**variables, "first": size, "after": after})
        except ServerFault:
            if size <= SMALLEST_PAGE:
                raise
            size = max(size // 2, SMALLEST_PAGE)
            continue
        except Malformed as error:
            if restart is None or "cursor" not in str(error):
                raise
            after, restart = start_cursor(api, name, variables, restart), None
            continue
        restart = None
        found = reply.data["repository"]["list"]
        nodes = [node for node in found["nodes"] if node]
        after = found["pageInfo"]["endCursor"] or after
        last = not found["pageInfo"]["hasNextPage"]
        hidden = len(found["nodes"]) - len(nodes)
        yield Page(nodes, [reply], found["totalCount"], after, last, hidden)
        if last:
            return


def whole(
    api: Api, node: Mapping[str, Any], field: str, rest: str, replies: list[Reply]
) -> list[dict[str, Any]]:
    """All entries of a list inside a list; the answers to further questions are added to `replies`."""
    connection = node.get(field) or {"nodes": [], "pageInfo": {"hasNextPage": False}}
    found = [entry for entry in connection["nodes"] or () if entry]
    while connection["pageInfo"]["hasNextPage"]:
        reply = api.graphql(rest, {"id": node["id"], "after": connection["pageInfo"]["endCursor"]})
        replies.append(reply)
        connection = reply.data["node"]["list"]
        found += [entry for entry in connection["nodes"] or () if entry]
    return found


def batches(records: Mapping[str, Sequence[Any]], always: Iterable[str] = ()) -> list[Batch]:
    """Frames of the kinds that have records."""
    return [Batch(kind, frame(kind, rows)) for kind, rows in records.items() if rows or kind in always]


def extract(
    api: Api, subject: str, replies: Sequence[Reply], records: Mapping[str, Sequence[Any]], **more: Any
) -> Extract:
    """The ledger's line for some answers, and the records that came out of them."""
    warnings = (*more.pop("warnings", ()), *(text for reply in replies for text in reply.warnings))
    asked = str(more.pop("asked", None) or replies[0].asked)
    asked += f" (and {len(replies) - 1} more)" if len(replies) > 1 else ""
    offsets = [reply.clock_offset_seconds for reply in replies]
    now = api.clock()
    return Extract(
        subject=subject,
        asked=asked,
        started_at=replies[0].started_at if replies else now,
        finished_at=replies[-1].finished_at if replies else now,
        batches=batches(records),
        product="GitHub",
        product_version=api.product_version,
        account=api.account,
        pages=len(replies),
        warnings=tuple(dict.fromkeys(warnings)),
        clock_offset_seconds=offsets[-1] if offsets else None,
        raw_sha256=digest(replies),
        **more,
    )


def refused(
    api: Api,
    subject: str,
    asked: str,
    started_at: datetime,
    error: SourceError,
    window: tuple[datetime | None, datetime | None] = (None, None),
) -> Extract:
    """The ledger's line for a question that was not answered: nothing is known, and that is on record."""
    return Extract(
        subject=subject,
        asked=asked,
        started_at=started_at,
        finished_at=api.clock(),
        window_start=window[0],
        window_end=window[1],
        product="GitHub",
        product_version=api.product_version,
        account=api.account,
        error=f"Not assessed. {error}",
    )
