"""The `tls` source against listening servers: every pitfall of probing TLS has a test of its own."""

from __future__ import annotations

import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from qmsreport.errors import ConfigError
from qmsreport.extracts import Extract, Source
from qmsreport.services import ServiceMap
from qmsreport.sources import Context, tls
from qmsreport.sources import _tls_contexts as contexts
from qmsreport.sources._tls_hello import VERSIONS, greeting, read
from qmsreport.sources._tls_probe import judge
from qmsreport.sources._tls_suites import SUITES, families
from qmsreport.sources._tls_wire import Answer
from qmsreport.warehouse import Warehouse
from tests.factories import configuration
from tests.sources import tls_server as servers
from tests.sources.tls_server import Issued, issue, listening, server_context

NAME = "grafana.example"
Row = dict[str, Any]


def utc_now() -> datetime:
    """Now, naive UTC: the certificates of these tests are of today."""
    return datetime.now(UTC).replace(tzinfo=None)


class Progress:
    """What an earlier run has left."""

    def __init__(self, cursor: str | None = None) -> None:
        self._cursor = cursor

    def cursor(self, subject: str) -> str | None:
        return self._cursor if subject == "endpoints" else None

    def covered_until(self, subject: str) -> None:
        return None

    raw_sha256 = covered_until


@pytest.fixture(scope="module")
def authority() -> Issued:
    """A private authority."""
    return issue("Lindhafen test authority", authority=True)


@pytest.fixture
def ca_file(authority: Issued, tmp_path: Path) -> Path:
    """Its certificate as a file."""
    return authority.files(tmp_path)[0]


@pytest.fixture(scope="module")
def good(authority: Issued) -> Issued:
    """A certificate that nothing is wrong with."""
    return issue(NAME, NAME, by=authority)


def make(folder: Path, *tables: Row, **options: Any) -> Source:
    """The source with these endpoint tables."""
    settings = configuration(folder)
    context = Context(settings, ServiceMap(settings.services), utc_now)
    given: Row = {"timeout_seconds": 5.0, "vantage_point": "test", "endpoint": list(tables)}
    return tls.create("edge", tls.Options(**(given | options)), context)


def extracts(source: Source, cursor: str | None = None) -> list[Extract]:
    """One run."""
    return list(source.extract(datetime(2026, 1, 1), datetime(2026, 2, 1), Progress(cursor)))  # noqa: DTZ001


@pytest.fixture
def asked(tmp_path: Path, ca_file: Path) -> Callable[..., dict[str, Row]]:
    """Probe one server: `asked(handler)` gives the row of each version, the ledger's words with them."""

    def run(handler: servers.Handler, server_name: str = NAME, **more: Any) -> dict[str, Row]:
        patience = more.pop("timeout_seconds", 5.0)
        with listening(handler) as port:
            table = {
                "host": "127.0.0.1",
                "port": port,
                "server_name": server_name,
                "ca_file": str(ca_file),
            } | more
            found = extracts(make(tmp_path, table, timeout_seconds=patience))
        rows = [row for item in found for batch in item.batches for row in batch.rows.to_dicts()]
        assert {row["protocol"] for row in rows} == set(VERSIONS)
        return {row["protocol"]: row | {"notes": found[0].warnings} for row in rows}

    return run


def offered(rows: dict[str, Row]) -> dict[str, bool | None]:
    """Version → offered."""
    return {protocol: rows[protocol]["offered"] for protocol in VERSIONS}


