"""Records, extracts and configurations for tests, each in a line.

A record needs only what its test is about; the rest has plain defaults. Times are written as text
("2026-07-10 12:00:00.25", naive UTC) or given as datetimes.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from qmsreport import config, records
from qmsreport.config import Config
from qmsreport.extracts import Batch, Extract, Reject
from qmsreport.records import KINDS, columns
from qmsreport.records.registers import Attestation, CorrectiveAction, Decision, Nonconformity, Waiver

NOW = datetime.fromisoformat("2026-10-20")  # after the quarter that most tests are about
_KIND_OF = {record: kind for kind, record in KINDS.items()}
_number = itertools.count(1)


def moment(value: str | datetime | None) -> datetime | None:
    """`"2026-07-10 12:00"` as a naive UTC datetime."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _made(record: type, defaults: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    values = {**defaults, **given}
    times = {column.name for column in columns(_KIND_OF[record]) if column.type == "time"}
    return record(**{name: moment(value) if name in times else value for name, value in values.items()})


def service(name: str = "checkout", **given: Any) -> records.Service:
    """A service of the team *Commerce* with its own repository."""
    defaults = {"service": name, "team": "Commerce", "repositories": [f"acme/{name}"]}
    return _made(records.Service, defaults, given)


def deployment(finished_at: str | datetime | None = "2026-07-10 12:00", **given: Any) -> records.Deployment:
    """A succeeded production deployment of *checkout* that took five minutes."""
    number = next(_number)
    finished = moment(finished_at)
    defaults = {
        "deployment_id": f"dep-{number:05}",
        "service": "checkout",
        "environment": "production",
        "repository": "acme/checkout",
        "commit_sha": f"{number:040x}",
        "started_at": finished - timedelta(minutes=5) if finished else None,
        "finished_at": finished,
        "outcome": "succeeded",
    }
    return _made(records.Deployment, defaults, given)


def deployed(deployment: records.Deployment, *commits: str) -> list[records.DeploymentCommit]:
    """The commits that a deployment brought in; none named: its own."""
    shas = commits or (deployment.commit_sha or "",)
    return [records.DeploymentCommit(deployment_id=deployment.deployment_id, commit_sha=sha) for sha in shas]


def commit(sha: str, authored_at: str | datetime = "2026-07-08 09:00", **given: Any) -> records.Commit:
    """A commit of *acme/checkout*, committed when it was authored."""
    defaults = {
        "repository": "acme/checkout",
        "commit_sha": sha,
        "authored_at": authored_at,
        "committed_at": authored_at,
        "author": "ada",
        "is_bot": False,
    }
    return _made(records.Commit, defaults, given)


def change(
    merge_sha: str, merged_at: str | datetime | None = "2026-07-10 10:00", **given: Any
) -> records.Change:
    """A request by *ada*, opened a day before its merge and approved by *grace* an hour before it."""
    number = next(_number)
    merged = moment(merged_at)
    defaults = {
        "change_id": f"acme/checkout#{number}",
        "repository": "acme/checkout",
        "service": "checkout",
        "title": f"Change {number}",
        "merge_sha": merge_sha,
        "head_sha": merge_sha,
        "opened_at": merged - timedelta(days=1) if merged else "2026-07-09 10:00",
        "first_reviewed_at": merged - timedelta(hours=2) if merged else None,
        "approved_at": merged - timedelta(hours=1) if merged else None,
        "merged_at": merged,
        "author": "ada",
        "merged_by": "ada",
        "approvers": ["grace"],
        "labels": [],
        "is_bot": False,
    }
    return _made(records.Change, defaults, given)


def authored(change: records.Change, *commits: tuple[str, str]) -> list[records.ChangeCommit]:
    """The own commits of a change: pairs of a sha and when it was authored."""
    return [
        records.ChangeCommit(change_id=change.change_id, commit_sha=sha, authored_at=moment(at))
        for sha, at in commits
    ]


