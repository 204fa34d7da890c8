"""Alertmanager: receivers, and where an alert of each severity ends.

Sources: the product's configuration reference. E-mail demands TLS unless `smtp_require_tls` is false; the hosted
services' addresses are https unless set otherwise; grouping waits 5m between notifications of a group.
"""

from __future__ import annotations

from qmsreport.configurations import _http_client, _web_config, routing
from qmsreport.configurations.reading import File, Reading, Unreadable, line, numbered
from qmsreport.configurations.yaml_tree import Node, document
from qmsreport.records.operation import AlertRoute

PRODUCT = "alertmanager"
TITLE = "Alertmanager"
PATTERNS = (
    "**/alertmanager.yml",
    "**/alertmanager.yaml",
    "**/alertmanager-config.yml",
    "**/alertmanager/config.yml",
)
KINDS = ("settings", "alert_routes")
_KEYS = (
    "global",
    "route",
    "receivers",
    "inhibit_rules",
    "templates",
    "time_intervals",
    "mute_time_intervals",
    "tracing",
)
_CHANNELS = {"msteamsv2": "msteams"}
_SILENT_WHEN_RESOLVED = (
    "email",
    "slack",
    "wechat",
    "rocketchat",
)  # the others tell it unless they are asked not to
# key of an integration's address, of the global one, and the product's own
_ADDRESSES = {
    "webhook": ("url", "", ""),
    "slack": ("api_url", "slack_api_url", ""),
    "pagerduty": ("url", "pagerduty_url", "https://events.pagerduty.com"),
    "opsgenie": ("api_url", "opsgenie_api_url", "https://api.opsgenie.com"),
    "victorops": ("api_url", "victorops_api_url", "https://alert.victorops.com"),
    "msteams": ("webhook_url", "", ""),
    "discord": ("webhook_url", "", ""),
    "telegram": ("api_url", "telegram_api_url", "https://api.telegram.org"),
    "webex": ("api_url", "webex_api_url", "https://webexapis.com"),
    "wechat": ("api_url", "wechat_api_url", "https://qyapi.weixin.qq.com"),
    "jira": ("api_url", "jira_api_url", ""),
    "rocketchat": ("api_url", "rocketchat_api_url", "https://open.rocket.chat"),
}


def read(file: File) -> Reading:
    """See `qmsreport.configurations`; a web configuration is told by its keys."""
    found = document(file.text, TITLE, (*_KEYS, *_web_config.KEYS))
    reading = Reading(file, PRODUCT, TITLE)
    if {name for name, _ in found.items()} & set(_web_config.KEYS):
        _web_config.read(found, reading)
        return reading
    node = found.get("route")
    if not node.is_mapping:
        raise Unreadable("It has no route, so no alert goes anywhere. Add one.", node.line)
    tree = routing.parse(node)
    used = {route.receiver for route in routing.every(tree)}
    receivers = {item.get("name").text or "": item for item in found.get("receivers").each()}
    for name in sorted(used - set(receivers)):
        reading.warn(f"A route names the receiver '{name}', which is not in this file.", node.line)
    for name, receiver in receivers.items():
        if name in used:
            _receiver(name, receiver, found.get("global"), reading)
    channels = {name: _channels(receiver) for name, receiver in receivers.items()}
    every_channel = sorted({channel for name in used for channel in channels.get(name, [])})
    reading.put("alerting.channels", every_channel, "list", node.line)
    reading.put("alerting.enabled", bool(every_channel), "flag", node.line)
    interval = node.get("group_interval")
    reading.put("alerting.grouping", tree.group_interval, "s", line(interval))
    muted = next((route for route in routing.every(tree) if route.muted_in), None)
    if muted:
        reading.put("alerting.maintenance_windows", True, "flag", muted.line)
    _routes(tree, receivers, channels, reading)
    return reading


