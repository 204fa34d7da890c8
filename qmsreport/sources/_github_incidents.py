"""Issues with certain labels as incidents, with their timeline.

An issue that was deleted, transferred or lost its label is told by nothing but its absence. So the whole list
is read again every `full_listing_days` (one day by default: incidents are few, 100 take one request), and a
closing extract names all that there are; the warehouse gives the others a tombstone. In between only what was
updated is read.

Acknowledged = the first of: someone was assigned, or a person other than who opened the issue commented.
Comments are read for that and for a link to the post-mortem; their text is not kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from qmsreport.errors import Rejected
from qmsreport.extracts import Extract, Progress
from qmsreport.records import Incident, IncidentEvent
from qmsreport.sources import _github_words as words
from qmsreport.sources._github_api import Reply
from qmsreport.sources._github_deployments import Scope
from qmsreport.sources._github_faults import Refused
from qmsreport.sources._github_read import (
    extract,
    is_bot,
    known_moment,
    login,
    moment,
    pages,
    start_cursor,
    whole,
)
from qmsreport.sources._github_state import ListState, load_list

PAGE = 50
_SWITCHED_OFF = 410  # a repository without issues has no incidents
_MITIGATED = ("mitigated", "status:mitigated", "status/mitigated")
_TYPES = {
    "IssueComment": "comment",
    "AssignedEvent": "action",
    "LabeledEvent": "status_change",
    "UnlabeledEvent": "status_change",
    "ClosedEvent": "status_change",
    "ReopenedEvent": "status_change",
}
# what a change of state led from and to; a label says neither
_STATES = {
    "ClosedEvent": {"from": "open", "to": "resolved"},
    "ReopenedEvent": {"from": "resolved", "to": "open"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Which issues are incidents, how grave, and how often all are listed."""

    labels: Sequence[str]
    severities: Mapping[str, str]
    full_listing: timedelta
    find_deployment: bool  # GitHub's deployments are the signal, so a commit leads to one


def stream(scope: Scope, progress: Progress, marks: Marks) -> Iterator[Extract]:
    """Yield the incidents page by page, and now and then a closing list of all there are."""
    subject = f"incidents:{scope.repository}"
    asked_at = scope.api.clock()
    state = load_list(progress.cursor(subject), scope.since)
    sweep = state is None or state.swept is None or asked_at - state.swept >= marks.full_listing
    start = scope.since if state is None else max(state.at - scope.overlap, scope.since)
    everything: dict[str, Incident] = {}
    replies: list[Reply] = []
    totals: list[int] = []
    hidden = 0
    for label in marks.labels:
        variables = scope.variables | {"label": label}
        after = None if sweep else start_cursor(scope.api, "Issues", variables, start)
        for page in pages(scope.api, "Issues", variables, after, PAGE):
            incidents, events = _page(scope, page.nodes, page.replies, marks)
            everything |= {incident.incident_id: incident for incident in incidents}
            replies += page.replies
            hidden += page.hidden
            totals += [page.total] if page.last else []
            yield extract(
                scope.api,
                subject,
                page.replies,
                {"incidents": incidents, "incident_events": events},
                truncated=page.hidden > 0,
                cursor=(state or ListState(since=scope.since, at=scope.since)).dump(),
            )
    if sweep and not everything and not hidden:
        replies += _nothing_hidden(scope, marks.labels)
    noted = ListState(
        since=state.since if state else scope.since,
        at=asked_at,
        done=True,
        swept=asked_at if sweep else (state.swept if state else None),
    )
    yield extract(
        scope.api,
        subject,
        replies,
        {"incidents": list(everything.values())} if sweep else {},
        asked=f"issues of {scope.repository} labelled {', '.join(marks.labels)}"
        + (", all" if sweep else ", updated"),
        window_start=min(start, scope.until),
        window_end=min(asked_at, scope.until),
        server_total=totals[0] if sweep and len(totals) == 1 else None,
        truncated=hidden > 0,
        lists_all=("incidents",) if sweep and not hidden else (),  # what is hidden is not gone
        cursor=noted.dump(),
    )


def _nothing_hidden(scope: Scope, labels: Sequence[str]) -> list[Reply]:
    """Ask REST whether there is really no incident: GraphQL shows none, too, to an App that may not read issues.

    Raises:
        Rejected: issues may not be read, or there are some.
    """
    path = f"/repos/{scope.repository}/issues"
    replies = []
    for label in labels:
        try:
            reply = scope.api.rest(path, {"labels": label, "state": "all", "per_page": 1})
        except Refused as error:
            if error.status != _SWITCHED_OFF:
                raise
            break
        if any("pull_request" not in item for item in reply.data):
            raise Rejected(
                f"GitHub lists issues of {scope.repository} labelled {label}, and shows none of them in a query. "
                "Check that the token may read issues."
            )
        replies.append(reply)
    return replies