def incident(detected_at: str | datetime | None = "2026-07-12 08:00", **given: Any) -> records.Incident:
    """A high incident of *checkout*: acknowledged after 5, mitigated after 30, resolved after 60 minutes."""
    number = next(_number)
    detected = moment(detected_at)

    def after(minutes: int) -> datetime | None:
        return detected + timedelta(minutes=minutes) if detected else None

    defaults = {
        "incident_id": f"INC-{number:04}",
        "title": f"Incident {number}",
        "severity": "high",
        "status": "resolved",
        "services": ["checkout"],
        "detected_at": detected,
        "created_at": after(1),
        "acknowledged_at": after(5),
        "mitigated_at": after(30),
        "resolved_at": after(60),
    }
    return _made(records.Incident, defaults, given)


def tls_probe(protocol: str = "TLS 1.2", offered: bool | None = True, **given: Any) -> records.TlsProbe:
    """What *grafana.example:3000* answered to one version on 1 October: sound, valid from July to December."""
    defaults: dict[str, Any] = {
        "endpoint": "grafana.example:3000",
        "protocol": protocol,
        "offered": offered,
        "server_name": "grafana.example",
        "probed_at": "2026-10-01",
    }
    if offered:
        defaults |= {
            "cipher": "ECDHE-ECDSA-AES256-GCM-SHA384",
            "certificate_subject": "CN=grafana.example",
            "issuer": "CN=Lindhafen authority",
            "not_before": "2026-07-01",
            "not_after": "2026-12-31",
            "key_type": "EC",
            "key_bits": 256,
            "signature_algorithm": "sha256",
            "chain_valid": True,
            "hostname_valid": True,
            "self_signed": False,
            "client_certificate_required": False,
            "weak_ciphers": [] if protocol in ("TLS 1.2", "TLS 1.3") else None,
        }
    return _made(records.TlsProbe, defaults, given)


def tls_endpoint(**given: Any) -> list[records.TlsProbe]:
    """The rows of a sound endpoint: 1.2 and 1.3 offered with these facts, 1.0 and 1.1 refused."""
    always = {
        name: given[name]
        for name in ("endpoint", "probed_at", "client_certificate_expected")
        if name in given
    }
    return [
        tls_probe("TLS 1.3", **given),
        tls_probe("TLS 1.2", **given),
        tls_probe("TLS 1.1", False, **always),
        tls_probe("TLS 1.0", False, **always),
    ]


def sli_windows(
    slo_id: str,
    first: str | datetime,
    count: int,
    good: float | None = 100.0,
    valid: float | None = 100.0,
    seconds: int = 300,
) -> list[records.SliWindow]:
    """Consecutive windows of one objective, all alike."""
    start = moment(first)
    assert start
    step = timedelta(seconds=seconds)
    return [
        records.SliWindow(
            slo_id=slo_id,
            window_start=start + step * index,
            window_end=start + step * (index + 1),
            good=good,
            valid=valid,
        )
        for index in range(count)
    ]


def metric_windows(
    metric: str,
    labels: Mapping[str, str],
    first: str | datetime,
    count: int,
    value: float | None,
    seconds: int = 3600,
    unit: str = "ratio",
) -> list[records.MetricWindow]:
    """Consecutive windows of one series, all alike."""
    start = moment(first)
    assert start
    step = timedelta(seconds=seconds)
    return [
        records.MetricWindow(
            metric=metric,
            labels=records.canonical(dict(labels)),
            window_start=start + step * index,
            window_end=start + step * (index + 1),
            value=value,
            unit=unit,
        )
        for index in range(count)
    ]


def declared(
    key: str, value: str, unit: str = "days", document: str = "a.md", line: int = 12, **given: Any
) -> records.Setting:
    """A setting that a document declares."""
    defaults = {
        "subject": f"document:{document}",
        "key": key,
        "layer": "declared",
        "value": value,
        "unit": unit,
        "origin": f"{document}:{line}",
    }
    return _made(records.Setting, defaults, given)


def effective(
    key: str, value: str, unit: str | None = "days", subject: str = "store:main", **given: Any
) -> records.Setting:
    """A setting that a system is set to."""
    defaults = {"subject": subject, "key": key, "layer": "effective", "value": value, "unit": unit}
    return _made(records.Setting, {**defaults, "origin": f"{subject}/config"}, given)


