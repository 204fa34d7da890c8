"""Pseudonyms: people leave the source boundary as keyed hashes, so that approver ≠ author can still be proven.

HMAC-SHA-256 with a key that stays outside the warehouse, cut to 16 hex digits (64 bits: the chance that two of
10,000 people share a pseudonym is below 10⁻¹¹).

Another key gives everybody another pseudonym, and what is stored keeps the old one: somebody could then approve
their own change under a second name. So the ledger notes the key's fingerprint, and an extraction with another
key, or none, is refused. Reading all again would not do: not every source still has what it once said.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from qmsreport.errors import ConfigError
from qmsreport.extracts import Batch
from qmsreport.records import columns

if TYPE_CHECKING:
    import polars as pl

    from qmsreport.config import Config


AS_THEY_ARE = "as they are"
_PSEUDONYMS = "pseudonyms"
_NOBODY = b"\0the key itself"  # no login holds a zero byte


def prepare(config: Config) -> Callable[[Batch], Batch]:
    """What is done to every batch before it is stored, as the configuration says."""
    if not config.privacy.pseudonymise:
        return lambda batch: batch
    key = _key(config)
    return lambda batch: pseudonymise(batch, key)


def manner(config: Config) -> str | None:
    """How people are stored, for the ledger; `None` when a key is wanted and there is none yet.

    The fingerprint is a pseudonym too, of nobody: it says no more of the key than any other one.
    """
    if not config.privacy.pseudonymise:
        return AS_THEY_ARE
    if not os.environ.get(config.privacy.key_env) and not config.resolve(config.privacy.key_file).exists():
        return None
    return f"{_PSEUDONYMS} under the key {hmac.new(_key(config), _NOBODY, 'sha256').hexdigest()[:16]}"


def refuse_another(config: Config, stored: str) -> None:
    """Refuse to store people otherwise than those that a warehouse holds (`stored`, as `manner` gave it).

    Raises:
        ConfigError: with what to do.
    """
    now = manner(config)
    if now == stored:
        return
    privacy = config.privacy
    if stored == AS_THEY_ARE:
        why, undo = "it holds people as they are, and 'pseudonymise' is true", "Set it to false again"
    elif now == AS_THEY_ARE:
        why, undo = "it holds people under pseudonyms, and 'pseudonymise' is false", "Set it to true again"
    else:
        from_variable = bool(os.environ.get(privacy.key_env))
        place = f"the variable {privacy.key_env}" if from_variable else config.resolve(privacy.key_file)
        there = f"{place} has another" if now else f"there is none in {place}"
        why = f"it holds people under pseudonyms made with a key, and {there}"
        undo = "Restore that key from its backup"
    raise ConfigError(
        f"Cannot add to the warehouse {config.resolve(config.warehouse.path)}: {why}, so one person would get two "
        f"names and could approve their own change unseen. {undo}, or name a new file as [warehouse] path and "
        "extract everything again."
    )


def pseudonymise(batch: Batch, key: bytes) -> Batch:
    """The batch with every person replaced by a pseudonym; the same person always gets the same one."""
    import polars as pl

    changed: list[pl.Series] = []
    for column in columns(batch.kind):
        if not column.person or column.name not in batch.rows.columns:
            continue
        values = batch.rows[column.name]
        people = values.explode() if column.type == "texts" else values
        known = {name: pseudonym(name, key) for name in people.drop_nulls().unique().to_list()}
        if column.type == "texts":
            names = [None if row is None else [known[name] for name in row] for row in values.to_list()]
            changed.append(pl.Series(column.name, names, pl.List(pl.String())))
        else:
            changed.append(
                values.replace_strict(
                    list(known), list(known.values()), default=None, return_dtype=pl.String()
                )
            )
    return Batch(batch.kind, batch.rows.with_columns(changed)) if changed else batch


def pseudonym(name: str, key: bytes) -> str:
    """`p-` and 16 hex digits; case of the login does not matter."""
    return "p-" + hmac.new(key, name.casefold().encode(), "sha256").hexdigest()[:16]


def create_key(config_folder_file: os.PathLike[str]) -> None:
    """Write a new key that only its owner may read; an existing one is kept.

    It gets its name when it stands on the disk as a whole: a run that is killed, or a full disk, leaves no part of
    one, which would look like a key that was damaged.
    """
    handle, draft = tempfile.mkstemp(prefix=".qmsreport-key-", dir=Path(config_folder_file).parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, config_folder_file)
    finally:
        Path(draft).unlink()


def _key(config: Config) -> bytes:
    from_environment = os.environ.get(config.privacy.key_env, "")
    if from_environment:
        return from_environment.encode()
    path = config.resolve(config.privacy.key_file)
    try:
        if not path.exists():
            create_key(path)
        key = path.read_bytes().strip()
    except OSError as error:
        raise ConfigError(
            f"Cannot read the pseudonym key {path}: {error.strerror}. "
            f"Set the variable {config.privacy.key_env}, or let this user read and write that file."
        ) from error
    if len(key) < 16:
        raise ConfigError(
            f"The pseudonym key in {path} is shorter than 16 characters. Restore it from its backup."
        )
    return key
