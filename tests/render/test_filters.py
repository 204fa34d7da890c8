"""How values read."""

from __future__ import annotations

import itertools
import math
import re
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsreport.render import filters

NBSP = "\u00a0"
_SIZE = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_LIMIT = {"s": 60, "min": 60, "h": 48, "d": math.inf}


def _parts(text: str) -> list[tuple[int, str]]:
    return [(int(n.replace(",", "")), unit) for n, unit in re.findall(rf"([\d,]+){NBSP}([a-z]+)", text)]


def _seconds(text: str) -> int:
    return sum(amount * _SIZE[unit] for amount, unit in _parts(text))


durations = st.floats(min_value=0.5, max_value=1e9) | st.integers(1, 10**9).map(float)


@given(durations)
def test_a_duration_never_shows_a_part_as_large_as_the_next_unit(seconds):
    """No part of a duration reads 60 s, 60 min, 48 h alone, or 24 h beside days."""
    parts = _parts(filters.duration(seconds))
    for amount, unit in parts[:1]:
        assert amount < _LIMIT[unit]
    for (_, large), (amount, small) in itertools.pairwise(parts):
        assert amount < _SIZE[large] / _SIZE[small]


@given(durations)
def test_a_duration_is_off_by_at_most_half_of_its_smallest_unit(seconds):
    """What a duration says is the seconds, rounded to half of the smallest unit that its size is shown in."""
    step = 1 if seconds < 3600 else 60 if seconds < 48 * 3600 else 3600 if seconds < 100 * 86400 else 86400
    assert abs(_seconds(filters.duration(seconds)) - seconds) <= step / 2 * (1 + 1e-9)


@given(durations, durations)
def test_a_longer_duration_never_reads_as_shorter(one, other):
    """Formatting keeps the order of durations."""
    short, long = sorted((one, other))
    assert _seconds(filters.duration(short)) <= _seconds(filters.duration(long))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (0.2, "< 1 s"), (42, "42 s"), (59.6, "1 min"), (245, "4 min 05 s"), (3599.7, "1 h"), (7500, "2 h 05 min"),
     (86400, "24 h"), (172799, "2 d"), (273600, "3 d 04 h"), (120 * 86400, "120 d"), (-90, "−1 min 30 s")],
)  # fmt: skip
def test_durations_read_as_people_say_them(seconds, text):
    """Durations have at most two units, the second in two digits."""
    assert filters.duration(seconds).replace(NBSP, " ") == text


@given(durations)
def test_a_duration_breaks_only_between_its_units(seconds):
    """In a narrow column no number is parted from its unit."""
    assert all(re.fullmatch(rf"[\d,]+{NBSP}[a-z]+", part) for part in filters.duration(seconds).split(" "))


@pytest.mark.parametrize("nothing", [None, math.nan])
@pytest.mark.parametrize("read", [filters.duration, filters.number, filters.percent, filters.objective])
def test_no_data_is_a_dash_with_a_text_and_never_zero(read, nothing):
    """Absent values read as an em dash that a screen reader says as no data."""
    assert "—" in read(nothing)
    assert 'aria-label="no data"' in read(nothing)
    assert "0" not in read(nothing)


@given(st.floats(min_value=0, max_value=1), st.integers(0, 3))
def test_only_everything_reads_as_100_percent_and_only_nothing_as_0(ratio, digits):
    """Rounding never turns almost all into all, nor a little into nothing."""
    text = filters.percent(ratio, digits)
    value = float(text.replace("%", "").replace(NBSP, "").lstrip("<>"))
    if not text.startswith((">", "<")):
        assert (value == 100) == (ratio == 1)
        assert (value == 0) == (ratio == 0)


@pytest.mark.parametrize(
    ("ratio", "target", "text"),
    [(0.99949, 0.9995, "99.949 %"), (0.9995, 0.9995, "99.95 %"), (0.99951, 0.9995, "99.951 %"), (0.98, 0.9995, "98.00 %")],
)  # fmt: skip
def test_an_attainment_is_never_rounded_across_its_objective(ratio, target, text):
    """A missed objective gets as many digits as it takes to look missed."""
    assert filters.percent(ratio, 2, target) == text.replace(" ", NBSP)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(1234567, 0, "1,234,567"), (0.004, 1, "< 0.1"), (-0.004, 1, "−< 0.1"), (-12.5, 1, "−12.5"), (0, 1, "0.0"), (math.inf, 0, "∞")],
)  # fmt: skip
def test_numbers_have_separators_and_true_minus_signs(value, digits, text):
    """A number that is not zero never reads as zero."""
    assert filters.number(value, digits) == text.replace(" ", NBSP)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(7500.0, "s", "2 h 05 min"), (0.25, "share", "25.0 %"), (0.9987, "share", "99.87 %"), (12.0, "deployments", "12"), (3.25, "per week", "3.2 per week"), (140.0, "req/s", "140 req/s")],
)  # fmt: skip
def test_a_figure_reads_the_way_its_unit_asks(value, unit, text):
    """Durations, shares, counts and rates each have their own form."""
    assert filters.figure(value, unit).replace(NBSP, " ") == text


def test_times_are_shown_in_the_zone_they_name():
    """A stored time is naive UTC and is shown with the name of the zone it is shown in."""
    stored = datetime(2026, 7, 1, 22, 30)  # noqa: DTZ001 – the vocabulary's times are naive UTC
    assert filters.moment(stored).replace(NBSP, " ") == "2026-07-01 22:30 UTC"
    assert filters.moment(stored, "Europe/Berlin").replace(NBSP, " ") == "2026-07-02 00:30 CEST"


def test_a_day_is_the_local_one():
    """What begins at local midnight begins on that day; what ends at local midnight ends on the day before."""
    midnight = datetime(2026, 6, 30, 22)  # noqa: DTZ001 – 1 July in Berlin
    assert filters.local_day(midnight, "Europe/Berlin") == "2026-07-01"
    assert filters.local_day(midnight, "UTC") == "2026-06-30"
    assert filters.last_day(midnight, "Europe/Berlin") == "2026-06-30"
    assert filters.last_day(datetime(2026, 7, 1, 4), "America/New_York") == "2026-06-30"  # noqa: DTZ001 – as above
    assert filters.last_day(None) == filters.local_day(None) == filters.NO_DATA


def test_days_do_not_follow_the_locale_of_the_machine():
    """Month names are spelled out in the report's own language."""
    assert filters.long_day(date(2026, 5, 3)).replace(NBSP, " ") == "3 May 2026"
    assert filters.month(date(2026, 9, 30)).replace(NBSP, " ") == "Sep 2026"
    assert filters.quarter(date(2026, 9, 30)) == "2026-Q3"


@pytest.mark.parametrize(
    "word", ["pass", "fail", "partial", "not assessed", "error", "a word nobody declared"]
)
def test_a_status_is_a_word_with_a_class_for_its_shape(word):
    """A status never rests on colour: the word is in the text."""
    assert word in filters.status(word)


def test_a_status_cannot_carry_markup():
    """What a source says is text."""
    assert "<b>" not in filters.status("<b>pass</b>")


@pytest.mark.parametrize(
    ("name", "common"),
    [
        ("CN=Issuing CA 2,O=Acme GmbH", "Issuing CA 2"),
        ("O=Acme GmbH,CN=Acme\\, Sons", "Acme, Sons"),
        ("O=Acme GmbH", "O=Acme GmbH"),
        (None, None),
    ],
)
def test_common_name(name: str | None, common: str | None) -> None:
    """A certificate's name is short on paper; one without a common name stays whole."""
    assert filters.common_name(name) == common
