"""How a value reads: every number, time and status of a report is put into words here, and only here.

Each function takes `None` (and NaN) as "no data" and says so with an em dash; none of them turns it into zero.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

NBSP = "\u00a0"
NO_DATA = Markup('<span class="nil" role="img" aria-label="no data">—</span>')
SMALL_N = 5  # fewer observations than this are marked
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
# spelled out, because strftime's names follow the locale of the machine
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def missing(value: Any) -> bool:
    """Whether a value is no data."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def duration(seconds: float | None) -> str:
    """Seconds in at most two units: `42 s`, `4 min 05 s`, `2 h 05 min`, `3 d 04 h`, `120 d`; breaks only between them.

    Rounded half up to the smaller unit shown, before it is split, so that no part ever reads 60 s or 24 h.
    """
    if seconds is None or missing(seconds):
        return NO_DATA
    if seconds < 0:
        return "−" + duration(-seconds)
    if 0 < seconds < 0.5:
        return f"<{NBSP}1{NBSP}s"
    if (whole := _round(seconds)) < _MINUTE:
        return f"{whole}{NBSP}s"
    if whole < _HOUR:
        return _two(whole, _MINUTE, "min", "s")
    if (minutes := _round(seconds / _MINUTE)) < 48 * 60:
        return _two(minutes, 60, "h", "min")
    if (hours := _round(seconds / _HOUR)) < 100 * 24:
        return _two(hours, 24, "d", "h")
    return f"{_round(seconds / _DAY):,}{NBSP}d"


def _round(value: float) -> int:
    return math.floor(value + 0.5)


def _two(amount: int, size: int, large: str, small: str) -> str:
    first, second = divmod(amount, size)
    return f"{first}{NBSP}{large}" + (f" {second:02}{NBSP}{small}" if second else "")


def number(value: float | None, digits: int = 0) -> str:
    """A figure with thousands separators and a true minus sign; what is not zero never reads as zero."""
    if value is None or missing(value):
        return NO_DATA
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    smallest = 10.0**-digits
    if 0 < abs(value) < smallest / 2:
        return f"{'−' if value < 0 else ''}<{NBSP}{smallest:.{digits}f}"
    text = f"{abs(value):,.{digits}f}"
    return f"−{text}" if value < 0 and float(text.replace(",", "")) else text


def percent(ratio: float | None, digits: int = 1, against: float | None = None) -> str:
    """A ratio as percent. 100 % is only ever all of them and 0 % none of them.

    Args:
        ratio: 1.0 is 100 %.
        digits: after the point.
        against: an objective; digits are added (up to six) until the figure reads on its own side of it, so
            that 99.949 % never looks like a met 99.95 %.
    """
    if ratio is None or missing(ratio):
        return NO_DATA
    if against is not None and ratio != against:
        while digits < 6 and round(ratio * 100, digits) == round(against * 100, digits):
            digits += 1
    smallest = 10.0**-digits
    shown = round(ratio * 100, digits)
    if shown >= 100 > ratio * 100:
        return f">{NBSP}{100 - smallest:.{digits}f}{NBSP}%"
    if shown <= 0 < ratio:
        return f"<{NBSP}{smallest:.{digits}f}{NBSP}%"
    return f"{number(shown, digits)}{NBSP}%"


def objective(ratio: float | None) -> str:
    """A target as percent with the digits it was declared with: 99.9 %, 99.95 %."""
    if ratio is None or missing(ratio):
        return NO_DATA
    return f"{round(ratio * 100, 6):.10g}{NBSP}%"


def day(value: date | datetime | None) -> str:
    """`2026-07-01`."""
    return NO_DATA if value is None else value.strftime("%Y-%m-%d")


def local_day(value: datetime | None, zone: str = "UTC") -> str:
    """The local day that a stored time (naive UTC) lies in: `2026-07-01`."""
    return NO_DATA if value is None else day(_local(value, zone))


def last_day(value: datetime | None, zone: str = "UTC") -> str:
    """The last local day of what ends at a stored time (naive UTC): a waiver *until* midnight still holds the day before."""
    return NO_DATA if value is None else day(_local(value, zone) - timedelta(microseconds=1))


def _local(value: datetime, zone: str) -> datetime:
    return value.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone))