def _routes(
    tree: routing.Route, receivers: dict[str, Node], channels: dict[str, list[str]], reading: Reading
) -> None:
    """Send an alert of every severity, of every service and of none, through the tree."""
    file = reading.file
    for severity in file.severities:
        for service in ("*", *file.services):
            labels = {"severity": severity} | ({file.service_label: service} if service != "*" else {})
            ends = routing.match(tree, labels)
            if service == "*":
                reached = any(channels.get(route.receiver) for route in ends)
                reading.put(f"alerting.severity.{severity}", reached, "flag", ends[0].line)
            by_receiver: dict[str, routing.Route] = {}
            for route in ends:  # of two ways to one receiver, the one that is never muted
                known = by_receiver.get(route.receiver)
                if known is None or (known.muted_in and not route.muted_in):
                    by_receiver[route.receiver] = route
            for name, route in by_receiver.items():
                reading.alert_routes.append(
                    AlertRoute(
                        router=reading.subject,
                        severity=severity,
                        service=service,
                        receiver=name,
                        channels=channels.get(name, []),
                        send_resolved=_tells_resolved(receivers[name], reading)
                        if name in receivers
                        else None,
                        group_by=list(route.group_by),
                        group_wait_seconds=route.group_wait,
                        group_interval_seconds=route.group_interval,
                        repeat_interval_seconds=route.repeat_interval,
                        mute_intervals=list(route.muted_in),
                        origin=file.place(route.line),
                    )
                )


def _integrations(receiver: Node) -> list[tuple[str, Node]]:
    return [
        (kind, item)
        for key, configs in receiver.items()
        if key.endswith("_configs")
        for kind in [_channel(key.removesuffix("_configs"))]
        for item in configs.each()
    ]


def _channel(kind: str) -> str:
    return _CHANNELS.get(kind, kind)


def _channels(receiver: Node) -> list[str]:
    return sorted({kind for kind, _ in _integrations(receiver)})


def _tells_resolved(receiver: Node, reading: Reading) -> bool | None:
    """Whether at least one integration tells that an alert is over; `None` without integrations."""
    found = [
        reading.flag(item.get("send_resolved"), kind not in _SILENT_WHEN_RESOLVED)
        for kind, item in _integrations(receiver)
    ]
    return True if any(found) else None if None in found or not found else False


def _receiver(name: str, receiver: Node, common: Node, reading: Reading) -> None:
    """How each integration of a receiver is reached."""
    integrations = _integrations(receiver)
    for word, (kind, item) in zip(numbered(kind for kind, _ in integrations), integrations, strict=True):
        part = f"receiver:{name}/{word}"
        if kind == "email":
            _email(item, common, reading, part)
        elif kind in _ADDRESSES:
            own, shared, default = _ADDRESSES[kind]
            url = item.get(own)
            if not url.there and shared:
                url = common.get(shared)
            client = item.get("http_config")
            client = client if client.there else common.get("http_config")
            secret_file = item.get(f"{own}_file").there or (shared and common.get(f"{shared}_file").there)
            if not url.there and secret_file:
                reading.warn(
                    f"The address of {item.path} stands in a file of its own, so it is not known.", item.line
                )
            else:
                _http_client.by_url(url, client, reading, part, default)


def _email(item: Node, common: Node, reading: Reading, part: str) -> None:
    host = item.get("smarthost") if item.get("smarthost").there else common.get("smtp_smarthost")
    required = item.get("require_tls") if item.get("require_tls").there else common.get("smtp_require_tls")
    implicit = item.get("force_implicit_tls")
    implicit = implicit if implicit.there else common.get("smtp_force_implicit_tls")
    if (host.text or "").endswith(":465") or (implicit.there and reading.flag(implicit)):
        encrypted: bool | None = True
        reading.put("encryption.in_transit", True, "flag", line(implicit) or line(host), part)
    else:
        encrypted = reading.put_flag("encryption.in_transit", required, True, part)
    if encrypted:
        tls = item.get("tls_config") if item.get("tls_config").there else common.get("smtp_tls_config")
        skip = tls.get("insecure_skip_verify")
        reading.put_flag("encryption.in_transit.verified", skip, False, part, negated=True)
