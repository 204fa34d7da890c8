"""Charts drawn: one specification to SVG, once, for both formats, with title, description and data table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from qmsreport.errors import RenderError
from qmsreport.render import typefaces
from qmsreport.render.charts import Chart


def svg(chart: Chart) -> str:
    """The chart as SVG with `<title>` and `<desc>`; the same bytes for the same specification.

    Raises:
        RenderError: when the specification cannot be drawn.
    """
    import vl_convert

    vl_convert.register_font_directory(str(typefaces.folder()))
    # SVG cannot hold control characters, and the converter ends the whole process over one
    spec = re.sub(r"\\u00[01][0-9a-f]", r"\\ufffd", json.dumps(chart.spec))
    try:
        drawn: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    except ValueError as error:
        raise RenderError(
            f"The chart '{chart.title}' cannot be drawn: {error}. Mend its template."
        ) from error
    return _titled(drawn, chart)


def _titled(drawn: str, chart: Chart) -> str:
    head, body = drawn.split(">", 1)
    # the picture is one image with one text: the roles Vega gives each dot would be read out one by one
    body = re.sub(r' (?:role|pointer-events|aria-[a-z]+)="[^"]*"| opacity="1"', "", body)
    # frames that nothing fills or strokes
    body = re.sub(r'<path class="(?:background|foreground)" d="[^"]*"(?: display="none")?/>', "", body)
    title = f"<title>{escape(chart.title)}</title><desc>{escape(chart.desc)}</desc>"
    return f'{head} role="img">{title}{body}'


@dataclass(slots=True)
class Figures:
    """The charts of one report: numbers them, draws each once, and hands out the markup of either format."""

    drawn: dict[str, str] = field(default_factory=dict)  # specification → SVG, shared by both formats
    named: list[Chart] = field(default_factory=list)  # what paper asks for by number

    def markup(self, chart: Chart, number: int, *, interactive: bool) -> Markup:
        """The figure: its drawing with data table and specification when `interactive`, else an image to be fetched.

        On paper it is an image because each element of a drawing in the text would be styled like text.
        """
        if not chart.rows:
            return Markup('<p class="empty">{}: no data in this period.</p>').format(chart.title)
        identity = f"chart-{number}"
        picture = _own_ids(self._drawing(chart), identity) if interactive else self._image(chart)
        swatches = "".join(
            f'<span class="key"><span class="swatch" style="background:{escape(colour)}"></span>{escape(word)}</span>'
            for colour, word in chart.key
        )
        caption = f"<figcaption><b>{escape(chart.title)}</b> <small>{escape(chart.unit)}</small>{swatches}</figcaption>"
        extra = f"{_table(chart)}{_embedded(chart, identity)}" if interactive else ""
        return Markup(  # noqa: S704 – escaped above; the SVG is the converter's
            f'<figure class="chart" id="{identity}">{caption}<div class="plot">{picture}</div>{extra}</figure>'
        )

    def pictures(self) -> Iterator[tuple[str, bytes]]:
        """The images of the paper edition, drawn: the part of its address behind `chart:`, and an SVG file.

        Raises:
            RenderError: when a specification cannot be drawn.
        """
        for number, chart in enumerate(self.named, 1):
            yield str(number), typefaces.printable(self._drawing(chart)).encode()

    def _drawing(self, chart: Chart) -> str:
        key = json.dumps(chart.spec, sort_keys=True)
        if key not in self.drawn:
            self.drawn[key] = svg(chart)
        return self.drawn[key]

    def _image(self, chart: Chart) -> str:
        self.named.append(chart)
        return f'<img alt="{escape(chart.title)}: {escape(chart.desc)}" src="chart:{len(self.named)}">'


def _own_ids(drawn: str, prefix: str) -> str:
    """Ids made unique in the page: every drawing starts counting its clip paths at zero."""
    drawn = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', drawn)
    return re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", drawn)


def _table(chart: Chart) -> str:
    heads = "".join(f'<th scope="col">{escape(label)}</th>' for _, label in chart.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(row[key])}</td>" for key, _ in chart.columns) + "</tr>"
        for row in chart.rows
    )
    return (
        f"<details><summary>Data of this chart</summary><table><caption>{escape(chart.title)}</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></details>"
    )


def _embedded(chart: Chart, identity: str) -> str:
    # `<` is written as an escape, so that no text in the data can end the element
    text = json.dumps(chart.spec, sort_keys=True, separators=(",", ":"), ensure_ascii=False).replace(
        "<", "\\u003c"
    )
    return f'<script type="application/json" class="spec" data-for="{identity}">{text}</script>'
