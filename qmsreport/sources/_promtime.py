"""Times as Prometheus writes them, and as the product holds them: naive UTC."""

from __future__ import annotations

from datetime import datetime, timedelta

from qmsreport.errors import Malformed
from qmsreport.period import naive_utc

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # times are naive UTC throughout


def moment(text: str | None) -> datetime | None:
    """A time as Go writes it, as naive UTC; its zero time is absent."""
    if not text or text.startswith("0001-"):
        return None
    try:
        return naive_utc(datetime.fromisoformat(text))
    except ValueError as error:
        raise Malformed(f"Prometheus answered {text!r} where a time is due. Look at the server.") from error


def to_seconds(when: datetime) -> float:
    """Naive UTC as seconds since 1970."""
    return (when - EPOCH).total_seconds()


def from_seconds(when: float) -> datetime:
    """Seconds since 1970 as naive UTC."""
    return EPOCH + timedelta(seconds=when)
