"""The report as one HTML document: the templates, filled, for the screen or for paper."""

from __future__ import annotations

import itertools
import tomllib
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from markupsafe import Markup

from qmsreport import assets, sampling
from qmsreport.errors import RenderError, suggest
from qmsreport.render import charts, csv_files, filters, tables
from qmsreport.render.figures import Figures
from qmsreport.render.sparklines import sparkline
from qmsreport.render.standing import standing

if TYPE_CHECKING:
    import jinja2

    from qmsreport.results import Evaluation, Section

Medium = Literal["screen", "paper"]

# what the cover and the page margins may ask for; what is absent is no data, not an error
_FACTS: Mapping[str, Any] = dict.fromkeys(
    (
        "organisation", "system", "title", "period", "first_day", "last_day", "zone", "as_of", "revision",
        "classification", "notice", "document_number", "prepared_by", "reviewed_by", "approved_by",
        "tool_version", "evidence_digest", "state", "signed", "signing_key", "grain",
        "sample_size", "sample_seed",
    )
)  # fmt: skip
# characters that would reorder or hide the text around them, or that no XML may hold
_UNPRINTABLE = dict.fromkeys(
    (*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)),
    "\u25a1",
)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A numbered part of the report with the sections that belong to it, rendered."""

    anchor: str
    number: str
    title: str
    intro: str
    appendix: bool
    flows: bool  # goes on where the chapter before it ends, on paper
    sections: list[tuple[Section, Markup]]


def compose(
    evaluation: Evaluation, medium: Medium, figures: Figures, style: str, scripts: Sequence[str] = ()
) -> str:
    """The whole document as HTML text.

    Args:
        evaluation: everything the report says.
        medium: `screen` has data tables and specifications beside its charts; `paper` has page numbers.
        figures: draws each chart once, for both media.
        style: the stylesheet's text, inlined.
        scripts: script texts, inlined at the end and named in the content security policy by their hashes.

    Raises:
        RenderError: naming the template and the line that failed.
    """
    environment = _environment(evaluation, medium, figures)
    chapters = _chapters(evaluation, environment)
    page = _template(environment, "report.html.j2")
    text = _filled(
        "report.html.j2",
        lambda: page.render(chapters=chapters, style=Markup(style), scripts=scripts, policy=_policy(scripts)),  # noqa: S704 – our own stylesheet
    )
    return text.translate(_UNPRINTABLE)


def _policy(scripts: Sequence[str]) -> str:
    """A content security policy under which the page can run its own scripts and fetch nothing."""
    import base64
    import hashlib

    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    allowed = " ".join(f"'sha256-{value}'" for value in hashes) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; font-src data:; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _environment(evaluation: Evaluation, medium: Medium, figures: Figures) -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(assets.folder("report_templates")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(filters.FILTERS)
    numbers = itertools.count(1)

    def drawn(build: Callable[..., charts.Chart]) -> Callable[..., Markup]:
        def chart(*args: Any, **kwargs: Any) -> Markup:
            return figures.markup(build(*args, **kwargs), next(numbers), interactive=medium == "screen")

        return chart

    def metric(name: str, **equal: Any) -> list[dict[str, Any]]:
        rows = evaluation.metrics.filter(
            metric=name, **{key: value for key, value in equal.items() if value is not None}
        )
        for key in (key for key, value in equal.items() if value is None):
            rows = rows.filter(rows[key].is_null())
        return rows.sort("starts_on", "scope", "statistic", maintain_order=True).to_dicts()

    files = csv_files.names(evaluation)

    def table(
        rows: Sequence[tables.Row],
        columns: Sequence[tables.Column],
        *,
        on_paper: int = 0,
        rest: str = "",
        **how: Any,
    ) -> Markup:
        """`on_paper`: at most so many rows there; `rest`: the file named where some are left out for that."""
        if medium == "paper" and on_paper and len(rows) > on_paper:
            how |= {"limit": on_paper, "file": rest}
        if rows and (file := how.get("file")) and file not in files:
            raise ValueError(f"the report has no file {file}.{suggest(file, files)}")
        return tables.table(rows, columns, **how)

    findings = evaluation.judgements.to_dicts()
    environment.globals |= {
        "medium": medium,
        "report": {**_FACTS, **evaluation.report},
        "evaluation": evaluation,
        "findings": findings,
        "standing": standing(findings, _incomplete(evaluation)),
        "queries": [{"path": query.path, "sha256": query.sha256} for query in evaluation.queries],
        "samples": sampling.printed(evaluation.report, evaluation.populations),
        "shown_of_a_sample": sampling.SHOWN,
        "metric": metric,
        "col": tables.Column,
        "table": table,
        "key_values": tables.key_values,
        "empty": tables.empty,
        "observations": tables.observations,
        "file_note": tables.file_note,
        "status": filters.status,
        "sparkline": sparkline,
        "chart_line": drawn(charts.line),
        "chart_multiples": drawn(charts.multiples),
        "chart_bars": drawn(charts.bars),
        "chart_stacked": drawn(charts.stacked),
    }
    return environment


def _incomplete(evaluation: Evaluation) -> list[str]:
    """The frameworks of which a mandatory requirement could not be assessed."""
    results = evaluation.verdicts.get("framework_results")
    if results is None:
        return []
    return [row["framework_title"] for row in results.to_dicts() if row["mandatory_unassessed"]]


def chapters_file() -> dict[str, dict[str, Any]]:
    """`report_templates/chapters.toml`: anchor → title, intro, appendix; in the report's order."""
    path = assets.folder("report_templates") / "chapters.toml"
    found: dict[str, dict[str, Any]] = tomllib.loads(path.read_text("utf-8"))
    return found


