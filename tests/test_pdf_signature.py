"""PAdES signatures and RFC 3161 timestamps, with a certificate authority and a timestamp authority of our own."""

from __future__ import annotations

import datetime as dt
import io
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from qmsreport import evidence, pdf_signature, verification
from qmsreport.errors import ConfigError, SourceError, UsageError
from tests import small_bundle

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Issued:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

    def pem(self, path: Path) -> Path:
        """The certificate in a file."""
        path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        return path


def issue(
    name: str,
    issuer: Issued | None = None,
    *purposes: x509.ObjectIdentifier,
    days: tuple[int, int] = (-1, 30),
) -> Issued:
    """A certificate, self-signed without an issuer; valid from and until so many days from now."""
    # the timestamp authority that pyHanko brings signs with RSA only
    key = rsa.generate_private_key(65537, 2048) if purposes else ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + days[0] * DAY)
        .not_valid_after(now + days[1] * DAY)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=issuer is not None, content_commitment=issuer is not None and not purposes,
                key_encipherment=False, data_encipherment=False, key_agreement=False,
                key_cert_sign=issuer is None, crl_sign=issuer is None, encipher_only=False, decipher_only=False,
            ),
            critical=True,
        )
    )  # fmt: skip
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(purposes)), critical=True)
    return Issued(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)


@dataclass(frozen=True)
class Authorities:
    """A root, a signer it issued (in a .p12 file), and a timestamp authority that really answers."""

    root: Path
    other_root: Path
    signer: Path
    passphrase: str
    url: str
    not_a_tsa: str


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authorities]:
    """Made once; the authority listens on this machine."""
    from asn1crypto import keys as asn1_keys
    from asn1crypto import tsp
    from asn1crypto import x509 as asn1_x509
    from pyhanko.sign.timestamps import DummyTimeStamper
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    folder = tmp_path_factory.mktemp("pki")
    root = issue("Lindhafen root")
    signer = issue("Quality manager", root)
    authority = issue("Lindhafen time", root, ExtendedKeyUsageOID.TIME_STAMPING)
    (folder / "signer.p12").write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"signer", signer.key, signer.certificate, [root.certificate],
            serialization.BestAvailableEncryption(b"horse"),
        )
    )  # fmt: skip

    def der(item: x509.Certificate) -> asn1_x509.Certificate:
        return asn1_x509.Certificate.load(item.public_bytes(serialization.Encoding.DER))

    store = SimpleCertificateStore()
    store.register(der(root.certificate))
    private = authority.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    stamper = DummyTimeStamper(
        tsa_cert=der(authority.certificate),
        tsa_key=asn1_keys.PrivateKeyInfo.load(private),
        certs_to_embed=store,
        include_nonce=True,
    )

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            good = self.path == "/" and self.headers["Content-Type"] == "application/timestamp-query"
            answer = (
                stamper.request_tsa_response(tsp.TimeStampReq.load(asked)).dump()
                if good
                else b"<html>not here</html>"
            )
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    yield Authorities(
        root=root.pem(folder / "root.pem"),
        other_root=issue("Another root").pem(folder / "other.pem"),
        signer=folder / "signer.p12",
        passphrase="horse",
        url=url,
        not_a_tsa=url + "page",
    )
    server.shutdown()
    server.server_close()


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle with a small PDF."""
    document, written = pikepdf.new(), io.BytesIO()
    document.add_blank_page()
    document.save(written)
    return small_bundle.write(
        tmp_path / "reports" / "2026-Q3" / "r1", files={"report.pdf": written.getvalue()}
    )


def test_a_signed_copy_stands_beside_the_report(bundle: Path, authorities: Authorities) -> None:
    """Nothing of the bundle changes; the copy begins with the report's bytes, and verify names signer and time."""
    before = {path.name: path.read_bytes() for path in bundle.iterdir()}
    written = pdf_signature.sign(
        bundle, authorities.signer, authorities.passphrase, authorities.url, "Approved"
    )
    assert written.name == evidence.SIGNED_PDF
    assert written.read_bytes().startswith(before["report.pdf"])
    assert all((bundle / name).read_bytes() == content for name, content in before.items())
    found = verification.verify(bundle, roots=[authorities.root])
    assert found.problems == []
    (note,) = [note for note in found.notes if note.startswith("PDF")]
    assert "signed by Common Name: Quality manager at 2" in note
    assert "timestamp of Common Name: Lindhafen time" in note
    with pikepdf.open(written) as opened:
        (field,) = opened.Root.AcroForm.Fields
        assert str(field.V.SubFilter) == "/ETSI.CAdES.detached"


