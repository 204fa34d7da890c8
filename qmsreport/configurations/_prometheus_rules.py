"""Rule files: the alerting rules as written. Whether a server has loaded them, only the server knows."""

from __future__ import annotations

from qmsreport.configurations import values
from qmsreport.configurations.reading import Reading
from qmsreport.configurations.yaml_tree import Node
from qmsreport.records import AlertRule
from qmsreport.redaction import redact


def read(document: Node, reading: Reading) -> None:
    """One record for each alerting rule; one whose name and severity stand twice in a group is numbered."""
    taken: set[str] = set()
    for group in document.get("groups").each():
        group_name = group.get("name").text or ""
        for rule in group.get("rules").each():
            name = rule.get("alert").text
            if name is None:  # a recording rule
                continue
            labels = _texts(rule.get("labels"))
            annotations = _texts(rule.get("annotations"))
            severity = labels.get("severity")
            parts = (reading.file.path, group_name, name, severity)
            number, rule_id = 1, "/".join(part for part in parts if part)
            base = rule_id
            while rule_id in taken:
                number += 1
                rule_id = f"{base}#{number}"
            taken.add(rule_id)
            reading.alert_rules.append(
                AlertRule(
                    rule_id=rule_id,
                    name=name,
                    query=rule.get("expr").text,
                    for_seconds=reading.seconds(rule.get("for"), 0.0),
                    severity=severity,
                    labels=dict(labels),
                    annotations=dict(annotations),
                    runbook_url=annotations.get("runbook_url") or annotations.get("runbook"),
                    owner=labels.get("owner") or annotations.get("owner"),
                )
            )


def _texts(mapping: Node) -> dict[str, str]:
    return {name: redact(values.scrub(node.text or "")) for name, node in mapping.items()}
