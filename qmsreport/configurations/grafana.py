"""Grafana: `grafana.ini` or `custom.ini`.

Sources: the product's configuration reference (defaults.ini). `protocol` is http, `min_tls_version` TLS1.2,
`auth.anonymous` off, `router_logging` off, `cookie_secure` and `strict_transport_security` off unless set. A session
ends after `login_maximum_inactive_lifetime_duration` without use, 7 days unless set; before version 7 the days stood
under another name. Auditing records refused requests and changes to accounts, but not what is only read. Variables
named `GF_…` beat the file and are not seen here.
"""

from __future__ import annotations

from collections.abc import Callable

from qmsreport.configurations import _ini
from qmsreport.configurations.reading import File, Reading, Scalar, Unreadable, line

PRODUCT = "grafana"
TITLE = "Grafana"
PATTERNS = ("**/grafana.ini", "**/grafana/custom.ini", "**/grafana/conf/custom.ini")
KINDS = ("settings",)
_SECTIONS = (
    "server", "security", "database", "auth", "users", "log", "paths", "smtp", "analytics", "snapshots", "dashboards",
    "session", "remote_cache", "dataproxy", "alerting", "unified_alerting", "metrics", "tracing", "feature_toggles",
    "plugins", "rendering", "explore", "quota", "auditing", "live", "date_formats", "panels", "sso", "rbac", "enterprise",
    "service_accounts", "public_dashboards", "annotations", "help", "profile", "news", "query_history", "",
)  # fmt: skip
_ENCRYPTED = ("https", "h2")


def read(file: File) -> Reading:
    """See `qmsreport.configurations`."""
    found = _ini.load(file.text)
    if not file.text.strip():
        raise Unreadable("It is empty. Write it again; delete it if it is not wanted.")
    if found and not any(section.split(".")[0] in _SECTIONS for section, _ in found):
        raise Unreadable("It holds no section that Grafana reads. Name its product, or leave it out.")
    reading = Reading(file, PRODUCT, TITLE)

    def at(section: str, key: str) -> Scalar:
        value = found.get((section, key))
        # an empty value leaves the default in force
        return value if value and value.text else Scalar(f"[{section}] {key}")

    protocol = at("server", "protocol")
    word = reading.text(protocol, "http")
    if word is not None and word != "socket":
        reading.put("encryption.in_transit", word in _ENCRYPTED, "flag", line(protocol), "server")
        if word in _ENCRYPTED:
            reading.put_version(at("server", "min_tls_version"), "1.2", "server")
    address = at("server", "http_addr")
    if address.text:
        reading.put_loopback([address], "server")
    reading.put_flag("access.anonymous", at("auth.anonymous", "enabled"), False)
    reading.put_flag("cookies.secure", at("security", "cookie_secure"), False)
    reading.put_flag("encryption.in_transit.strict", at("security", "strict_transport_security"), False)
    _access_log(at, reading)
    _session(at, reading)
    _database(at, reading)
    _mail(at, reading)
    return reading


def _access_log(at: Callable[[str, str], Scalar], reading: Reading) -> None:
    """The request log, or the Enterprise edition's audit log; one of them is enough."""
    router, auditing = at("server", "router_logging"), at("auditing", "enabled")
    if auditing.there and reading.flag(auditing):
        reading.put("access.logging", True, "flag", auditing.line)
        loggers = reading.text(at("auditing", "loggers"), "file") or ""
        if "file" in loggers or "loki" in loggers:  # the third one writes at debug level only
            reading.put("audit.refusals", True, "flag", auditing.line)
            reading.put("audit.accounts", True, "flag", auditing.line)
    else:
        reading.put_flag("access.logging", router, False)


def _session(at: Callable[[str, str], Scalar], reading: Reading) -> None:
    """How long a session lasts that is not used, where this product keeps it."""
    proxy = at("auth.proxy", "enabled")
    if (
        reading.flag(proxy, False) is not False
        and reading.flag(at("auth.proxy", "enable_login_token"), False) is not True
    ):
        reading.warn("A proxy in front signs people in; when an idle session ends is not known.", line(proxy))
        return
    idle, days = (
        at("auth", "login_maximum_inactive_lifetime_duration"),
        at("auth", "login_maximum_inactive_lifetime_days"),
    )
    if idle.there or not days.there:
        reading.put("access.idle", reading.seconds(idle, 7 * 86400.0), "s", line(idle))
        return
    number = reading.number(days)
    reading.put("access.idle", None if number is None else number * 86400, "s", days.line)


def _database(at: Callable[[str, str], Scalar], reading: Reading) -> None:
    kind = reading.text(at("database", "type"), "sqlite3")
    mode = at("database", "ssl_mode")
    if kind not in ("mysql", "postgres") or not mode.there:
        return  # a file beside the server; or the driver's own default
    word = (reading.text(mode) or "").lower()
    if word:
        encrypted = word not in ("disable", "false")
        reading.put("encryption.in_transit", encrypted, "flag", mode.line, "database")
        if encrypted:
            verified = word in ("verify-full", "true")
            reading.put("encryption.in_transit.verified", verified, "flag", mode.line, "database")


def _mail(at: Callable[[str, str], Scalar], reading: Reading) -> None:
    if not reading.flag(at("smtp", "enabled"), False):
        return
    policy = at("smtp", "startTLS_policy")
    word = reading.text(policy, "OpportunisticStartTLS")
    if word is not None:
        # an opportunistic client goes on in plaintext where it is not offered TLS
        demanded = word == "MandatoryStartTLS" or (at("smtp", "host").text or "").endswith(":465")
        reading.put("encryption.in_transit", demanded, "flag", line(policy), "smtp")
        skip = at("smtp", "skip_verify")
        reading.put_flag("encryption.in_transit.verified", skip, False, "smtp", negated=True)