def test_without_a_timestamp_authority_nothing_is_asked(bundle: Path, authorities: Authorities) -> None:
    """No authority, no timestamp, no network; without roots verify says that it compared with none."""
    pdf_signature.sign(bundle, authorities.signer, authorities.passphrase, None)
    found = verification.verify(bundle)
    assert found.problems == []
    assert "without a timestamp; certificates not compared with trusted ones" in found.notes[-1]


def test_a_certificate_that_expired_since(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trusted timestamp shows that a signer's certificate was valid when it signed; without one it is said what is missing."""
    from asn1crypto import keys as asn1_keys
    from asn1crypto import tsp
    from asn1crypto import x509 as asn1_x509
    from pyhanko.sign.timestamps import DummyTimeStamper

    root = issue("Lindhafen root", days=(-900, 900))
    signer = issue("Quality manager", root, days=(-400, -35))
    (tmp_path / "signer.p12").write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"signer",
            signer.key,
            signer.certificate,
            [root.certificate],
            serialization.BestAvailableEncryption(b"horse"),
        )
    )

    def stamped(authority: Issued, days: int) -> None:
        private = authority.key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        stamper = DummyTimeStamper(
            tsa_cert=asn1_x509.Certificate.load(
                authority.certificate.public_bytes(serialization.Encoding.DER)
            ),
            tsa_key=asn1_keys.PrivateKeyInfo.load(private),
            fixed_dt=dt.datetime.now(dt.UTC) + days * DAY,
        )
        monkeypatch.setattr(
            pdf_signature,
            "_ask",
            lambda _, asked: stamper.request_tsa_response(tsp.TimeStampReq.load(asked)),
        )

    def problems(url: str | None, trusted: Issued = root) -> list[str]:
        written = pdf_signature.sign(bundle, tmp_path / "signer.p12", "horse", url)
        found = verification.verify(bundle, roots=[trusted.pem(tmp_path / "trusted.pem")]).problems
        written.unlink()
        return found

    day = f"{signer.certificate.not_valid_after_utc:%Y-%m-%d}"
    expired = (
        f"report.signed.pdf: the certificate of Common Name: Quality manager expired on {day}, "
        "and no trusted timestamp shows that it signed before."
    )
    elsewhere = "report.signed.pdf: the certificate of Common Name: Quality manager does not lead to a trusted one."  # fmt: skip
    assert problems(None) == [expired]
    assert problems(None, issue("Another root")) == [elsewhere]
    good = issue("Lindhafen time", root, ExtendedKeyUsageOID.TIME_STAMPING, days=(-400, 400))
    stamped(good, -100)
    assert problems("http://127.0.0.1/") == []
    stamped(good, -10)  # stamped after it had expired
    assert problems("http://127.0.0.1/") == [expired]
    old = issue("Old time", root, ExtendedKeyUsageOID.TIME_STAMPING, days=(-400, -5))
    stamped(old, -100)
    ended = f"{old.certificate.not_valid_after_utc:%Y-%m-%d}"
    assert problems("http://127.0.0.1/") == [
        f"report.signed.pdf: the certificate of the timestamp authority Common Name: Old time expired on {ended}.",
        expired,
    ]


def test_another_root_does_not_vouch(bundle: Path, authorities: Authorities) -> None:
    """Signer and timestamp authority that do not lead to a trusted certificate are named, both."""
    pdf_signature.sign(bundle, authorities.signer, authorities.passphrase, authorities.url)
    problems = verification.verify(bundle, roots=[authorities.other_root]).problems
    assert any("certificate of Common Name: Quality manager does not lead" in one for one in problems)
    assert any("authority Common Name: Lindhafen time does not lead" in one for one in problems)


