"""The documents and registers of the demonstration: valid to read, contradictory where real ones are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qmsreport.sources import _policy_document, _policy_flaws, _register_check
from qmsreport.sources._policy_settings import Rules

if TYPE_CHECKING:
    from tests.demo.conftest import Organisation

CONFLICTS = {
    "retention.metrics": {"90", "30"},
    "retention.logs": {"30", "90"},
    "retention.traces": {"7", "14"},
    "latency.p95": {"200", "500"},
    "latency.p99": {"500", "1000"},
    "errors": {"0.01"},  # one percent, and a ratio: the same
    "resources.cpu": {"0.8"},
    "sampling.traces": {"0.1"},
    "alerting.channels": {'["pagerduty", "email"]', '["pagerduty", "slack", "email"]'},
}


def test_both_documents_declare_and_contradict_each_other(organisation: Organisation) -> None:
    """Retention, latency and channels differ between the two; shares are the same, however they are written."""
    declared: dict[str, set[str | None]] = {}
    kinds = set()
    for path in sorted((organisation.folder / "policy").glob("*.md")):
        found = _policy_document.read(path.read_bytes(), path.name, Rules())
        kinds |= {flaw.flaw for flaw in _policy_flaws.flaws(found)}
        for row in _policy_document.settings(found):
            declared.setdefault(row.key, set()).add(row.value)
    assert {key: declared[key] for key in CONFLICTS} == CONFLICTS
    assert kinds == {"misfiled", "mojibake", "unit unstated", "effort", "count"}


def test_the_registers_are_valid_and_say_nothing_from_the_future(organisation: Organisation) -> None:
    """Nothing in them is refused; four waivers hold on the day, one has expired; one of three nonconformities is closed."""
    registers = {
        path.name: _register_check.read(path.read_text("utf-8"), "Europe/Berlin", ())
        for path in sorted((organisation.folder / "registers").glob("*.toml"))
    }
    _register_check.together(registers)
    assert not [problem for register in registers.values() for problem in register.problems]
    past = {"granted_at", "attested_at", "decided_at", "opened_at", "closed_at", "done_at"}
    moments = [
        (name, value)
        for register in registers.values()
        for entry in register.entries
        for name, value in entry.values.items()
        if name in past
    ]
    assert len(moments) > 8
    assert all(value < organisation.cutoff for _, value in moments)
    waivers = registers["waivers.toml"].records("waivers.toml")["waivers"]
    assert sorted(waiver.expires_at > organisation.cutoff for waiver in waivers) == [
        False,
        True,
        True,
        True,
        True,
    ]
    found = registers["nonconformities.toml"].records("n")["nonconformities"]
    assert [row.closed_at is not None for row in found] == [True, False, False]
    assert found[1].due_at < organisation.cutoff
