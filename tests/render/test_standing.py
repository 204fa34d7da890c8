"""The result on the cover."""

from __future__ import annotations

import pytest

from qmsreport.render.standing import standing


def _findings(*states: tuple[str, str]):
    return [{"check_id": check, "status": status} for check, status in states]


@pytest.mark.parametrize(
    ("findings", "sentence"),
    [
        ([], "No control was assessed."),
        (_findings(("a", "pass"), ("b", "not applicable")), "No exceptions noted."),
        (_findings(("a", "pass"), ("b", "not assessed")), "No exceptions noted in what was assessed; 1 check could not be assessed."),
        (_findings(("a", "pass"), ("a", "fail"), ("b", "pass")), "Exceptions noted: 1 check of 2 failed."),
        (_findings(("a", "partial"), ("b", "error")), "Exceptions noted: 1 check of 2 passed only in part; 1 check could not be run."),
    ],
)  # fmt: skip
def test_the_cover_says_in_one_sentence_how_it_stands(findings, sentence):
    """What could not be assessed or run never counts as good, and is said."""
    assert standing(findings).sentence == sentence


def test_what_people_decided_is_said_apart():
    """An accepted exception and an attested pass are no plain passes, and an incomplete framework is named."""
    rows = _findings(("a", "pass"), ("b", "exception accepted"), ("c", "pass (attested)"))
    assert standing(rows, ["SOC 2", "GDPR", "PCI DSS"]).sentence == (
        "No exceptions noted; 1 check rests on an accepted exception; 1 check passes as attested only. "
        "The result is incomplete for SOC 2, GDPR and PCI DSS."
    )


def test_a_check_counts_as_its_worst_resource():
    """One failed resource fails its check, whatever the others are and in whatever order."""
    rows = _findings(("a", "pass"), ("a", "fail"), ("a", "not assessed"))
    assert standing(rows).counts == standing(rows[::-1]).counts == (("fail", 1),)
