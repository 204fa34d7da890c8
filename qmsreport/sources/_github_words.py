"""GitHub's words put into ours: outcomes, severities, services, and what a text says about a deployment. Pure."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qmsreport.services import ServiceMap
from qmsreport.sources._github_read import known_moment

_ROLLBACK = re.compile(r"\broll(?:ed|ing)?[ _-]?back\b", re.IGNORECASE)
_FIXES = re.compile(r"\b(?:fix(?:es|ed)?|resolves?|mitigates?)\s+incident\s+#?(\d+)\b", re.IGNORECASE)
_SERVICE_KEYS = ("service", "app", "application", "component")
_FAILED = ("FAILURE", "ERROR")
_ENDS = ("SUCCESS", *_FAILED, "INACTIVE")

_CAUSE = re.compile(
    r"^\W*(?:caused[ _-]by|introduced[ _-](?:by|in|with)|cause)\b[^\n]*?"
    r"(?:\bdeployments?\W{1,3}(?P<deployment>\d+)|\b(?P<sha>[0-9a-f]{7,40})\b)",
    re.IGNORECASE | re.MULTILINE,
)
_CAUSE_LABEL = re.compile(
    r"^(?:caused[-_ ]by|deployment)\s*[:/=]\s*(?:deployment[-_#/ ]?)?(?P<word>\w+)$", re.IGNORECASE
)
_POSTMORTEM = re.compile(r"post[ _-]?mortem[^\n]*?(https?://[^\s)>\]]+)", re.IGNORECASE)
_ROOT_CAUSE = re.compile(r"^\W*root[ _-]cause\W*[:\-]\W*(\S[^\n]*)", re.IGNORECASE | re.MULTILINE)
_SEVERITY = re.compile(
    r"^(?:severity|sev)?[\s:/_-]*(critical|high|medium|low|(?<=[\D])[0-5])$", re.IGNORECASE
)
_GRADES = {"0": "critical", "1": "critical", "2": "high", "3": "medium", "4": "low", "5": "low"}
_ORDER = ("critical", "high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Status:
    """One status of a deployment."""

    state: str  # upper case
    at: datetime
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """What a history of statuses comes to."""

    outcome: str | None
    finished_at: datetime | None
    attempt: int | None
    settled: bool  # no later status can change it


def course(statuses: Iterable[Status]) -> Course:
    """The outcome of a deployment's whole history of statuses.

    * The first `success` ever is the finish; what comes later (`inactive`, because a newer deployment
      superseded it) is neither failure nor finish.
    * `failure` and `error` end an attempt; if something follows, that is the next attempt.
    * No status at all says nothing: outcome `None`. `inactive` without a success: it never went live, cancelled.

    GitHub's times have whole seconds: of two statuses in one, that which ends the deployment came last.
    """
    history = sorted(statuses, key=lambda status: (status.at, status.state in _ENDS))
    if not history:
        return Course(None, None, None, settled=False)
    success = next((status.at for status in history if status.state == "SUCCESS"), None)
    until = [status for status in history if success is None or status.at <= success]
    going = [status for status in until if status.state != "INACTIVE"]
    retried = sum(
        1
        for status, following in itertools.pairwise(going)
        if status.state in _FAILED and following.state not in _FAILED
    )
    if success is not None:
        return Course("succeeded", success, 1 + retried, settled=True)
    if not going:
        return Course("cancelled", history[-1].at, None, settled=True)
    if going[-1].state in _FAILED:
        return Course("failed", going[-1].at, 1 + retried, settled=False)  # a retry may still follow
    if history[-1].state == "INACTIVE":
        return Course("cancelled", history[-1].at, 1 + retried, settled=True)
    return Course("running", None, 1 + retried, settled=False)


def statuses_of(nodes: Iterable[Mapping[str, Any]]) -> list[Status]:
    """GraphQL's nodes as statuses."""
    return [
        Status(
            node["state"], known_moment(node["createdAt"]), node.get("logUrl") or node.get("environmentUrl")
        )
        for node in nodes
    ]


def texts(*values: Any) -> list[str]:
    """Every text in some values, nested ones too, and a JSON text's own texts."""
    found: list[str] = []
    for value in values:
        if isinstance(value, Mapping):
            found += texts(
                *(part for pair in value.items() if pair[1] not in (None, False, "") for part in pair)
            )
        elif isinstance(value, (list, tuple)):
            found += texts(*value)
        elif isinstance(value, str) and value.strip():
            found.append(value)
    return found


