"""What a scalar of a configuration means: lengths of time, flags, addresses, and values that come from outside."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_UNITS = {
    "ns": 1e-9, "nanos": 1e-9, "us": 1e-6, "µs": 1e-6, "micros": 1e-6, "ms": 0.001,
    "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 31536000.0,
}  # fmt: skip
_PART = re.compile(r"(\d+(?:\.\d+)?)(nanos|micros|ns|us|µs|ms|[smhdwy])")
_TRUE = ("true", "yes", "on", "1")
_FALSE = ("false", "no", "off", "0")
# ${VAR}, ${env:VAR}, $__env{VAR}, $(VAR), $VAR, #{ENV['VAR']}, {{ template }}, and what an API hides
_OUTSIDE = re.compile(r"\$\{|\$\(|\$__\w+\{|\$[A-Z_][A-Z0-9_]*\b|#\{|\{\{|<secret>")
_NAME = re.compile(r"\$(?:\{|\()?(?:env:|__env\{)?([A-Za-z_]\w*)|ENV\[\s*['\"](\w+)")
_URL = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)([^\s\"'<>]+)")
_LOOPBACK = re.compile(r"(localhost|127(\.\d{1,3}){3}|::1|0:0:0:0:0:0:0:1)")
_TLS = {
    "TLS10": "1.0", "TLS11": "1.1", "TLS12": "1.2", "TLS13": "1.3", "TLS1": "1.0",
    "10": "1.0", "11": "1.1", "12": "1.2", "13": "1.3", "SSLV3": "SSLv3", "SSL3": "SSLv3",
}  # fmt: skip


def seconds(text: str) -> float:
    """A length of time in seconds, as Prometheus, Go and Elasticsearch write it: `15d`, `336h0m0s`, `1.5h`, `0`.

    Raises:
        ValueError: it is none.
    """
    bare = text.strip()
    if bare == "0":
        return 0.0
    parts = _PART.findall(bare)
    if not parts or "".join(number + unit for number, unit in parts) != bare:
        raise ValueError(bare)
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def flag(text: str) -> bool:
    """Yes or no, in the words that the products share.

    Raises:
        ValueError: it is neither.
    """
    word = text.strip().lower()
    if word not in _TRUE + _FALSE:
        raise ValueError(word)
    return word in _TRUE


def from_outside(text: str) -> bool:
    """Whether the value is put in from outside the file: an environment variable, a template, a hidden secret."""
    return bool(_OUTSIDE.search(text))


def variable(text: str) -> str | None:
    """The name of the variable a value comes from; its default, which may be a secret, is left out."""
    found = _NAME.search(text)
    return (found[1] or found[2]) if found else None


def tls_version(text: str) -> str:
    """A TLS version as `1.2`, from `TLS12`, `TLSv1_2`, `VersionTLS12`, `1.2` or `TLSv1.2`.

    Raises:
        ValueError: it is none.
    """
    bare = re.sub(r"[ ._]", "", text.strip().upper()).removeprefix("VERSION").replace("TLSV", "TLS")
    if bare not in _TLS:
        raise ValueError(text)
    return _TLS[bare]


def scheme(text: str) -> str | None:
    """The scheme of an address in lower case, `None` where it has none."""
    head, found, _ = text.strip().partition("://")
    return head.lower() if found else None


def loopback(address: str) -> bool:
    """Whether an address (`host:port`, a URL, `:port`) is this machine's own loopback."""
    try:
        host = urlsplit(address if "://" in address else f"//{address}").hostname
    except ValueError:
        return False
    return bool(host and _LOOPBACK.fullmatch(host))


def scrub(text: str) -> str:
    """The text with every URL cut down to scheme, host and path: no user, no password, no query."""

    def bare(found: re.Match[str]) -> str:
        rest = re.split(r"[?#]", found[2], maxsplit=1)[0]
        host, slash, path = rest.partition("/")
        return found[1] + host.rsplit("@", 1)[-1] + slash + path

    return _URL.sub(bare, text)


def plain(number: float) -> str:
    """A number without needless digits: `14`, `0.1`."""
    return f"{number:.15g}"
