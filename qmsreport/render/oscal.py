"""`data/oscal-assessment-results.json`: NIST OSCAL 1.2.1 assessment results, for governance tools.

A control's finding is *satisfied* only when everything judged for it passed. A measured fail makes it
*not-satisfied*, also under a waiver, which adds a risk of status *deviation-approved*. OSCAL knows no third state: a
control about which something could not be assessed, and nothing failed, gets its observations and no finding. What is
not applicable is reviewed and excluded. Each resource that did not simply pass has its own observation; those that
passed one check share one. Every UUID is a version 5 one, so that the same report gives the same file.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from qmsreport.render.judged import Finding, bounds, findings, one_line, verdicts

if TYPE_CHECKING:
    from qmsreport.results import Evaluation

VERSION = "1.2.1"
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "qmsreport.invalid")  # our own; .invalid is nobody's (RFC 2606)
PROPERTIES = "urn:qmsreport:oscal"  # the namespace of our properties
_SHARED = ("pass", "not applicable")  # resources of these share an observation
_FAILED = ("fail", "exception accepted")
_PASSED = ("pass", "pass (attested)")
_NONE = "none"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Report:
    """What every part refers to. `key` starts the name of what belongs to this one report."""

    key: str
    as_of: str
    tool: str
    tokens: Mapping[str, str]

    def uuid(self, *names: str) -> str:
        """The UUID of a part of this report."""
        return identifier(self.key, *names)

    @property
    def origins(self) -> list[Json]:
        """Who says so: the tool."""
        return [{"actors": [{"type": "tool", "actor-uuid": self.tool}]}]


def identifier(*names: str) -> str:
    """A version 5 UUID of what the names name together."""
    return str(uuid.uuid5(NAMESPACE, "\n".join(names)))


def content(evaluation: Evaluation) -> bytes:
    """The file's bytes; keys sorted."""
    report = evaluation.report
    found = findings(evaluation)
    results = verdicts(evaluation, "control_results")
    named = [f"{row['framework']}:{row['control_id']}" for row in results]
    controls = sorted({*named, *(control for finding in found for control in finding.controls)})
    about = _Report(
        key=f"{report['evidence_digest']}/{report['period']}/r{report['revision']}",
        as_of=_moment(report["as_of"]),
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


def tokens(controls: Iterable[str]) -> dict[str, str]:
    """Each control, like `hipaa:164.312(b)`, as an OSCAL token, like `hipaa_164.312-b`; no two the same."""
    known = {control: _token(control) for control in controls}
    shared = {token for token, group in itertools.groupby(sorted(known.values())) if len(list(group)) > 1}
    return {
        control: f"{token}_{hashlib.sha256(control.encode()).hexdigest()[:8]}" if token in shared else token
        for control, token in known.items()
    }


def _token(control: str) -> str:
    framework, _, name = control.partition(":")
    plain = "_".join(re.sub(r"[^A-Za-z0-9.]+", "-", part).strip("-.") for part in (framework, name) if part)
    return plain if re.match(r"[A-Za-z_]", plain) else f"_{plain}"


def _metadata(report: Mapping[str, Any], about: _Report) -> Json:
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
        "title": _line(f"{report['title']}, {report['organisation']}, {report['period']}"),
        "last-modified": about.as_of,
        "version": f"{report['period']}-r{report['revision']}",
        "oscal-version": VERSION,
        "props": _props(properties),
        "parties": [
            {
                "uuid": identifier("organisation", str(report["organisation"])),
                "type": "organization",
                "name": _line(report["organisation"]),
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


def _result(report: Mapping[str, Any], about: _Report, found: list[Finding], results: list[Json]) -> Json:
    first, after = bounds(report)
    out_of_scope = {
        f"{row['framework']}:{row['control_id']}" for row in results if row.get("exclusion_reason")
    }
    observations: list[Json] = []
    seen: dict[str, list[tuple[Finding, str]]] = {}  # control to its findings with their observation
    for group in _observed_together(found):
        observation = _observation(about, group)
        observations.append(observation)
        for finding in group:
            for control in finding.controls:
                seen.setdefault(control, []).append((finding, observation["uuid"]))
    risks = {finding.fingerprint: _risk(about, finding) for finding in found if finding.waived}
    judged = [
        _finding(about, control, judgements, risks)
        for control, judgements in sorted(seen.items())
        if control not in out_of_scope and _state(judgements)
    ]
    excluded = {
        control for control, judgements in seen.items() if _all(judgements, ("not applicable",))
    } | out_of_scope
    resources = sorted({finding.resource for finding in found})
    return {
        "uuid": about.uuid("result"),
        "title": _line(f"{report['organisation']}, {report['period']}"),
        "description": f"Control checks over the period {report['first_day']} to {report['last_day']} ({report['zone']}), as known at {about.as_of}.",
        "start": _moment(first),
        "end": _moment(after),
        "local-definitions": {
            **_some("inventory-items", [_item(name) for name in resources]),
            "assessment-assets": _assets(report, about),
        },
        "reviewed-controls": _reviewed(about, {*seen, *out_of_scope}, excluded, results),
        **_some("observations", observations),
        **_some("risks", list(risks.values())),
        **_some("findings", judged),
    }


def _assets(report: Mapping[str, Any], about: _Report) -> Json:
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
        "description": _line(resource),
        **_some("props", _props({"name": resource})),
    }


def _subject(resource: str) -> str:
    """The same in every report, so that a resource can be followed from one to the next."""
    return identifier("resource", resource)


def _reviewed(about: _Report, seen: set[str], excluded: set[str], results: list[Json]) -> Json:
    """What was reviewed and what of it was excluded; OSCAL has no word for "nothing", so that is said in words."""

    def chosen(controls: Iterable[str]) -> list[Json]:
        return [{"control-id": about.tokens[control]} for control in sorted(controls)]

    reviewed = {
        "control-selections": [
            {
                "description": "The requirements that a check answers for.",
                "include-controls": chosen(seen),
                **_some("exclude-controls", chosen(excluded)),
            }
        ]
    }
    if not seen:
        nothing = [{"control-id": _NONE}]
        reviewed["control-selections"] = [
            {
                "description": "No control was reviewed.",
                "include-controls": nothing,
                "exclude-controls": nothing,
            }
        ]
    uncovered = [
        f"{row['framework']}:{row['control_id']}" for row in results if row["status"] == "not covered"
    ]
    remarks = {"remarks": "No check answers for: " + ", ".join(uncovered) + "."} if uncovered else {}
    names = [
        {"name": "control", "ns": PROPERTIES, "value": one_line(control), "remarks": about.tokens[control]}
        for control in sorted(seen)
    ]
    return {**reviewed, **_some("props", names), **remarks}


def _observed_together(found: list[Finding]) -> Iterable[list[Finding]]:
    """The findings of a check that passed together, likewise those that do not apply; every other one alone."""
    for _, group in itertools.groupby(found, key=lambda item: item.check):
        cases = list(group)
        for status in _SHARED:
            if alike := [finding for finding in cases if finding.status == status]:
                yield alike
        yield from ([finding] for finding in cases if finding.status not in _SHARED)


def _observation(about: _Report, group: list[Finding]) -> Json:
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
        "title": _line(one.title),
        "description": (one_line(one.reason) if alone else together) or "No reason was given.",
        "props": _props(properties),
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


def _risk(about: _Report, finding: Finding) -> Json:
    deadline = {"deadline": _moment(finding.waiver_ends)} if finding.waiver_ends else {}
    return {
        "uuid": about.uuid("risk", finding.fingerprint),
        "title": _line(f"{finding.title}: {finding.resource}"),
        "description": one_line(finding.reason) or "No reason was given.",
        "statement": "The check failed, and the deviation was accepted in a dated waiver.",
        "props": _props({"waiver": finding.waiver, "fingerprint": finding.fingerprint}),
        "status": "deviation-approved",
        "origins": about.origins,
        **deadline,
    }


def _finding(
    about: _Report, control: str, judgements: list[tuple[Finding, str]], risks: Mapping[str, Json]
) -> Json:
    state = _state(judgements)
    failed = [finding for finding, _ in judgements if finding.status == "fail"]
    waived = [finding for finding, _ in judgements if finding.waived]
    passed = sum(finding.status in _PASSED for finding, _ in judgements)
    unseen = sum(finding.status in ("not assessed", "partial", "error") for finding, _ in judgements)
    said = (
        f"{len(failed):,} failed, {len(waived):,} failed and accepted, {passed:,} passed, {unseen:,} not assessed "
        f"in full; checks: {', '.join(dict.fromkeys(finding.check for finding, _ in judgements))}."
    )
    token = about.tokens[control]
    reason = "fail" if failed else "other" if waived else "pass"
    related = [{"risk-uuid": risks[finding.fingerprint]["uuid"]} for finding in waived]
    return {
        "uuid": about.uuid("finding", control),
        "title": _line(control),
        "description": said,
        "props": _props({"control": control}),
        "origins": about.origins,
        "target": {
            "type": "objective-id",
            "target-id": token,
            "status": {"state": state, "reason": reason},
        },
        "related-observations": [
            {"observation-uuid": name} for name in dict.fromkeys(name for _, name in judgements)
        ],
        **_some("related-risks", related),
    }


def _state(judgements: list[tuple[Finding, str]]) -> str:
    """The state of a control, empty where OSCAL's two words would say more than is known."""
    if any(finding.status in _FAILED for finding, _ in judgements):
        return "not-satisfied"
    if _all(judgements, ("not applicable",)) or not _all(judgements, (*_PASSED, "not applicable")):
        return ""
    return "satisfied"


def _all(judgements: list[tuple[Finding, str]], statuses: tuple[str, ...]) -> bool:
    return all(finding.status in statuses for finding, _ in judgements)


def _props(values: Mapping[str, Any]) -> list[Json]:
    """Properties in our namespace; those without a value are left out."""
    return [
        {"name": name, "ns": PROPERTIES, "value": text}
        for name, value in values.items()
        if (text := one_line(str(value or "")))
    ]


def _some(name: str, items: list[Json]) -> dict[str, list[Json]]:
    """OSCAL forbids empty lists: none is left out."""
    return {name: items} if items else {}


def _line(text: Any) -> str:
    return one_line(str(text)) or "–"


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds" if not moment.microsecond else "microseconds") + "Z"