def payload_of(value: Any) -> Any:
    """A deployment's payload: REST gives an object or a text that may be JSON."""
    if isinstance(value, str) and value.strip():
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def is_unplanned(said: Sequence[str], patterns: Iterable[str]) -> bool | None:
    """Whether a ref, a description or a payload says so: each text as a whole, and each word of it."""
    compiled = [re.compile(pattern, re.IGNORECASE) for pattern in patterns]
    words = {word for text in said for word in (text, *text.split())}
    return any(pattern.search(word) for pattern in compiled for word in words) if said else None


def is_rollback(said: Sequence[str]) -> bool | None:
    """Whether a ref, a description or a payload speaks of a roll-back."""
    return any(_ROLLBACK.search(text) for text in said) if said else None


def fixed_incident(repository: str, said: Sequence[str]) -> str | None:
    """The incident that a description says it fixes: `fixes incident #12`."""
    found = next((match for text in said if (match := _FIXES.search(text))), None)
    return f"{repository}#{found[1]}" if found else None


def service_of(
    services: ServiceMap,
    repository: str,
    *,
    environment: str | None,
    task: str | None = None,
    payload: Any = None,
) -> str | None:
    """The service a deployment is of: its repository's only one, else what payload, task or environment name.

    In a monorepo: `service`, `app` or `component` of the payload; the task's end (`deploy:checkout`); the
    environment's beginning or end (`checkout-production`, `production/checkout`), or the only service of the
    repository that declares this environment. Otherwise `None`: listed as unmapped, not guessed.
    """
    only = services.of_repository(repository)
    entries = services.in_repository(repository)
    if only or not entries:
        return only
    names = {entry.name for entry in entries}
    words = [payload.get(key) for key in _SERVICE_KEYS] if isinstance(payload, Mapping) else []
    words += [task.split(":", 1)[1]] if task and ":" in task else []
    for word in words:
        if isinstance(word, str) and (service := services.of_label(word)) in names:
            return service
    if not environment:
        return None
    low = environment.lower()
    named = [
        entry.name
        for entry in entries
        for word in {entry.name.lower(), *(label.lower() for label in entry.labels)}
        if re.search(rf"(^{re.escape(word)}[-_/: ])|([-_/: ]{re.escape(word)}$)|(^{re.escape(word)}$)", low)
    ]
    if named:
        return max(named, key=len)  # `checkout-api-production` is of checkout-api, not of checkout
    declaring = [entry.name for entry in entries if low in {one.lower() for one in entry.environments}]
    return declaring[0] if len(declaring) == 1 else None


def severity(labels: Iterable[str], mapping: Mapping[str, str]) -> str | None:
    """The gravest severity some labels name: by the configured mapping, else `severity:high`, `sev2`, `critical`."""
    configured = {label.lower(): word for label, word in mapping.items()}
    found = set()
    for label in labels:
        word = configured.get(label.lower())
        if word is None and (match := _SEVERITY.match(label.strip())):
            word = _GRADES.get(match[1], match[1].lower())
        if word:
            found.add(word)
    return next((word for word in _ORDER if word in found), None)


@dataclass(frozen=True, slots=True)
class Cause:
    """What an incident says caused it: a deployment's id, or a commit."""

    deployment: str | None = None
    sha: str | None = None


def cause(body: str, labels: Iterable[str]) -> Cause | None:
    """`Caused by deployment 4711`, `Introduced in 1a2b3c4…`, or a label `caused-by:4711`; only when said so.

    A label's or a line's run of digits is a deployment; hexadecimal with a letter in it is a commit.
    """
    for label in labels:
        if found := _CAUSE_LABEL.match(label.strip()):
            word = found["word"].lower()
            if word.isdigit():
                return Cause(deployment=word)
            if re.fullmatch(r"[0-9a-f]{7,40}", word):
                return Cause(sha=word)
    if found := _CAUSE.search(body):
        if found["deployment"]:
            return Cause(deployment=found["deployment"])
        return Cause(sha=found["sha"].lower())
    return None


def postmortem(written: Iterable[str]) -> str | None:
    """The first link on a line that speaks of a post-mortem."""
    return next((match[1].rstrip(".,;") for text in written if (match := _POSTMORTEM.search(text))), None)


def root_cause(body: str) -> str | None:
    """What stands after `Root cause:`."""
    found = _ROOT_CAUSE.search(body)
    return found[1].strip() if found else None
