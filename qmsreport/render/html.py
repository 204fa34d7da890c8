"""`report.html`: one file that opens from disk, fetches nothing, and reads the same without scripts."""

from __future__ import annotations

import base64
from functools import cache
from typing import TYPE_CHECKING

from qmsreport import assets
from qmsreport.render.document import compose
from qmsreport.render.figures import Figures

if TYPE_CHECKING:
    from qmsreport.results import Evaluation

_FACES = (
    ("Report Sans", 400, "report-sans-regular"),
    ("Report Sans", 600, "report-sans-semibold"),
    ("Report Mono", 400, "report-mono-regular"),
)


def page(evaluation: Evaluation, figures: Figures) -> bytes:
    """The file's bytes."""
    return compose(evaluation, "screen", figures, _style(), _scripts()).encode()


def _style() -> str:
    root = assets.folder("report_templates")
    sheets = [(root / name).read_text("utf-8") for name in ("style.css", "screen.css")]
    faces = [
        f"@font-face{{font-family:'{family}';font-weight:{weight};font-display:swap;"
        f"src:url(data:font/woff2;base64,{base64.b64encode((root / 'fonts' / f'{name}.woff2').read_bytes()).decode()}) format('woff2')}}"
        for family, weight, name in _FACES
    ]
    return "\n".join([*faces, *sheets])


@cache
def _scripts() -> tuple[str, ...]:
    """Vega with its embedder, and the few lines that put interactive charts in the place of the drawn ones."""
    import vl_convert

    bundle = vl_convert.javascript_bundle("window.qmsreportEmbed = vegaEmbed;")
    ours = (assets.folder("report_templates") / "charts.js").read_text("utf-8")
    # a closing tag inside a string of the bundle would end the element early
    return tuple(script.replace("</script", "<\\/script") for script in (bundle, ours))
