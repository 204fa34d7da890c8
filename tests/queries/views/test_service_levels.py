"""What each objective of availability measured in the report's period."""

from __future__ import annotations

from tests.queries.conftest import Report
from tests.queries.metrics.test_slo_attainment import days, slo


def test_objectives_and_services_without_one(report: Report) -> None:
    """Good answers count, latency does not; a service without an objective stands there with nothing."""
    other = '[[service]]\nname = "billing"\n'
    latency = slo(id="slow", kind="latency")
    found = report(days("2026-07-01", 92, 990.0), more=slo() + latency + other, only=set())
    rows = {(row["service"], row["slo_id"]): row["attainment"] for row in found.view("service_levels")}
    assert rows == {("checkout", "api"): 0.99, ("billing", None): None}
