"""`report.pdf`: what it claims about itself, and that it is the same everywhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest

from qmsreport.errors import RenderError
from qmsreport.render import csv_files, pdf, render
from qmsreport.render.figures import Figures


@pytest.fixture
def opened(bundle):
    """The report's PDF."""
    with pikepdf.open(bundle / "report.pdf") as file:
        yield file


def test_it_claims_pdf_a_3a_and_nothing_it_is_not(opened):
    """The metadata says PDF/A-3, level A, and makes no claim of PDF/UA."""
    with opened.open_metadata() as metadata:
        assert metadata["pdfaid:part"] == "3"
        assert metadata["pdfaid:conformance"] == "A"
        assert "pdfuaid:part" not in metadata


def test_it_is_tagged_in_a_language_with_its_headings(opened):
    """The structure tree has the headings, tables with header cells, and figures with a text."""
    assert opened.Root.MarkInfo.Marked
    assert opened.Root.Lang == "en"
    kinds, figures = set(), []
    waiting = [opened.Root.StructTreeRoot.K]
    while waiting:
        node = waiting.pop()
        if isinstance(node, pikepdf.Array):
            waiting.extend(node)
        elif isinstance(node, pikepdf.Dictionary):
            kinds.add(str(node.get("/S")))
            if node.get("/S") == "/Figure":
                figures.append(node)
            if "/K" in node:
                waiting.append(node.K)
    assert {"/H1", "/H2", "/H3", "/Table", "/TH", "/TD", "/Figure", "/L"} <= kinds
    assert figures
    assert all(str(figure.get("/Alt", "")) for figure in figures)


def test_bookmarks_lead_to_every_chapter(opened):
    """The outline names the chapters with their numbers and their sections below."""
    with opened.open_outline() as outline:
        titles = [item.title for item in outline.root]
        assert any(item.children for item in outline.root)
    assert titles[0] == "Document control"
    assert titles[1].startswith("1")
    assert len(titles) >= 12


def test_the_data_is_inside(opened, evaluation):
    """Each CSV file and report.json is attached as data, with the report's own date."""
    assert set(opened.attachments) == {*csv_files.files(evaluation), "report.json"}
    for name, specification in opened.attachments.items():
        assert specification.relationship == pikepdf.Name.Data
        file = specification.get_file()
        assert str(file.obj.Params.ModDate).startswith("D:20261002060000")
        if name == "findings.csv":
            assert file.read_bytes() == csv_files.files(evaluation)[name]
    assert len(opened.Root.AF) >= len(opened.attachments)


def test_every_font_is_embedded_and_ours(opened):
    """No font of the machine shows in the report."""
    names = set()
    for entry in opened.objects:
        if isinstance(entry, pikepdf.Dictionary) and entry.get("/Type") == "/FontDescriptor":
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(entry.keys())
            names.add(str(entry.FontName).split("+")[-1])
    assert names == {"Report-Sans", "Report-Sans-Semi-Bold", "Report-Mono"}


def test_its_syntax_is_sound(bundle):
    """qpdf finds no fault in the file."""
    subprocess.run(["qpdf", "--check", bundle / "report.pdf"], check=True, capture_output=True)


def test_every_page_says_what_it_belongs_to(bundle):
    """Entity, period, revision, notice, page and evidence stand on every page after the cover, the essentials also there."""
    text = subprocess.run(
        ["pdftotext", "-layout", bundle / "report.pdf", "-"], check=True, capture_output=True, text=True
    ).stdout
    pages = text.replace("\u00a0", " ").rstrip("\f").split("\f")
    for number, page in enumerate(pages, 1):
        for word in ("Northwind Instruments GmbH", "2026-Q3", "Demonstration data", "b3cc 0475 bb78"):
            assert word in page, (number, word)
        if number > 1:
            assert f"page {number} of {len(pages)}" in page
            assert "revision 2" in page


def test_the_same_evaluation_gives_the_same_bytes_in_any_process(bundle, tmp_path):
    """Rendered again elsewhere, with another hash seed, zone and locale, every file is the same."""
    script = Path(__file__).with_name("synthetic.py")
    settings = {
        **os.environ,
        "PYTHONHASHSEED": "4711",
        "TZ": "Pacific/Auckland",
        "LC_ALL": "C",
        "HOME": str(tmp_path),
    }
    subprocess.run([sys.executable, script, tmp_path / "again"], check=True, env=settings, cwd=tmp_path)
    first = sorted(path.relative_to(bundle) for path in bundle.rglob("*") if path.is_file())
    assert first == sorted(
        path.relative_to(tmp_path / "again") for path in (tmp_path / "again").rglob("*") if path.is_file()
    )
    for path in first:
        assert (bundle / path).read_bytes() == (tmp_path / "again" / path).read_bytes(), path


@pytest.mark.parametrize(
    ("style", "said"),
    [("p { colour: red }", "colour"), ("p { background: url(http://127.0.0.1:9/x.png) }", "127.0.0.1"), ("p { background: url(file:///etc/hostname) }", "file:")],
)  # fmt: skip
def test_a_warning_of_the_renderer_is_an_error(empty_evaluation, synthetic, monkeypatch, style, said):
    """An unknown property or anything to be fetched stops the report and is named."""
    monkeypatch.setattr(pdf, "margins", lambda _: style)
    with pytest.raises(RenderError, match=re.escape(said)):
        pdf.start(empty_evaluation, Figures()).finish({})


def test_nothing_is_left_behind(empty_evaluation, tmp_path, monkeypatch):
    """The working files are gone after a good run and after a stopped one."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    pdf.start(empty_evaluation, Figures()).stop()
    assert not list(tmp_path.iterdir())


def test_a_machine_without_the_renderer_is_told_what_to_install(empty_evaluation, monkeypatch, tmp_path):
    """When a system library is missing, the sentence names the packages."""
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library libpango')")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}")
    with pytest.raises(RenderError, match=r"libpango-1\.0-0"):
        pdf.start(empty_evaluation, Figures()).finish({})


def test_an_empty_report_is_rendered(empty_bundle):
    """A report about nothing is still a sound document."""
    with pikepdf.open(empty_bundle / "report.pdf") as file:
        assert len(file.pages) >= 5


def test_names_beyond_the_fonts_are_boxes_in_the_margins_too(synthetic, tmp_path):
    """An organisation whose name the fonts do not hold gets its report, with a box for each such character."""
    names = {"organisation": "Donau 株式会社", "system": "\u202eevil 🚢"}
    render(synthetic.evaluation(**names), ["pdf"], tmp_path)
    text = subprocess.run(
        ["pdftotext", "-f", "2", "-l", "2", tmp_path / "report.pdf", "-"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert "Donau □□□□ · □evil □" in text
