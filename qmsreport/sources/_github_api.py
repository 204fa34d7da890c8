"""Asking GitHub: authentication, REST pages and GraphQL documents, each answer with what the ledger wants.

PyGithub brings the authentication (token, App installation with its renewals), the base URLs of github.com and
of an Enterprise server, TLS and connection handling. Its lazy objects and `PaginatedList` are not used: they
hide the answer's headers and text, send no `If-None-Match`, and ask once for each object. So requests go
through its `Requester.requestJson`, which hands over status, headers and text. What an answer is, `_github_faults` judges.

Its own pause between requests is switched off: it takes every POST for a write and would put a second between
two GraphQL queries, which are reads. GitHub's limits are obeyed as they are answered (`_github_limits`).
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import requests
from requests.utils import parse_header_links

from qmsreport import __version__, http
from qmsreport.errors import Malformed, Rejected, Unavailable
from qmsreport.sources import _github_faults as faults
from qmsreport.sources import _github_queries as queries
from qmsreport.sources._github_faults import ServerFault
from qmsreport.sources._github_limits import message, server_time, wait_seconds

if TYPE_CHECKING:
    from github.Auth import Auth
    from github.Requester import Requester

API_VERSION = "2022-11-28"
_GRAPHQL_HEADERS = {"X-Github-Next-Global-ID": "1"}  # ids in one format, on every version of the server


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer: its document, and what the run ledger says about it."""

    asked: str
    status: int
    headers: Mapping[str, str]  # by lower-case name
    text: str
    data: Any
    started_at: datetime
    finished_at: datetime
    warnings: tuple[str, ...] = ()

    @property
    def etag(self) -> str | None:
        """What a conditional request sends back."""
        return self.headers.get("etag")

    @property
    def clock_offset_seconds(self) -> float | None:
        """Seconds by which the server's clock is ahead of ours; its header has whole seconds only."""
        there = server_time(self.headers)
        return (there - self.finished_at).total_seconds() if there else None

    @property
    def next_page(self) -> str | None:
        """The URL of the next page, from the `Link` header."""
        links = parse_header_links(self.headers.get("link", "")) if self.headers.get("link") else []
        return next((link["url"] for link in links if link.get("rel") == "next"), None)


def digest(replies: Sequence[Reply]) -> str | None:
    """SHA-256 over the answers' texts (UTF-8), one after the other."""
    if not replies:
        return None
    running = hashlib.sha256()
    for reply in replies:
        running.update(reply.text.encode())
    return running.hexdigest()