def appended(content: bytes) -> bytes:
    """The copy with an incremental update after the signature."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    source, written = io.BytesIO(content), io.BytesIO()
    writer = IncrementalPdfFileWriter(source)
    writer.root["/Changed"] = writer.root["/Type"]
    writer.update_root()
    writer.write(written)
    return written.getvalue()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (appended, "something was appended after"),
        (lambda content: content[1:], "not a signed copy of this bundle's report.pdf"),
        (lambda _: b"no PDF", "not a PDF that can be read"),
    ],
)
def test_a_changed_copy(
    change: Callable[[bytes], bytes], says: str, bundle: Path, authorities: Authorities
) -> None:
    """Appending to the signed copy, cutting it, or putting something else there is named."""
    written = pdf_signature.sign(bundle, authorities.signer, authorities.passphrase, None)
    written.write_bytes(change(written.read_bytes()))
    problems = verification.verify(bundle, roots=[authorities.root]).problems
    assert any(says in one for one in problems), problems


def test_a_changed_signature(bundle: Path, authorities: Authorities) -> None:
    """A byte changed in what was signed, beyond the report's own bytes, breaks the signature."""
    written = pdf_signature.sign(bundle, authorities.signer, authorities.passphrase, None, "Approved")
    content = bytearray(written.read_bytes())
    place = content.index(b"Approved")
    content[place] ^= 1
    written.write_bytes(bytes(content))
    problems = verification.verify(bundle, roots=[authorities.root]).problems
    assert any("changed after" in one or "cannot be validated" in one for one in problems), problems


def test_a_copy_from_another_bundle(bundle: Path, authorities: Authorities, tmp_path: Path) -> None:
    """A signed copy of another report is not one of this report, though its signature is good."""
    document, other = pikepdf.new(), io.BytesIO()
    document.add_blank_page(page_size=(100, 100))
    document.save(other)
    second = small_bundle.write(
        tmp_path / "reports" / "2026-Q4" / "r1", files={"report.pdf": other.getvalue()}
    )
    pdf_signature.sign(second, authorities.signer, authorities.passphrase, None).rename(
        bundle / evidence.SIGNED_PDF
    )
    (problem,) = verification.verify(bundle, roots=[authorities.root]).problems
    assert problem == "report.signed.pdf: it is not a signed copy of this bundle's report.pdf."


def test_who_trusts_a_root_wants_a_signature(bundle: Path, authorities: Authorities) -> None:
    """With --trust a PDF that nobody signed is a problem."""
    (problem,) = verification.verify(bundle, roots=[authorities.root]).problems
    assert "nobody signed the PDF" in problem


def test_what_cannot_be_signed(bundle: Path, authorities: Authorities, tmp_path: Path) -> None:
    """A wrong passphrase, a server that is no authority, a changed PDF and a second signature are one sentence each; nothing is left."""
    signer, passphrase = authorities.signer, authorities.passphrase
    with pytest.raises(ConfigError, match="passphrase is wrong"):
        pdf_signature.sign(bundle, signer, "mule", None)
    with pytest.raises(SourceError, match="RFC 3161"):
        pdf_signature.sign(bundle, signer, passphrase, authorities.not_a_tsa)
    assert not (bundle / evidence.SIGNED_PDF).exists()
    pdf_signature.sign(bundle, signer, passphrase, None)
    with pytest.raises(UsageError, match="never written over"):
        pdf_signature.sign(bundle, signer, passphrase, None)
    (bundle / evidence.SIGNED_PDF).unlink()
    (bundle / "report.pdf").write_bytes(b"%PDF-1.7 other")
    with pytest.raises(UsageError, match="was changed"):
        pdf_signature.sign(bundle, signer, passphrase, None)
    plain = small_bundle.write(tmp_path / "reports" / "2026-Q4" / "r1")
    with pytest.raises(UsageError, match=r"no report\.pdf"):
        pdf_signature.sign(plain, signer, passphrase, None)
