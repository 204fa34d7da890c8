"""What Loki and Tempo share: the `server` block and object storage.

Defaults: listeners are plaintext until `cert_file` (or `cert`) is set, and speak TLS 1.2 at least when
`tls_min_version` is blank (Go's own minimum). S3 is reached over https unless `insecure`; server-side encryption is
asked for only where `sse` says so.
"""

from __future__ import annotations

from qmsreport.configurations import values
from qmsreport.configurations.reading import Reading, line
from qmsreport.configurations.yaml_tree import Node

_AT_REST = ("SSE-KMS", "SSE-S3", "SSE-C")


def server(block: Node, reading: Reading) -> None:
    """The HTTP and the gRPC listener."""
    minimum = block.get("tls_min_version")
    for name in ("http", "grpc"):
        tls = block.get(f"{name}_tls_config")
        part = f"server.{name}"
        certificate = tls.first("cert_file", "cert")
        reading.put("encryption.in_transit", certificate.there, "flag", line(certificate), part)
        if certificate.there:
            reading.put_version(minimum if minimum.text else Node(minimum.path), "1.2", part)
            client = tls.get("client_auth_type")
            kind = reading.text(client, "NoClientCert")
            asked = None if kind is None else kind == "RequireAndVerifyClientCert"
            reading.put("encryption.client_certificates", asked, "flag", line(client), part)
        address = block.get(f"{name}_listen_address")
        if address.text:
            reading.put_loopback([address], part)


def s3(block: Node, reading: Reading) -> None:
    """One bucket's transport and encryption; its part is its path in the file."""
    if not block.items():
        return
    part = block.path
    endpoint, insecure = block.get("endpoint"), block.get("insecure")
    scheme = values.scheme(endpoint.text or "")
    if scheme in ("http", "https"):
        reading.put("encryption.in_transit", scheme == "https", "flag", endpoint.line, part)
        encrypted: bool | None = scheme == "https"
    else:
        encrypted = reading.put_flag("encryption.in_transit", insecure, False, part, negated=True)
    if encrypted:
        skip = block.first("http_config.insecure_skip_verify", "tls_insecure_skip_verify")
        reading.put_flag("encryption.in_transit.verified", skip, False, part, negated=True)
    kind = block.get("sse", "type")
    if kind.there:
        word = reading.text(kind)
        if word is not None and word.upper() not in _AT_REST:
            reading.warn(f"{kind.path} is none of {', '.join(_AT_REST)}, so it is not known.", kind.line)
        else:
            reading.put("encryption.at_rest", word and True, "flag", kind.line, part)
    elif block.get("sse_encryption").there:  # Loki before `sse`
        reading.put_flag("encryption.at_rest", block.get("sse_encryption"), None, part)
