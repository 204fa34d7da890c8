"""A large organisation as Parquet files in the record vocabulary, and its configuration.

At factor 1: 1,600 services in 80 teams over the 8 quarters that end with 2026-Q2; 1 M deployments (70 % into
`production`, 20 % the same commits once more into `production-eu`, 10 % into `staging`) that bring in 5 commits
each, and those commits; 250,000 changes with 3 own commits each; 100,000 incidents with a timeline; 10 M SLI
windows. Every row follows from its number, so every run makes the same content.

Run: python -m tests.benchmarks.generator FOLDER [FACTOR]
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb

SERVICES = 1_600
TEAMS = 80
STARTS = "timestamp '2024-07-01 00:00:00'"
SECONDS = 730 * 86_400
QUARTER = "2026-Q2"
WINDOW_SECONDS = 10_080  # 6,257 windows of 2 h 48 min fit the two years, so 1,600 objectives give 10 M


@dataclass(frozen=True, slots=True)
class Organisation:
    """What was written, and where."""

    folder: Path  # holds qmsreport.toml and sources/KIND.parquet
    rows: dict[str, int]  # per kind

    @property
    def total(self) -> int:
        """Rows of all kinds."""
        return sum(self.rows.values())


def organisation(factor: float = 1.0) -> Organisation:
    """The organisation at that size; made once and kept in the folder for temporary files.

    `QMSREPORT_BENCHMARK_DIR` names another folder. Another generator makes another organisation.
    """
    root = Path(os.environ.get("QMSREPORT_BENCHMARK_DIR") or tempfile.gettempdir())
    mark = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]
    folder = root / f"qmsreport-benchmark-{factor:g}-{mark}"
    if not folder.exists():
        being_made = folder.with_name(f"{folder.name}.{os.getpid()}")
        write(being_made, factor)
        with contextlib.suppress(OSError):  # another process made it meanwhile: its content is the same
            being_made.rename(folder)
    with duckdb.connect() as connection:
        rows = {
            path.stem: connection.execute(f"select count(*) from '{path}'").fetchall()[0][0]
            for path in sorted((folder / "sources").glob("*.parquet"))
        }
    return Organisation(folder, rows)


def write(folder: Path, factor: float) -> None:
    """Write the sources and the configuration into a new folder."""
    (folder / "sources").mkdir(parents=True)
    services = max(4, round(SERVICES * min(1.0, factor * 4)))
    deployments = round(1_000_000 * factor)
    incidents = round(100_000 * factor)
    windows = round(10_000_000 * factor) // services
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute("set enable_progress_bar = false")
        for kind, sql in _content(services, deployments, incidents, windows).items():
            connection.execute(
                f"copy ({sql}) to '{folder}/sources/{kind}.parquet' (format parquet, compression zstd)"
            )
    (folder / "qmsreport.toml").write_text(_configuration(services), "utf-8")


def _content(services: int, deployments: int, incidents: int, windows: int) -> dict[str, str]:
    """One select for each kind. `chance` is a number in 0 to 1 that follows from the row's own number."""
    commits = deployments * 5
    changes = deployments // 4
    step = SECONDS / deployments
    service = f"printf('service-%04d', i % {services})"
    team = f"printf('team-%02d', i % {min(TEAMS, services)})"
    # two years of one service's deployments: 7 to production, 2 of their commits once more, 1 to staging
    turn = f"(i // {services}) % 10"
    brought = f"case when {turn} in (7, 8) and i >= {2 * services} then i - {2 * services} else i end"
    finished = _after(f"i * {step}")
    return {
        "services": f"""
            select {service} as service, {team} as team, ['acme/' || {service}] as repositories,
                case when i % 5 = 0 then 'high' else 'medium' end as criticality
            from range({services}) as t(i)""",
        "deployments": f"""
            select 'd-' || i as deployment_id, {service} as service,
                case when {turn} < 7 then 'production' when {turn} < 9 then 'production-eu' else 'staging' end as environment,
                'acme/' || {service} as repository, sha1(cast(5 * ({brought}) + 4 as varchar)) as commit_sha,
                case when {_chance(1)} < 0.04 then 'hotfix/' || i else 'main' end as ref,
                {finished} - {_microseconds(f"30e6 + 600e6 * {_chance(2)}")} as started_at,
                {finished} as finished_at,
                case when {_chance(3)} < 0.04 then 'failed' when {_chance(3)} < 0.05 then 'cancelled' else 'succeeded' end
                    as outcome,
                cast(1 as bigint) as attempt, {_chance(4)} < 0.02 as is_rollback, {_chance(1)} < 0.04 as is_unplanned,
                cast(null as varchar) as fixes_incident, 'person-' || (i % 900) as actor
            from range({deployments}) as t(i)""",
        "deployment_commits": f"""
            select 'd-' || i as deployment_id, sha1(cast(5 * ({brought}) + k as varchar)) as commit_sha
            from range({deployments}) as t(i), range(5) as s(k)""",
        "commits": f"""
            select 'acme/' || printf('service-%04d', (i // 5) % {services}) as repository,
                sha1(cast(i as varchar)) as commit_sha,
                case when i % 40 = 0 then [sha1(cast(i - 5 as varchar)), sha1(cast(i - 1 as varchar))]
                    else [sha1(cast(i - 5 as varchar))] end as parent_shas,
                {_after(f"i * {step / 5} - 3600 - 500000 * {_chance(5)}")} as authored_at,
                {_after(f"i * {step / 5} - 3600")} as committed_at,
                'person-' || (i % 900) as author, i % 50 = 7 as is_bot
            from range({commits}) as t(i)""",
        "changes": f"""
            select 'acme#' || i as change_id, 'acme/' || printf('service-%04d', (i * 4) % {services}) as repository,
                printf('service-%04d', (i * 4) % {services}) as service, 'Change ' || i as title, 'main' as base_ref,
                sha1(cast(20 * i + 2 as varchar)) as head_sha, sha1(cast(20 * i + 3 as varchar)) as merge_sha,
                {_after(f"4 * i * {step} - 180000")} as opened_at,
                {_after(f"4 * i * {step} - 90000 * {_chance(6)}")} as approved_at,
                {_after(f"4 * i * {step} - 4000")} as merged_at,
                'person-' || (i % 900) as author, 'person-' || ((i + 7) % 900) as merged_by,
                case when i % 20 = 0 then cast([] as varchar[]) else ['person-' || ((i + 7) % 900)] end as approvers,
                i % 11 = 0 as is_bot, i % 200 = 0 as is_emergency
            from range({changes}) as t(i)""",
        "change_commits": f"""
            select 'acme#' || i as change_id, sha1(cast(20 * i + k as varchar)) as commit_sha,
                {_after(f"(20 * i + k) * {step / 5} - 3600 - 500000 * {_chance(5)}")} as authored_at
            from range({changes}) as t(i), range(3) as s(k)""",
        "incidents": f"""
            select 'inc-' || i as incident_id, 'Incident ' || i as title,
                list_extract(['critical', 'high', 'medium', 'low'], 1 + i % 4) as severity,
                case when i % 100 = 0 then 'open' else 'resolved' end as status,
                case when i % 10 = 0 then [{service}, printf('service-%04d', (i + 1) % {services})] else [{service}] end
                    as services,
                {_after(f"i * {SECONDS / incidents}")} as detected_at, {_after(f"i * {SECONDS / incidents} + 5")} as created_at,
                case when i % 100 > 0 then {_after(f"i * {SECONDS / incidents} + 1200 * {_chance(7)}")} end as acknowledged_at,
                case when i % 100 > 0 then {_after(f"i * {SECONDS / incidents} + 1300 + 9000 * {_chance(8)}")} end
                    as mitigated_at,
                case when i % 100 > 0 then {_after(f"i * {SECONDS / incidents} + 11000 + 90000 * {_chance(9)}")} end
                    as resolved_at,
                case when i % 3 = 0 then 'd-' || (i * {deployments // incidents}) end as caused_by_deployment,
                case when i % 2 = 0 then 'https://example.org/postmortem/' || i end as postmortem_url
            from range({incidents}) as t(i)""",
        "incident_events": f"""
            select 'event-' || i || '-' || k as event_id, 'inc-' || i as incident_id,
                {_after(f"i * {SECONDS / incidents} + 300 * (k + 1)")} as occurred_at,
                case when k = 0 then 'status_change' else 'comment' end as type,
                case when k = 0 then '{{"from":"open","to":"investigating"}}' end as metadata
            from range({incidents}) as t(i), range(2) as s(k)""",
        "sli_windows": f"""
            select printf('slo-%04d', i) as slo_id, {_at(f"w * {WINDOW_SECONDS}e6")} as window_start,
                {_at(f"(w + 1) * {WINDOW_SECONDS}e6")} as window_end,
                cast(1000 + (i * 31 + w * 17) % 500 - case when (i * 131 + w * 7) % 61 = 0 then 90 else (i + w) % 2 end as double)
                    as good,
                cast(1000 + (i * 31 + w * 17) % 500 as double) as valid
            from range({services}) as t(i), range({windows}) as s(w)
            where (i * 131 + w * 7) % 997 > 0""",
    }


