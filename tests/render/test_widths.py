"""Widths of columns."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from qmsreport.render import widths
from qmsreport.render.tables import Column, table


def _shares(markup: str) -> list[float]:
    return [float(share) for share in re.findall(r"width:([\d.]+)%", markup)]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("otel:otel/collector.yaml#receivers.zipkin", ["otel:", "otel/", "collector.yaml#", "receivers.", "zipkin"]),
        ("lindhafen/checkout-api#1489", ["lindhafen/", "checkout-api#1489"]),
        ("terminals.lindhafen.example:8443", ["terminals.", "lindhafen.", "example:8443"]),
        ("2026-08-10_2026-09-20", ["2026-08-10_", "2026-09-20"]),
        ("CN=Issuing CA 2,O=Lindhafen", ["CN=Issuing CA 2,", "O=", "Lindhafen"]),
        ("see a.b and 10.2.1.5", ["see a.b and 10.2.1.5"]),
    ],
)  # fmt: skip
def test_an_identifier_breaks_at_its_joints(text, lines):
    """A long word may break behind its joints, not before a number or a file's ending; a short one never."""
    assert widths.breakable(text).split("<wbr>") == lines


def test_what_may_break_is_escaped():
    """Text between two places to break cannot become markup."""
    assert (
        widths.breakable("<script>/alert&</script>") == "&lt;script&gt;/<wbr>alert&amp;&lt;/<wbr>script&gt;"
    )


def test_a_column_is_as_wide_as_its_longest_word():
    """A narrow column takes what its head and words need from columns that have room; the others keep their order."""
    columns = [
        Column("who", "Approver", width=0.1),
        Column("why", "Reason", width=3),
        Column("more", "More", width=1),
    ]
    rows = [{"who": "Managing director", "why": "It is so", "more": "x"}]
    who, why, more = _shares(table(rows, columns))
    assert who / 100 * widths.LINE >= widths.need(["Approver"], "report-sans-semibold", 8)
    assert why > more
    assert sum((who, why, more)) == pytest.approx(100, abs=0.05)


def test_widths_that_suffice_are_kept():
    """Where no word breaks, the columns are as wide as the template says."""
    columns = [Column("a", "A", width=1), Column("b", "B", width=3)]
    assert _shares(table([{"a": "x", "b": "y"}], columns)) == [25.0, 75.0]


def test_a_word_that_cannot_fit_does_not_take_the_table():
    """One endless word is left to break; the columns beside it keep room for theirs."""
    columns = [
        Column("a", "A"),
        Column("b", "Reason"),
        Column("c", "Reason"),
        Column("d", "Reason"),
        Column("e", "E"),
    ]
    rows = [dict.fromkeys("bcde", "conformed") | {"a": "x" * 400}]
    shares = _shares(table(rows, columns))
    assert shares[0] < 30
    assert all(
        share / 100 * widths.LINE >= widths.need(["conformed"], "report-sans-regular", 8)
        for share in shares[1:]
    )


def test_more_than_the_line_holds_is_shared_out():
    """Where all words together are wider than the line, no column vanishes and the shares still add up."""
    shares = widths.shares([1.0] * 6, [200.0, 200.0, 200.0, 10.0, 10.0, 10.0])
    assert sum(shares) == pytest.approx(1)
    assert all(share * widths.LINE >= 10 for share in shares)
    assert all(before >= after for before, after in pairwise(shares))
