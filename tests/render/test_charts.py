"""Chart specifications and their drawings."""

from __future__ import annotations

import itertools
import re
from datetime import date

import pytest

from qmsreport.render import charts, palette
from qmsreport.render.figures import Figures, svg
from qmsreport.render.sparklines import sparkline

QUARTERS = [date(2025, 1, 1), date(2025, 4, 1), date(2025, 7, 1)]
ROWS = [
    {"at": day, "value": value, "who": who, "n": n}
    for who, values in (("billing", (3600.0, None, 7200.0)), ("search", (9000.0, 9900.0, 8100.0)))
    for day, value, n in zip(QUARTERS, values, (9, 0, 3), strict=True)
]
PARTS = [("good", "good", "good"), ("bad", "bad", "bad"), ("unknown", "unknown", "unknown")]


def _charts(rows=ROWS):
    return {
        "line": charts.line(rows, x="at", y="value", series="who", title="Lead time", unit="s", target=5400, n="n"),
        "one line": charts.line(rows[:3], x="at", y="value", title="Lead time", unit="s"),
        "multiples": charts.multiples(rows, x="at", y="value", facet="who", title="Lead time", unit="s", target=5400, n="n"),
        "own scales": charts.multiples(rows, x="at", y="value", facet="who", title="Lead time", unit="s", shared=False),
        "bars": charts.bars(rows, category="who", value="value", title="Lead time", unit="s", target=5400, emphasis="n"),
        "stacked": charts.stacked(
            [{"who": "billing", "good": 90, "bad": 1, "unknown": 9}] if rows else [], category="who", parts=PARTS, title="Time"
        ),
    }  # fmt: skip


KINDS = sorted(_charts())