def _chance(salt: int) -> str:
    return f"(hash(i * 16 + {salt}) % 1000003 / 1000003.0)"


def _microseconds(expression: str) -> str:
    return f"to_microseconds(cast({expression} as bigint))"


def _at(microseconds: str) -> str:
    return f"timezone('UTC', {STARTS} + {_microseconds(microseconds)})"


def _after(seconds: str) -> str:
    """That many seconds after the start, as an instant: fractions and all."""
    return _at(f"({seconds}) * 1e6")


def _configuration(services: int) -> str:
    parts = [
        '[organisation]\nname = "Benchmark"\ntime_zone = "Europe/Berlin"\n',
        '[delivery]\nproduction = ["production", "production-eu"]\n',
        '[sources.records]\nkind = "files"\npath = "sources"\n',
    ]
    parts += [
        f'[[service]]\nname = "service-{number:04}"\nteam = "team-{number % min(TEAMS, services):02}"\n'
        f'criticality = "{"medium" if number % 5 else "high"}"\nrepositories = ["acme/service-{number:04}"]\n'
        for number in range(services)
    ]
    parts += [
        f'[[slo]]\nid = "slo-{number:04}"\nservice = "service-{number:04}"\nobjective = {(0.99, 0.995, 0.999)[number % 3]}\n'
        f'window_seconds = {WINDOW_SECONDS}\nbudgeting = "{"timeslices" if number % 10 == 0 else "occurrences"}"\n'
        f"timeslice_target = 0.98\n"
        for number in range(services)
    ]
    return "\n".join(parts)


if __name__ == "__main__":
    write(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 1.0)
