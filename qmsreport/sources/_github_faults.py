"""What an answer of GitHub is: a document, a refusal, or a fault that is worth another try. Pure; nothing is asked here."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import requests
from requests.structures import CaseInsensitiveDict

from qmsreport import http
from qmsreport.errors import Malformed, Rejected, Unavailable
from qmsreport.sources._github_limits import message

_REFUSALS = {
    401: "the credentials are not accepted",
    403: "a permission is missing",
    404: "nothing is there to see",
    409: "the repository is empty",
    410: "it is switched off there",
    422: "it does not know what was named",
    451: "it is blocked for legal reasons",
    500: "it is too large to be computed",  # only where GitHub says so
}
_TOO_LARGE = re.compile(r"taking too long to generate", re.IGNORECASE)
# GraphQL: the errors that say what this account may not see, and how GitHub says that it gave up
_HIDDEN = {"NOT_FOUND", "FORBIDDEN", "INSUFFICIENT_SCOPES"}
_TOO_HEAVY = "RESOURCE_LIMITS_EXCEEDED"
_UNFINISHED = re.compile(r"something went wrong|timed? ?out", re.IGNORECASE)


class ServerFault(Unavailable):
    """The server answers 5xx, or gives up on a query, after every retry: a smaller question may still work."""


class Refused(Rejected):
    """REST answered with one of `_REFUSALS`; GitHub's own words stand in the message."""

    def __init__(self, status: int, where: str, words: str) -> None:
        self.status = status
        super().__init__(
            f"GitHub refused {where}: {status}, {_REFUSALS[status]} ({http.redact(words)}). "
            "Check the name, the token, and what it is allowed to read."
        )


def judge(status: int, headers: Mapping[str, str], text: str, where: str) -> tuple[Any, Exception | None]:
    """The document (`None` for 304), or the fault that is worth another try.

    Args:
        status: HTTP status; no rate limit.
        headers: by lower-case name.
        text: the body.
        where: the URL, without secrets.

    Raises:
        Refused, Malformed: what no retry mends.
    """
    said = message(text)
    if status == 500 and _TOO_LARGE.search(said):
        return None, Refused(status, where, said)
    if status >= 500:
        return None, ServerFault(
            f"GitHub at {where} still answers {status} after every retry. Run the extraction again later."
        )
    if status == 304:
        return None, None
    if 300 <= status < 400:
        raise Malformed(
            f"GitHub at {where} redirects ({status}). Check 'url', and whether a proxy wants a sign-in."
        )
    if status in _REFUSALS:
        raise Refused(status, where, said or "no reason given")
    if status >= 400:
        http.check(_response(status, headers, text, where), "GitHub")
    try:
        return json.loads(text), None
    except ValueError:
        if "json" not in headers.get("content-type", ""):
            raise Malformed(
                f"GitHub at {where} answered {headers.get('content-type', 'something')} instead of JSON. "
                "Check that 'url' is its API (for an Enterprise server https://HOST/api/v3)."
            ) from None
        return None, Malformed(
            f"GitHub at {where} answered JSON that is cut off or broken, on every try. "
            "Run the extraction again later; if it stays so, look at the server or the proxy before it."
        )


def errors_of(document: Any) -> list[dict[str, Any]]:
    """The errors of a GraphQL answer."""
    found = document.get("errors") if isinstance(document, dict) else None
    return [error for error in found or () if isinstance(error, dict)]


def is_usable(data: Any) -> bool:
    """Whether a GraphQL answer with errors still holds what was asked about."""
    return isinstance(data, dict) and any(value is not None for key, value in data.items() if key != "viewer")


def sentence(name: str, error: Mapping[str, Any]) -> str:
    """One GraphQL error, without the positions in lists that would make each line different."""
    path = ".".join(str(part) for part in error.get("path") or () if not isinstance(part, int))
    return http.redact(f"{name}: {path or 'query'}: {error.get('message', 'unknown error')}")


def gave_up(url: str, name: str, document: Any) -> ServerFault | None:
    """The fault when GitHub did not finish a query; part of an answer is none, where no permission hides the rest.

    Raises:
        ServerFault: the query is too heavy as it is: asking the same again is of no use.
    """
    errors = [error for error in errors_of(document) if error.get("type") not in _HIDDEN]
    heavy = any(error.get("type") == _TOO_HEAVY for error in errors)
    if not (heavy or _UNFINISHED.search(_why(errors)) or (errors and is_usable(document.get("data")))):
        return None
    fault = ServerFault(f"GitHub at {url} gave up on {name}: {_why(errors)}. Run the extraction again later.")
    if heavy:
        raise fault
    return fault


def refusal(url: str, name: str, errors: Sequence[Mapping[str, Any]]) -> Exception:
    """What to raise when a GraphQL answer holds nothing but errors."""
    if {str(error.get("type", "")) for error in errors} & _HIDDEN:
        return Rejected(
            f"GitHub at {url} refused {name}: {_why(errors)}. "
            "Check the repository's name, and what the token is allowed to read."
        )
    return Malformed(
        f"GitHub at {url} did not understand {name}: {_why(errors)}. Report this with its version."
    )


def _why(errors: Sequence[Mapping[str, Any]]) -> str:
    return http.redact("; ".join(sorted({str(error.get("message", "")).rstrip(".") for error in errors})))


def _response(status: int, headers: Mapping[str, str], text: str, url: str) -> requests.Response:
    """What PyGithub handed over in pieces, as the `Response` that `http.check` words errors from."""
    response = requests.Response()
    response.status_code = status
    response.headers = CaseInsensitiveDict(headers)
    response.raw = io.BytesIO(text.encode())
    response.url = url
    return response
