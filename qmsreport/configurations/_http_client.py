"""How a Go product of the Prometheus family reaches another: scheme, `tls_config`, or their defaults."""

from __future__ import annotations

from qmsreport.configurations import values
from qmsreport.configurations.reading import Reading, line
from qmsreport.configurations.yaml_tree import Node

MINIMUM = "1.2"  # what Go's client speaks at least when nothing is set, as Prometheus documents it


def tls_config(client: Node, reading: Reading, part: str) -> None:
    """Whether certificates are verified, and the oldest version; only asked where TLS is spoken."""
    tls = client.get("tls_config")
    reading.put_flag(
        "encryption.in_transit.verified", tls.get("insecure_skip_verify"), False, part, negated=True
    )
    reading.put_version(tls.get("min_version"), MINIMUM, part)


def by_scheme(scheme: Node, client: Node, reading: Reading, part: str) -> None:
    """An endpoint whose scheme is a key of its own, `http` unless set."""
    word = reading.text(scheme, "http")
    if word is None:
        return
    encrypted = word.lower() == "https"
    reading.put("encryption.in_transit", encrypted, "flag", line(scheme), part)
    if encrypted:
        tls_config(client, reading, part)


def by_url(url: Node, client: Node, reading: Reading, part: str, default: str | None = None) -> None:
    """An endpoint given by its URL; only the scheme of it is looked at."""
    text = url.text if url.there else default
    word = values.scheme(text) if text else None
    if word is None or values.from_outside(word):
        if url.there:
            reading.warn(f"{url.path} does not show whether it is https, so that is not known.", url.line)
        return
    encrypted = word == "https"
    reading.put("encryption.in_transit", encrypted, "flag", line(url), part)
    if url.there:
        reading.put_loopback([url], part)
    if encrypted:
        tls_config(client, reading, part)
