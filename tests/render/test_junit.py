"""JUnit XML, read by junitparser."""

from __future__ import annotations

from dataclasses import replace

import junitparser
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsreport.render import junit


def suites(evaluation):
    """The file, parsed."""
    return list(junitparser.JUnitXml.fromstring(junit.content(evaluation)))


def test_a_suite_for_each_check_and_a_case_for_each_resource(evaluation):
    """Suites are checks, cases resources; the counts are those of the cases, and the digest stands in each suite."""
    found = suites(evaluation)
    assert len(found) == evaluation.findings["check_id"].n_unique()
    assert sum(suite.tests for suite in found) == evaluation.findings.height
    for suite in found:
        cases = list(suite)
        kinds = [type(case.result[0]) if case.result else None for case in cases]
        assert suite.tests == len(cases)
        assert suite.failures == kinds.count(junitparser.Failure)
        assert suite.errors == kinds.count(junitparser.Error)
        assert suite.skipped == kinds.count(junitparser.Skipped)
        assert evaluation.report["evidence_digest"] in [item.value for item in suite.properties()]


@pytest.mark.parametrize(
    ("status", "kind"),
    [("pass", None), ("pass (attested)", None), ("fail", junitparser.Failure), ("error", junitparser.Error),
     ("not assessed", junitparser.Error), ("partial", junitparser.Error), ("exception accepted", junitparser.Skipped),
     ("not applicable", junitparser.Skipped)],
)  # fmt: skip
def test_what_could_not_be_judged_stops_a_pipeline(evaluation, status, kind):
    """A fail is a failure and missing data an error; only what does not apply or is accepted is skipped."""
    one = replace(
        evaluation, findings=evaluation.findings.head(1).with_columns(pl.lit(status).alias("status"))
    )
    ((suite,),) = [suites(one)]
    (case,) = suite
    assert (type(case.result[0]) if case.result else None) is kind
    assert not case.result or status in case.result[0].message


@given(st.text(), st.text())
def test_any_text_gives_xml_that_can_be_read(evaluation, resource, reason):
    """Characters that XML forbids do not break the file."""
    rows = evaluation.findings.head(1).with_columns(
        pl.lit(resource).alias("resource"), pl.lit(reason).alias("reason"), pl.lit("fail").alias("status")
    )
    assert len(suites(replace(evaluation, findings=rows))) == 1


def test_no_finding_is_no_case(empty_evaluation):
    """Without findings the file is valid and holds no suite."""
    assert suites(empty_evaluation) == []
