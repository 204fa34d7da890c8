"""`data/junit.xml`: a gate for pipelines. One suite for each check, one case for each resource.

A fail is a *failure*. What could not be judged – not assessed, partial, a query that failed – is an *error*, because
a pipeline passes what is merely skipped, and missing data is never a pass. What is not applicable, and a fail with a
valid waiver, is *skipped* with its reason.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING
from xml.etree import ElementTree as Xml  # writes only

from qmsreport.render.judged import Finding, findings, one_line

if TYPE_CHECKING:
    from qmsreport.results import Evaluation

_ELEMENT = {
    "pass": "",
    "pass (attested)": "",
    "fail": "failure",
    "error": "error",
    "not assessed": "error",
    "partial": "error",
    "exception accepted": "skipped",
    "not applicable": "skipped",
}


def content(evaluation: Evaluation) -> bytes:
    """The file's bytes, in the form that Jenkins, GitLab and GitHub's reporters read."""
    report = evaluation.report
    root = Xml.Element("testsuites", name=one_line(f"{report['organisation']} {report['period']}"))
    totals: dict[str, int] = {}
    for _, group in itertools.groupby(findings(evaluation), key=lambda item: item.check):
        cases = list(group)
        counts = _count(cases)
        for name, number in counts.items():
            totals[name] = totals.get(name, 0) + number
        suite = Xml.SubElement(
            root,
            "testsuite",
            {
                "name": one_line(cases[0].title),
                **_text(counts),
                "timestamp": report["as_of"].isoformat(timespec="seconds"),
            },
        )
        properties = Xml.SubElement(suite, "properties")
        for key, value in _properties(cases[0], str(report["evidence_digest"])).items():
            Xml.SubElement(properties, "property", name=key, value=one_line(value))
        for case in cases:
            _case(suite, case)
    for key, value in _text(totals or _count([])).items():
        root.set(key, value)
    Xml.indent(root, " ")
    text: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _properties(finding: Finding, digest: str) -> dict[str, str]:
    return {
        "check": finding.check,
        "severity": finding.severity,
        "controls": " ".join(finding.controls),
        "evidence_digest": digest,
    }


def _case(suite: Xml.Element, finding: Finding) -> None:
    case = Xml.SubElement(
        suite, "testcase", name=one_line(finding.resource), classname=finding.check, time="0"
    )
    kind = _ELEMENT[finding.status]
    if not kind:
        return
    outcome = Xml.SubElement(case, kind, message=one_line(f"{finding.status}: {finding.reason}"))
    if kind != "skipped":
        outcome.set("type", f"{finding.status} ({finding.severity})")
    told = {"expected": finding.expected, "observed": finding.observed, "basis": finding.basis}
    outcome.text = "\n".join(f"{name}: {one_line(text)}" for name, text in told.items() if text) or None


def _count(cases: list[Finding]) -> dict[str, int]:
    kinds = [_ELEMENT[case.status] for case in cases]
    return {
        "tests": len(kinds),
        "failures": kinds.count("failure"),
        "errors": kinds.count("error"),
        "skipped": kinds.count("skipped"),
    }


def _text(counts: dict[str, int]) -> dict[str, str]:
    return {**{name: str(number) for name, number in counts.items()}, "time": "0"}
