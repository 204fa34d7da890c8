"""OSCAL assessment results, against NIST's own schema and compliance-trestle."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsreport.render import oscal, oscal_controls, oscal_parts
from qmsreport.results import STATUSES, Evaluation

# NIST's schema of OSCAL 1.2.1, a work of the United States government and so in the public domain
SCHEMA = Path(__file__).with_name("oscal_assessment-results_schema.json")


@cache
def validator() -> Any:
    """NIST's schema, compiled; the library follows its \\p{…} patterns, which Python's own `re` cannot."""
    import jsonschema_rs

    return jsonschema_rs.validator_for(json.loads(SCHEMA.read_text("utf-8")), validate_formats=True)


def document(evaluation: Evaluation) -> dict[str, Any]:
    """The assessment results, valid by the schema."""
    found = json.loads(oscal.content(evaluation))
    assert [error.message for error in validator().iter_errors(found)] == []
    results: dict[str, Any] = found["assessment-results"]
    return results


def judged(
    evaluation: Evaluation, *rows: tuple[str, str, str, list[str]], **verdicts: pl.DataFrame
) -> Evaluation:
    """An evaluation with these findings alone: check, resource, status, controls."""
    frame = pl.DataFrame(
        [
            {"check_id": check, "title": f"Title of {check}", "severity": "high", "resource": resource, "status": status,
             "reason": f"{resource} is {status}", "expected": "0", "observed": None, "basis": None, "controls": controls}
            for check, resource, status, controls in rows
        ],
        schema={**dict.fromkeys(("check_id", "title", "severity", "resource", "status", "reason", "expected", "observed", "basis"), pl.String),
                "controls": pl.List(pl.String)},
    )  # fmt: skip
    return WithVerdicts(
        evaluation.report, evaluation.sections, evaluation.metrics, frame, evaluation.queries, verdicts
    )


class WithVerdicts(Evaluation):
    """An evaluation that holds verdict rows, whether or not the report has such queries."""

    def __init__(
        self, report: Any, sections: Any, metrics: Any, findings: Any, queries: Any, verdicts: Any
    ) -> None:
        super().__init__(report, sections, metrics, findings, queries)
        object.__setattr__(self, "verdicts", verdicts)


def states(results: dict[str, Any]) -> dict[str, str]:
    """Control to the state of its finding."""
    return {
        item["title"]: item["target"]["status"]["state"] for item in results["results"][0].get("findings", [])
    }


def test_is_valid_by_the_schema_and_by_trestle(evaluation, empty_evaluation, tmp_path):
    """NIST's schema, compliance-trestle's model and its validator of UUIDs and references accept it, also when empty."""
    from trestle.core.duplicates_validator import DuplicatesValidator
    from trestle.core.refs_validator import RefsValidator
    from trestle.oscal.assessment_results import AssessmentResults

    for number, one in enumerate((evaluation, empty_evaluation)):
        document(one)
        path = tmp_path / f"{number}.json"
        path.write_bytes(oscal.content(one))
        read = AssessmentResults.oscal_read(path)
        assert read
        assert DuplicatesValidator().model_is_valid(read, quiet=True)
        assert RefsValidator().model_is_valid(read, quiet=True)


def test_every_reference_leads_somewhere(evaluation):
    """Each UUID and fragment that is referred to is that of a part of the same document."""
    results = document(evaluation)
    defined = set(re.findall(r'"uuid": "([^"]+)"', json.dumps(results)))
    text = json.dumps(results)
    referred = set(re.findall(r'"(?:subject|actor|observation|risk|component)-uuid": "([^"]+)"', text))
    assert referred <= defined
    assert results["import-ap"]["href"].removeprefix("#") in defined
    assert all(uuid.UUID(name).version == 5 for name in defined)


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        (["pass"], "satisfied"),
        (["pass", "pass (attested)", "not applicable"], "satisfied"),
        (["fail", "pass"], "not-satisfied"),
        (["fail", "not assessed"], "not-satisfied"),
        (["exception accepted", "pass"], "not-satisfied"),
        (["not assessed", "pass"], None),
        (["partial", "pass"], None),
        (["error", "pass"], None),
        (["not applicable"], None),
    ],
)
def test_the_state_of_a_control(evaluation, statuses, state):
    """Satisfied only if everything judged passed; what was not assessed is an observation and no finding."""
    rows = [("c", f"r{number}", status, ["soc2:CC8.1"]) for number, status in enumerate(statuses)]
    results = document(judged(evaluation, *rows))
    assert states(results).get("soc2:CC8.1") == state
    subjects = [
        item["subject-uuid"] for each in results["results"][0]["observations"] for item in each["subjects"]
    ]
    assert len(subjects) == len(set(subjects)) == len(statuses)
    (selection,) = results["results"][0]["reviewed-controls"]["control-selections"]
    assert ("exclude-controls" in selection) == (set(statuses) == {"not applicable"})


def test_a_waiver_is_a_risk_that_was_approved(evaluation):
    """A waived fail stays not-satisfied, with a risk of status deviation-approved that ends with the waiver."""
    ends = datetime(2026, 12, 31, 23)  # noqa: DTZ001 – the vocabulary's times are naive UTC
    plain = judged(evaluation, ("c", "db-1", "exception accepted", ["soc2:CC8.1"]))
    rows = plain.findings.with_columns(
        pl.lit("fail").alias("measured_status"), pl.lit("W-12").alias("waiver_id"), pl.lit(ends).alias("waiver_expires_at"),
    )  # fmt: skip
    results = document(
        WithVerdicts(plain.report, {}, plain.metrics, plain.findings, (), {"judgements": rows})
    )
    (risk,) = results["results"][0]["risks"]
    (finding,) = results["results"][0]["findings"]
    assert risk["status"] == "deviation-approved"
    assert risk["deadline"] == "2026-12-31T23:00:00Z"
    assert {"name": "waiver", "ns": oscal_parts.PROPERTIES, "value": "W-12"} in risk["props"]
    assert finding["target"]["status"] == {"state": "not-satisfied", "reason": "other"}
    assert finding["related-risks"] == [{"risk-uuid": risk["uuid"]}]


def test_scope_excludes_and_gaps_are_said(evaluation):
    """A control out of scope is excluded even where a check failed; one that nothing checks is named; one not selected is not."""
    results = pl.DataFrame(
        [("soc2", "CC8.1", "not applicable", "no such system"), ("soc2", "CC1.1", "not covered", None), ("gdpr", "32(1)(a)", "pass", None)],
        schema=["framework", "control_id", "status", "exclusion_reason"], orient="row",
    )  # fmt: skip
    found = document(
        judged(
            evaluation,
            ("c", "r", "fail", ["soc2:CC8.1", "gdpr:32(1)(a)", "sox_itgc:ITGC-CM-1"]),
            control_results=results,
        )
    )
    (selection,) = found["results"][0]["reviewed-controls"]["control-selections"]
    assert selection["exclude-controls"] == [{"control-id": "soc2_CC8.1"}]
    assert "soc2:CC1.1" in found["results"][0]["reviewed-controls"]["remarks"]
    assert states(found) == {"gdpr:32(1)(a)": "not-satisfied"}


@given(st.sets(st.text(st.sampled_from("aA1()./-: é"), min_size=1, max_size=8), max_size=20))
def test_no_two_controls_share_a_token(controls):
    """Every control becomes a valid token, and no two become the same one."""
    found = oscal_controls.tokens(controls)
    assert len(set(found.values())) == len(controls)
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9._-]*", token) for token in found.values())


@given(st.text(max_size=20), st.text(max_size=20), st.sampled_from(STATUSES))
def test_any_text_gives_a_valid_document(empty_evaluation, resource, reason, status):
    """Line breaks, control characters and nothing at all in names and sentences still give a valid document."""
    one = judged(empty_evaluation, ("c", resource, status, ["soc2:CC8.1"]))
    document(replace(Evaluation(one.report, {}, one.metrics, one.findings.with_columns(pl.lit(reason).alias("reason")), ())))  # fmt: skip


def test_the_same_report_gives_the_same_bytes_and_another_one_other_uuids(evaluation, synthetic):
    """Rows in another order change nothing; another report has its own observations but the same resources."""
    shuffled = replace(evaluation, findings=evaluation.findings.sample(fraction=1, shuffle=True, seed=3))
    assert oscal.content(shuffled) == oscal.content(evaluation)
    other = document(synthetic.evaluation(revision=99))
    mine = document(evaluation)
    assert other["uuid"] != mine["uuid"]
    items = [each["results"][0]["local-definitions"]["inventory-items"] for each in (mine, other)]
    assert items[0] == items[1]
