"""`report.html`, as a browser shows it."""

from __future__ import annotations

import itertools
import re
import shutil

import pytest

CHART = "figure.chart"
pytestmark = pytest.mark.skipif(not shutil.which("chromium"), reason="needs Debian's chromium")


def _complaints(page):
    return (
        page.named("Runtime.consoleAPICalled")
        + page.named("Runtime.exceptionThrown")
        + page.named("Log.entryAdded")
    )


def test_charts_become_interactive_without_a_word_or_a_request(browser, bundle):
    """Opened from disk, every chart is upgraded in place, nothing is fetched and the console stays silent."""
    with browser.opened(bundle / "report.html") as page:
        count = page.value(f"document.querySelectorAll('{CHART}').length")
        for index in range(count):
            figure = f"document.querySelectorAll('{CHART}')[{index}]"
            page.value(f"{figure}.scrollIntoView()")
            assert page.until(f"{figure}.dataset.interactive") == "yes"
        assert count >= 5
        assert (
            page.value(f"document.querySelectorAll('{CHART} .plot [role=img][aria-label]').length") == count
        )
        assert _complaints(page) == []
        asked = [request["request"]["url"] for request in page.named("Network.requestWillBeSent")]
        assert [url for url in asked if not url.startswith(("data:", "file:"))] == []
        assert sum(url.startswith("file:") for url in asked) == 1


def test_without_scripts_everything_is_there(browser, bundle):
    """With scripts off, the drawn charts, their data and every table can still be read."""
    with browser.opened(bundle / "report.html", scripts=False) as page:
        document = page.send("DOM.getDocument", depth=1)["root"]["nodeId"]

        def count(selector):
            return len(page.send("DOM.querySelectorAll", nodeId=document, selector=selector)["nodeIds"])

        figures = count(CHART)
        assert figures >= 5
        assert count(f"{CHART} .plot > svg > title") == figures
        assert count(f"{CHART} details table") == figures
        assert count("main section.chapter") >= 10
        assert _complaints(page) == []


def test_a_chart_that_cannot_be_upgraded_stays_drawn(browser, bundle, tmp_path):
    """When the charting script fails, the drawn chart is still in its place."""
    text = (bundle / "report.html").read_text("utf-8")
    broken = re.sub(r'(<script type="application/json"[^>]*>)', r'\1{"mark": "nonsense"}//', text)
    (tmp_path / "report.html").write_text(broken, "utf-8")
    with browser.opened(tmp_path / "report.html") as page:
        page.value(f"document.querySelector('{CHART}').scrollIntoView()")
        assert page.until(f"document.querySelector('{CHART}').dataset.interactive") == "no"
        assert page.value(f"!!document.querySelector('{CHART} .plot > svg')")


def test_the_policy_stops_foreign_scripts(browser, bundle, tmp_path):
    """A script that is not the report's own does not run."""
    text = (
        (bundle / "report.html")
        .read_text("utf-8")
        .replace("</body>", "<script>document.title = 'x'</script></body>")
    )
    (tmp_path / "report.html").write_text(text, "utf-8")
    with browser.opened(tmp_path / "report.html") as page:
        assert page.value("document.title") != "x"


def test_the_report_fits_a_narrow_screen(browser, bundle):
    """On a telephone the page does not scroll sideways; wide tables do so inside their frame."""
    with browser.opened(bundle / "report.html", width=390, height=800) as page:
        assert page.value("document.documentElement.scrollWidth") <= 390
        drawn = "[...document.querySelectorAll('.plot svg')].map(e => e.getBoundingClientRect().width)"
        assert min(page.value(drawn)) > 500  # smaller, and its labels could not be read


def test_the_structure_can_be_walked(browser, bundle):
    """One main heading, landmarks, a skip link, no doubled id, no heading level left out, every head with a scope."""
    with browser.opened(bundle / "report.html") as page:
        assert page.value("document.querySelectorAll('h1').length") == 1
        assert page.value("['header','nav','main','footer'].every(tag => document.querySelector(tag))")
        assert page.value("!!document.getElementById(document.querySelector('a.skip').hash.slice(1))")
        ids = page.value("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids))
        assert page.value("[...document.querySelectorAll('th')].every(e => e.scope)")
        levels = page.value("[...document.querySelectorAll('h1,h2,h3,h4')].map(e => +e.tagName[1])")
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
        links = page.value("[...document.querySelectorAll('a[href^=\"#\"]')].map(e => e.hash.slice(1))")
        assert set(links) <= set(ids)


def test_text_has_enough_contrast(browser, bundle):
    """Every text on the page reaches the contrast of WCAG 2.1 AA against the white page."""
    with browser.opened(bundle / "report.html") as page:
        colours = page.value(
            "[...new Set([...document.querySelectorAll('main *, .cover *')].filter(e => e.textContent.trim() && !e.closest('svg'))"
            ".map(e => getComputedStyle(e).color))]"
        )
    assert len(colours) > 3
    for colour in colours:
        channels = [int(value) / 255 for value in re.findall(r"\d+", colour)[:3]]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        assert 1.05 / (luminance + 0.05) >= 4.5, colour


def test_the_notice_stays_on_the_screen(browser, bundle):
    """Demonstration data is said at every place of the page."""
    with browser.opened(bundle / "report.html") as page:
        page.value("document.getElementById('verify').scrollIntoView()")
        assert page.value("document.querySelector('body > .notice').getBoundingClientRect().top") == 0


def test_an_empty_report_says_so_in_sentences(browser, empty_bundle):
    """Without any row, each section has a sentence and no table is without a body."""
    with browser.opened(empty_bundle / "report.html") as page:
        assert page.value(
            "[...document.querySelectorAll('main section[id^=section-]')].every(s => s.querySelector('.empty'))"
        )
        assert page.value("[...document.querySelectorAll('tbody')].every(body => body.rows.length)")
        assert "No control was assessed." in page.value("document.querySelector('.overall').textContent")
