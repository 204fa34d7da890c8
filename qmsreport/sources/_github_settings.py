"""What protects a repository's default branch: classic protection and rulesets, as one effective setting each.

Conditional requests save most of it: an unchanged document answers 304 and counts against no rate limit.
What may not be read is on record as not assessed, never as switched off.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from qmsreport.errors import Rejected
from qmsreport.extracts import Extract, Progress
from qmsreport.records import Setting
from qmsreport.sources._github_api import Reply
from qmsreport.sources._github_deployments import Scope
from qmsreport.sources._github_read import extract, refused

_UNPROTECTED = "Branch not protected"  # the one 404 that is an answer
_APPROVALS = "change.required_approvals"
_READING = (
    2  # raise it when `effective` says something else of the same answers: unchanged ones are not read again
)
_ABSENT = "absent"  # stands in the place of the ETag that it does not have


@dataclass(frozen=True, slots=True)
class Assessed:
    """The extract, and how many approvals a change needs (`None`: could not be read)."""

    extract: Extract
    required_approvals: int | None


def assess(scope: Scope, progress: Progress) -> Assessed:
    """Read the rules of the default branch, or say why that could not be done."""
    subject = f"settings:{scope.repository}"
    noted = _noted(progress.cursor(subject))
    started = scope.api.clock()
    base = f"/repos/{scope.repository}"
    try:
        repository = scope.api.about(scope.repository)
        called = str(repository.data["full_name"])
        warnings = [] if called.lower() == scope.repository.lower() else [_renamed(scope.repository, called)]
        branch = str(repository.data["default_branch"])
        there = quote(branch, safe="")
        paths = (f"{base}/branches/{there}/protection", f"{base}/rules/branches/{there}")
        known = noted.get("branch") == branch and noted.get("reading") == _READING
        replies = _unchanged(scope, noted) if known else None
        if replies:
            cursor = json.dumps(noted, sort_keys=True)
            same = extract(scope.api, subject, [repository, *replies], {}, cursor=cursor, warnings=warnings)
            return Assessed(same, noted["approvals"])
        protection, first = _protection(scope, paths[0])
        rules = _rules(scope, paths[1])
        bypass = _bypass(scope, base, rules)
    except Rejected as error:
        asked = f"rules of the default branch of {scope.repository}"
        return Assessed(refused(scope.api, subject, asked, started, error), None)
    replies = [repository, *([first] if first else []), *rules.replies, *bypass.replies]
    values = effective(protection, rules.items, bypass.actors)
    required = int(values[_APPROVALS] or 0)
    etags = {paths[0]: (first.etag if first else _ABSENT), paths[1]: rules.replies[0].etag} | bypass.etags
    note = {"branch": branch, "reading": _READING, "approvals": required, "etags": etags}
    made = extract(
        scope.api,
        subject,
        replies,
        {"settings": list(_settings(f"{scope.repository}@{branch}", values, paths))},
        cursor=json.dumps(note, sort_keys=True),
        lists_all=("settings",),
        warnings=warnings,
    )
    return Assessed(made, required)


def known_approvals(scope: Scope, progress: Progress) -> int | None:
    """The approvals a change needs, as an earlier run read them; `None` when none did."""
    approvals = _noted(progress.cursor(f"settings:{scope.repository}")).get("approvals")
    return int(approvals) if approvals is not None else None


def _renamed(configured: str, called: str) -> str:
    return f"{configured} is called {called} now; it is read and stored under the name in the configuration"


def effective(
    protection: Mapping[str, Any] | None, rules: Sequence[Mapping[str, Any]], bypass_actors: int | None
) -> dict[str, str | None]:
    """What holds when both kinds of rules apply: the stricter of the two, as text; `None` is unknown."""
    classic = protection or {}
    reviews = classic.get("required_pull_request_reviews") or {}
    checks = classic.get("required_status_checks") or {}
    asked = [rule.get("parameters") or {} for rule in rules if rule["type"] == "pull_request"]
    kinds = {rule["type"] for rule in rules}
    contexts = {str(check["context"]) for check in checks.get("checks") or ()} | set(
        checks.get("contexts") or ()
    )
    for rule in rules:
        if rule["type"] == "required_status_checks":
            contexts |= {
                check["context"] for check in (rule.get("parameters") or {})["required_status_checks"]
            }

    def on(key: str) -> bool:
        return bool((classic.get(key) or {}).get("enabled"))

    def either(key: str, rule_key: str) -> bool:
        return bool(reviews.get(key)) or any(bool(part.get(rule_key)) for part in asked)

    counts = [reviews.get("required_approving_review_count") or 0]
    counts += [part.get("required_approving_review_count") or 0 for part in asked]
    allowed = reviews.get("bypass_pull_request_allowances") or {}
    # they go round classic protection only: a ruleset that asks for a review binds them
    exempt = 0 if asked else sum(len(allowed.get(kind) or ()) for kind in ("users", "teams", "apps"))
    forced = protection is None or on("allow_force_pushes")
    deleted = protection is None or on("allow_deletions")
    return {
        "change.protected": _word(bool(protection) or bool(rules)),
        "change.request_required": _word(bool(reviews) or bool(asked)),
        _APPROVALS: str(max(counts)),
        "change.stale_approvals_dismissed": _word(
            either("dismiss_stale_reviews", "dismiss_stale_reviews_on_push")
        ),
        "change.last_push_approved": _word(
            either("require_last_push_approval", "require_last_push_approval")
        ),
        "change.owner_review": _word(either("require_code_owner_reviews", "require_code_owner_review")),
        "change.enforced_for_administrators": _enforced(
            bool(reviews) and on("enforce_admins"), bool(asked), bypass_actors
        ),
        "change.required_checks": ", ".join(sorted(contexts)) or None,
        "change.required_checks_count": str(len(contexts)),
        "change.force_push": _word(forced and "non_fast_forward" not in kinds),
        "change.deletion": _word(deleted and "deletion" not in kinds),
        "change.signatures": _word(on("required_signatures") or "required_signatures" in kinds),
        "change.bypass_actors": str((bypass_actors or 0) + exempt)
        if exempt or bypass_actors is not None
        else None,
    }


def _enforced(by_protection: bool, by_ruleset: bool, bypass_actors: int | None) -> str | None:
    """Whether some rule that asks for a review lets nobody go round it; one that asks for none does not count."""
    if by_protection or (by_ruleset and bypass_actors == 0):
        return _word(True)
    return None if by_ruleset and bypass_actors is None else _word(False)


def _settings(subject: str, values: Mapping[str, str | None], paths: Sequence[str]) -> Iterator[Setting]:
    for key, value in values.items():
        unit = "approvals" if key == _APPROVALS else None
        yield Setting(
            subject=subject,
            key=key,
            layer="effective",
            value=value,
            unit=unit,
            origin=f"GET {paths[0]}; GET {paths[1]}",
        )


def _word(value: bool) -> str:
    return "true" if value else "false"


@dataclass(frozen=True, slots=True)
class _Rules:
    items: list[dict[str, Any]]
    replies: list[Reply]


@dataclass(frozen=True, slots=True)
class _Bypass:
    actors: int | None
    replies: list[Reply]
    etags: dict[str, str | None]


def _unchanged(scope: Scope, noted: Mapping[str, Any]) -> list[Reply] | None:
    """The answers, if every document is as it was; `None` if any has changed or was never read.

    The rulesets themselves are among them: who may go round a rule is not in the list of rules.
    """
    replies = []
    for path, etag in (noted.get("etags") or {}).items():
        if etag == _ABSENT:
            if _protection(scope, path)[0] is not None:
                return None
            continue
        reply = scope.api.rest(path, {"per_page": 100} if "/rules/" in path else None, etag) if etag else None
        if reply is None or reply.status != 304:
            return None
        replies.append(reply)
    return replies


def _protection(scope: Scope, path: str) -> tuple[dict[str, Any] | None, Reply | None]:
    """Classic protection; `None` when GitHub says that there is none."""
    try:
        reply = scope.api.rest(path)
    except Rejected as error:
        if _UNPROTECTED not in str(error):
            raise
        return None, None
    return reply.data, reply


def _rules(scope: Scope, path: str) -> _Rules:
    """The active rules of every ruleset that applies to the branch, an organisation's too."""
    replies = [scope.api.rest(path, {"per_page": 100})]
    while replies[-1].next_page:
        replies.append(scope.api.rest(replies[-1].next_page))
    return _Rules([rule for reply in replies for rule in reply.data], replies)


def _bypass(scope: Scope, base: str, rules: _Rules) -> _Bypass:
    """How many may go round the rulesets; `None` when GitHub does not show that to this account."""
    replies: list[Reply] = []
    etags: dict[str, str | None] = {}
    actors: int | None = 0
    for ruleset in sorted({rule["ruleset_id"] for rule in rules.items if "ruleset_id" in rule}):
        path = f"{base}/rulesets/{ruleset}"
        try:
            reply = scope.api.rest(path)
        except Rejected:
            return _Bypass(None, replies, etags)
        replies.append(reply)
        etags[path] = reply.etag
        listed = reply.data.get("bypass_actors")
        actors = None if listed is None or actors is None else actors + len(listed)
    return _Bypass(actors, replies, etags)


def _noted(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
