"""Verdicts over findings written down by hand: they go through the row contract and the real definitions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from qmsreport import catalog
from qmsreport.evaluate import Outcome, evaluate
from qmsreport.records.registers import Attestation, Waiver
from qmsreport.results import Query
from qmsreport.warehouse import Snapshot
from tests.factories import moment
from tests.queries.conftest import Known, needed, reported

AS_OF = datetime(2026, 10, 20)  # noqa: DTZ001  # naive UTC
VERDICTS = tuple(
    needed({query.id for query in catalog.read() if query.group == "verdicts"})
)  # and their views


def check(
    stem: str, *controls: str, mandatory: bool = False, attestable: bool = True, **statuses: str
) -> Query:
    """A check that says of each resource what is written here; without any, it sees nothing."""
    rows = ", ".join(f"('{name}', '{status}', 'Seen.')" for name, status in statuses.items())
    source = f"(values {rows or '(null, null, null)'})"
    return catalog.parse(
        f"""-- ---
-- title = "The title of {stem}"
-- severity = "high"
-- controls = {list(controls) or ["soc2:CC8.1"]}
-- why = "because"
-- remedy = "do"
-- mandatory = {str(mandatory).lower()}
-- attestable = {str(attestable).lower()}
-- ---
select * from {source} as found (resource, status, reason) where resource is not null order by resource
""",
        "checks",
        stem,
    )


def broken(stem: str, *controls: str) -> Query:
    """A check whose query does not run."""
    query = check(stem, *controls)
    return Query(**{name: getattr(query, name) for name in Query.__slots__} | {"sql": "select nothing"})


def waiver(name: str = "W1", **given: Any) -> Waiver:
    """Owned by *ada*, approved by *grace*, in force from July to the end of the year, for all of *one*."""
    times = {"granted_at": moment("2026-07-01"), "expires_at": moment("2027-01-01")}
    return Waiver(
        waiver_id=name, **{"check_id": "one", "owner": "ada", "approver": "grace", **times, **given}
    )


def attestation(name: str = "A1", **given: Any) -> Attestation:
    """Signed by *ada*, in force from July to the end of the year, for all of *one*."""
    times = {"attested_at": moment("2026-07-01"), "expires_at": moment("2027-01-01")}
    return Attestation(attestation_id=name, **{"check_id": "one", "owner": "ada", **times, **given})


Judge = Callable[..., Outcome]


@pytest.fixture(scope="session")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The snapshot of an organisation without facts, made once for each configuration."""

    @cache
    def made(more: str) -> Path:
        return reported(
            tmp_path_factory.mktemp("verdicts"), history=[Known([], AS_OF)], more=more, only=()
        ).snapshot

    return made


@pytest.fixture
def judge(snapshots: Callable[[str], Path]) -> Judge:
    """`judge(checks, *records, more=…)` evaluates checks and all verdicts as known at the 20th of October 2026."""

    def made(checks: Iterable[Query], *records: Any, more: str = "") -> Outcome:
        with Snapshot(snapshots(more)) as opened:
            for kind, record in (("waivers", Waiver), ("attestations", Attestation)):
                rows = [asdict(item) for item in records if isinstance(item, record)]
                opened.hold(kind, pl.DataFrame(rows, schema=opened.stored(kind).schema))
            return evaluate(opened, [*VERDICTS, *checks])

    return made
