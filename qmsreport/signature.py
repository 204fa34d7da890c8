"""Who vouches for a manifest: a detached Ed25519 signature (RFC 8032) over its bytes, made and checked offline.

Nothing is circular: the manifest names the signing key and holds the hash of the public key's file; the signature is
made over the finished manifest and is the one file that it does not list. A key is called by its fingerprint, the
SHA-256 of its public part in DER (SubjectPublicKeyInfo), which openssl gives, too.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qmsreport.errors import ConfigError, UsageError
from qmsreport.evidence import MANIFEST, MANIFEST_KEY, MANIFEST_SIGNATURE

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    from qmsreport.config import Config

_LENGTH = 64  # bytes of an Ed25519 signature


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signs; what is printed of it is its public part."""

    fingerprint: str
    public: bytes  # PEM
    _key: Ed25519PrivateKey = field(repr=False)

    def described(self) -> dict[str, str]:
        """What the manifest says of its signature, before there is one."""
        return {
            "algorithm": "Ed25519",
            "key": self.fingerprint,
            "public_key": MANIFEST_KEY,
            "file": MANIFEST_SIGNATURE,
        }

    def place(self, bundle: Path) -> None:
        """Put the public key into a bundle whose manifest is still to be written."""
        (bundle / MANIFEST_KEY).write_bytes(self.public)

    def sign(self, bundle: Path) -> None:
        """Sign a bundle's manifest as it stands."""
        content = (bundle / MANIFEST).read_bytes()
        (bundle / MANIFEST_SIGNATURE).write_bytes(self._key.sign(content))


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that signatures are checked with."""

    fingerprint: str
    _key: Ed25519PublicKey = field(repr=False)

    def fits(self, signature: bytes, content: bytes) -> bool:
        """Whether this key made the signature over exactly these bytes."""
        from cryptography.exceptions import InvalidSignature

        try:
            self._key.verify(signature, content)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: its problems, one sentence each, and what is known all the same."""

    problems: list[str]
    said: str


def signer(config: Config) -> Signer | None:
    """The configured signing key, or none where none is configured.

    Raises:
        ConfigError: when one is configured and cannot be used; a report is never unsigned by mistake.
    """
    signing = config.signing
    if signing.key_file and signing.key_env:
        raise ConfigError("[signing] names both key_file and key_env. Keep one of them.")
    if signing.key_env:
        where = f"the variable {signing.key_env}"
        content = os.environ.get(signing.key_env, "").encode()
        if not content:
            raise ConfigError(
                f"The signing key in {where} is missing: [signing] key_env names it, and it is empty. "
                "Set it to the key's PEM text, or take the line away to write unsigned reports."
            )
    elif signing.key_file:
        path = config.resolve(signing.key_file)
        where, content = str(path), _read(path)
    else:
        return None
    passphrase = os.environ.get(signing.passphrase_env, "") if signing.passphrase_env else ""
    return _signer(content, where, passphrase.encode() or None)


def create(path: Path) -> str:
    """Make a key pair: `path` for its owner alone, and `path`.pub to hand out.

    Returns:
        The key's fingerprint.

    Raises:
        UsageError: when either file is there already, or cannot be written.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = path.with_name(path.name + ".pub")
    if public.exists():
        raise UsageError(f"{public} is already there. A key is never written over: choose another name.")
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(private)
        public.write_bytes(_pem(key.public_key()))
    except FileExistsError as error:
        raise UsageError(
            f"{path} is already there. A key is never written over: choose another name."
        ) from error
    except OSError as error:
        raise UsageError(
            f"Cannot write the key {path}: {error.strerror}. Choose a folder that this user may write to."
        ) from error
    return _fingerprint(key.public_key())


def public_key(path: Path) -> PublicKey:
    """The public key in a file, which may also hold the whole pair.

    Raises:
        ConfigError: when it holds no Ed25519 key.
    """
    return _public(_read(path), str(path))


def check(bundle: Path, manifest: Mapping[str, Any], trusted: PublicKey | None = None) -> Checked:
    """Check a bundle's signature against its manifest, and against a trusted key where there is one."""
    described = manifest.get("signature")
    if not isinstance(described, Mapping):
        return _unsigned(bundle, manifest, trusted)
    name = str(described.get("key"))
    problems = []
    if not manifest.get("signed"):
        problems.append("signature: the manifest names a key, but the report's cover says unsigned.")
    key = None
    try:
        key = _public((bundle / MANIFEST_KEY).read_bytes(), MANIFEST_KEY)
    except OSError:
        problems.append(f"{MANIFEST_KEY}: missing, although the manifest says signed by key {name}.")
    except ConfigError:
        problems.append(f"{MANIFEST_KEY}: not an Ed25519 key.")
    if key and key.fingerprint != name:
        problems.append(
            f"{MANIFEST_KEY}: key {key.fingerprint} is not the key {name} that the manifest names."
        )
        key = None
    if trusted and trusted.fingerprint == name:
        key = trusted
    elif trusted:
        problems.append(f"wrong key: signed by key {name}, not by the trusted key {trusted.fingerprint}.")
    problems += _signature_problems(bundle, key, name)
    compared = "the trusted key" if trusted else "not compared with a trusted key"
    said = f"signed by key {name}, {compared}" if not problems else f"said to be signed by key {name}"
    return Checked(problems, said)


