"""Ed25519 signatures of manifests: made, checked here and with openssl, and every way in which they can be wrong."""

from __future__ import annotations

import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from qmsreport import evidence, period, pipeline, signature, verification
from qmsreport.config import Config
from qmsreport.errors import ConfigError, UsageError
from tests import factories, small_bundle


def configured(folder: Path, **signing: str) -> Config:
    """A configuration whose [signing] says this."""
    lines = "\n".join(f'{name} = "{value}"' for name, value in signing.items())
    return factories.configuration(folder, more=f"[signing]\n{lines}\n")


def signer_of(folder: Path, name: str = "signing.key") -> signature.Signer:
    """A new key in the folder, as the configuration would load it."""
    signature.create(folder / name)
    found = signature.signer(configured(folder, key_file=name))
    assert found
    return found


@pytest.fixture
def signer(tmp_path: Path) -> signature.Signer:
    """A new key."""
    return signer_of(tmp_path)


@pytest.fixture
def trusted(signer: signature.Signer, tmp_path: Path) -> signature.PublicKey:
    """Its public part, as an auditor was given it."""
    return signature.public_key(tmp_path / "signing.key.pub")


@pytest.fixture
def bundle(signer: signature.Signer, tmp_path: Path) -> Path:
    """A signed bundle."""
    return small_bundle.write(tmp_path / "reports" / "2026-Q3" / "r1", signer)


def test_a_signed_bundle_is_in_order(
    bundle: Path, signer: signature.Signer, trusted: signature.PublicKey
) -> None:
    """Verified with the trusted key it says so; without one it says that it was not compared."""
    found = verification.verify(bundle, trusted)
    assert found.problems == []
    assert f"signed by key {signer.fingerprint}, the trusted key" in found.notes
    alone = verification.verify(bundle)
    assert alone.problems == []
    assert f"signed by key {signer.fingerprint}, not compared with a trusted key" in alone.notes


def test_openssl_agrees(bundle: Path, signer: signature.Signer, tmp_path: Path) -> None:
    """The stock command line verifies the signature with the public key in the bundle, and gives the same fingerprint."""
    asked = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "manifest.json.pub", "-rawin", "-in", "manifest.json", "-sigfile", "manifest.json.sig"]  # fmt: skip
    good = subprocess.run(asked, cwd=bundle, capture_output=True, text=True)
    assert good.returncode == 0
    assert "Verified Successfully" in good.stdout
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-in", "manifest.json.pub", "-outform", "DER"], cwd=bundle, capture_output=True, check=True
    ).stdout  # fmt: skip
    (tmp_path / "key.der").write_bytes(der)
    assert evidence.sha256_file(tmp_path / "key.der") == signer.fingerprint
    small_bundle.rewrite(bundle, title="another")
    assert subprocess.run(asked, cwd=bundle, capture_output=True).returncode != 0


def test_wrong_key(bundle: Path, tmp_path: Path) -> None:
    """A bundle signed by another key than the trusted one is named, with both keys."""
    signature.create(tmp_path / "other")
    other = signature.public_key(tmp_path / "other.pub")
    (problem,) = verification.verify(bundle, other).problems
    assert problem.startswith("wrong key: signed by key ")
    assert other.fingerprint in problem


def test_changed_manifest(bundle: Path, trusted: signature.PublicKey) -> None:
    """A manifest that was changed with all its hashes put in order again is found by its signature alone."""
    small_bundle.rewrite(bundle, title="another")
    (problem,) = verification.verify(bundle, trusted).problems
    assert problem.startswith("manifest.json.sig: it does not fit: manifest.json was changed")


def test_signature_missing(bundle: Path) -> None:
    """A signature taken away is missed, because the manifest says that there was one."""
    (bundle / "manifest.json.sig").unlink()
    (problem,) = verification.verify(bundle).problems
    assert problem.startswith("manifest.json.sig: missing, although the manifest says signed by key ")