def measured(
    key: str, value: str, unit: str | None = "days", subject: str = "store:main", **given: Any
) -> records.Setting:
    """What was observed of a system."""
    return effective(
        key, value, unit, subject, **{"layer": "measured", "origin": "the oldest record", **given}
    )


def decision(setting: str, value: str, unit: str = "days", **given: Any) -> Decision:
    """A recorded choice between declarations that conflict."""
    defaults = {
        "decision_id": "D-1",
        "setting": setting,
        "value": value,
        "unit": unit,
        "approver": "Head of quality",
        "decided_at": "2026-06-01",
    }
    return _made(Decision, defaults, given)


def nonconformity(name: str = "NC-1", **given: Any) -> Nonconformity:
    """A minor one of the check *change_approved*, opened on 10 July and due at the end of September."""
    defaults = {
        "nonconformity_id": name,
        "title": "Changes without a second reader",
        "grade": "minor",
        "check_id": "change_approved",
        "opened_at": "2026-07-10",
        "due_at": "2026-10-01",
        "owner": "Head of platform",
    }
    return _made(Nonconformity, defaults, given)


def action(name: str = "NC-1/1", **given: Any) -> CorrectiveAction:
    """A corrective action of NC-1 that is due at the end of August."""
    defaults = {
        "action_id": name,
        "nonconformity_id": "NC-1",
        "kind": "corrective",
        "action": "Take the exemption out of the branch rule",
        "owner": "Head of platform",
        "due_at": "2026-09-01",
    }
    return _made(CorrectiveAction, defaults, given)


def waiver(name: str = "W-1", **given: Any) -> Waiver:
    """Of the check *deployment_traced*, granted in July until the end of the year."""
    defaults = {
        "waiver_id": name,
        "check_id": "deployment_traced",
        "reason": "Old pipeline.",
        "owner": "Head of platform",
        "approver": "Managing director",
        "granted_at": "2026-07-01",
        "expires_at": "2027-01-01",
    }
    return _made(Waiver, defaults, given)


def attestation(name: str = "A-1", **given: Any) -> Attestation:
    """Of the check *encryption_at_rest*, signed in July until the end of June."""
    defaults = {
        "attestation_id": name,
        "check_id": "encryption_at_rest",
        "statement": "All volumes are encrypted.",
        "owner": "Head of platform",
        "attested_at": "2026-07-01",
        "expires_at": "2027-07-01",
    }
    return _made(Attestation, defaults, given)


def by_kind(items: Iterable[Any]) -> dict[str, list[Any]]:
    """Records of any kinds, sorted into their kinds."""
    found: dict[str, list[Any]] = defaultdict(list)
    for item in items:
        if isinstance(item, list):
            for kind, more in by_kind(item).items():
                found[kind] += more
        else:
            found[_KIND_OF[type(item)]].append(item)
    return found


def extract(*items: Any, **given: Any) -> Extract:
    """One window with these records (lists of records too); `subject`, `rejects`, `error` … as given."""
    batches = [Batch(kind, records.frame(kind, rows)) for kind, rows in by_kind(items).items()]
    defaults: dict[str, Any] = {
        "subject": "test",
        "asked": "what the test says",
        "started_at": NOW,
        "finished_at": NOW,
        "window_start": moment("2026-07-01"),
        "window_end": moment("2026-10-01"),
        "batches": batches,
    }
    return Extract(**(defaults | given))


def reject(reason: str = "is no number", **given: Any) -> Reject:
    """A row that was set aside."""
    return Reject(**({"origin": "deployments.csv", "line": 2, "reason": reason} | given))


CONFIGURATION = """
[organisation]
name = "Example GmbH"
time_zone = "{zone}"

[privacy]
pseudonymise = false

[[service]]
name = "checkout"
team = "Commerce"
repositories = ["acme/checkout"]

[sources.files]
kind = "files"
path = "sources"
"""


def configuration(folder: Path, more: str = "", zone: str = "Europe/Berlin") -> Config:
    """A small organisation's configuration in `folder`, with more TOML behind it."""
    path = folder / config.FILE
    path.write_text(CONFIGURATION.format(zone=zone) + more, "utf-8")
    (folder / "sources").mkdir(exist_ok=True)
    return config.load(path)
