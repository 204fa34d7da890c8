"""The one way out to the network: timeouts, retries, TLS, clock offset, and no secret in any message."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from qmsreport import __version__
from qmsreport.errors import Malformed, Rejected, SourceError, Unavailable
from qmsreport.redaction import redact as redact  # part of what this module offers

RETRIED = (429, 500, 502, 503, 504)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpOptions:
    """How patient we are with one server. Seconds."""

    timeout_seconds: float = 30.0  # for a connection, and between two parts of an answer
    retries: int = 4  # after the first try; a refusal (401, 403, 404) is not retried
    backoff_seconds: float = 0.5  # each wait between tries is twice the one before
    max_wait_seconds: float = 120.0  # the longest Retry-After that is obeyed; longer ends the run
    verify_tls: bool = True  # false accepts any certificate
    ca_file: str = ""  # PEM of a private authority; default: the system's store


class _Retry(Retry):
    """urllib3's retry, but it gives up at once on a `Retry-After` longer than we are willing to wait."""

    def get_retry_after(self, response: Any) -> float | None:
        wait = super().get_retry_after(response)
        limit = float(self.backoff_max)
        if wait is not None and wait > limit:
            raise Unavailable(
                f"The server asks to wait {wait:.0f} s before the next request, longer than the {limit:.0f} s allowed. "
                "Run the extraction again later: it goes on where it stopped."
            )
        return wait


class _Adapter(HTTPAdapter):
    """An adapter whose requests always have a timeout, and trust whom the configuration names.

    `requests` lets REQUESTS_CA_BUNDLE overrule what a session was told; what stands in the configuration is meant.
    """

    def __init__(self, options: HttpOptions) -> None:
        self._timeout = options.timeout_seconds
        self._trust = options.ca_file or options.verify_tls
        super().__init__(max_retries=retry(options))

    def send(self, request: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]  # same call, fewer words
        kwargs["timeout"] = kwargs.get("timeout") or self._timeout
        if self._trust is not True:
            kwargs["verify"] = self._trust
        return super().send(request, **kwargs)


def retry(options: HttpOptions) -> Retry:
    """The retry policy: connection faults, 429 and 5xx, `Retry-After` obeyed up to a limit."""
    return _Retry(
        total=options.retries,
        backoff_factor=options.backoff_seconds,
        backoff_max=options.max_wait_seconds,
        status_forcelist=RETRIED,
        allowed_methods=None,
        raise_on_status=False,
        respect_retry_after_header=True,
    )


def session(options: HttpOptions) -> requests.Session:
    """A session for one server; close it when done."""
    if (
        not options.verify_tls
    ):  # chosen by whoever wrote the configuration: not to be said again with every request
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    made = requests.Session()
    adapter = _Adapter(options)
    made.mount("http://", adapter)
    made.mount("https://", adapter)
    made.headers["User-Agent"] = f"qmsreport/{__version__}"
    return made


def post(url: str, content: bytes, kind: str, what: str, options: HttpOptions | None = None) -> bytes:
    """Send `content` of the media type `kind`, and return the answer's body.

    Raises:
        SourceError: as `failure` and `check` word it; `what` names the server.
    """
    with session(options or HttpOptions()) as made:
        try:
            response = made.post(url, data=content, headers={"Content-Type": kind})
        except requests.RequestException as error:
            raise failure(error, what, url) from error
        return check(response, what).content


def arriving(response: requests.Response, seconds: float) -> Iterator[bytes]:
    """The body of a streamed answer, piece by piece as it comes.

    A time-out ends a wait between two pieces; `seconds` is for all of them, so that no trickle holds a run for ever.

    Raises:
        requests.RequestException: as `iter_content` raises them.
    """
    until = time.monotonic() + seconds
    try:
        while part := response.raw.read1(1 << 20, decode_content=True):
            yield part
            if time.monotonic() > until:
                raise requests.exceptions.ReadTimeout(f"not whole after {seconds:g} s", response=response)
    except urllib3.exceptions.ReadTimeoutError as error:
        raise requests.exceptions.ReadTimeout(error) from error
    except urllib3.exceptions.DecodeError as error:
        raise requests.exceptions.ContentDecodingError(error) from error
    except urllib3.exceptions.ProtocolError as error:
        raise requests.exceptions.ChunkedEncodingError(error) from error


def failure(error: Exception, what: str, where: str) -> SourceError:
    """A network library's exception as one of ours; `where` is a URL, shown without its secrets."""
    where = redact(where)
    if isinstance(error, SourceError):
        return error
    if isinstance(error, requests.exceptions.SSLError):
        return Unavailable(
            f"Cannot ask {what} at {where}: its TLS certificate is not trusted ({_cause(error)}). "
            "Set 'ca_file' to the certificate authority that signed it."
        )
    # after retries, requests wraps a time-out into a ConnectionError
    if isinstance(error, requests.exceptions.Timeout) or "timed out" in str(error):
        return Unavailable(
            f"No answer from {what} at {where} in time. Raise 'timeout_seconds', or look at the server."
        )
    if isinstance(error, (requests.exceptions.JSONDecodeError, requests.exceptions.ContentDecodingError)):
        return Malformed(
            f"{what} at {where} answered something that is not JSON. Check that the URL is its API."
        )
    if isinstance(error, requests.exceptions.ConnectionError):
        return Unavailable(
            f"Cannot reach {what} at {where}: {_cause(error)}. Check the URL and that it is running."
        )
    return Malformed(
        f"{what} at {where} answered something unusable: {redact(str(error))}. Look at the server."
    )


def check(response: requests.Response, what: str) -> requests.Response:
    """The response if it is a good one, else the right error."""
    where = redact(response.url)
    status = response.status_code
    if status < 400:
        return response
    if status in (401, 403, 404):
        why = {
            401: "the credentials are not accepted",
            403: "the credentials lack a permission",
            404: "nothing is there",
        }
        raise Rejected(
            f"{what} refused {where}: {status}, {why[status]}. "
            "Check the token, what it is allowed to read, and the URL."
        )
    if status in RETRIED:
        raise Unavailable(
            f"{what} at {where} still answers {status} after every retry. Run the extraction again later."
        )
    told = redact(response.text[:200]).strip()
    raise Malformed(
        f"{what} refused {where} with {status}{f': {told}' if told else ''}. Mend what is asked of it."
    )


def clock_offset(response: requests.Response, now: datetime) -> float | None:
    """Seconds by which the server's `Date` header is ahead of `now` (naive UTC); it has whole seconds only."""
    header = response.headers.get("Date")
    if not header:
        return None
    try:
        return (parsedate_to_datetime(header).astimezone(UTC).replace(tzinfo=None) - now).total_seconds()
    except ValueError:
        return None


def _cause(error: BaseException) -> str:
    """The innermost reason in words, without the library's object names."""
    seen: BaseException = error
    while seen.args and isinstance(seen.args[0], BaseException):
        seen = seen.args[0]
    reason = getattr(seen, "reason", None)
    if isinstance(reason, BaseException):
        return _cause(reason)
    text = re.sub(r"<[^>]*>:?\s*", "", str(seen))
    return redact(re.sub(r"^.*?: (Failed|failed)", r"\1", text)) or type(seen).__name__
