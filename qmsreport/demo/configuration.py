"""The demonstration organisation's `qmsreport.toml`: the template beside this module, filled in."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from importlib import resources
from string import Template

from qmsreport.demo import levels, organisation
from qmsreport.demo.organisation import OBJECTIVES, PRODUCTS, Objective, Product
from qmsreport.demo.timeline import Timeline, local


def toml(timeline: Timeline) -> str:
    """The configuration as text."""
    template = resources.files("qmsreport.demo").joinpath("organisation.toml").read_text("utf-8")
    start, end = levels.maintenance(timeline)
    return Template(template).substitute(
        name=organisation.NAME,
        system=organisation.SYSTEM,
        zone=organisation.ZONE,
        since=_text((timeline.quarters[0].first - timedelta(days=61)).isoformat()),
        production=", ".join(map(_text, organisation.PRODUCTION)),
        services="\n".join(map(_service, PRODUCTS)),
        objectives="\n".join(map(_objective, OBJECTIVES)),
        maintained=levels.MAINTAINED,
        maintenance_start=_moment(start),
        maintenance_end=_moment(end),
    )


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)  # a JSON string is a TOML string


def _moment(value: datetime) -> str:
    return local(value).isoformat()


def _table(name: str, rows: dict[str, str]) -> str:
    return f"[[{name}]]\n" + "".join(f"{key} = {value}\n" for key, value in rows.items())


def _service(product: Product) -> str:
    rows = {
        "name": _text(product.name),
        "team": _text(product.team),
        "tier": _text(product.tier),
        "criticality": _text(product.criticality),
        "repositories": json.dumps([product.repository]),
        "environments": json.dumps([*product.environments, organisation.STAGING]),
        "labels": json.dumps([f"service:{product.name}", f"area/{product.name}"]),
    }
    if product.path:
        rows["paths"] = json.dumps([product.path])
    return _table("service", rows)


def _objective(slo: Objective) -> str:
    requests = f"{slo.service.replace('-', '_')}_requests_total"
    rows = {
        "id": _text(slo.slo_id),
        "service": _text(slo.service),
        "title": _text(slo.title),
        "objective": str(slo.target),
        "source": _text("files"),
        "kind": _text(slo.kind),
        "window_seconds": str(slo.window_seconds),
    }
    # what it is measured by, were it asked of Prometheus; here the windows come ready counted
    if slo.kind == "latency":
        rows["metric"] = _text(requests.replace("requests_total", "request_duration_seconds"))
        rows["threshold"] = str(slo.threshold)
    else:
        rows["good"] = _text(f'{requests}{{code!~"5.."}}')
        rows["valid"] = _text(requests)
    return _table("slo", rows)