def test_signature_of_another_bundle(bundle: Path, signer: signature.Signer, tmp_path: Path) -> None:
    """A signature put here from a neighbouring bundle is named as that one's."""
    other = small_bundle.write(tmp_path / "reports" / "2026-Q2" / "r3", signer)
    shutil.copy(other / "manifest.json.sig", bundle)
    (problem,) = verification.verify(bundle).problems
    assert problem == "manifest.json.sig: it is the signature of another bundle, 2026-Q2/r3."


def test_signature_added_afterwards(signer: signature.Signer, tmp_path: Path) -> None:
    """A signature beside a manifest that says unsigned proves nothing, and is a problem."""
    bundle = small_bundle.write(tmp_path / "reports" / "2026-Q3" / "r1")
    assert verification.verify(bundle).notes[0].startswith("unsigned: ")
    signer.sign(bundle)
    (problem,) = verification.verify(bundle).problems
    assert problem.startswith("manifest.json.sig: added afterwards")


def test_a_trusted_key_wants_a_signature(trusted: signature.PublicKey, tmp_path: Path) -> None:
    """Who names a trusted key is not content with an unsigned report: stripping the signature does not pass."""
    bundle = small_bundle.write(tmp_path / "reports" / "2026-Q3" / "r1")
    (problem,) = verification.verify(bundle, trusted).problems
    assert problem.startswith("signature: none: the report is unsigned")


def test_resigned_with_another_key(bundle: Path, trusted: signature.PublicKey, tmp_path: Path) -> None:
    """A forger who replaces key, manifest and signature together is found by the trusted key, and only by it."""
    forger = signer_of(tmp_path, "forger.key")
    forger.place(bundle)
    files = {**evidence.read_manifest(bundle)["files"]}
    public = bundle / "manifest.json.pub"
    files[public.name] = {"sha256": evidence.sha256_file(public), "bytes": public.stat().st_size}
    small_bundle.rewrite(bundle, files=files, signature=forger.described(), signing_key=forger.fingerprint)
    forger.sign(bundle)
    assert verification.verify(bundle).problems == []
    (problem,) = verification.verify(bundle, trusted).problems
    assert problem.startswith("wrong key")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("manifest.json.sig", b"short", "manifest.json.sig: no Ed25519 signature: 5 bytes"),
        ("manifest.json.pub", b"nonsense", "manifest.json.pub: not an Ed25519 key"),
        ("manifest.json.pub", None, "manifest.json.pub: missing"),
    ],
)
def test_broken_files(name: str, content: bytes | None, says: str, bundle: Path) -> None:
    """A signature or key file that is cut, replaced or gone is named; nothing is raised."""
    if content is None:
        (bundle / name).unlink()
    else:
        (bundle / name).write_bytes(content)
    assert any(problem.startswith(says) for problem in verification.verify(bundle).problems)


def test_the_public_key_of_somebody_else(bundle: Path, tmp_path: Path) -> None:
    """Another public key put into the bundle does not fit the manifest's fingerprint."""
    signature.create(tmp_path / "other")
    shutil.copy(tmp_path / "other.pub", bundle / "manifest.json.pub")
    problems = verification.verify(bundle).problems
    assert any("is not the key" in problem for problem in problems)


def test_a_key_is_its_owners_alone_and_never_written_over(tmp_path: Path) -> None:
    """A new key may be read by its owner alone; an existing one is never touched; its text is in no repr."""
    fingerprint = signature.create(tmp_path / "k")
    assert stat.S_IMODE((tmp_path / "k").stat().st_mode) == 0o600
    before = (tmp_path / "k").read_bytes()
    with pytest.raises(UsageError, match="never written over"):
        signature.create(tmp_path / "k")
    (tmp_path / "k").rename(tmp_path / "moved")
    with pytest.raises(UsageError, match=r"k\.pub is already there"):
        signature.create(tmp_path / "k")
    assert (tmp_path / "moved").read_bytes() == before
    found = signature.signer(configured(tmp_path, key_file="moved"))
    assert found
    assert found.fingerprint == fingerprint == signature.public_key(tmp_path / "k.pub").fingerprint
    assert "PrivateKey" not in repr(found)
    assert "PRIVATE" not in repr(found)


