"""Whether each pipeline that leaves the collector redacts: `pii.scrubbing`, one row per pipeline.

What counts: `redaction` that blocks values or key patterns, or lets only listed keys through; `transform` with a
statement that replaces or deletes, for the pipeline's own signal; `attributes` or `resource` with an action that
deletes or hashes. Defined but in no pipeline counts as nothing. A pipeline that is fed only by connectors from
pipelines that all redact is redacted too. What is replaced is not judged here: a sample of the data has to show it.
"""

from __future__ import annotations

import re

from qmsreport.configurations._otel_tls import LOCAL, component
from qmsreport.configurations.reading import Reading, line
from qmsreport.configurations.yaml_tree import Node

_STATEMENT = re.compile(
    r"(?i)\b(replace_pattern|replace_all_patterns|replace_match|replace_all_matches|delete_key|delete_matching_keys"
    r"|keep_keys|keep_matching_keys|sha256|sha512)\s*\("
)
_STATEMENTS = {"traces": "trace_statements", "metrics": "metric_statements", "logs": "log_statements"}


def pipelines(found: Node, reading: Reading) -> None:
    """Put one row for each pipeline that has an exporter which leaves the machine."""
    connectors = {name for name, _ in found.get("connectors").items()}
    pipes = dict(found.get("service", "pipelines").items())
    for name, pipe in pipes.items():
        exporters = [node.text or "" for node in pipe.get("exporters").each()]
        if all(exporter in connectors or component(exporter) in LOCAL for exporter in exporters):
            continue
        step = _redacts(name, pipes, found.get("processors"), connectors, frozenset())
        at = step.line if step else line(pipe.get("processors")) or pipe.line
        reading.put("pii.scrubbing", step is not None, "flag", at, f"pipeline:{name}")


def _redacts(
    name: str, pipes: dict[str, Node], defined: Node, connectors: set[str], seen: frozenset[str]
) -> Node | None:
    """The place of the step that redacts all that a pipeline sends, if there is one."""
    pipe = pipes[name]
    for step in pipe.get("processors").each():
        if _is_redaction(step.text or "", defined.get(step.text or ""), component(name)):
            return step
    receivers = [node.text or "" for node in pipe.get("receivers").each()]
    if not receivers or name in seen or not set(receivers) <= connectors:
        return None
    feeding = [
        other
        for other, upstream in pipes.items()
        if {node.text for node in upstream.get("exporters").each()} & set(receivers)
    ]
    steps = [_redacts(other, pipes, defined, connectors, seen | {name}) for other in feeding]
    return steps[0] if steps and all(steps) else None


def _is_redaction(name: str, block: Node, signal: str) -> bool:
    kind = component(name)
    if kind == "redaction":
        if not block.named:
            return False
        all_keys = (block.get("allow_all_keys").text or "false").lower() == "true"
        lists = ("blocked_values", "blocked_key_patterns")
        return not all_keys or any(block.get(key).each() for key in lists)
    if kind == "transform":
        statements = block.get(_STATEMENTS.get(signal, ""))
        return any(_STATEMENT.search(text) for text in _texts(statements))
    if kind in ("attributes", "resource"):
        actions = block.first("actions", "attributes").each()
        return any((action.get("action").text or "").lower() in ("delete", "hash") for action in actions)
    return False


def _texts(statements: Node) -> list[str]:
    """The statements of a signal: a list of texts, or of groups that hold such a list."""
    found = []
    for item in statements.each():
        found += [item.text] if item.text is not None else item.get("statements").texts()
    return found