def test_a_good_endpoint(asked: Any, good: Issued, tmp_path: Path) -> None:
    """TLS 1.2 and 1.3 are offered, older ones refused; the certificate's facts and both verdicts are recorded."""
    rows = asked(servers.tls(server_context(good, tmp_path, ciphers="ECDHE+AESGCM:@SECLEVEL=0")))
    assert offered(rows) == {"TLS 1.0": False, "TLS 1.1": False, "TLS 1.2": True, "TLS 1.3": True}
    for protocol in ("TLS 1.2", "TLS 1.3"):
        row = rows[protocol]
        assert (row["chain_valid"], row["chain_error"], row["hostname_valid"]) == (True, None, True)
        assert (row["key_type"], row["key_bits"], row["signature_algorithm"]) == ("EC", 256, "sha256")
        assert (row["certificate_subject"], row["issuer"]) == (f"CN={NAME}", "CN=Lindhafen test authority")
        assert row["names"] == [NAME]
        assert row["not_after"] == good.certificate.not_valid_after_utc.replace(tzinfo=None)
        assert row["serial"] == f"{good.certificate.serial_number:x}"
        assert row["self_signed"] is False
        assert row["weak_ciphers"] == []
        assert row["client_certificate_required"] is False
        assert (row["vantage_point"], row["address"], row["server_name"]) == ("test", "127.0.0.1", NAME)
    assert rows["TLS 1.3"]["cipher"].startswith("TLS_AES")
    assert rows["TLS 1.2"]["cipher"].startswith("ECDHE-ECDSA-AES")
    assert rows["TLS 1.0"]["certificate_subject"] is None
    assert rows["TLS 1.2"]["notes"] == ()


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "1.3"])
def test_speaks_one_version_only(asked: Any, good: Issued, tmp_path: Path, version: str) -> None:
    """Whichever single version a server speaks, that one is offered and the others are refused by its own word."""
    rows = asked(servers.tls(server_context(good, tmp_path, version, version)))
    assert offered(rows) == {protocol: protocol == f"TLS {version}" for protocol in VERSIONS}
    assert rows[f"TLS {version}"]["certificate_subject"] == f"CN={NAME}"
    assert rows[f"TLS {version}"]["chain_valid"] is True


def test_default_context_cannot_offer_old_versions(asked: Any, good: Issued, tmp_path: Path) -> None:
    """What a default context of OpenSSL answers with NO_CIPHERS_AVAILABLE is asked at security level 0, and found."""
    usual = ssl.create_default_context()
    with pytest.warns(DeprecationWarning):
        usual.minimum_version = ssl.TLSVersion.TLSv1
        usual.maximum_version = ssl.TLSVersion.TLSv1
    usual.check_hostname, usual.verify_mode = False, ssl.CERT_NONE
    old = server_context(good, tmp_path, "1.0", "1.0")
    with (
        listening(servers.tls(old)) as port,
        socket.create_connection(("127.0.0.1", port)) as connection,
        pytest.raises(ssl.SSLError),
    ):
        usual.wrap_socket(connection)
    assert asked(servers.tls(old))["TLS 1.0"]["offered"] is True


