"""A snapshot of 2,000 resources of each kind, and 150 checks over it: copies of real ones, ten of each."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from qmsreport import catalog
from qmsreport.results import Query
from qmsreport.warehouse import Snapshot
from tests.queries.conftest import reported

RESOURCES = 2_000
CHECKS = 150
# one row each of `number` from 0; about one resource in twenty is not in order
_ROWS = {
    "settings": """
        select 'store:' || number as subject, 'encryption.at_rest' as key, 'effective' as layer,
            case when number % 20 = 0 then 'false' else 'true' end as value, 'flag' as unit, 'store.yaml:3' as origin
        from numbers
        union all
        select 'store:' || number, 'backup.snapshots', 'effective', 'true', 'flag', 'store.yaml:4' from numbers
        union all
        select 'store:' || number, 'backup.age', 'measured', case when number % 20 = 0 then '30' else '3' end, 'h', 'api'
        from numbers
        union all
        select 'acme/' || number || '@main', key, 'effective', value, null, 'api'
        from numbers, (values
            ('change.required_approvals', '1'), ('change.enforced_for_administrators', 'true'),
            ('change.force_push', 'false'), ('change.deletion', 'false')
        ) as rules (key, value)
    """,
    "tls_probes": """
        select number || '.example:443' as endpoint, protocol, protocol >= 'TLS 1.2' as offered,
            'ECDHE-ECDSA-AES256-GCM-SHA384' as cipher, 'CN=' || number as certificate_subject, 'CN=authority' as issuer,
            timestamp '2026-07-01' as not_before, timestamp '2026-11-01' + to_days(number % 100) as not_after,
            'EC' as key_type, 256 as key_bits, true as chain_valid, true as hostname_valid,
            'sha256' as signature_algorithm, false as self_signed, timestamp '2026-09-30' as probed_at
        from numbers, (values ('TLS 1.0'), ('TLS 1.1'), ('TLS 1.2'), ('TLS 1.3')) as versions (protocol)
    """,
    "incidents": """
        select 'INC-' || number as incident_id, 'Incident ' || number as title, 'high' as severity,
            'resolved' as status, ['checkout'] as services,
            timestamp '2026-07-01' + to_hours(number) as detected_at, timestamp '2026-07-01' + to_hours(number) as created_at,
            timestamp '2026-07-01' + to_hours(number) + to_minutes(number % 20) as acknowledged_at,
            timestamp '2026-07-01' + to_hours(number + 1) as mitigated_at,
            timestamp '2026-07-01' + to_hours(number + 2) as resolved_at, number % 50 = 0 as personal_data,
            cast(timestamp '2026-07-01' + to_hours(number) as date) as local_date
        from numbers
    """,
    "alert_rules": """
        select 'rule-' || number as rule_id, 'HighCpu' || number as name, 'up == 0' as query, 300.0 as for_seconds,
            'critical' as severity, true as enabled, case when number % 20 = 0 then 'err' else 'ok' end as health,
            timestamp '2026-10-20 06:00' as last_evaluated_at, 'https://wiki.example/' || number as runbook_url
        from numbers
    """,
    "scrape_targets": """
        select 'target-' || number as target, 'node' as job, case when number % 20 = 0 then 'down' else 'up' end as health,
            timestamp '2026-10-20 06:00' as last_scraped_at, 15.0 as scrape_interval_seconds
        from numbers
    """,
    "documents": """
        select 'doc-' || number as document_id, 'Document ' || number as title, 'runbook' as kind, 'Head of platform' as owner,
            'Managing director' as approved_by, timestamp '2026-01-01' as approved_at,
            timestamp '2026-09-01' + to_days(number % 400) as review_due, 0 as flaws
        from numbers
    """,
    "vulnerabilities": """
        select 'CVE-' || number as vulnerability_id, 'checkout' as service, 'critical' as severity, 'scanner' as scanner,
            timestamp '2026-07-01' as found_at, timestamp '2026-07-02' + to_days(number % 40) as fixed_at,
            'fixed' as state, date '2026-07-01' as local_date
        from numbers
    """,
    "silences": """
        select 'silence-' || number as silence_id, 'ada' as created_by, 'maintenance' as comment,
            timestamp '2026-08-01' as starts_at, timestamp '2026-08-02' + to_days(number % 8) as ends_at,
            date '2026-08-01' as local_date
        from numbers
    """,
    "quality_measures": """
        select 'service-' || number as service, timestamp '2026-08-01' as measured_at, measure, 0.9 as value,
            'share' as unit, date '2026-08-01' as local_date
        from numbers, (values ('line_coverage'), ('duplication')) as measures (measure)
    """,
}  # fmt: skip
SHAPES = (
    "encryption_at_rest", "backups_taken", "branch_rules", "tls_endpoints", "certificate_expiry", "incident_records",
    "incident_acknowledged_in_time", "alert_rules_healthy", "runbooks_linked", "targets_scraped", "documents_current",
    "vulnerabilities_fixed", "silences_bounded", "code_quality", "test_coverage",
)  # fmt: skip


def make(folder: Path) -> Path:
    """The snapshot's file; every shape judges at least `RESOURCES` resources of it."""
    snapshot = reported(folder, [], only=set()).snapshot
    with Snapshot(snapshot, read_only=False) as opened:
        opened.fetch(f"create temp table numbers as select range as number from range({RESOURCES})")
        for table, rows in _ROWS.items():
            opened.fetch(f"insert into {table} by name {rows}")
    return snapshot


def queries() -> list[Query]:
    """Views and verdicts as they are, and the checks: copies with names of their own, of equal shares."""
    every = catalog.read()
    shapes = [query for query in every if query.id in SHAPES]
    assert len(shapes) == len(SHAPES)
    copies = [
        dataclasses.replace(query, id=f"{query.id}_{number}", path=f"{query.path}#{number}")
        for query in shapes
        for number in range(CHECKS // len(SHAPES))
    ]
    return [*(query for query in every if query.group in ("views", "verdicts")), *copies]
