"""A person's signature in the PDF: PAdES, with an RFC 3161 timestamp where an authority is named. Extra `sign`.

The report itself stays as it was made: `report.signed.pdf` stands beside `report.pdf` and begins with all of its bytes,
to which the signature is appended. So the manifest still covers what was signed, and rendering again still gives the
same file. Only the timestamp needs the network; checking needs none.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qmsreport import evidence
from qmsreport.errors import ConfigError, Malformed, UsageError
from qmsreport.signature import Checked

PDF = "report.pdf"
_FIELD = "Approval"
_INSTALL = "Signing PDFs needs pyHanko. Install it: pip install 'qmsreport[sign]'."


def sign(
    bundle: Path, certificate: Path, passphrase: str | None, authority: str | None, reason: str | None = None
) -> Path:
    """Sign a bundle's PDF.

    Args:
        bundle: the bundle; its manifest is not touched.
        certificate: a PKCS#12 file with the signer's key, certificate and chain.
        passphrase: of that file; none if it has none.
        authority: URL of an RFC 3161 timestamp authority; none for no timestamp.
        reason: why it is signed, like "Approved"; shown by PDF readers.

    Returns:
        The signed file.

    Raises:
        UsageError: when there is no PDF, or it was signed before, or was changed since it was written.
        ConfigError: when the certificate cannot be used, or pyHanko is not installed.
        SourceError: when the authority does not give a timestamp.
    """
    source, target = bundle / PDF, bundle / evidence.SIGNED_PDF
    recorded = evidence.read_manifest(bundle)["files"].get(PDF)
    if not recorded or not source.is_file():
        raise UsageError(f"{bundle} has no {PDF} to sign. Generate it with --format pdf.")
    if target.exists():
        raise UsageError(f"{target} is already there: a signature is never written over. Keep it.")
    if evidence.sha256_file(source) != recorded["sha256"]:
        raise UsageError(
            f"{source} was changed since it was written. Do not sign it: verify the bundle first."
        )
    _available()
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    signer = signers.SimpleSigner.load_pkcs12(
        str(certificate), passphrase=passphrase.encode() if passphrase else None
    )
    if signer is None:
        raise ConfigError(
            f"Cannot use the certificate {certificate}: it is no PKCS#12 file, or the passphrase is wrong. "
            "Name a .p12 file, and the variable that holds its passphrase."
        )
    metadata = signers.PdfSignatureMetadata(
        field_name=_FIELD, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, reason=reason
    )
    output = io.BytesIO()
    with source.open("rb") as file:
        writer = IncrementalPdfFileWriter(file)
        signers.sign_pdf(writer, metadata, signer, timestamper=_timestamper(authority), output=output)
    target.write_bytes(output.getvalue())
    return target


def check(bundle: Path, roots: Sequence[Path] = ()) -> Checked:
    """Check `report.signed.pdf` offline: made from this report's PDF, unchanged since, by whom, and when.

    Args:
        bundle: the bundle.
        roots: PEM certificates that signer and timestamp authority must lead to; none to compare with none.
    """
    name, path = evidence.SIGNED_PDF, bundle / evidence.SIGNED_PDF
    if not path.is_file():
        return Checked([f"{name}: there is none; nobody signed the PDF."], "PDF not signed")
    problems = []
    content = path.read_bytes()
    original = (bundle / PDF).read_bytes() if (bundle / PDF).is_file() else b""
    if not original or not content.startswith(original):
        problems.append(f"{name}: it is not a signed copy of this bundle's {PDF}.")
    try:
        _available()
    except ConfigError as error:
        return Checked([*problems, f"{name}: its signature could not be checked. {error}"], "PDF signed")
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        embedded = list(PdfFileReader(io.BytesIO(content)).embedded_regular_signatures)
    except (PdfError, ValueError):
        return Checked([*problems, f"{name}: not a PDF that can be read."], "PDF signed")
    if not embedded:
        problems.append(f"{name}: it holds no signature.")
    said = []
    for one in embedded:
        found, words = _judge(one, roots)
        problems += [f"{name}: {sentence}" for sentence in found]
        said.append(words)
    return Checked(problems, "PDF " + "; ".join(said or ["signed by nobody"]))


def _judge(embedded: Any, roots: Sequence[Path]) -> tuple[list[str], str]:
    from pyhanko.keys import load_certs_from_pemder
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    try:
        trusted = list(load_certs_from_pemder([str(path) for path in roots]))
    except (OSError, ValueError) as error:
        raise ConfigError(f"Cannot read a trusted certificate: {error}. Name PEM or DER files.") from error
    who = embedded.signer_cert.subject.human_friendly
    try:
        status = _validated(embedded, trusted)
    except (SignatureValidationError, SigningError, ValueError) as error:
        return [f"the signature of {who} cannot be validated: {error}."], f"said to be signed by {who}"
    problems = []
    if not status.intact or not status.valid:
        problems.append(f"changed after {who} signed it.")
    elif status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        problems.append(f"something was appended after {who} signed it.")
    stamp = status.timestamp_validity
    when = ", without a timestamp"
    if stamp is not None:
        authority = stamp.signing_cert.subject.human_friendly
        when = f" at {stamp.timestamp:%Y-%m-%dT%H:%M:%SZ} (timestamp of {authority})"
        if not stamp.intact or not stamp.valid:
            problems.append(f"the timestamp of {authority} does not fit.")
        elif roots and not stamp.trusted:
            problems.append(
                f"the certificate of the timestamp authority {authority} expired on {expired:%Y-%m-%d}."
                if (expired := _expired(stamp.signing_cert))
                else f"the timestamp authority {authority} does not lead to a trusted certificate."
            )
        elif roots:  # what a timestamp is for: the certificate may have expired since
            status = _validated(embedded, trusted, stamp.timestamp)
    if roots and not status.trusted:
        expired = _expired(embedded.signer_cert)
        within = expired and _validated(embedded, trusted, expired).trusted
        problems.append(
            f"the certificate of {who} expired on {expired:%Y-%m-%d}, and no trusted timestamp shows that it signed before."
            if within
            else f"the certificate of {who} does not lead to a trusted one."
        )
    compared = "" if roots else "; certificates not compared with trusted ones"
    return problems, f"signed by {who}{when}{compared}"


def _validated(embedded: Any, trusted: Sequence[Any], moment: datetime | None = None) -> Any:
    """pyHanko's status of a signature, its signer's certificate judged at a moment; now without one."""
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    def context(when: datetime | None) -> Any:
        # what the network would say of revocation is not asked for: checking is offline
        return ValidationContext(
            trust_roots=trusted, moment=when, allow_fetching=False, revocation_mode="soft-fail"
        )

    return validate_pdf_signature(
        embedded,
        signer_validation_context=context(moment),
        ts_validation_context=context(None),
        skip_diff=True,
    )


def _expired(certificate: Any) -> datetime | None:
    """When a certificate expired; none for one that did not."""
    ends: datetime = certificate.not_valid_after
    return ends if ends < datetime.now(UTC) else None


def _timestamper(url: str | None) -> Any:
    """A client of an RFC 3161 authority over our own session: its timeouts, retries and words."""
    if url is None:
        return None
    address = url
    import asyncio

    from asn1crypto import tsp
    from pyhanko.sign.timestamps import TimeStamper

    class Client(TimeStamper):  # type: ignore[misc]  # the library's types are not read
        async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
            return await asyncio.to_thread(_ask, address, req.dump())

    return Client()


def _ask(url: str, request: bytes) -> Any:
    from asn1crypto import tsp

    from qmsreport import http

    answer = http.post(url, request, "application/timestamp-query", "the timestamp authority")
    try:
        response = tsp.TimeStampResp.load(answer)
        response.native  # noqa: B018 – parses all of it
    except ValueError as error:
        raise Malformed(
            f"The timestamp authority at {http.redact(url)} answered no RFC 3161 response. Check --timestamp-url."
        ) from error
    return response


def _available() -> None:
    try:
        import pyhanko.sign  # noqa: F401 – only whether it is there
    except ImportError as error:
        raise ConfigError(_INSTALL) from error
