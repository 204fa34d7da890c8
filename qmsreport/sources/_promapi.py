"""Talking to one Prometheus server: every request goes through the one session of `qmsreport.http`.

prometheus-api-client asks the plain questions (targets, instant queries). Range queries, rules and status
answers are read here, because that client drops the server's `warnings` (they say that an answer is partial),
keeps no raw bytes to hash, and decodes into twice the memory; it has no calls at all for rules and status.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import requests

from qmsreport import http
from qmsreport.errors import Malformed, QmsReportError, Unavailable
from qmsreport.http import HttpOptions
from qmsreport.sources._promtime import from_seconds

if TYPE_CHECKING:
    from prometheus_api_client import PrometheusConnect

LONG_QUERY = 4000  # characters from which a query is posted: proxies cut longer request lines
PATIENCE = 20  # time-outs within which an answer has come to its end, also where it never pauses for one
MAX_ANSWER = 512 * 1024 * 1024  # bytes; a larger answer would not fit beside the rest of the run
_TOO_MUCH = re.compile(
    r"(?i)too many (samples|chunks|series|points)|too large|timed out|deadline exceeded|exceed(ed|s).{0,40}limit"
)
_T = TypeVar("_T")


class Unreachable(Unavailable):
    """Nobody answers at all, so that going on with other questions is pointless."""


class TooMuch(Malformed):
    """The server found one question too large or too slow; half of it may do."""


class BadQuery(Malformed):
    """The server does not accept the expression; `reason` is its own explanation."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"Prometheus refuses the query: {reason}. Mend the expression.")


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a range answer: its labels, and side by side seconds since 1970 and values."""

    metric: dict[str, str]
    ends: list[float]
    values: list[float]


class _RawSeries(msgspec.Struct):
    metric: dict[str, str]
    values: msgspec.Raw = msgspec.Raw(b"[]")


class _Matrix(msgspec.Struct):
    result: list[_RawSeries]
    result_type: str = msgspec.field(name="resultType", default="")


class _Envelope(msgspec.Struct):
    status: str
    data: msgspec.Raw = msgspec.Raw(b"null")
    warnings: list[str] = []
    infos: list[str] = []
    error: str = ""
    error_type: str = msgspec.field(name="errorType", default="")


@dataclass(slots=True)
class Receipt:
    """What the ledger wants to know of one or more answers."""

    pages: int = 0
    rows: int = 0
    truncated: bool = False
    warnings: list[str] = field(default_factory=list)
    digest: Any = field(default_factory=hashlib.sha256)  # over the bodies in the order received, decompressed

    def add(self, body: bytes, rows: int, warnings: Iterable[str], infos: Iterable[str]) -> None:
        """Take one answer into account."""
        self.pages += 1
        self.rows += rows
        self.digest.update(body)
        for warning in warnings:
            # Prometheus 3 also warns here about the query's own style; anything else means a partial answer
            self.truncated = self.truncated or not warning.startswith("PromQL ")
            self.note(warning)
        for info in infos:
            self.note(info)

    def note(self, warning: str) -> None:
        """Keep a warning once."""
        if warning not in self.warnings:
            self.warnings.append(warning)


class _Bearer(requests.auth.AuthBase):
    """A bearer token as authentication, so that no `.netrc` entry replaces it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Client:
    """One server. `secrets` never appear in what it raises."""

    def __init__(
        self, url: str, options: HttpOptions, username: str = "", password: str = "", token: str = ""
    ) -> None:
        self.url = url.rstrip("/")
        self._session = http.session(options)
        self._patience = PATIENCE * options.timeout_seconds
        self._secrets = [text for text in (password, token) if text]
        if token:
            self._session.auth = _Bearer(token)
        elif username:
            # as UTF-8 (RFC 7617): left to itself, requests knows the letters of western Europe only
            self._session.auth = requests.auth.HTTPBasicAuth(username.encode(), password.encode())
            self._secrets.append(base64.b64encode(f"{username}:{password}".encode()).decode())
        self._library: PrometheusConnect | None = None

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def hide(self, text: str) -> str:
        """The text without this server's credentials, even where the server repeats them."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return http.redact(text)

    @property
    def _connect(self) -> PrometheusConnect:
        if self._library is None:
            from prometheus_api_client import PrometheusConnect

            adapter = self._session.get_adapter(self.url)
            self._library = PrometheusConnect(url=self.url, session=self._session)
            self._session.mount(self.url, adapter)  # it mounts its own there, which has no timeout
        return self._library

    def instant(self, query: str) -> list[dict[str, Any]]:
        """The vector or scalar that an expression has now, as prometheus-api-client returns it."""
        found = self._through_library("/api/v1/query", lambda: self._connect.custom_query(query))
        return found if isinstance(found, list) else []

    def targets(self) -> list[Any]:
        """The active scrape targets, as the server wrote them."""
        found = self._through_library(
            "/api/v1/targets", lambda: self._connect.get_targets(state="active")["activeTargets"]
        )
        return found if isinstance(found, list) else []

    def range(self, query: str, start: int, end: int, step: int, receipt: Receipt) -> list[Series]:
        """The series of an expression at `start`, `start + step` … `end` (seconds since 1970, UTC).

        A question the server finds too large is asked in halves; the halves' series follow one another.

        Raises:
            BadQuery: the expression is wrong.
            SourceError: anything else.
        """
        params = {"query": query, "start": str(start), "end": str(end), "step": str(step)}
        try:
            body, envelope = self._ask("/api/v1/query_range", params)
        except TooMuch:
            points = (end - start) // step
            if points < 1:
                raise
            middle = start + points // 2 * step
            return [
                *self.range(query, start, middle, step, receipt),
                *self.range(query, middle + step, end, step, receipt),
            ]
        matrix = self._decode(envelope.data, _Matrix, "/api/v1/query_range")
        if matrix.result_type not in ("matrix", ""):
            raise Malformed(
                f"Prometheus at {self.url}/api/v1/query_range answered a {matrix.result_type} where a matrix is due. "
                "Look at the server, or at a proxy before it."
            )
        found = [self._series(one) for one in matrix.result]
        asked = [
            *map(float, range(start, end + 1, step))
        ]  # most answers have a point for each: compared in no time
        if not all(one.ends == asked or frozenset(asked).issuperset(one.ends) for one in found):
            raise Malformed(
                f"Prometheus at {self.url}/api/v1/query_range answered for other instants than those it was asked for. "
                "Look at a proxy before it that caches or aligns."
            )
        rows = sum(len(one.values) for one in found)
        receipt.add(body, rows, map(self.hide, envelope.warnings), map(self.hide, envelope.infos))
        return found

    def data(self, path: str, kind: type[_T], receipt: Receipt | None = None, **params: str) -> _T:
        """The `data` of any other answer, decoded as `kind`."""
        body, envelope = self._ask(path, params)
        if receipt is not None:
            receipt.add(body, 0, envelope.warnings, envelope.infos)
        return self._decode(envelope.data, kind, path)

    def text(self, path: str) -> str:
        """A plain-text answer such as `/metrics`."""
        return self._get(path, {})[0].decode("utf-8", "replace")

    def clock_offset(self, clock: Any) -> float:
        """Seconds by which the server's clock is ahead of ours, asked through `time()`, to about the round trip."""
        before = clock()
        params = {"query": "time()"}
        data = self._decode(self._ask("/api/v1/query", params)[1].data, dict[str, Any], "/api/v1/query")
        after = clock()
        try:
            theirs = from_seconds(float(data["result"][0]))
        except (KeyError, IndexError, TypeError, ValueError, OverflowError) as error:
            raise Malformed(
                f"Prometheus at {self.url}/api/v1/query cannot tell its own time. Check that the URL is its API."
            ) from error
        return (theirs - (before + (after - before) / 2)).total_seconds()  # type: ignore[no-any-return]  # the clock is a plain callable

    def _ask(self, path: str, params: dict[str, str]) -> tuple[bytes, _Envelope]:
        body, response = self._get(path, params)
        try:
            envelope = msgspec.json.decode(body, type=_Envelope)
        except msgspec.DecodeError as error:
            self._check(response)
            raise self._unreadable(path, body) from error
        if envelope.status != "success":
            self._refuse(response, path, envelope)
        self._check(response)
        return body, envelope

    def _get(self, path: str, params: dict[str, str]) -> tuple[bytes, requests.Response]:
        url = self.url + path
        try:
            if len(params.get("query", "")) > LONG_QUERY:
                response = self._session.post(url, data=params, stream=True)
            else:
                response = self._session.get(url, params=params, stream=True)
            with response:
                body = bytearray()
                for part in http.arriving(response, self._patience):
                    body += part
                    if len(body) > MAX_ANSWER:
                        raise TooMuch(
                            f"Prometheus at {url} answers more than {MAX_ANSWER >> 20} MiB. Set 'chunk_days' lower."
                        )
                return bytes(body), response
        except requests.RequestException as error:
            raise self._failure(error, url) from error
        except QmsReportError as error:
            raise type(error)(self.hide(str(error))) from None

    def _through_library(self, path: str, ask: Any) -> Any:
        from prometheus_api_client.exceptions import PrometheusApiClientException

        try:
            return ask()
        except requests.RequestException as error:
            raise self._failure(error, self.url + path) from error
        except PrometheusApiClientException as error:
            status = re.search(r"Status Code (\d+)", str(error))
            response = requests.Response()
            response.status_code = int(status[1]) if status else 500
            response.url = self.url + path
            self._check(response)
            raise Malformed(
                f"Prometheus at {self.url}{path} answered something unusable. Look at the server."
            ) from None
        except (KeyError, TypeError, AttributeError) as error:
            raise Malformed(
                f"Prometheus at {self.url}{path} answered something that is not its API. Check the URL."
            ) from error

    def _failure(self, error: requests.RequestException, url: str) -> QmsReportError:
        found = http.failure(error, "Prometheus", url)
        if isinstance(error, requests.ConnectionError) and not _timed_out(error):
            return Unreachable(self.hide(str(found)))
        if _timed_out(error):
            return Unavailable(
                f"No answer from Prometheus at {self.hide(url)} in time. "
                "Raise 'timeout_seconds', lower 'chunk_days', or look at the server."
            )
        if isinstance(error, requests.exceptions.ChunkedEncodingError):
            return Malformed(
                f"Prometheus at {self.hide(url)} broke off in the middle of its answer. "
                "Run the extraction again; if it stays, look at the server or a proxy before it."
            )
        return type(found)(self.hide(str(found)))

    def _check(self, response: requests.Response) -> None:
        bare = requests.Response()  # without query string and body: neither belongs into a message
        bare.status_code = response.status_code
        bare.url = (response.url or self.url).partition("?")[0]
        try:
            http.check(bare, "Prometheus")
        except QmsReportError as error:
            raise type(error)(self.hide(str(error))) from None

    def _refuse(self, response: requests.Response, path: str, envelope: _Envelope) -> None:
        reason = self.hide(envelope.error).rstrip(". ") or "it gives no reason"
        # Mimir calls a range beyond its limit bad_data, VictoriaMetrics writes the status as the type
        if envelope.error_type in ("timeout", "execution", "bad_data", "422") and _TOO_MUCH.search(
            envelope.error
        ):
            raise TooMuch(
                f"Prometheus at {self.url}{path} cannot work out the answer: {reason}. "
                "Lower 'chunk_days', or raise the server's query limits."
            )
        if envelope.error_type in ("bad_data", "execution"):
            raise BadQuery(reason)
        if response.status_code not in (400, 422):  # what those mean, the reason says
            self._check(response)
        raise Malformed(f"Prometheus at {self.url}{path} reports an error: {reason}. Look at the server.")

    def _unreadable(self, path: str, body: bytes) -> Malformed:
        where = f"Prometheus at {self.url}{path}"
        start = body[:200].lstrip()
        if start.startswith(b"<"):
            return Malformed(
                f"{where} answered a web page instead of JSON. Check that the URL is its API and not a login page."
            )
        if start.startswith(b"{"):
            return Malformed(
                f"{where} answered JSON that is cut short or not its own. Run the extraction again; if it stays, look at the server."
            )
        return Malformed(f"{where} answered something that is not JSON. Check that the URL is its API.")

    def _series(self, raw: _RawSeries) -> Series:
        """A series with its points taken apart.

        `[[1,"2"],[3,"4"]]` is read as `[[1,"2",3,"4"]]`, numbers straight out of their quotes: thousands of
        pairs would take twice the time. It writes `+Inf`, which is no JSON number, so that is read as text.
        """
        path = "/api/v1/query_range"
        joined = msgspec.Raw(bytes(raw.values).replace(b"],[", b","))
        try:
            parts = msgspec.json.decode(joined, type=list[list[float]], strict=False)
        except msgspec.ValidationError:
            mixed = self._decode(joined, list[list[float | str]], path)
            try:
                parts = [[float(one) for one in part] for part in mixed]
            except ValueError as error:
                raise Malformed(
                    f"Prometheus at {self.url}{path} answered a value that is no number. Look at the server."
                ) from error
        flat = parts[0] if len(parts) == 1 else list(chain.from_iterable(parts))
        if len(flat) % 2:
            raise Malformed(f"Prometheus at {self.url}{path} answered half a point. Look at the server.")
        return Series(raw.metric, flat[::2], flat[1::2])

    def _decode(self, raw: msgspec.Raw, kind: type[_T], path: str) -> _T:
        try:
            return msgspec.json.decode(raw, type=kind)
        except msgspec.DecodeError as error:
            raise Malformed(
                f"Prometheus at {self.url}{path} answered in an unexpected shape ({error}). Check the server's version."
            ) from error


def _timed_out(error: BaseException) -> bool:
    """Whether it was the time that ran out, also where the retries wrapped the reason."""
    if isinstance(error, requests.exceptions.ReadTimeout):
        return True
    seen: object = error.args[0] if error.args else None
    return "Read timed out" in str(getattr(seen, "reason", seen))