def _chapters(evaluation: Evaluation, environment: jinja2.Environment) -> list[Chapter]:
    """The chapters that have something to show, in order; each section's template filled."""
    known: dict[str, list[tuple[Section, Markup]]] = {anchor: [] for anchor in chapters_file()}
    for section in sorted(
        evaluation.sections.values(), key=lambda item: (item.query.header["order"], item.id)
    ):
        anchor = section.query.header["chapter"]
        if anchor not in known:
            raise RenderError(
                f"The section {section.query.path} belongs to chapter '{anchor}', which report_templates/chapters.toml "
                f"does not have.{suggest(anchor, known)}"
            )
        name = f"sections/{section.id}.html.j2"
        template = _template(environment, name)
        filled = _filled(name, lambda t=template, s=section: t.render(section=s, rows=s.rows))  # type: ignore[misc]  # bound early
        known[anchor].append((section, Markup(filled)))  # noqa: S704 – the template escaped it
    return _numbered(known)


def _numbered(sections: Mapping[str, list[tuple[Section, Markup]]]) -> list[Chapter]:
    """The chapters with something in them: figures for the body, letters for the appendices."""
    parts = assets.folder("report_templates") / "parts"
    figures, letters = itertools.count(1), iter("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    found = []
    for anchor, entry in chapters_file().items():
        if sections[anchor] or (parts / f"{anchor}.html.j2").exists():
            appendix = bool(entry.get("appendix"))
            number = next(letters) if appendix else str(next(figures))
            flows = bool(entry.get("flows"))
            found.append(
                Chapter(
                    anchor, number, entry["title"], entry.get("intro", ""), appendix, flows, sections[anchor]
                )
            )
    return found


def _template(environment: jinja2.Environment, name: str) -> jinja2.Template:
    import jinja2

    try:
        return environment.get_template(name)
    except jinja2.TemplateNotFound as error:
        raise RenderError(
            f"The report has no template report_templates/{error.name}. Write it, or take its query away."
        ) from error
    except jinja2.TemplateSyntaxError as error:
        raise RenderError(
            f"report_templates/{error.name}:{error.lineno}: {error.message}. Mend the template."
        ) from error


def _filled(name: str, render: Callable[[], str]) -> str:
    """Run a template; whatever goes wrong in it becomes one sentence with its file and line."""
    import jinja2

    try:
        return render()
    except jinja2.TemplateSyntaxError as error:
        raise RenderError(
            f"report_templates/{error.name}:{error.lineno}: {error.message}. Mend the template."
        ) from error
    except (
        jinja2.TemplateError,
        LookupError,
        TypeError,
        ValueError,
        ArithmeticError,
        AttributeError,
    ) as error:
        raise RenderError(
            f"report_templates/{_where(error, name)}: {_sentence(error)} Mend the template or its query."
        ) from error


def _sentence(error: BaseException) -> str:
    text = str(error) or type(error).__name__
    return text if text.endswith((".", "?")) else f"{text}."


def _where(error: BaseException, name: str) -> str:
    """`sections/x.html.j2:12`: the innermost template line of a traceback."""
    root = Path(assets.folder("report_templates"))
    lines = [
        f"{Path(frame.filename).relative_to(root)}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.endswith(".j2") and Path(frame.filename).is_relative_to(root)
    ]
    return lines[-1] if lines else name