def test_local_inability_is_no_refusal(
    asked: Any, good: Issued, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A version that OpenSSL here has not got stays open, with our own inability as the reason."""
    real = contexts.facts

    def without_new(protocol: str, alpn: tuple[str, ...] = ()) -> ssl.SSLContext:
        if protocol == "TLS 1.3":
            raise contexts.LocalInability("OpenSSL here does not speak TLS 1.3 (compiled out)")
        return real(protocol, alpn)

    monkeypatch.setattr(contexts, "facts", without_new)
    rows = asked(servers.tls(server_context(good, tmp_path)))
    assert offered(rows) == {"TLS 1.0": False, "TLS 1.1": False, "TLS 1.2": True, "TLS 1.3": None}
    assert rows["TLS 1.3"]["error"] == "OpenSSL here does not speak TLS 1.3 (compiled out)"
    assert any("TLS 1.3: OpenSSL here" in note for note in rows["TLS 1.3"]["notes"])


def test_crypto_policy_of_the_distribution(
    asked: Any, good: Issued, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a policy or a FIPS build forbids old versions here, they are asked for in plain text, and still found."""
    real = contexts.facts

    def strict(protocol: str, alpn: tuple[str, ...] = ()) -> ssl.SSLContext:
        made = real(protocol, alpn)
        if protocol in ("TLS 1.0", "TLS 1.1"):
            made.set_ciphers("DEFAULT:@SECLEVEL=2")  # as a distribution's policy has it
        return made

    monkeypatch.setattr(contexts, "facts", strict)
    rows = asked(servers.tls(server_context(good, tmp_path, "1.0", "1.2")))
    assert offered(rows) == {"TLS 1.0": True, "TLS 1.1": True, "TLS 1.2": True, "TLS 1.3": False}
    assert rows["TLS 1.0"]["certificate_subject"] == f"CN={NAME}"


@pytest.mark.parametrize("reason", ["NO_CIPHERS_AVAILABLE", "UNSUPPORTED_PROTOCOL", "NO_PROTOCOLS_AVAILABLE"])
def test_local_errors_leave_it_open(reason: str) -> None:
    """No error that OpenSSL raises by itself, without a word of the server, is read as a refusal."""
    answer = Answer(flight=read(b""), cause="local", reason=f"OpenSSL here cannot go on ({reason})")
    assert judge(answer, "TLS 1.2") == (None, answer.reason)


@pytest.mark.parametrize(
    ("alert", "refused"), [(70, False), (40, False), (71, False), (80, None), (112, None)]
)
def test_alerts(asked: Any, alert: int, refused: bool | None) -> None:
    """protocol_version, handshake_failure and insufficient_security refuse a version; other alerts leave it open."""
    rows = asked(servers.says(bytes([21, 3, 3, 0, 2, 2, alert])))
    assert set(offered(rows).values()) == {refused}
    assert bool(rows["TLS 1.2"]["error"]) == (refused is None)


@pytest.mark.parametrize(
    ("handler", "reason"),
    [
        (servers.reset, "connection reset"),
        (servers.hang_up, "closed the connection"),
        (servers.silent, "did not answer in time"),
        (servers.says(bytes([22, 3, 3, 0, 90, 2, 0, 0])), "did not answer in time"),  # half a record
    ],
)
def test_no_answer_is_no_refusal(asked: Any, handler: servers.Handler, reason: str) -> None:
    """Resetting, hanging up and keeping silent leave every version open, and the reason is recorded."""
    rows = asked(handler, timeout_seconds=0.3)
    assert set(offered(rows).values()) == {None}
    assert all(reason in row["error"] for row in rows.values())
    assert any(reason in note for note in rows["TLS 1.2"]["notes"])


def test_refused_connection(tmp_path: Path) -> None:
    """Where nothing listens every version stays open; the ledger says why, and nothing is tried four times over."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    probed, _ = extracts(make(tmp_path, {"host": "127.0.0.1", "port": port}))
    (batch,) = probed.batches
    assert batch.rows["offered"].to_list() == [None] * 4
    assert set(batch.rows["error"]) == {"the connection was refused"}
    assert probed.pages == 1
    assert probed.warnings == (
        f"127.0.0.1:{port}, TLS 1.3, TLS 1.2, TLS 1.1, TLS 1.0: the connection was refused.",
    )


def test_unknown_name(tmp_path: Path) -> None:
    """A name that cannot be resolved leaves every version open."""
    probed, _ = extracts(make(tmp_path, endpoints=["nowhere.invalid"]))
    (batch,) = probed.batches
    assert batch.rows["offered"].to_list() == [None] * 4
    assert all("cannot be resolved" in why for why in batch.rows["error"])
    assert probed.raw_sha256 is None


def test_not_tls_at_all(asked: Any) -> None:
    """A server that answers in plain HTTP offers no version, and its first words are recorded."""
    rows = asked(servers.plain_http)
    assert set(offered(rows).values()) == {False}
    assert rows["TLS 1.2"]["error"] == "it does not speak TLS: it answers 'HTTP/1.1 400 Bad Request'"


def test_expired_apart_from_the_chain(asked: Any, authority: Issued, tmp_path: Path) -> None:
    """An expired certificate of a trusted authority: the chain holds, and the dates speak for themselves."""
    expired = issue(NAME, NAME, by=authority, days=(-30, -1))
    row = asked(servers.tls(server_context(expired, tmp_path)))["TLS 1.2"]
    assert (row["chain_valid"], row["hostname_valid"]) == (True, True)
    assert row["not_after"] < utc_now()


def test_expired_and_untrusted(asked: Any, tmp_path: Path) -> None:
    """An expired certificate of an unknown authority: being expired does not hide that nobody vouches for it."""
    stranger = issue("Somebody", authority=True)
    expired = issue(NAME, NAME, by=stranger, days=(-30, -1))
    row = asked(servers.tls(server_context(expired, tmp_path)))["TLS 1.2"]
    assert (row["chain_valid"], row["hostname_valid"]) == (False, True)
    assert "issuer certificate" in row["chain_error"]


def test_expired_intermediate(asked: Any, authority: Issued, tmp_path: Path) -> None:
    """A valid certificate under an expired intermediate has no valid chain."""
    between = issue("Between", by=authority, authority=True, days=(-30, -1))
    leaf = issue(NAME, NAME, by=Issued(between.certificate, between.key, (between.certificate,)))
    presented = Issued(leaf.certificate, leaf.key, (between.certificate,))
    row = asked(servers.tls(server_context(presented, tmp_path)))["TLS 1.2"]
    assert (row["chain_valid"], row["chain_error"]) == (False, "certificate has expired")


def test_missing_intermediate(asked: Any, authority: Issued, tmp_path: Path) -> None:
    """A server that leaves out its intermediate has no valid chain, though browsers may fill it in."""
    between = issue("Between", by=authority, authority=True)
    leaf = issue(NAME, NAME, by=between)
    row = asked(servers.tls(server_context(leaf, tmp_path)))["TLS 1.2"]
    assert row["chain_valid"] is False


def test_self_signed(asked: Any, tmp_path: Path) -> None:
    """A self-signed certificate is not trusted; its name is judged all the same."""
    own = issue(NAME, NAME)
    row = asked(servers.tls(server_context(own, tmp_path)))["TLS 1.2"]
    assert (row["self_signed"], row["chain_valid"], row["hostname_valid"]) == (True, False, True)
    assert row["chain_error"] == "self-signed certificate"


def test_self_signed_and_pinned(asked: Any, tmp_path: Path) -> None:
    """A self-signed certificate that the CA file names is trusted."""
    own = issue(NAME, NAME)
    pinned = own.files(tmp_path)[0]
    row = asked(servers.tls(server_context(own, tmp_path)), ca_file=str(pinned))["TLS 1.2"]
    assert (row["self_signed"], row["chain_valid"]) == (True, True)


def test_wrong_name_apart_from_the_chain(asked: Any, authority: Issued, tmp_path: Path) -> None:
    """A certificate for another host: the chain holds, the name does not."""
    other = issue("other.example", "other.example", by=authority)
    row = asked(servers.tls(server_context(other, tmp_path)))["TLS 1.2"]
    assert (row["chain_valid"], row["hostname_valid"]) == (True, False)


def test_common_name_is_no_name(asked: Any, authority: Issued, tmp_path: Path) -> None:
    """A host name in the subject alone does not count."""
    row = asked(servers.tls(server_context(issue(NAME, by=authority), tmp_path)))["TLS 1.2"]
    assert (row["hostname_valid"], row["names"]) == (False, [])


@pytest.mark.parametrize(("name", "valid"), [("127.0.0.1", True), ("localhost", False)])
def test_address_needs_its_own_name(
    asked: Any, authority: Issued, tmp_path: Path, name: str, valid: bool
) -> None:
    """An endpoint given as an address needs that address in the certificate."""
    issued = issue(name, name, by=authority)
    row = asked(servers.tls(server_context(issued, tmp_path)), server_name="127.0.0.1")["TLS 1.3"]
    assert row["hostname_valid"] is valid


def test_parsed_certificate_is_empty_without_verification(good: Issued, tmp_path: Path) -> None:
    """`getpeercert()` says nothing of a certificate that is not verified: the source reads its DER form."""
    with (
        listening(servers.tls(server_context(good, tmp_path))) as port,
        socket.create_connection(("127.0.0.1", port)) as connection,
        contexts.facts("TLS 1.3").wrap_socket(connection, server_hostname=NAME) as wrapped,
    ):
        assert wrapped.getpeercert() == {}
        assert wrapped.getpeercert(binary_form=True) == good.der


def test_server_name_is_sent(asked: Any, good: Issued, tmp_path: Path) -> None:
    """SNI goes with every connection: a server that picks its certificate by name presents the right one."""
    context = server_context(issue("fallback.example", "fallback.example"), tmp_path)
    right = server_context(good, tmp_path)
    heard: list[str | None] = []

    def pick(connection: Any, name: str | None, _: Any) -> None:
        heard.append(name)
        if name == NAME:
            connection.context = right

    context.sni_callback = pick
    row = asked(servers.tls(context))["TLS 1.2"]
    assert row["certificate_subject"] == f"CN={NAME}"
    assert set(heard) == {NAME}


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_client_certificate_demanded(
    asked: Any, good: Issued, ca_file: Path, tmp_path: Path, version: str
) -> None:
    """A server that demands our certificate offers the version all the same, also where it says so late (TLS 1.3)."""
    context = server_context(good, tmp_path, version, version, demand=ca_file)
    row = asked(servers.tls(context), client_certificate="required")[f"TLS {version}"]
    assert row["offered"] is True
    assert row["client_certificate_required"] is True
    assert row["client_certificate_expected"] is True
    assert (row["chain_valid"], row["hostname_valid"]) == (True, True)
    assert row["certificate_subject"] == f"CN={NAME}"


def test_client_certificate_demanded_with_a_bad_chain(asked: Any, ca_file: Path, tmp_path: Path) -> None:
    """Demanding our certificate does not excuse a server's own."""
    context = server_context(issue(NAME, NAME), tmp_path, "1.2", "1.2", demand=ca_file)
    row = asked(servers.tls(context))["TLS 1.2"]
    assert (row["client_certificate_required"], row["chain_valid"]) == (True, False)


def test_weak_ciphers(asked: Any, authority: Issued, tmp_path: Path) -> None:
    """NULL, anonymous, MD5, CBC and RSA key exchange are found where they hide behind a good first choice."""
    issued = issue(NAME, NAME, by=authority, kind="RSA-2048")
    everything = server_context(issued, tmp_path, "1.2", "1.2", "ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    row = asked(servers.tls(everything))["TLS 1.2"]
    assert row["cipher"] == "ECDHE-RSA-AES256-GCM-SHA384"
    assert row["weak_ciphers"] == ["CBC", "MD5", "NULL", "RSA key exchange", "anon"]
    assert row["ciphers_error"] is None


@pytest.fixture
def gnutls(authority: Issued, tmp_path: Path) -> Iterator[Callable[[str], int]]:
    """`gnutls(priorities)` starts a server with ciphers that OpenSSL no longer has, and returns its port."""
    chain, secret = issue(NAME, NAME, by=authority, kind="RSA-2048").files(tmp_path)
    running: list[subprocess.Popen[bytes]] = []

    def start(priority: str) -> int:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = int(free.getsockname()[1])
        command = ["gnutls-serv", "--quiet", "--echo", "--port", str(port), "--priority", priority]
        command += ["--x509certfile", str(chain), "--x509keyfile", str(secret)]
        quiet = subprocess.DEVNULL
        running.append(subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet))
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return port
            except OSError:
                time.sleep(0.05)
        raise AssertionError("gnutls-serv does not listen")

    yield start
    for process in running:
        process.kill()
        process.wait()


OLD = "NONE:+VERS-TLS1.0:+VERS-TLS1.2:+ARCFOUR-128:+3DES-CBC:+SHA1:+RSA:+SIGN-ALL:+COMP-NULL:+CTYPE-ALL:+GROUP-ALL"


@pytest.mark.parametrize(
    ("priority", "weak", "old"),
    [
        (
            "NORMAL:-VERS-ALL:+VERS-TLS1.2:+ARCFOUR-128:+3DES-CBC:+MD5:+RSA:+SHA1",
            ["3DES", "CBC", "MD5", "RC4", "RSA key exchange"],
            False,
        ),
        (OLD, ["3DES", "CBC", "RC4", "RSA key exchange"], True),
    ],
)
def test_ciphers_that_openssl_no_longer_has(
    tmp_path: Path, ca_file: Path, gnutls: Any, priority: str, weak: list[str], old: bool
) -> None:
    """3DES and RC4 are found though OpenSSL here cannot speak them; a server with nothing else is no refusal."""
    table = {"host": "127.0.0.1", "port": gnutls(priority), "server_name": NAME, "ca_file": str(ca_file)}
    probed = extracts(make(tmp_path, table))[0]
    (batch,) = probed.batches
    rows = {row["protocol"]: row for row in batch.rows.to_dicts()}
    assert offered(rows) == {"TLS 1.0": old, "TLS 1.1": False, "TLS 1.2": True, "TLS 1.3": False}
    assert rows["TLS 1.2"]["weak_ciphers"] == weak
    assert rows["TLS 1.2"]["certificate_subject"] == f"CN={NAME}"
    assert rows["TLS 1.2"]["chain_valid"] is (None if old else True)
    if old:
        assert rows["TLS 1.2"]["chain_error"].startswith("could not be checked: ")


def test_cipher_list_that_breaks_off(asked: Any, good: Issued, tmp_path: Path) -> None:
    """A server that goes silent while its ciphers are asked for has no whole list, and the row says so."""
    context = server_context(good, tmp_path, "1.2", "1.2")
    speak = servers.tls(context)

    def handle(connection: socket.socket) -> None:
        first = connection.recv(600, socket.MSG_PEEK)
        (servers.silent if b"\x00\x01\x00\x02\x00\x3b" in first else speak)(connection)

    row = asked(handle, timeout_seconds=1.0)["TLS 1.2"]
    assert row["weak_ciphers"] == []
    assert row["ciphers_error"] == "not every cipher could be asked for: it did not answer in time"


def test_clock_skew(asked: Any, authority: Issued, tmp_path: Path) -> None:
    """A certificate that begins in the future may be a clock that is behind: the chain is judged apart, a note says so."""
    future = issue(NAME, NAME, by=authority, days=(2, 90))
    row = asked(servers.tls(server_context(future, tmp_path)))["TLS 1.2"]
    assert (row["chain_valid"], row["hostname_valid"]) == (True, True)
    assert any("Compare the clock" in note for note in row["notes"])


def test_every_address_is_probed(
    good: Issued, tmp_path: Path, ca_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind one name may stand several servers: each address has its own rows, and one's fault hides no other's."""
    with listening(servers.tls(server_context(good, tmp_path))) as port:
        addresses = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{last}", port)) for last in (2, 1, 1)
        ]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: addresses)
        probed, _ = extracts(make(tmp_path, {"host": NAME, "port": port, "ca_file": str(ca_file)}))
    (batch,) = probed.batches
    found = {(row["endpoint"], row["protocol"]): row for row in batch.rows.to_dicts()}
    assert {endpoint for endpoint, _ in found} == {f"{NAME}:{port} [127.0.0.{last}]" for last in (1, 2)}
    assert found[f"{NAME}:{port} [127.0.0.1]", "TLS 1.2"]["offered"] is True
    assert found[f"{NAME}:{port} [127.0.0.2]", "TLS 1.2"]["error"] == "the connection was refused"


DIALOGUES: dict[str, list[tuple[bytes, bytes]]] = {
    # what the client says, and the answer; the first answer is the greeting
    "smtp": [(b"", b"220-mail\r\n220 ready\r\n"), (b"EHLO", b"250-mail\r\n250 STARTTLS\r\n"), (b"STARTTLS", b"220 go\r\n")],
    "imap": [(b"", b"* OK ready\r\n"), (b"a1 STARTTLS", b"* OK wait\r\na1 OK begin\r\n")],
    "pop3": [(b"", b"+OK ready\r\n"), (b"STLS", b"+OK begin\r\n")],
    "postgresql": [(b"\x00\x00\x00\x08\x04\xd2\x16\x2f", b"S")],
}  # fmt: skip


def talking(steps: list[tuple[bytes, bytes]], then: servers.Handler) -> servers.Handler:
    """Plays a dialogue, then goes on."""

    def handle(connection: socket.socket) -> None:
        for wanted, answer in steps:
            if wanted:
                assert connection.recv(100).startswith(wanted)
            connection.sendall(answer)
        then(connection)

    return handle


@pytest.mark.parametrize("protocol", DIALOGUES)
def test_starttls(asked: Any, good: Issued, tmp_path: Path, protocol: str) -> None:
    """A port that begins in plain text is greeted in its own protocol, then probed like any other."""
    handler = talking(DIALOGUES[protocol], servers.tls(server_context(good, tmp_path)))
    rows = asked(handler, starttls=protocol)
    assert offered(rows) == {"TLS 1.0": False, "TLS 1.1": False, "TLS 1.2": True, "TLS 1.3": True}
    assert rows["TLS 1.2"]["ciphers_error"] is None


@pytest.mark.parametrize(
    ("protocol", "last"), [("smtp", b"454 no\r\n"), ("imap", b"a1 BAD\r\n"), ("postgresql", b"N")]
)
def test_starttls_declined(asked: Any, protocol: str, last: bytes) -> None:
    """A server that will not begin TLS when asked to offers no version, by its own word."""
    *steps, (wanted, _) = DIALOGUES[protocol]
    rows = asked(talking([*steps, (wanted, last)], servers.silent), starttls=protocol)
    assert set(offered(rows).values()) == {False}
    assert "does not begin TLS" in rows["TLS 1.2"]["error"]


def test_alpn_for_servers_that_insist(asked: Any, good: Issued, tmp_path: Path) -> None:
    """The declared protocols are named in the handshake, as ports of gRPC want it."""
    context = server_context(good, tmp_path)
    context.set_alpn_protocols(["h2"])
    chosen: list[str | None] = []

    def handle(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as wrapped:
            chosen.append(wrapped.selected_alpn_protocol())
            wrapped.recv(1)

    assert asked(handle, alpn=["h2"])["TLS 1.3"]["offered"] is True
    assert set(chosen) == {"h2"}


def test_sends_nothing_but_handshakes(asked: Any, good: Issued, tmp_path: Path) -> None:
    """No application data ever reaches a server, and it is left politely."""
    context = server_context(good, tmp_path)
    heard: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as wrapped:
            heard.append(wrapped.recv(100))

    asked(handle)
    assert heard
    assert set(heard) == {b""}


def test_ledger(tmp_path: Path, good: Issued, ca_file: Path) -> None:
    """A line for each endpoint says what was asked, with whose consent, and hashes what was presented."""
    with listening(servers.tls(server_context(good, tmp_path))) as port:
        table = {
            "host": "127.0.0.1",
            "port": port,
            "server_name": NAME,
            "consent": "CHG-7",
            "ca_file": str(ca_file),
        }
        first, declared = extracts(make(tmp_path, table))
        again = extracts(make(tmp_path, table))[0]
    label = f"127.0.0.1:{port} as {NAME}"
    assert first.subject == f"endpoint:{label}"
    assert first.asked == (
        f"TLS handshakes with {label}, TLS 1.0 to TLS 1.3; against a private authority; agreed to: CHG-7"
    )
    assert first.raw_sha256 == again.raw_sha256
    assert first.raw_sha256
    assert (first.lists_all, first.rows_received) == (("tls_probes",), 4)
    assert (declared.subject, declared.cursor) == ("endpoints", f'["{label}"]')


def test_what_is_no_longer_declared_vanishes(tmp_path: Path) -> None:
    """An endpoint that is taken off the list is stored as vanished by the next run, and its neighbour stays."""
    warehouse = Warehouse(tmp_path / "warehouse.duckdb")

    def run(*endpoints: str) -> int:
        source = make(tmp_path, endpoints=list(endpoints))
        with warehouse.writing("test"):
            items = source.extract(utc_now(), utc_now() + timedelta(1), warehouse.progress("edge"))
            return sum(warehouse.commit("edge", "tls", item, utc_now()).vanished for item in items)

    assert run("127.0.0.1:9", "127.0.0.1:10") == 0
    assert run("127.0.0.1:9") == 4
    assert run("127.0.0.1:9") == 0


def test_diagnosis(good: Issued, tmp_path: Path) -> None:
    """Doctor asks each endpoint once and names the one that does not answer in TLS."""
    with (
        listening(servers.tls(server_context(good, tmp_path))) as port,
        listening(servers.plain_http) as plain,
    ):
        found = make(tmp_path, endpoints=[f"127.0.0.1:{port}", f"127.0.0.1:{plain}"]).diagnose()
    assert found.reachable
    (problem,) = found.problems
    assert problem.startswith(f"Cannot probe 127.0.0.1:{plain}: it does not speak TLS")


def test_every_problem_of_the_configuration_at_once(tmp_path: Path) -> None:
    """Everything that is wrong with the endpoints is said at once, and no credential is repeated."""
    (tmp_path / "empty.pem").write_text("")
    tables = (
        {"host": "a.example", "port": 70000, "starttls": "smtpp", "client_certificate": "maybe"},
        {"host": "b.example", "ca_file": "nowhere.pem", "alpn": ["ä"]},
        {"host": "c.example", "ca_file": "empty.pem", "prt": 1},
        {"host": "d.example", "ca_file": "empty.pem"},
        {"host": "x" * 64 + ".example"},
    )
    endpoints = [
        "http://e.example",
        "https://me:hunter2@f.example",
        ":443",
        "g.example",
        "g.example:443",
        "h:x",
    ]
    with pytest.raises(ConfigError) as caught:
        make(tmp_path, *tables, endpoints=endpoints, timeout_seconds=0.0)
    said = "\n".join(caught.value.problems)
    for part in (
        "70000 is no port", "Did you mean 'smtp'?", 'write "required"', "cannot read", "alpn: each protocol",
        "Did you mean 'port'?", "holds no certificate", "is no host name", "is not TLS", "holds credentials",
        "':443' names no host", "g.example:443 stands twice", "'h:x' names no host", "timeout_seconds: must be more",
    ):  # fmt: skip
        assert part in said, part
    assert "hunter2" not in said
    with pytest.raises(ConfigError, match="names none"):
        make(tmp_path)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("https://grafana.example:3000/login", "grafana.example:3000"),
        ("Prometheus.Example:9090", "prometheus.example:9090"),
        ("grafana.example", "grafana.example:443"),
        ("https://[2001:db8::7]:8443", "[2001:db8::7]:8443"),
        ("bücher.example", "xn--bcher-kva.example:443"),
    ],
)
def test_endpoints_as_people_write_them(tmp_path: Path, text: str, label: str) -> None:
    """URLs, hosts with and without a port, addresses and names with umlauts are all understood."""
    source = make(tmp_path, endpoints=[text])
    assert [target.label for target in source._targets] == [label]  # type: ignore[attr-defined]


def test_suites_are_as_openssl_knows_them() -> None:
    """Every code that OpenSSL here knows too is of a suite with the same encryption and hash."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    known = {cipher["id"] & 0xFFFF: cipher for cipher in context.get_ciphers()}
    both = known.keys() & SUITES.keys()
    assert len(both) > 30
    for code in both:
        name, described = SUITES[code], known[code]["description"]
        assert ("Enc=None" in described) == ("NULL" in families(code)), name
        assert ("Au=None" in described) == ("anon" in families(code)), name
        assert ("Kx=RSA " in described) == ("RSA key exchange" in families(code)), name
        assert (known[code]["aead"] or "Enc=None" in described) == ("CBC" not in families(code)), name


@pytest.mark.parametrize("cut", range(0, 120, 7))
def test_half_an_answer_is_read_as_far_as_it_goes(cut: int) -> None:
    """An answer that breaks off anywhere is never an error and never says more than the whole one."""
    hello = bytes([3, 3]) + bytes(32) + b"\x00" + b"\xc0\x2f" + b"\x00" + b"\x00\x00"
    certificate = (7).to_bytes(3, "big") + (4).to_bytes(3, "big") + b"DERx"
    spoken = b"".join(
        bytes([kind]) + len(body).to_bytes(3, "big") + body
        for kind, body in ((2, hello), (11, certificate), (14, b""))
    )
    data = b"".join(
        bytes([22, 3, 3]) + len(part).to_bytes(2, "big") + part
        for part in (spoken[:20], spoken[20:50], spoken[50:])
    )
    part, whole = read(data[:cut]), read(data)
    assert (whole.version, whole.suite, whole.certificates, whole.done) == (0x0303, 0xC02F, (b"DERx",), True)
    assert part.version in (None, whole.version)
    assert part.certificates in ((), whole.certificates)
    assert not part.other
    assert part.alert is None


def test_greeting_is_understood(good: Issued, tmp_path: Path) -> None:
    """Our own greeting is one that OpenSSL answers with the only cipher it was offered."""
    with (
        listening(servers.tls(server_context(good, tmp_path))) as port,
        socket.create_connection(("127.0.0.1", port)) as connection,
    ):
        connection.sendall(greeting(VERSIONS["TLS 1.2"], [0xC02B], NAME))
        flight = read(connection.recv(65536))
    assert (flight.version, flight.suite) == (VERSIONS["TLS 1.2"], 0xC02B)
    assert flight.certificates == (good.der,)
