"""What OSCAL says of each control: which were reviewed, which are satisfied, and which deviations were approved."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterable, Mapping

from qmsreport.render.judged import Finding, one_line
from qmsreport.render.oscal_parts import PROPERTIES, Json, Report, line, moment, props, some

_FAILED = ("fail", "exception accepted")
_PASSED = ("pass", "pass (attested)")
_NONE = "none"


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


def reviewed(about: Report, seen: set[str], excluded: set[str], results: list[Json]) -> Json:
    """What was reviewed and what of it was excluded; OSCAL has no word for "nothing", so that is said in words."""

    def chosen(controls: Iterable[str]) -> list[Json]:
        return [{"control-id": about.tokens[control]} for control in sorted(controls)]

    reviewed = {
        "control-selections": [
            {
                "description": "The requirements that a check answers for.",
                "include-controls": chosen(seen),
                **some("exclude-controls", chosen(excluded)),
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
    return {**reviewed, **some("props", names), **remarks}


def risk(about: Report, finding: Finding) -> Json:
    """The risk of a waived fail: a deviation that was approved, until the waiver ends."""
    deadline = {"deadline": moment(finding.waiver_ends)} if finding.waiver_ends else {}
    return {
        "uuid": about.uuid("risk", finding.fingerprint),
        "title": line(f"{finding.title}: {finding.resource}"),
        "description": one_line(finding.reason) or "No reason was given.",
        "statement": "The check failed, and the deviation was accepted in a dated waiver.",
        "props": props({"waiver": finding.waiver, "fingerprint": finding.fingerprint}),
        "status": "deviation-approved",
        "origins": about.origins,
        **deadline,
    }


def finding_of(
    about: Report, control: str, judgements: list[tuple[Finding, str]], risks: Mapping[str, Json]
) -> Json:
    """The finding of a control whose `state` is not empty: what was judged, with its observations and risks."""
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
        "title": line(control),
        "description": said,
        "props": props({"control": control}),
        "origins": about.origins,
        "target": {
            "type": "objective-id",
            "target-id": token,
            "status": {"state": state(judgements), "reason": reason},
        },
        "related-observations": [
            {"observation-uuid": name} for name in dict.fromkeys(name for _, name in judgements)
        ],
        **some("related-risks", related),
    }


def state(judgements: list[tuple[Finding, str]]) -> str:
    """The state of a control, empty where OSCAL's two words would say more than is known."""
    if any(finding.status in _FAILED for finding, _ in judgements):
        return "not-satisfied"
    if only(judgements, ("not applicable",)) or not only(judgements, (*_PASSED, "not applicable")):
        return ""
    return "satisfied"


def only(judgements: list[tuple[Finding, str]], statuses: tuple[str, ...]) -> bool:
    """Whether every finding has one of these statuses."""
    return all(finding.status in statuses for finding, _ in judgements)
