"""How a record's field says what is special about it."""

from __future__ import annotations

from dataclasses import field
from typing import Any


def key() -> Any:
    """A field that is part of the record's key: required."""
    return field(metadata={"key": True})


def one_of(words: tuple[str, ...]) -> Any:
    """A field that takes one of these words, or nothing."""
    return field(default=None, metadata={"choices": words})


def person() -> Any:
    """A field that names people; pseudonymised at the source boundary unless the configuration says otherwise."""
    return field(default=None, metadata={"person": True})