@dataclass(kw_only=True)
class Api:
    """One GitHub as one account; `authenticate` is called on the first request, not before."""

    url: str
    authenticate: Callable[[], Auth] = field(repr=False)
    options: http.HttpOptions
    clock: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep
    product_version: str | None = None
    _login: str | None = None
    _now_at: dict[str, str] = field(default_factory=dict)  # a repository's path: by the name it has now

    @cached_property
    def _requester(self) -> Requester:
        from github import Github

        # connection faults only: a status is judged in _send, where its headers and text can be read
        policy = http.retry(self.options).new(status_forcelist=(), respect_retry_after_header=False)
        return Github(
            auth=self.authenticate(),
            base_url=self.url,
            timeout=math.ceil(self.options.timeout_seconds),  # whole seconds: it asserts an int
            user_agent=f"qmsreport/{__version__}",
            verify=self.options.ca_file or self.options.verify_tls,
            retry=policy,
            seconds_between_requests=None,
            seconds_between_writes=None,
            api_version=API_VERSION,
        ).requester

    @property
    def account(self) -> str | None:
        """The login of the token's owner, or the App's slug with `[bot]`."""
        return self._login

    def introduce(self) -> Reply:
        """Ask once who we are."""
        reply = self.graphql("Viewer", {})
        self._login = reply.data["viewer"]["login"]
        return reply

    def about(self, repository: str) -> Reply:
        """The repository's own document; what is asked of it later is asked under the name it has there.

        GitHub redirects an old name, and PyGithub follows without the question's parameters.
        """
        path = f"/repos/{repository}"
        reply = self.rest(path)
        self._now_at[path] = f"/repos/{reply.data['full_name']}"
        return reply

    def rest(self, path: str, parameters: Mapping[str, Any] | None = None, etag: str | None = None) -> Reply:
        """GET one REST document; with `etag`, the status may be 304 and the data `None`.

        Raises:
            Rejected, Unavailable, Malformed: as `http.check` words them.
        """
        configured = "/".join(path.split("/")[:4])
        path = self._now_at.get(configured, configured) + path[len(configured) :]
        headers = {"Accept": "application/vnd.github+json"} | ({"If-None-Match": etag} if etag else {})
        return self._send("GET", path, dict(parameters or {}), headers, None, self._line(path, parameters))

    def graphql(self, name: str, variables: Mapping[str, Any]) -> Reply:
        """Run the document of that name; `data` is what stands under the answer's `data`.

        What a permission hides is `null` in there and a sentence in `warnings`; when the very thing asked
        about is hidden or missing it is an error.

        Raises:
            ServerFault: GitHub gave up, also where part of the answer came: what it left out is not known.
        """
        asked = f"query {name} {json.dumps(_short(variables), sort_keys=True)}"
        body = {"query": queries.DOCUMENTS[name], "variables": dict(variables)}
        reply = self._send(
            "POST",
            self._requester.graphql_url,
            {},
            dict(_GRAPHQL_HEADERS),
            body,
            asked,
            lambda document: faults.gave_up(self.url, name, document),
        )
        if not isinstance(reply.data, dict) or not {"data", "errors"} & reply.data.keys():
            raise Malformed(
                f"GitHub at {self.url} answered {name} with something that is not GraphQL. Check 'url'."
            )
        errors = faults.errors_of(reply.data)
        data = reply.data.get("data")
        if errors and not faults.is_usable(data):
            raise faults.refusal(self.url, name, errors)
        return Reply(
            asked=asked,
            status=reply.status,
            headers=reply.headers,
            text=reply.text,
            data=data,
            started_at=reply.started_at,
            finished_at=reply.finished_at,
            warnings=tuple(sorted({faults.sentence(name, error) for error in errors})),
        )

    def _line(self, path: str, parameters: Mapping[str, Any] | None) -> str:
        query = "&".join(f"{key}={value}" for key, value in sorted((parameters or {}).items()))
        return http.redact(f"GET {path}" + (f"?{query}" if query else ""))

    def _send(
        self,
        verb: str,
        path: str,
        parameters: dict[str, Any],
        headers: dict[str, str],
        body: Any,
        asked: str,
        fault_in: Callable[[Any], Exception | None] = lambda _document: None,
    ) -> Reply:
        """Send until it is answered, a limit is longer than allowed, or the retries are used up."""
        started = self.clock()
        tries = 0
        while True:
            answer = self._once(verb, path, parameters, headers, body)
            fault: Exception | None = None
            if isinstance(answer, Exception):
                fault, wait = answer, None
            else:
                status, got, text = answer
                wait = wait_seconds(status, got, text, self.clock())
                if wait is None:
                    where = http.redact(path if path.startswith("http") else self.url + path)
                    data, fault = faults.judge(status, got, text, where)
                    fault = fault or fault_in(data)
                    if fault is None:
                        self.product_version = got.get("x-github-enterprise-version") or (
                            f"API {got.get('x-github-api-version-selected', API_VERSION)}"
                        )
                        return Reply(
                            asked=asked,
                            status=status,
                            headers=got,
                            text=text,
                            data=data,
                            started_at=started,
                            finished_at=self.clock(),
                        )
            tries += 1
            self._pause(wait, fault, tries)

    def _pause(self, wait: float | None, fault: Exception | None, tries: int) -> None:
        """Sleep as asked, or as the backoff says; raise when that is too long or too often."""
        limit = self.options.max_wait_seconds
        if wait is not None and (wait > limit or tries > self.options.retries):
            raise Unavailable(
                f"GitHub at {self.url} is not answering us for now: its rate limit asks for {wait:.0f} s of pause, "
                + (
                    f"longer than the {limit:.0f} s of 'max_wait_seconds'"
                    if wait > limit
                    else "again and again"
                )
                + ". Run the extraction again later: it goes on where it stopped."
            )
        if fault is not None and tries > self.options.retries:
            raise fault
        backoff = min(self.options.backoff_seconds * 2 ** (tries - 1), limit)
        self.sleep(backoff if wait is None else wait)

    def _once(
        self, verb: str, path: str, parameters: dict[str, Any], headers: dict[str, str], body: Any
    ) -> tuple[int, dict[str, str], str] | Exception:
        """One request; a fault worth another try is returned, any other raised."""
        from github.GithubException import GithubException

        try:
            status, got, text = self._requester.requestJson(verb, path, parameters, headers, body)
        except requests.exceptions.ChunkedEncodingError:
            return ServerFault(
                f"GitHub at {self.url} breaks off its answers. Run the extraction again later."
            )
        except requests.exceptions.RequestException as error:
            raise http.failure(error, "GitHub", self.url) from None
        except GithubException as error:  # only the exchange of an App's key for a token raises these
            got, text = error.headers or {}, json.dumps(error.data)
            if error.status >= 500 or wait_seconds(error.status, _lower(got), text, self.clock()) is not None:
                return error.status, _lower(got), text
            raise Rejected(
                f"GitHub at {self.url} refused the App's installation token: {error.status} "
                f"{http.redact(message(text) or 'no reason given').rstrip('.')}. "
                "Check 'app_id', 'installation_id', 'private_key_file' and this machine's clock."
            ) from None
        except json.JSONDecodeError:  # as above: PyGithub reads no other answer itself
            return Malformed(
                f"GitHub at {self.url} answered the exchange of the App's key with JSON that is cut off. "
                "Run the extraction again later."
            )
        except RuntimeError as error:  # how PyGithub says that a redirection leads elsewhere
            raise Malformed(
                f"GitHub at {self.url} redirects: {http.redact(str(error))}. Correct 'url'."
            ) from None
        return status, _lower(got), text


def _lower(headers: Mapping[str, Any]) -> dict[str, str]:
    return {key.lower(): str(value) for key, value in headers.items()}


def _short(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Variables for the ledger: of a long list the ends, which say which page it was."""
    return {
        key: [value[0], f"{len(value) - 2} more", value[-1]]
        if isinstance(value, list) and len(value) > 3
        else value
        for key, value in variables.items()
    }
