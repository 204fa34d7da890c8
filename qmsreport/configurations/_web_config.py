"""The web configuration that Prometheus, Alertmanager and the exporters share (exporter-toolkit).

Defaults: without `tls_server_config` the listener is plaintext; `min_version` is TLS 1.2; of the client
authentication types only `RequireAndVerifyClientCert` checks a certificate.
"""

from __future__ import annotations

from qmsreport.configurations.reading import Reading, line
from qmsreport.configurations.yaml_tree import Node

KEYS = ("tls_server_config", "basic_auth_users", "http_server_config", "rate_limit")
PART = "web"


def read(document: Node, reading: Reading) -> None:
    """What the listener does."""
    tls = document.get("tls_server_config")
    encrypted = any(tls.get(key).there for key in ("cert_file", "cert"))
    reading.put("encryption.in_transit", encrypted, "flag", line(tls), PART)
    if encrypted:
        reading.put_version(tls.get("min_version"), "1.2", PART)
    client = tls.first("client_auth_type", "client_auth")
    kind = reading.text(client, "NoClientCert")
    verified = None if kind is None else encrypted and kind == "RequireAndVerifyClientCert"
    reading.put("encryption.client_certificates", verified, "flag", line(client), PART)
    users = document.get("basic_auth_users")
    if users.items() or verified is not None:
        at = line(users) if users.items() else line(client)
        reading.put("access.authentication", bool(users.items() or verified), "flag", at, PART)