def _page(
    scope: Scope, nodes: Sequence[Mapping[str, Any]], replies: list[Reply], marks: Marks
) -> tuple[list[Incident], list[IncidentEvent]]:
    incidents: list[Incident] = []
    events: list[IncidentEvent] = []
    for node in nodes:
        timeline = whole(scope.api, node, "timelineItems", "TimelineRest", replies)
        labels = sorted(
            entry["name"] for entry in whole(scope.api, node, "labels", "IssueLabelsRest", replies)
        )
        incident = _incident(scope, node, timeline, labels, marks, replies)
        incidents.append(incident)
        events += _events(incident.incident_id, timeline)
    return incidents, events


def _incident(
    scope: Scope,
    node: Mapping[str, Any],
    timeline: Sequence[Mapping[str, Any]],
    labels: Sequence[str],
    marks: Marks,
    replies: list[Reply],
) -> Incident:
    body = node["body"] or ""
    closed = node["state"] == "CLOSED"
    acknowledged = acknowledged_at(timeline, login(node["author"]))
    mitigated = min(
        (known_moment(entry["createdAt"]) for entry in timeline if _mitigates(entry)), default=None
    )
    if closed:
        status = "resolved"
    elif mitigated and any(label.lower() in _MITIGATED for label in labels):
        status = "mitigated"
    else:
        status = "investigating" if acknowledged else "open"
    only = scope.services.of_repository(scope.repository)
    assigned = (node["assignees"]["nodes"] or [None])[0]
    return Incident(
        incident_id=f"{scope.repository}#{node['number']}",
        title=node["title"],
        severity=words.severity(labels, marks.severities),
        status=status,
        services=scope.services.of_labels(labels) or ([only] if only else None),
        created_at=moment(node["createdAt"]),
        acknowledged_at=acknowledged,
        mitigated_at=mitigated,
        resolved_at=moment(node["closedAt"]) if closed else None,
        caused_by_deployment=_cause(scope, node, words.cause(body, labels), replies)
        if marks.find_deployment
        else None,
        assigned_to=assigned["login"] if assigned else None,
        created_by=login(node["author"]),
        root_cause=words.root_cause(body),
        postmortem_url=words.postmortem([body, *(entry["body"] for entry in timeline if entry.get("body"))]),
        url=node["url"],
    )


def acknowledged_at(timeline: Sequence[Mapping[str, Any]], author: str | None) -> datetime | None:
    """The first assignment, or the first comment of a person other than the author."""
    times = []
    for entry in timeline:
        assigned = entry["__typename"] == "AssignedEvent"
        writer = entry.get("author")
        answered = entry["__typename"] == "IssueComment" and not is_bot(writer) and login(writer) != author
        if assigned or answered:
            times.append(known_moment(entry["createdAt"]))
    return min(times, default=None)


def _mitigates(entry: Mapping[str, Any]) -> bool:
    return entry["__typename"] == "LabeledEvent" and entry["label"]["name"].lower() in _MITIGATED


def _events(incident_id: str, timeline: Sequence[Mapping[str, Any]]) -> Iterator[IncidentEvent]:
    for entry in timeline:
        kind = entry["__typename"]
        if kind not in _TYPES:
            continue
        content = {
            "AssignedEvent": "assigned",
            "LabeledEvent": f"labelled {(entry.get('label') or {}).get('name')}",
            "UnlabeledEvent": f"label {(entry.get('label') or {}).get('name')} removed",
            "ClosedEvent": "closed",
            "ReopenedEvent": "reopened",
        }.get(kind)
        yield IncidentEvent(
            event_id=entry["id"],
            incident_id=incident_id,
            occurred_at=known_moment(entry["createdAt"]),
            type=_TYPES[kind],
            content=content,
            actor=login(entry.get("author") or entry.get("actor")),
            metadata=_STATES.get(kind),
        )


def _cause(
    scope: Scope, node: Mapping[str, Any], said: words.Cause | None, replies: list[Reply]
) -> str | None:
    """The id of the deployment an incident names, or of the one that brought the commit it names live.

    A commit leads to the last deployment of it into production that was made before the issue was opened.
    """
    if said is None or said.deployment:
        return said.deployment if said else None
    base = f"/repos/{scope.repository}"
    try:
        commit = scope.api.rest(f"{base}/commits/{said.sha}")
        found = scope.api.rest(f"{base}/deployments", {"sha": commit.data["sha"], "per_page": 100})
    except Rejected:
        return None
    replies += [commit, found]
    opened = known_moment(node["createdAt"])
    live = [
        item
        for item in found.data
        if known_moment(item["created_at"]) <= opened
        and scope.environment(item["environment"]) in scope.delivery.production
    ]
    return str(max(live, key=lambda item: item["created_at"])["id"]) if live else None
