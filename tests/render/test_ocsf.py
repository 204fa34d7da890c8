"""OCSF Compliance Finding, against py-ocsf-models."""

from __future__ import annotations

import json
from dataclasses import replace

import polars as pl
import pytest

from qmsreport.render import ocsf
from qmsreport.results import STATUSES


def events(evaluation):
    """The events, each valid by the model of the class."""
    from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding

    lines = ocsf.content(evaluation).decode().splitlines()
    for line in lines:
        ComplianceFinding.model_validate_json(line)
    return [json.loads(line) for line in lines]


def test_every_finding_is_one_valid_event(evaluation):
    """One line for each finding; class, type, product, times in milliseconds; the check's remedy where it has one."""
    found = events(evaluation)
    assert len(found) == evaluation.findings.height
    assert len({event["finding_info"]["uid"] for event in found}) == len(found)
    for event in found:
        assert (event["class_uid"], event["category_uid"], event["type_uid"]) == (2003, 2, 200301)
        assert event["time"] == 1790920800000  # 2026-10-02T06:00:00Z
        assert event["start_time"] < event["end_time"] < event["time"]
        assert event["compliance"]["standards"] == ["soc2", "iso27001"]


@pytest.mark.parametrize(
    ("status", "number"),
    [("pass", 1), ("pass (attested)", 1), ("not assessed", 2), ("partial", 2), ("error", 2), ("fail", 3),
     ("exception accepted", 3), ("not applicable", 99)],
)  # fmt: skip
def test_status_id_of_each_status(evaluation, status, number):
    """Missing information is a warning, never a pass; a waived fail stays a fail whose event is suppressed."""
    one = replace(
        evaluation, findings=evaluation.findings.head(1).with_columns(pl.lit(status).alias("status"))
    )
    (event,) = events(one)
    assert event["compliance"]["status_id"] == number
    assert event["compliance"]["status"] == status
    assert event["status_id"] == (3 if status == "exception accepted" else 1)
    assert status in STATUSES


def test_nothing_found_is_an_empty_file(empty_evaluation):
    """Without findings there is no event."""
    assert ocsf.content(empty_evaluation) == b""