def _unsigned(bundle: Path, manifest: Mapping[str, Any], trusted: PublicKey | None) -> Checked:
    problems = []
    if manifest.get("signed"):
        problems.append("signature: the report's cover says signed, but the manifest names no key.")
    if (bundle / MANIFEST_SIGNATURE).exists():
        problems.append(f"{MANIFEST_SIGNATURE}: added afterwards: the manifest says that it is unsigned.")
    if trusted:
        problems.append(f"signature: none: the report is unsigned; the trusted key is {trusted.fingerprint}.")
    said = "unsigned: a bundle rewritten as a whole would look the same; compare the evidence digest with one kept elsewhere"
    return Checked(problems, said)


def _signature_problems(bundle: Path, key: PublicKey | None, name: str) -> list[str]:
    try:
        signature = (bundle / MANIFEST_SIGNATURE).read_bytes()
    except OSError:
        return [f"{MANIFEST_SIGNATURE}: missing, although the manifest says signed by key {name}."]
    if len(signature) != _LENGTH:
        return [f"{MANIFEST_SIGNATURE}: no Ed25519 signature: {len(signature):,} bytes instead of {_LENGTH}."]
    if key is None or key.fits(signature, (bundle / MANIFEST).read_bytes()):
        return []
    for other in _neighbours(bundle):
        if key.fits(signature, (other / MANIFEST).read_bytes()):
            return [
                f"{MANIFEST_SIGNATURE}: it is the signature of another bundle, {other.parent.name}/{other.name}."
            ]
    return [
        f"{MANIFEST_SIGNATURE}: it does not fit: {MANIFEST} was changed after it was signed, or the signature is another's."
    ]


def _neighbours(bundle: Path) -> Iterable[Path]:
    """The other bundles that stand beside this one."""
    for path in sorted(bundle.absolute().parent.parent.glob(f"*/r*/{MANIFEST}")):
        if path.parent != bundle.absolute():
            yield path.parent


def _signer(content: bytes, where: str, passphrase: bytes | None) -> Signer:
    key = _private(content, where, passphrase)
    public = key.public_key()
    return Signer(_fingerprint(public), _pem(public), key)


def _private(content: bytes, where: str, passphrase: bytes | None) -> Ed25519PrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        key = serialization.load_pem_private_key(content, passphrase)
    except TypeError as error:  # a passphrase is wanted, or given for nothing
        raise ConfigError(
            f"Cannot read the signing key in {where}: {str(error).rstrip('.')}. Set [signing] passphrase_env accordingly."
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigError(
            f"Cannot read the signing key in {where}: it is no private key in PEM form, or the passphrase is wrong. "
            "Make one with 'qmsreport key new FILE'."
        ) from None  # the library's words might quote the key
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError(
            f"The signing key in {where} is no Ed25519 key. Make one with 'qmsreport key new FILE'."
        )
    return key


def _public(content: bytes, where: str) -> PublicKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if b"PRIVATE KEY" in content:
        key: Any = _private(content, where, None).public_key()
    else:
        try:
            key = serialization.load_pem_public_key(content)
        except (ValueError, UnsupportedAlgorithm):
            key = None
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigError(f"{where} holds no Ed25519 public key in PEM form. Name the .pub file of the key.")
    return PublicKey(_fingerprint(key), key)


def _pem(key: Ed25519PublicKey) -> bytes:
    from cryptography.hazmat.primitives import serialization

    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _fingerprint(key: Ed25519PublicKey) -> str:
    import hashlib

    from cryptography.hazmat.primitives import serialization

    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"Cannot read the key {path}: {error.strerror}. Check the path and its permissions, or make one with "
            "'qmsreport key new FILE'."
        ) from error