def long_day(value: date | datetime | None) -> str:
    """`1 July 2026`."""
    return NO_DATA if value is None else f"{value.day}{NBSP}{_MONTHS[value.month - 1]}{NBSP}{value.year}"


def moment(value: datetime | None, zone: str = "UTC") -> str:
    """A stored time (naive UTC) in a zone: `2026-07-01 14:05 CEST`."""
    if value is None:
        return NO_DATA
    local = _local(value, zone)
    return f"{local:%Y-%m-%d %H:%M}{NBSP}{local.tzname()}"


def quarter(value: date | None) -> str:
    """The calendar quarter a day lies in: `2026-Q3`."""
    return NO_DATA if value is None else f"{value.year}-Q{(value.month + 2) // 3}"


def month(value: date | None) -> str:
    """`Jul 2026`."""
    return NO_DATA if value is None else f"{_MONTHS[value.month - 1][:3]}{NBSP}{value.year}"


def digest(value: str | None, characters: int = 12) -> str:
    """The first characters of a hash, in groups of four: `3fa9 c21b 77d0`."""
    if not value:
        return NO_DATA
    head = value[:characters]
    return NBSP.join(head[at : at + 4] for at in range(0, len(head), 4))


def figure(value: float | None, unit: str | None, *, bare: bool = False) -> str:
    """A metric's value the way its unit reads: durations, shares as percent, counts, or a number and its unit.

    `bare` leaves out a unit that is a word, for where it is printed already.
    """
    if value is None or missing(value):
        return NO_DATA
    name = (unit or "").strip()
    if name in ("s", "seconds"):
        return duration(value)
    if name in ("ratio", "share"):
        return percent(value, 2 if 0.99 <= value < 1 else 1)
    if name in _COUNTED:
        return number(value, 0 if float(value).is_integer() else 1)
    text = number(value, 0 if abs(value) >= 100 else 1)
    return text if bare else f"{text}{NBSP}{no_break(name)}"


_COUNTED = frozenset(
    {"", "count", "changes", "days", "deployments", "events", "incidents", "rows", "windows"}
)


# Shape, word and colour: the shape stands in the stylesheet, the word here, so neither rests on colour alone.
STATUS_CLASS = {
    "pass": "pass",
    "pass (attested)": "attested",
    "fail": "fail",
    "partial": "partial",
    "not assessed": "unknown",
    "not applicable": "na",
    "exception accepted": "waived",
    "error": "error",
    "not covered": "none",
    "incomplete": "partial",
    "exceptions noted": "fail",
    "no exceptions noted": "none",
    "not selected": "na",
    "nothing assessed": "unknown",
    "met": "pass",
    "missed": "fail",
    "at risk": "partial",
    "unknown": "unknown",
    "ok": "pass",
    "open": "partial",
    "truncated": "partial",
    "empty": "unknown",
    "failed": "fail",
    "overdue": "fail",
    "closed": "pass",
    "closed, not shown effective": "partial",
    "valid": "pass",
    "valid, ends soon": "partial",
    "expired": "fail",
    "not independent": "fail",
    "without end": "fail",
    "unsigned": "fail",
    "not attestable": "fail",
    "not yet granted": "unknown",
    "not yet given": "unknown",
}


def status(word: str | None) -> Markup:
    """A status as shape and word; a word nobody declared is shown, without a colour."""
    if not word:
        return NO_DATA
    kind = STATUS_CLASS.get(word, "other")
    return Markup('<span class="st st-{}">{}</span>').format(kind, word)


def common_name(distinguished: str | None) -> str | None:
    """The common name out of a distinguished name (RFC 4514), else the whole: `CN=Issuing CA 2,O=Acme` is `Issuing CA 2`."""
    found = re.search(r"(?:^|[,+])CN=((?:\\.|[^,+\\])+)", distinguished or "")
    return re.sub(r"\\(.)", r"\1", found[1]) if found else distinguished


def no_break(text: str) -> str:
    """The text with spaces that do not break."""
    return text.replace(" ", NBSP)


FILTERS = {
    "duration": duration,
    "number": number,
    "percent": percent,
    "objective": objective,
    "day": day,
    "local_day": local_day,
    "last_day": last_day,
    "long_day": long_day,
    "moment": moment,
    "quarter": quarter,
    "month": month,
    "digest": digest,
    "figure": figure,
    "status": status,
    "no_break": no_break,
    "common_name": common_name,
}
