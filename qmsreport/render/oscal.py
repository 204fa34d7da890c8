"""`data/oscal-assessment-results.json`: NIST OSCAL 1.2.1 assessment results, for governance tools.

A control's finding is *satisfied* only when everything judged for it passed. A measured fail makes it
*not-satisfied*, also under a waiver, which adds a risk of status *deviation-approved*. OSCAL knows no third state: a
control about which something could not be assessed, and nothing failed, gets its observations and no finding. What is
not applicable is reviewed and excluded. Each resource that did not simply pass has its own observation; those that
passed one check share one. Every UUID is a version 5 one, so that the same report gives the same file.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from qmsreport.render.judged import Finding, bounds, findings, one_line, verdicts
from qmsreport.render.oscal_controls import finding_of, only, reviewed, risk, state, tokens
from qmsreport.render.oscal_parts import Json, Report, identifier, line, moment, props, some

if TYPE_CHECKING:
    from qmsreport.results import Evaluation

VERSION = "1.2.1"
_SHARED = ("pass", "not applicable")  # resources of these share an observation


def content(evaluation: Evaluation) -> bytes:
    """The file's bytes; keys sorted."""
    report = evaluation.report
    found = findings(evaluation)
    results = verdicts(evaluation, "control_results")
    named = [f"{row['framework']}:{row['control_id']}" for row in results]
    controls = sorted({*named, *(control for finding in found for control in finding.controls)})
    about = Report(
        key=f"{report['evidence_digest']}/{report['period']}/r{report['revision']}",
        as_of=moment(report["as_of"]),
        tool=identifier("tool", "qmsreport", str(report["tool_version"])),
        tokens=tokens(controls),
    )
    plan = about.uuid("plan")
    document = {
        "assessment-results": {
            "uuid": about.uuid("document"),
            "metadata": _metadata(report, about),
            "import-ap": {"href": f"#{plan}", "remarks": "The checks of this report are its plan."},
            "results": [_result(report, about, found, results)],
            "back-matter": {"resources": [_plan(plan)]},
        }
    }
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, indent=1, allow_nan=False)
    return text.encode() + b"\n"


def _metadata(report: Mapping[str, Any], about: Report) -> Json:
    properties = {
        "evidence-digest": report["evidence_digest"],
        "period": report["period"],
        "time-zone": report["zone"],
        "document-number": report.get("document_number"),
        "classification": report.get("classification"),
        "notice": report.get("notice"),
        "state": report.get("state"),
    }
    return {
        "title": line(f"{report['title']}, {report['organisation']}, {report['period']}"),
        "last-modified": about.as_of,
        "version": f"{report['period']}-r{report['revision']}",
        "oscal-version": VERSION,
        "props": props(properties),
        "parties": [
            {
                "uuid": identifier("organisation", str(report["organisation"])),
                "type": "organization",
                "name": line(report["organisation"]),
            }
        ],
    }


def _plan(plan: str) -> Json:
    return {
        "uuid": plan,
        "title": "The checks as run",
        "description": "Each check is one file of SQL with its reason and its remedy in the header; its hash is in manifest.json.",
        "rlinks": [{"href": "../queries/checks"}, {"href": "../manifest.json"}],
    }


def _result(report: Mapping[str, Any], about: Report, found: list[Finding], results: list[Json]) -> Json:
    first, after = bounds(report)
    out_of_scope = {
        f"{row['framework']}:{row['control_id']}" for row in results if row.get("exclusion_reason")
    }
    # where the report names its frameworks, it speaks of no other's requirements
    selected = {f"{row['framework']}:{row['control_id']}" for row in results} if results else None
    observations: list[Json] = []
    seen: dict[str, list[tuple[Finding, str]]] = {}  # control to its findings with their observation
    for group in _observed_together(found):
        observation = _observation(about, group)
        observations.append(observation)
        for finding in group:
            for control in finding.controls if selected is None else selected.intersection(finding.controls):
                seen.setdefault(control, []).append((finding, observation["uuid"]))
    risks = {finding.fingerprint: risk(about, finding) for finding in found if finding.waived}
    judged = [
        finding_of(about, control, judgements, risks)
        for control, judgements in sorted(seen.items())
        if control not in out_of_scope and state(judgements)
    ]
    excluded = {
        control for control, judgements in seen.items() if only(judgements, ("not applicable",))
    } | out_of_scope
    resources = sorted({finding.resource for finding in found})
    return {
        "uuid": about.uuid("result"),
        "title": line(f"{report['organisation']}, {report['period']}"),
        "description": f"Control checks over the period {report['first_day']} to {report['last_day']} ({report['zone']}), as known at {about.as_of}.",
        "start": moment(first),
        "end": moment(after),
        "local-definitions": {
            **some("inventory-items", [_item(name) for name in resources]),
            "assessment-assets": _assets(report, about),
        },
        "reviewed-controls": reviewed(about, {*seen, *out_of_scope}, excluded, results),
        **some("observations", observations),
        **some("risks", list(risks.values())),
        **some("findings", judged),
    }


def _assets(report: Mapping[str, Any], about: Report) -> Json:
    tool = {
        "uuid": about.tool,
        "type": "software",
        "title": "qmsreport",
        "description": "Collects the evidence and runs the checks.",
        "props": [{"name": "version", "value": str(report["tool_version"])}],
        "status": {"state": "operational"},
    }
    platform = {
        "uuid": about.uuid("platform"),
        "title": "qmsreport",
        "uses-components": [{"component-uuid": about.tool}],
    }
    return {"components": [tool], "assessment-platforms": [platform]}


def _item(resource: str) -> Json:
    return {
        "uuid": _subject(resource),
        "description": line(resource),
        **some("props", props({"name": resource})),
    }


def _subject(resource: str) -> str:
    """The same in every report, so that a resource can be followed from one to the next."""
    return identifier("resource", resource)


def _observed_together(found: list[Finding]) -> Iterable[list[Finding]]:
    """The findings of a check that passed together, likewise those that do not apply; every other one alone."""
    for _, group in itertools.groupby(found, key=lambda item: item.check):
        cases = list(group)
        for status in _SHARED:
            if alike := [finding for finding in cases if finding.status == status]:
                yield alike
        yield from ([finding] for finding in cases if finding.status not in _SHARED)


def _observation(about: Report, group: list[Finding]) -> Json:
    one = group[0]
    alone = one.status not in _SHARED
    together = f"{len(group):,} of the resources this check judged: {one.status}."
    properties = {
        "check": one.check,
        "severity": one.severity,
        "status": one.status,
        "measured-status": one.measured,
        "resources": str(len(group)),
        **({"fingerprint": one.fingerprint, "waiver": one.waiver, "attestation": one.attestation} if alone else {}),
    }  # fmt: skip
    told = {"Expected": one.expected, "Observed": one.observed, "Basis": one.basis}
    words = " ".join(f"{name}: {one_line(text)}." for name, text in told.items() if text) if alone else ""
    return {
        "uuid": about.uuid("observation", one.check, one.resource if alone else "", one.status),
        "title": line(one.title),
        "description": (one_line(one.reason) if alone else together) or "No reason was given.",
        "props": props(properties),
        "methods": ["EXAMINE" if one.status == "pass (attested)" else "TEST"],
        "types": ["control-objective"],
        "origins": about.origins,
        "subjects": [
            {"subject-uuid": _subject(finding.resource), "type": "inventory-item"} for finding in group
        ],
        "relevant-evidence": [
            {"href": "../evidence.duckdb", "description": words or "The rows behind it are in the evidence."}
        ],
        "collected": about.as_of,
    }
