"""The process that turns a folder with `report.html` into `report.pdf`: `python -m qmsreport.render.typeset FOLDER`.

Its own process because fontconfig's environment is read once, and so that both formats are made at the same time.
Anything the renderer warns of ends it with status 5 and the sentence on standard error.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import datetime
from pathlib import Path

from qmsreport.errors import RenderError


def main(folder: Path) -> None:
    """Typeset the folder's report.

    Raises:
        RenderError: when the renderer is missing, fetches something, or warns.
    """
    job = json.loads((folder / "job.json").read_text("utf-8"))
    html = (folder / "report.html").read_text("utf-8")
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
    as_of = datetime.fromisoformat(job["as_of"])
    attachments = [
        weasyprint.Attachment(
            string=(folder / "attachments" / name).read_bytes(),
            name=name,
            description=f"{name}: data behind the report",
            created=as_of,
            modified=as_of,
            relationship="Data",
        )
        for name in job["attachments"]
    ]
    # the charts are in the text as data; nothing else may be fetched, neither from the network nor from the disk
    document = weasyprint.HTML(
        string=html, url_fetcher=weasyprint.urls.URLFetcher(allowed_protocols=("data",))
    )
    document.write_pdf(folder / "report.pdf", pdf_variant="pdf/a-3a", attachments=attachments)
    if heard.words:
        listed = "; ".join(dict.fromkeys(heard.words))
        raise RenderError(f"the renderer warned: {listed}. Mend the template or the stylesheet.")


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
