"""`report.pdf`: the paper edition, typeset in a process of its own so that nothing of this machine shows in it.

WeasyPrint reads its fonts through fontconfig, which is configured once per process: the child's sees the bundled
fonts alone. It loads the renderer while the page is composed, reads it while the charts are drawn, and lays it out
while the other formats are written.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qmsreport import assets
from qmsreport.errors import RenderError
from qmsreport.render import typefaces
from qmsreport.render.document import compose
from qmsreport.render.figures import Figures

if TYPE_CHECKING:
    from qmsreport.results import Evaluation

_FONTCONFIG = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir>
<selectfont><rejectfont><glob>*.woff2</glob></rejectfont></selectfont></fontconfig>
"""


@dataclass(slots=True)
class Typesetting:
    """A PDF being made."""

    process: subprocess.Popen[str]
    folder: tempfile.TemporaryDirectory[str]

    def finish(self, attachments: Mapping[str, bytes]) -> bytes:
        """Wait for the PDF's bytes.

        Args:
            attachments: file name → content; embedded as the data behind the report.

        Raises:
            RenderError: with every warning of the renderer.
        """
        root = Path(self.folder.name)
        (root / "attachments").mkdir()
        for name, content in attachments.items():
            (root / "attachments" / name).write_bytes(content)
        self.next_step()
        try:
            _, said = self.process.communicate()
            if self.process.returncode:
                raise RenderError(
                    f"The PDF could not be made: {said.strip() or 'the renderer ended without a word'}"
                )
            return (root / "report.pdf").read_bytes()
        finally:
            self.stop()

    def next_step(self) -> None:
        """Tell the process that what it waits for is in the folder; one that has ended says why in `finish`."""
        with contextlib.suppress(BrokenPipeError):
            assert self.process.stdin  # noqa: S101  # it is a pipe
            self.process.stdin.write("\n")
            self.process.stdin.flush()

    def stop(self) -> None:
        """End the renderer if it still runs, and take its files away."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()
        self.folder.cleanup()


def start(evaluation: Evaluation, figures: Figures) -> Typesetting:
    """Begin to typeset the report.

    Args:
        evaluation: everything the report says.
        figures: draws each chart once, for both formats.
    """
    folder = tempfile.TemporaryDirectory(prefix="qmsreport-pdf-")
    root = Path(folder.name)
    (root / "fonts.conf").write_text(
        _FONTCONFIG.format(fonts=typefaces.folder(), cache=root / "cache"), "utf-8"
    )
    process = subprocess.Popen(  # noqa: S603 – our own module, no shell
        [sys.executable, "-m", "qmsreport.render.typeset", folder.name],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "FONTCONFIG_FILE": str(root / "fonts.conf")},
    )
    typesetting = Typesetting(process, folder)
    try:
        style = "\n".join(
            (assets.folder("report_templates") / name).read_text("utf-8")
            for name in ("style.css", "paper.css")
        )
        html = compose(evaluation, "paper", figures, style + margins(evaluation.report))
        # where a word may break: a character, because an element for each would be laid out like text
        (root / "report.html").write_text(typefaces.printable(html).replace("<wbr>", "\u200b"), "utf-8")
        as_of: datetime = evaluation.report["as_of"]
        (root / "job.json").write_text(json.dumps({"as_of": as_of.strftime("%Y-%m-%dT%H:%M:%SZ")}), "utf-8")
        typesetting.next_step()
        (root / "charts").mkdir()
        for name, picture in figures.pictures():
            (root / "charts" / name).write_bytes(picture)
        typesetting.next_step()
    except BaseException:
        typesetting.stop()
        raise
    return typesetting


def margins(report: Mapping[str, Any]) -> str:
    """The running heads and feet as CSS: who, when, which revision, which evidence, which page."""
    from qmsreport.render import filters

    left = " · ".join(str(report[key]) for key in ("organisation", "system") if report.get(key))
    state = "DRAFT" if report.get("state") == "draft" else ""
    right = " · ".join(filter(None, [str(report["period"]), f"revision {report['revision']}", state]))
    foot = " · ".join(str(report[key]) for key in ("document_number", "classification") if report.get(key))
    evidence = f"evidence {filters.digest(str(report['evidence_digest']))}"
    return (
        f"\n@page {{ @top-left {{ content: {_css(left)} }} @top-right {{ content: {_css(right)} }}"
        f" @top-center {{ content: {_css(str(report.get('notice') or ''))} }}"
        f" @bottom-left {{ content: {_css(foot)} }} @bottom-center {{ content: {_css(evidence)} }}"
        f" @bottom-right {{ content: {_css('page ')} counter(page) {_css(' of ')} counter(pages) }} }}\n"
    )


def _css(text: str) -> str:
    """The text as a CSS string: everything but plain letters and figures as a code point (whose end is a space).

    What the fonts do not hold becomes a box before that: afterwards nothing tells it apart.
    """
    kept = (
        c if c.isascii() and (c.isalnum() or c in " .-:") else f"\\{ord(c):06x} "
        for c in typefaces.printable(text)
    )
    return f'"{"".join(kept)}"'
