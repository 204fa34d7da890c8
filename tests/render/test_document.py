"""The report as a document: what goes wrong in a template is one sentence."""

from __future__ import annotations

import dataclasses
import re
from datetime import date

import polars as pl
import pytest

from qmsreport import assets
from qmsreport.errors import RenderError, UsageError
from qmsreport.render import document, render
from qmsreport.render.figures import Figures


def _with(evaluation, synthetic, **changes):
    section = synthetic.section(
        **({"stem": "services", "title": "T", "chapter": "scope", "order": 1, "rows": []} | changes)
    )
    return dataclasses.replace(evaluation, sections={section.id: section})


def _compose(evaluation):
    return document.compose(evaluation, "paper", Figures(), "")


def test_a_section_of_an_unknown_chapter_gets_a_suggestion(evaluation, synthetic):
    """A mistyped chapter names the query and the chapter that was meant."""
    with pytest.raises(
        RenderError, match=r"queries/sections/services.sql .* 'scpe'.* Did you mean 'scope'\?"
    ):
        _compose(_with(evaluation, synthetic, chapter="scpe"))


def test_a_section_without_a_template_is_named(evaluation, synthetic):
    """A query without its template says which file is missing."""
    with pytest.raises(RenderError, match=r"no template report_templates/sections/nowhere\.html\.j2"):
        _compose(_with(evaluation, synthetic, stem="nowhere"))


def test_a_template_that_fails_names_its_file_and_line(evaluation, synthetic):
    """A column that the query does not give is told with the template's line."""
    with pytest.raises(RenderError, match=r"report_templates/sections/services.html.j2:\d+: .*service"):
        _compose(_with(evaluation, synthetic, rows=[{"unexpected": 1}]))


@pytest.mark.parametrize("medium", ["paper", "screen"])
def test_figures_of_many_services_fit_a_page(evaluation, medium):
    """On paper a chart has no more panels or bars than a page holds, and the page says which; the screen has all."""
    names = [f"service-{number:02}" for number in range(60)]
    (row,) = evaluation.sections["delivery"].rows[:1]
    (objective,) = evaluation.sections["slo_attainment"].rows[:1]
    metrics = evaluation.metrics.filter(scope=row["service"])
    many = dataclasses.replace(
        evaluation,
        metrics=pl.concat([metrics.with_columns(scope=pl.lit(name)) for name in names]),
        sections={
            "delivery": dataclasses.replace(
                evaluation.sections["delivery"],
                rows=[
                    {**row, "service": name, "deployments": number or None}
                    for number, name in enumerate(names)
                ],
            ),
            "slo_attainment": dataclasses.replace(
                evaluation.sections["slo_attainment"],
                rows=[
                    {**objective, "label": name, "budget_spent": number / 60 if number else None}
                    for number, name in enumerate(names)
                ],
            ),
        },
    )
    figures = Figures()
    text = document.compose(many, medium, figures, "")
    if medium == "screen":
        assert "services with the most deployments" not in text
        assert text.count("service-00") > 4
        return
    assert (
        "Drawn are the 20 services with the most deployments; the trends have a line for each of the 60."
        in text
    )
    *multiples, bars = figures.named
    for chart in multiples:
        assert {point["s"] for point in chart.rows} == set(names[40:])
    assert [bar["s"] for bar in bars.rows] == names[:29:-1]
    assert "the 30 highest of 60" in bars.title


def test_long_tables_are_cut_on_paper_alone(evaluation, synthetic):
    """A table longer than a page ends on paper with the file that has the rest; the screen shows every row."""
    keys = (
        "incidents",
        "linked",
        "with_postmortem",
        "reopened",
        "between_incidents",
        "mitigate",
        "mitigated",
        "resolve",
        "resolved",
    )
    rows = [{"service": f"service-{number:02}"} | dict.fromkeys(keys) for number in range(60)]
    section = synthetic.section("incidents_by_service", "Incidents per service", "incidents", 3, rows)
    many = dataclasses.replace(evaluation, sections={section.id: section})
    paper = document.compose(many, "paper", Figures(), "")
    assert "service-39" in paper
    assert "service-40" not in paper
    assert "The first 40 of 60 rows; all of them are in" in paper
    assert "data/section-incidents_by_service.csv" in paper
    screen = document.compose(many, "screen", Figures(), "")
    assert "service-59" in screen
    assert "The first 40" not in screen


@pytest.mark.parametrize(
    ("revision", "earlier", "said"),
    [
        (1, 0, "there is no figure to compare with"),
        (1, 1, "comes out the same today"),
        (2, 0, "comes out the same today"),
    ],
)
def test_nothing_restated_is_said_only_of_what_was_published(evaluation, synthetic, revision, earlier, said):
    """Without an earlier report no figure can come out the same: the empty table says so."""
    keys = ("applicable", "coverage", "pass_rate", "judged", "compared", "broken", "mended", "lost", "gained")
    rows = [{"period": f"2026-Q{3 - number}"} | dict.fromkeys(keys) for number in range(earlier + 1)]
    sections = [
        synthetic.section("restated", "Restated figures", "trends", 3, []),
        synthetic.section("result_trend", "Pass and coverage rates", "trends", 4, rows),
    ]
    report = {**evaluation.report, "revision": revision}
    text = _compose(
        dataclasses.replace(evaluation, report=report, sections={section.id: section for section in sections})
    )
    assert said in text


