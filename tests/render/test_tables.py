"""Tables."""

from __future__ import annotations

import re

import pytest

from qmsreport.render.tables import Column, few, table

COLUMNS = [
    Column("name", "Name", head=True),
    Column("value", "Value", unit="median", format="duration", n="n"),
]


def _row(name="billing", value=60.0, n=9):
    return {"name": name, "value": value, "n": n, "team": "Platform"}


def test_heads_have_a_scope_and_figures_stand_right():
    """Column heads, row heads and figures are marked as what they are."""
    markup = table([_row()], COLUMNS, caption="Things")
    assert '<th scope="col">Name</th>' in markup
    assert '<th scope="row">billing</th>' in markup
    assert '<td class="r">1\u00a0min' in markup
    assert "<caption>Things</caption>" in markup
    assert "<small>median</small>" in markup


def test_an_empty_table_is_a_sentence():
    """Without rows there is no table, but the sentence that says why."""
    assert table([], COLUMNS, empty="Nobody deployed.") == '<p class="empty">Nobody deployed.</p>'


def test_small_numbers_are_marked_and_explained():
    """Fewer than five observations get a dagger, and the table a line that says what it means."""
    assert "†" not in table([_row(n=5)], COLUMNS)
    markup = table([_row(n=4)], COLUMNS)
    assert markup.count("†") == 2
    assert "fewer than 5" in markup


@pytest.mark.parametrize(("n", "is_few"), [(None, False), (0, False), (1, True), (4, True), (5, False)])
def test_none_is_not_few(n, is_few):
    """No observation at all is no data, which says more than a mark."""
    assert few(n) is is_few


def test_text_is_escaped_wherever_it_stands():
    """Names, captions, groups and labels cannot become markup."""
    evil = "<script>x</script>"
    markup = table([_row(name=evil) | {"team": evil}], [Column("name", evil)], caption=evil, group="team")
    assert "<script>" not in markup
    assert markup.count("&lt;script&gt;") == 5  # the region's label and the caption, head, group, cell


def test_a_cut_table_says_how_many_rows_there_are_and_where():
    """A list that does not fit names the count and the file with all of it."""
    markup = table([_row()] * 30, COLUMNS, limit=10, total=1284, file="data/deployments.csv")
    assert markup.count("<tr>") == 11
    assert "The first 10 of 1,284 rows; all of them are in" in markup
    assert "data/deployments.csv" in markup


def test_a_cut_table_without_a_file_still_says_so():
    """Rows are never left out in silence."""
    assert "The first 10 of 30 rows." in table([_row()] * 30, COLUMNS, limit=10)


def test_a_whole_table_names_the_file_behind_it():
    """A table that shows everything still leads to its rows."""
    assert "The rows behind this table are in" in table([_row()], COLUMNS, file="data/extracts.csv")


def test_groups_have_their_own_heading_over_all_columns():
    """A row group is named once, above its rows."""
    rows = [_row("a"), _row("b"), _row("c") | {"team": "Commerce"}]
    markup = table(rows, COLUMNS, group="team")
    assert re.findall(r'scope="rowgroup" colspan="2">(\w+)', markup) == ["Platform", "Commerce"]


def test_a_missing_value_is_not_zero():
    """An absent figure is a dash."""
    markup = table([_row(value=None, n=0)], COLUMNS)
    assert "—" in markup
    assert "†" not in markup


def test_a_trend_without_any_value_is_one_dash():
    """A measure that was never known is no data once, not once for its line, its figure and its count."""
    never = {"series": [None, None], "value": None, "unit": "s", "n": 0, "restated": None}
    markup = table([{"lead": never}], [Column("lead", "Lead time", format="trend")])
    assert markup.count("no data") == 1


def test_a_key_that_a_row_lacks_is_an_error():
    """A template that asks for what the query does not give is wrong, and says so."""
    with pytest.raises(KeyError):
        table([{"name": "billing"}], COLUMNS)


def test_findings_are_counted_in_words_the_worst_first():
    """One cell says how many of each result there are, names none that there is not, and no data as such."""
    column = Column("failed", "Findings", format="findings")
    none = dict.fromkeys(("failed", "unassessed", "accepted", "passed"), 0)
    markup = table([none | {"failed": 2, "passed": 1040}], [column])
    assert "<td>2\u00a0fail\u00a0· 1,040\u00a0pass</td>" in markup
    assert 'aria-label="no data"' in table([none], [column])
