"""The process that turns a folder with `report.html` into `report.pdf`: `python -m qmsreport.render.typeset FOLDER`.

Its own process because fontconfig's environment is read once, and so that both formats are made at the same time.
Anything the renderer warns of ends it with status 5 and the sentence on standard error.
"""

from __future__ import annotations

import gc
import json
import logging
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qmsreport.errors import RenderError

if TYPE_CHECKING:
    import pydyf

_VARIANT = "pdf/a-3a"


def main(folder: Path) -> None:
    """Typeset the folder's report.

    Each line of standard input says that a step's files are there: the report, its charts, its attachments.

    Raises:
        RenderError: when the renderer is missing, fetches something, or warns.
    """
    # what is made here is needed to the end; looking for garbage took a tenth of the time and saved no memory
    gc.disable()
    try:
        import weasyprint
        from weasyprint.logger import LOGGER
    except OSError as error:
        raise RenderError(
            f"The PDF renderer cannot load a system library: {error}. Install Pango and HarfBuzz "
            "(Debian: libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)."
        ) from error

    heard = _Heard()
    LOGGER.addHandler(heard)
    sys.stdin.readline()
    as_of = datetime.fromisoformat(json.loads((folder / "job.json").read_text("utf-8"))["as_of"])
    charts = _Charts(folder / "charts")
    html = weasyprint.HTML(string=(folder / "report.html").read_text("utf-8"), url_fetcher=charts.fetcher())
    document = html.render(pdf_variant=_VARIANT)
    charts.wait()
    sys.stdin.readline()
    attachments = [
        weasyprint.Attachment(
            string=file.read_bytes(),
            name=file.name,
            description=f"{file.name}: data behind the report",
            created=as_of,
            modified=as_of,
            relationship="Data",
        )
        for file in sorted((folder / "attachments").iterdir())
    ]
    document.write_pdf(
        folder / "report.pdf", finisher=_compressed, pdf_variant=_VARIANT, attachments=attachments
    )
    if heard.words:
        listed = "; ".join(dict.fromkeys(heard.words))
        raise RenderError(f"the renderer warned: {listed}. Mend the template or the stylesheet.")


def _compressed(_: Any, pdf: pydyf.PDF) -> None:
    """Compress each stream once: the writer would do it for the file and again for the file's identifier."""
    import pydyf

    for item in pdf.objects:
        if isinstance(item, pydyf.Stream) and item.compress:
            item.stream = [item.data.partition(b"\nstream\n")[2].removesuffix(b"\nendstream")]
            item.extra["Filter"] = "/FlateDecode"
            item.compress = False


class _Charts:
    """Fetches `chart:NAME`, and nothing else, neither from the network nor from the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._there = False

    def wait(self) -> None:
        """Until the charts are drawn: the text before the first of them is read meanwhile."""
        if not self._there:
            sys.stdin.readline()
            self._there = True

    def fetcher(self) -> Any:
        """What the renderer asks; any other address becomes a warning."""
        from weasyprint.urls import URLFetcher, URLFetcherResponse

        charts = self

        class Fetcher(URLFetcher):  # type: ignore[misc]  # it publishes no types
            def fetch(self, url: str, _: Any = None) -> URLFetcherResponse:
                return URLFetcherResponse(url, charts.content(url), {"Content-Type": "image/svg+xml"})

        return Fetcher()

    def content(self, url: str) -> bytes:
        """The SVG file behind an address.

        Raises:
            ValueError: it is not that of a chart.
        """
        scheme, _, name = url.partition(":")
        if scheme != "chart" or not name.isdecimal():
            raise ValueError(f"nothing but charts may be fetched, and not {url}")
        self.wait()
        return (self._folder / name).read_bytes()


class _Heard(logging.Handler):
    """Keeps what the renderer warns of: a warning is a defect of the report."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.words: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.words.append(record.getMessage())


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except RenderError as failure:
        print(failure, file=sys.stderr)  # noqa: T201 – the parent reads it
        raise SystemExit(RenderError.exit_code) from failure