def test_nothing_to_decide_is_not_said_where_nothing_was_assessed(evaluation, synthetic):
    """Without a decision to take, the summary tells what could be assessed from what could not."""
    rows = [{"question": "unassessed", "status": "not assessed", "statement": "A restore was exercised."}]
    blind = _with(evaluation, synthetic, stem="summary", chapter="summary", rows=rows)
    assert "Nothing that could be assessed needs one" in _compose(blind)
    clear = _with(evaluation, synthetic, stem="summary", chapter="summary", rows=[])
    assert "Nothing needs a decision." in _compose(clear)


def test_an_unknown_format_gets_a_suggestion(evaluation, tmp_path):
    """A mistyped format is refused before anything is written."""
    with pytest.raises(UsageError, match="Did you mean 'html'"):
        render(evaluation, ["hmtl"], tmp_path)
    assert not list(tmp_path.iterdir())


def test_text_that_would_reorder_what_surrounds_it_is_replaced(evaluation, synthetic):
    """A title with a right-to-left override cannot make the page read differently."""
    row = {"topic": "\u202egnp.exe", "statement": "\x00\u2066x"}
    text = _compose(_with(evaluation, synthetic, stem="limitations", chapter="completeness", rows=[row]))
    assert not set(text) & set("\u202e\x00\u2066")
    assert "\u25a1gnp.exe" in text


def test_chapters_are_numbered_as_printed_and_appendices_lettered(evaluation):
    """A chapter left out leaves no gap in the numbers."""
    text = _compose(evaluation)
    numbers = re.findall(r'<h2 id="[a-z]+-title"><span class="no">(\w+)</span>', text)
    body = [number for number in numbers if number.isdigit()]
    assert body == [str(index + 1) for index in range(len(body))]
    assert numbers[len(body) :] == list("ABCD")


STEMS = sorted(
    path.name.removesuffix(".html.j2") for path in (assets.folder("report_templates") / "sections").iterdir()
)


@pytest.mark.parametrize("stem", STEMS)
def test_a_section_without_rows_is_a_sentence(evaluation, synthetic, stem):
    """Every section's template says in words that there is nothing, and prints no empty table."""
    nothing = dataclasses.replace(evaluation, metrics=evaluation.metrics.clear())
    text = _compose(_with(nothing, synthetic, stem=stem))
    body = text[text.index(f'<section id="section-{stem}">') :].split("</section>")[0]
    assert 'class="empty"' in body
    assert "<table" not in body


def test_a_table_may_only_name_a_file_that_exists(evaluation):
    """A page that sends the reader to a data file that is not there is refused."""
    kept = {name: rows for name, rows in evaluation.populations.items() if name != "extracts"}
    without = dataclasses.replace(evaluation, populations=kept)
    with pytest.raises(RenderError, match=r"ledger\.html\.j2:\d+: the report has no file data/extracts\.csv"):
        _compose(without)


def test_preparer_and_approver_must_differ(synthetic):
    """A report approved by whoever prepared it says that it is not independently approved."""
    assert "not independently approved" in _compose(synthetic.evaluation(prepared_by="A", approved_by="A"))
    assert "not independently approved" not in _compose(
        synthetic.evaluation(prepared_by="A", approved_by="B")
    )


@pytest.mark.parametrize(
    ("grain", "days", "word", "ticks"),
    [
        ("month", (date(2026, 8, 1), date(2026, 9, 1)), "month", ["Aug\u00a02026", "Sep\u00a02026"]),
        ("span", (date(2026, 8, 1), date(2026, 8, 11)), "period", ["2026-08-01", "2026-08-11"]),
    ],
)
@pytest.mark.parametrize("section", ["delivery", "incident_response"])
def test_charts_over_periods_are_labelled_with_the_report_s_own_kind_of_period(
    evaluation, section, grain, days, word, ticks
):
    """In a report of a month or of free days each point has its own place, and no title speaks of quarters."""
    first = evaluation.metrics["starts_on"].unique().sort()[:2]
    metrics = evaluation.metrics.filter(pl.col("starts_on").is_in(first.implode())).with_columns(
        starts_on=pl.col("starts_on").replace_strict(dict(zip(first, days, strict=True)))
    )
    figures = Figures()
    text = document.compose(
        dataclasses.replace(
            evaluation,
            report={**evaluation.report, "grain": grain},
            metrics=metrics,
            sections={section: evaluation.sections[section]},
        ),
        "paper",
        figures,
        "",
    )
    assert f"per {word}" in text
    assert "per quarter" not in text
    assert figures.named
    for chart in figures.named:
        assert list(dict.fromkeys(row["x"] for row in chart.rows)) == ticks