@pytest.mark.parametrize("kind", KINDS)
def test_a_specification_is_valid_vega_lite(kind):
    """Every kind of chart keeps to Vega-Lite's own schema."""
    import altair

    altair.Chart.from_dict(_charts()[kind].spec, validate=True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_drawing_is_one_image_with_title_and_description(kind):
    """The picture is read out as one image whose text says what it shows."""
    drawn = svg(_charts()[kind])
    assert drawn.count('role="') == 1
    assert drawn.index("<title>") < drawn.index("<desc>") < drawn.index("<g")
    assert _charts()[kind].desc in drawn
    assert "Report Sans" in drawn
    assert "NaN" not in drawn


@pytest.mark.parametrize("kind", KINDS)
def test_a_chart_without_rows_is_a_sentence(kind):
    """No data gives no axes, but a sentence."""
    markup = Figures().markup(_charts([])[kind], 1, interactive=True)
    assert "no data in this period" in markup
    assert "<svg" not in markup


@pytest.mark.parametrize("kind", KINDS)
def test_every_chart_has_its_data_as_a_table_on_the_screen(kind):
    """The numbers of a chart stand in a table beside it, with missing ones named."""
    chart = _charts()[kind]
    markup = Figures().markup(chart, 1, interactive=True)
    assert "<details>" in markup
    assert markup.count("<tr>") == len(chart.rows) + 1
    if kind in ("line", "multiples"):
        assert "<td>no data</td>" in markup


def test_a_gap_is_drawn_as_a_gap():
    """A missing quarter breaks the line: it is neither bridged nor zero."""
    gap = svg(_charts()["one line"])
    whole = svg(
        charts.line(
            [{**row, "value": 3600.0} for row in ROWS[:3]], x="at", y="value", title="Lead time", unit="s"
        )
    )
    assert whole.count("L") > gap.count("L")
    assert [value["y"] for value in _charts()["one line"].rows] == [1.0, None, 2.0]


@pytest.mark.parametrize("draw", ["line", "multiples"])
def test_a_period_that_a_series_lacks_is_a_gap(draw):
    """Where one series has no row for a period that another has, its line breaks, and the table says no data."""
    rows = [{"at": day, "value": 60.0, "who": "api"} for day in QUARTERS]
    rows += [{"at": day, "value": 60.0, "who": "web"} for day in (QUARTERS[0], QUARTERS[2])]
    how = {"x": "at", "y": "value", "title": "Lead time", "unit": "s"}
    chart = (
        charts.line(rows, series="who", **how)
        if draw == "line"
        else charts.multiples(rows, facet="who", **how)
    )
    assert [row["v"] for row in chart.rows if row["s"] == "web"] == ["1\u00a0min", "no data", "1\u00a0min"]


def test_a_panel_names_its_last_value_or_says_that_there_is_none():
    """Of small multiples each panel ends in one text: the value of the last period, or that there is no data."""
    rows = [
        {"at": date(2026, 1, 1), "who": "api", "value": 60.0},
        {"at": date(2026, 4, 1), "who": "api", "value": 7200.0},
        {"at": date(2026, 1, 1), "who": "web", "value": 60.0},
        {"at": date(2026, 1, 1), "who": "ledger", "value": 60.0},
        {"at": date(2026, 4, 1), "who": "ledger", "value": None},
    ]
    chart = charts.multiples(rows, x="at", y="value", facet="who", title="Lead time", unit="s")
    ends = {row["s"]: row["end"] for row in chart.rows if row.get("end")}
    assert ends == {"api": "2\u00a0h", "web": "no data", "ledger": "no data"}
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", svg(chart))
    assert sum(text in ends.values() for text in texts) == len(ends)
    assert "" not in texts


def test_a_target_is_drawn_once():
    """The dashed line and its name do not repeat with each row."""
    assert svg(_charts()["bars"]).count(">target<") == 1


def test_too_many_lines_are_refused():
    """Six lines in one chart cannot be told apart."""
    rows = [{"at": QUARTERS[0], "value": 1.0, "who": str(index)} for index in range(6)]
    with pytest.raises(ValueError, match="chart_multiples"):
        charts.line(rows, x="at", y="value", series="who", title="Many", unit="s")


def test_labels_at_the_end_of_lines_do_not_overlap():
    """Lines that end at the same value have their names moved apart."""
    rows = [{"at": QUARTERS[0], "value": 5.0, "who": who} for who in "abc"]
    chart = charts.line(rows, x="at", y="value", series="who", title="Same", unit="incidents", height=130)
    ends = [end["at"] for end in chart.spec["layer"][-1]["data"]["values"]]
    top = chart.spec["layer"][0]["encoding"]["y"]["scale"]["domain"][1]
    assert all((after - before) / top * 130 >= 11 for before, after in itertools.pairwise(ends))


def test_the_two_media_share_one_drawing(monkeypatch):
    """A chart is drawn once and used in both formats."""
    calls = []
    monkeypatch.setattr("qmsreport.render.figures.svg", lambda chart: calls.append(chart) or "<svg></svg>")
    figures = Figures()
    on_screen = figures.markup(_charts()["bars"], 1, interactive=True)
    on_paper = figures.markup(_charts()["bars"], 1, interactive=False)
    assert "<svg></svg>" in on_screen
    assert 'src="chart:1"' in on_paper
    assert list(figures.pictures()) == [("1", b"<svg></svg>")]
    assert len(calls) == 1


def test_a_control_character_in_a_name_is_drawn_as_a_sign():
    """SVG cannot hold one; the converter ended the whole process over it."""
    rows = [row | {"who": "bil\x02ling"} for row in ROWS]
    drawn = svg(_charts(rows)["multiples"])
    assert "bil\ufffdling" in drawn


def test_a_specification_in_the_page_cannot_end_its_element():
    """A name with a closing tag in it stays data."""
    rows = [{"who": "</script><b>x", "value": 1.0}]
    markup = Figures().markup(
        charts.bars(rows, category="who", value="value", title="T", unit=""), 1, interactive=True
    )
    assert markup.count("</script>") == 1
    assert "<b>x" not in markup


def test_a_sparkline_leaves_a_gap_and_marks_what_stands_alone():
    """Missing values break the line, and a value without neighbours is a dot."""
    drawn = sparkline([1.0, None, 3.0, 4.0], title="Lead time")
    assert drawn.count("M") == 3  # the base line, and a start on each side of the gap
    assert drawn.count("<circle") == 2
    assert "<title>Lead time</title>" in drawn


@pytest.mark.parametrize("values", [None, [], [None, None]])
def test_a_sparkline_of_nothing_is_no_data(values):
    """Nothing known is a dash, not a flat line."""
    assert "—" in sparkline(values)


def test_a_sparkline_that_never_moves_runs_through_the_middle():
    """A constant is drawn as a level line."""
    assert sparkline([0.0, 0.0]).count(" 8.0") == 2


@pytest.mark.parametrize("colour", [palette.ACCENT, palette.GOOD, palette.BAD, *palette.SERIES])
def test_marks_stand_out_from_the_page(colour):
    """Bars, lines and dots reach the contrast that WCAG 2.1 AA asks of graphics: 3 to 1 against white."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    assert 1.05 / (luminance + 0.05) >= 3