def test_a_key_from_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """key_env names a variable that holds the PEM text; an empty one is an error, never an unsigned report."""
    fingerprint = signature.create(tmp_path / "k")
    config = configured(tmp_path, key_env="REPORT_KEY")
    with pytest.raises(ConfigError, match="REPORT_KEY is missing"):
        signature.signer(config)
    monkeypatch.setenv("REPORT_KEY", (tmp_path / "k").read_text())
    found = signature.signer(config)
    assert found
    assert found.fingerprint == fingerprint


def test_a_key_with_a_passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An encrypted key needs its passphrase; without it the sentence says so."""
    key = ed25519.Ed25519PrivateKey.generate()
    locked = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"horse")
    )  # fmt: skip
    (tmp_path / "k").write_bytes(locked)
    config = configured(tmp_path, key_file="k", passphrase_env="REPORT_PASS")
    with pytest.raises(ConfigError, match="passphrase_env"):
        signature.signer(config)
    monkeypatch.setenv("REPORT_PASS", "mule")
    with pytest.raises(ConfigError, match="passphrase is wrong"):
        signature.signer(config)
    monkeypatch.setenv("REPORT_PASS", "horse")
    assert signature.signer(config)


def test_keys_that_cannot_be_used(tmp_path: Path) -> None:
    """A missing file, some other text, another kind of key, both ways at once: each is one sentence that leaks nothing."""
    (tmp_path / "text").write_text("tops3cret")
    rsa_key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "rsa").write_bytes(rsa_key)
    for signing, says in (
        ({"key_file": "none"}, "qmsreport key new"),
        ({"key_file": "text"}, "no private key in PEM form"),
        ({"key_file": "rsa"}, "no Ed25519 key"),
        ({"key_file": "text", "key_env": "X"}, "both"),
    ):
        with pytest.raises(ConfigError, match=says) as caught:
            signature.signer(configured(tmp_path, **signing))
        assert "tops3cret" not in str(caught.value)
    with pytest.raises(ConfigError, match="holds no Ed25519 public key"):
        signature.public_key(tmp_path / "text")


def test_generate_signs_and_the_pages_say_so(organisation: Path) -> None:
    """With a key the cover names it and the bundle verifies; the first signed report is a new revision, the next is none."""
    config = factories.configuration(organisation)
    pipeline.extract(config)
    quarter = period.quarter("2026-Q3", config.time_zone)
    unsigned = pipeline.generate(config, quarter, formats=["html"])
    assert "unsigned" in _cover(unsigned.folder)
    fingerprint = signature.create(organisation / "signing.key")
    config = configured(organisation, key_file="signing.key")
    signed = pipeline.generate(config, quarter, formats=["html"])
    assert signed.folder.name == "r2"
    assert fingerprint[:4] in _cover(signed.folder)
    assert "unsigned" not in _cover(signed.folder)
    trusted = signature.public_key(organisation / "signing.key.pub")
    found = verification.verify(signed.folder, trusted)
    assert found.problems == []
    assert "follows 2026-Q3/r1, which is as it was" in found.notes
    assert pipeline.generate(config, quarter, formats=["html"]).unchanged
    private = (organisation / "signing.key").read_bytes().splitlines()[1]
    assert not [path for path in signed.folder.rglob("*") if path.is_file() and private in path.read_bytes()]


def _cover(bundle: Path) -> str:
    """What stands before the document control."""
    return (bundle / "report.html").read_text("utf-8").split('id="control"')[0].split("<body")[1]
