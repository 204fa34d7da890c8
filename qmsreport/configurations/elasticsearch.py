"""Elasticsearch: `elasticsearch.yml`, nested and dotted keys alike.

Sources: the product's security and auditing settings. `xpack.security.audit.enabled`, `http.ssl.enabled` and
`transport.ssl.enabled` are false unless set; `xpack.security.enabled` is true since version 8 and was not before, so
a file without it says nothing. With security disabled its TLS settings do nothing. There is no native encryption at
rest, so there is no setting of it either. Retention lives in index lifecycle policies, not here. The audit log holds
the events that are included and not excluded; by default these are refusals and granted requests, and in newer
versions changes to the security configuration. Ignore filters leave out some events of any kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from qmsreport.configurations import values
from qmsreport.configurations.reading import File, Reading, line
from qmsreport.configurations.yaml_tree import Node, document

PRODUCT = "elasticsearch"
TITLE = "Elasticsearch"
PATTERNS = ("**/elasticsearch.yml", "**/elasticsearch.yaml")
KINDS = ("settings",)
_KEYS = (
    "cluster", "node", "path", "network", "http", "transport", "discovery", "xpack", "bootstrap", "gateway", "action",
    "indices", "ingest", "thread_pool", "script", "search", "remote_cluster", "cloud", "s3", "logger", "readiness",
)  # fmt: skip
_VERSIONS = ("SSLv3", "1.0", "1.1", "1.2", "1.3")
_EVENTS = "xpack.security.audit.logfile.events"
# the events that a kind of record takes, and whether every version has them by default: None, it depends
_AUDITED = {
    "audit.actions": (("access_granted",), True),
    "audit.refusals": (
        ("authentication_failed", "access_denied", "anonymous_access_denied", "run_as_denied"),
        True,
    ),
    "audit.accounts": (("security_config_change",), None),
}


def read(file: File) -> Reading:
    """See `qmsreport.configurations`."""
    root = document(file.text, TITLE, _KEYS, may_be_empty=True)
    reading = Reading(file, PRODUCT, TITLE)
    found = dict(_flat(root))

    def at(key: str) -> Node:
        return found.get(key) or Node(key)

    security = at("xpack.security.enabled")
    enabled = reading.flag(security)
    if not security.there:
        reading.warn("xpack.security.enabled is not in this file, and its default depends on the version.")
    reading.put("access.authentication", enabled, "flag", line(security))
    for layer in ("http", "transport"):
        _tls(f"xpack.security.{layer}.ssl", layer, at, security, enabled, reading)
    roles = at("xpack.security.authc.anonymous.roles")
    if enabled is False:
        reading.put("access.anonymous", True, "flag", security.line)
    else:
        named = [role for role in roles.texts() if role.strip()]
        reading.put("access.anonymous", bool(named), "flag", line(roles))
    audit = at("xpack.security.audit.enabled")
    if enabled is False:
        reading.put("access.logging", False, "flag", security.line)
    elif reading.put_flag("access.logging", audit, False):
        _audited(found, reading)
    return reading


def _audited(found: Mapping[str, Node], reading: Reading) -> None:
    """Which kinds of events an audit log that is on holds."""
    included, excluded = (found.get(f"{_EVENTS}.{name}") or Node(name) for name in ("include", "exclude"))
    filtered = next(
        (node for key, node in found.items() if key.startswith(f"{_EVENTS}.ignore_filters.")), None
    )
    if filtered:
        reading.warn(
            "A filter keeps events out of the audit log; which kinds it holds whole is not known.",
            filtered.line,
        )
        return
    if not all(reading.known(item) for node in (included, excluded) for item in node.each()):
        return
    kept, dropped = _words(included), _words(excluded)
    for key, (events, default) in _AUDITED.items():
        place, held = line(included), default
        if included.there:
            held = "_all" in kept or set(events) <= kept
        if held is not False and dropped & {*events, "_all"}:
            place, held = excluded.line, False
        if held is None:
            reading.warn(f"{_EVENTS}.include is not in this file, and its default depends on the version.")
        reading.put(key, held, "flag", place)


def _words(node: Node) -> set[str]:
    return {word.strip().lower() for text in node.texts() for word in text.split(",")}


def _tls(
    base: str, layer: str, at: Callable[[str], Node], security: Node, enabled: bool | None, reading: Reading
) -> None:
    switch = at(f"{base}.enabled")
    if enabled is False:
        reading.put("encryption.in_transit", False, "flag", security.line, layer)
        return
    if not reading.put_flag("encryption.in_transit", switch, False, layer):
        return
    mode = at(f"{base}.verification_mode")
    word = reading.text(mode, "full")
    if word is not None and layer == "transport":  # the listener for users verifies nobody but by demand
        reading.put("encryption.in_transit.verified", word.lower() != "none", "flag", line(mode), layer)
    protocols = at(f"{base}.supported_protocols")
    texts = [text for item in protocols.texts() for text in item.split(",")]
    try:
        spoken = sorted((values.tls_version(text) for text in texts), key=_VERSIONS.index)
        reading.put("tls.minimum", spoken[0] if spoken else None, "version", protocols.line, layer)
    except ValueError:
        reading.warn(f"{protocols.path} names no version of TLS, so it is not known.", protocols.line)
    client = at(f"{base}.client_authentication")
    if client.there:
        asked = reading.text(client)
        reading.put(
            "encryption.client_certificates",
            asked and asked.lower() == "required",
            "flag",
            client.line,
            layer,
        )


def _flat(node: Node) -> Iterator[tuple[str, Node]]:
    for below in node.below():
        if below.is_mapping:
            yield from _flat(below)
        else:
            yield below.path, below
