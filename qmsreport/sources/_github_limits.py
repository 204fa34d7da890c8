"""When GitHub says "not now": how long it asks to wait, read from one answer. Pure; nothing sleeps in here.

PyGithub 2.10 was tried for this and is left out of it, for what its `GithubRetry` does with a limit:
`max_rate_limit_wait` bounds the waits that it reads from the *message* of a 403, but a 403 with a `Retry-After`
header takes another branch, in which urllib3 sleeps for as long as the header says, without any bound; 429 is
not in its list at all (urllib3 retries it only with a `Retry-After`, again unbounded); and a 200 that carries
a limit as a GraphQL error is never retried. So the client gets a retry policy for connection faults only, and
every answer is judged here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

SECONDARY_WAIT_SECONDS = 60.0  # GitHub's advice for a secondary limit that names no time of its own
_SECONDARY = re.compile(r"secondary rate limit|abuse detection", re.IGNORECASE)
_PRIMARY = re.compile(r"rate limit (?:already )?exceeded", re.IGNORECASE)
_LIMITED = ("RATE_LIMITED", "RATE_LIMIT")  # the GraphQL error's type; GitHub has used both words


def wait_seconds(status: int, headers: Mapping[str, str], body: str, now: datetime) -> float | None:
    """Seconds to wait before the same request may be sent again; `None` when this is no rate limit.

    Args:
        status: HTTP status.
        headers: by lower-case name.
        body: the answer's text, for limits that only their message tells from a missing permission.
        now: naive UTC; used only when the answer has no `Date`, so that a wrong local clock does no harm.
    """
    limited_query = status == 200 and _limits_query(body)
    if status not in (403, 429) and not limited_query:
        return None
    asked = _retry_after(headers.get("retry-after"), headers, now)
    if asked is not None:
        return asked
    if headers.get("x-ratelimit-remaining") == "0":
        return _until_reset(headers, now)
    said = message(body)
    if status == 429 or limited_query or _SECONDARY.search(said):
        return SECONDARY_WAIT_SECONDS
    if _PRIMARY.search(said):
        return _until_reset(headers, now)
    return None


def _limits_query(body: str) -> bool:
    """Whether a GraphQL answer is a limit: both kinds come with the status 200, beside `data` or without it."""
    if '"errors"' not in body:
        return False
    try:
        document = json.loads(body)
    except ValueError:
        return False
    errors = document.get("errors") if isinstance(document, dict) else None
    return any(
        error.get("type") in _LIMITED or _SECONDARY.search(str(error.get("message")))
        for error in errors or ()
        if isinstance(error, dict)
    )


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """The `Date` header as naive UTC."""
    try:
        return parsedate_to_datetime(headers["date"]).astimezone(UTC).replace(tzinfo=None)
    except (KeyError, ValueError):
        return None


def _retry_after(text: str | None, headers: Mapping[str, str], now: datetime) -> float | None:
    """`Retry-After` in seconds: it is a number, or a moment to be compared with the server's own clock."""
    if not text:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text).astimezone(UTC).replace(tzinfo=None)
    except ValueError:
        return None
    return max((moment - (server_time(headers) or now)).total_seconds(), 0.0)


def _until_reset(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds until `x-ratelimit-reset`, and one more: it does not say when in that second."""
    try:
        reset = datetime.fromtimestamp(float(headers["x-ratelimit-reset"]), UTC).replace(tzinfo=None)
    except (KeyError, ValueError, OverflowError):
        return SECONDARY_WAIT_SECONDS
    return max((reset - (server_time(headers) or now)).total_seconds(), 0.0) + 1.0


def message(body: str) -> str:
    """What a REST error says; empty when it is no JSON."""
    try:
        document = json.loads(body)
    except ValueError:
        return ""
    return str(document.get("message", "")) if isinstance(document, dict) else ""
