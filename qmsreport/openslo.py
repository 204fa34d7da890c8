"""Objectives from OpenSLO v1 YAML, turned into the same entries that `[[slo]]` tables give.

What the report cannot honour is refused by file and field, all of it at once: a half-understood objective
would be judged by a rule nobody wrote. Documents of other kinds (Service, AlertPolicy …) are passed over;
a DataSource is read for its type. Source: the OpenSLO specification, version v1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qmsreport.config import Config, SloEntry
from qmsreport.errors import ConfigError, suggest

_VERSION = "openslo/v1"
_KINDS = ("DataSource", "SLO", "SLI", "AlertPolicy", "AlertCondition", "AlertNotificationTarget", "Service")
_BUDGETING = {"Occurrences": "occurrences", "Timeslices": "timeslices", "RatioTimeslices": "ratio_timeslices"}
_OPERATORS = {"lte": "<=", "lt": "<", "gte": ">=", "gt": ">"}
_CALENDAR = ("1M", "3M", "1Q")  # what the report cuts: months and quarters
_ROLLING_DAYS = 28  # beside a calendar window, whose periods the report cuts anyway
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SPEC = {"description", "service", "indicator", "indicatorRef", "timeWindow", "budgetingMethod", "objectives", "alertPolicies"}  # fmt: skip
_OBJECTIVE = {"displayName", "op", "value", "target", "targetPercent", "timeSliceTarget", "timeSliceWindow", "indicator", "indicatorRef", "compositeWeight"}  # fmt: skip
_RATIO = {"counter", "good", "bad", "total", "rawType", "raw"}


class _Refused(Exception):
    """One problem: the field and why; the file and the document's name are added by the reader."""


@dataclass(frozen=True, slots=True)
class _Document:
    """One YAML document and where it stands."""

    path: Path
    kind: str
    name: str
    body: Mapping[str, Any]

    @property
    def where(self) -> str:
        return f"{self.path.name}: {self.kind} '{self.name}'"


def objectives(config: Config) -> tuple[SloEntry, ...]:
    """Every objective: those of the configuration, then those of the files in `[slo_policy] files`.

    Raises:
        ConfigError: with every problem in every file.
    """
    problems: list[str] = []
    found = list(config.slos)
    documents = [item for path in _paths(config, problems) for item in _documents(path, problems)]
    indicators = {item.name: item for item in documents if item.kind == "SLI"}
    types = {
        item.name: str(_get(item.body, "spec", "type") or "")
        for item in documents
        if item.kind == "DataSource"
    }
    for document in documents:
        if document.kind == "SLO":
            reader = _Reader(config, indicators, types)
            found += reader.entries(document, problems)
    problems += _across(config, found)
    if problems:
        raise ConfigError(f"The OpenSLO files of {config.path} have {len(problems)} problem(s):", problems)
    return tuple(found)


def _paths(config: Config, problems: list[str]) -> Iterator[Path]:
    for pattern in config.slo_policy.files:
        full = config.resolve(pattern)
        anchor = Path(full.anchor or ".")
        paths = (
            sorted(anchor.glob(str(full.relative_to(anchor))))
            if full.is_absolute()
            else sorted(anchor.glob(str(full)))
        )
        if not paths:
            problems.append(f"[slo_policy] files: nothing matches '{full}'. Mend the pattern, or remove it.")
        yield from paths


def _documents(path: Path, problems: list[str]) -> Iterator[_Document]:
    import yaml

    try:
        bodies = [body for body in yaml.safe_load_all(path.read_text("utf-8")) if body is not None]
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        place = f" in line {line + 1}" if line is not None else ""
        problems.append(f"{path.name}: is not YAML{place}. Mend it there.")
        return
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{path.name}: cannot be read: {error}. Check the file and its permissions.")
        return
    for number, body in enumerate(bodies, 1):
        if not isinstance(body, dict) or "kind" not in body:
            problems.append(
                f"{path.name}: document {number} has no 'kind'. Write an OpenSLO document or remove it."
            )
        elif body.get("apiVersion") != _VERSION:
            problems.append(
                f"{path.name}: document {number} has apiVersion '{body.get('apiVersion')}', but only {_VERSION} is read. Convert it."
            )
        elif body["kind"] not in _KINDS:
            problems.append(
                f"{path.name}: document {number} kind '{body['kind']}' is unknown.{suggest(str(body['kind']), _KINDS)}"
            )
        else:
            name = _get(body, "metadata", "name")
            if not isinstance(name, str) or not name:
                problems.append(
                    f"{path.name}: document {number} ({body['kind']}) metadata.name: missing. Give it one."
                )
            else:
                yield _Document(path, body["kind"], name, body)


def _across(config: Config, entries: Sequence[SloEntry]) -> list[str]:
    """What only shows when all entries lie side by side."""
    problems = []
    seen: set[str] = set()
    services = {service.name for service in config.services}
    for entry in entries:
        if entry.id in seen:
            problems.append(f"The objective '{entry.id}' is defined twice. Give each its own name.")
        seen.add(entry.id)
    problems += [
        f"The objective '{entry.id}' names the service '{entry.service}', which no [[service]] has.{suggest(entry.service, services)}"
        for entry in entries[len(config.slos) :]
        if entry.service and services and entry.service not in services
    ]
    return problems


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns SLO documents into entries."""

    config: Config
    indicators: Mapping[str, _Document]
    types: Mapping[str, str]  # DataSource name → its type

    def entries(self, document: _Document, problems: list[str]) -> list[SloEntry]:
        """One entry for each objective of the document; a problem leaves that objective out."""
        spec = document.body.get("spec")
        found: list[SloEntry] = []
        try:
            spec = _table(spec, "spec", _SPEC)
            rows = _list(spec.get("objectives"), "spec.objectives")
            rolling = self._rolling_days(spec)
            budgeting = _word(_BUDGETING, spec.get("budgetingMethod"), "spec.budgetingMethod")
            indicator, where = self._indicator(spec)
        except _Refused as error:
            problems.append(f"{document.where} {error}")
            return []
        for number, row in enumerate(rows):
            place = f"spec.objectives[{number}]"
            try:
                row = _table(row, place, _OBJECTIVE)
                common = {
                    "id": document.name
                    if len(rows) == 1
                    else f"{document.name}-{_slug(row.get('displayName'), number)}",
                    "service": _text(spec.get("service"), "spec.service"),
                    "title": str(
                        row.get("displayName") or _get(document.body, "metadata", "displayName") or ""
                    ),
                    "objective": _target(row, place),
                    "budgeting": budgeting,
                    "rolling_days": rolling,
                }
                found.append(
                    SloEntry(
                        **common, **_slices(row, place, budgeting), **self._sli(indicator, where, row, place)
                    )
                )
            except _Refused as error:
                problems.append(f"{document.where} {error}")
        return found

    def _indicator(self, spec: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
        """The indicator's spec and the place to name in its problems."""
        inline, reference = spec.get("indicator"), spec.get("indicatorRef")
        if (inline is None) == (reference is None):
            raise _Refused("spec.indicator: write either 'indicator' or 'indicatorRef', one of them.")
        if reference is not None:
            known = self.indicators.get(str(reference))
            if known is None:
                raise _Refused(
                    f"spec.indicatorRef: no SLI is named '{reference}' in the files.{suggest(str(reference), self.indicators)}"
                )
            return _table(known.body.get("spec"), "spec.indicatorRef", None), f"({known.where}) spec"
        return _table(
            _table(inline, "spec.indicator", None).get("spec"), "spec.indicator.spec", None
        ), "spec.indicator.spec"

    def _rolling_days(self, spec: Mapping[str, Any]) -> int:
        windows = _list(spec.get("timeWindow"), "spec.timeWindow")
        if len(windows) != 1:
            raise _Refused(
                f"spec.timeWindow: has {len(windows)} entries, but an objective has one. Split the SLO."
            )
        window = _table(windows[0], "spec.timeWindow[0]", {"duration", "isRolling", "calendar"})
        duration = _text(window.get("duration"), "spec.timeWindow[0].duration")
        if window.get("isRolling", "calendar" not in window):
            length = _duration(duration, "spec.timeWindow[0].duration")
            if length % _SECONDS["d"]:
                raise _Refused(
                    f"spec.timeWindow[0].duration: '{duration}' is not whole days, which is what is judged. Write days."
                )
            return length // _SECONDS["d"]
        if duration not in _CALENDAR:
            raise _Refused(
                f"spec.timeWindow[0].duration: a calendar window of '{duration}' is not cut by the report. Write 1M or 1Q, or a rolling window."
            )
        zone = _get(window, "calendar", "timeZone")
        if zone and zone != self.config.time_zone:
            raise _Refused(
                f"spec.timeWindow[0].calendar.timeZone: is '{zone}', but the report cuts its days in '{self.config.time_zone}' ([organisation] time_zone). Make them the same."
            )
        return _ROLLING_DAYS

    def _sli(self, spec: Mapping[str, Any], where: str, row: Mapping[str, Any], place: str) -> dict[str, Any]:
        for field in ("indicator", "indicatorRef", "compositeWeight"):
            if field in row:
                raise _Refused(
                    f"{place}.{field}: composite objectives are not judged. Write one SLO for each indicator."
                )
        threshold, ratio = spec.get("thresholdMetric"), spec.get("ratioMetric")
        if (threshold is None) == (ratio is None):
            raise _Refused(f"{where}: write either 'thresholdMetric' or 'ratioMetric', one of them.")
        if threshold is not None:
            query, source = self._query(threshold, f"{where}.thresholdMetric")
            value = row.get("value")
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise _Refused(f"{place}.value: a thresholdMetric needs a number to compare with. Add it.")
            operator = _word(_OPERATORS, row.get("op"), f"{place}.op")
            return {
                "kind": "threshold",
                "metric": query,
                "threshold": float(value),
                "operator": operator,
                "source": source,
            }
        for field in ("op", "value"):
            if field in row:
                raise _Refused(
                    f"{place}.{field}: only a thresholdMetric is compared; a ratioMetric is not. Remove it."
                )
        return self._ratio(_table(ratio, f"{where}.ratioMetric", _RATIO), f"{where}.ratioMetric")

    def _ratio(self, ratio: Mapping[str, Any], where: str) -> dict[str, Any]:
        if "raw" in ratio:
            if any(field in ratio for field in ("good", "bad", "total")):
                raise _Refused(f"{where}.raw: stands beside good, bad or total. Keep one of the two ways.")
            query, source = self._query(ratio["raw"], f"{where}.raw")
            sense = _word({"success": True, "failure": False}, ratio.get("rawType"), f"{where}.rawType")
            return {"kind": "ready", "metric": query if sense else f"1 - ({query})", "source": source}
        if ("good" in ratio) == ("bad" in ratio) or "total" not in ratio:
            raise _Refused(f"{where}: needs 'total' and one of 'good' and 'bad'. Write both.")
        part = "good" if "good" in ratio else "bad"
        counted, source = self._query(ratio[part], f"{where}.{part}")
        total, other = self._query(ratio["total"], f"{where}.total")
        if source != other:
            raise _Refused(
                f"{where}: '{part}' and 'total' come from different sources, so not from one instant. Use one source."
            )
        if not ratio.get("counter", False):
            for field, query in ((part, counted), ("total", total)):
                if "[" not in query:
                    raise _Refused(
                        f"{where}.{field}: 'counter' is not true and the query has no range, so it counts no events. Set counter: true, or write increase(…[$window])."
                    )
        return {"kind": "ratio", part: counted, "valid": total, "source": source}

    def _query(self, holder: object, where: str) -> tuple[str, str]:
        """The PromQL of a metric and the name of the source it is asked of (empty: the only one)."""
        metric = _table(_table(holder, where, None).get("metricSource"), f"{where}.metricSource", None)
        reference = str(metric.get("metricSourceRef") or "")
        kind = str(metric.get("type") or self.types.get(reference, ""))
        if kind and kind.lower() != "prometheus":
            raise _Refused(f"{where}.metricSource.type: '{kind}' is not read. Only Prometheus is.")
        spec = _table(metric.get("spec"), f"{where}.metricSource.spec", None)
        query = spec.get("query") or spec.get("promql")
        if not isinstance(query, str) or not query.strip():
            raise _Refused(f"{where}.metricSource.spec.query: missing. Write the PromQL there.")
        sources = {source.name: source.kind for source in self.config.sources}
        if reference and reference not in sources and reference not in self.types:
            raise _Refused(
                f"{where}.metricSource.metricSourceRef: there is no [sources.{reference}].{suggest(reference, sources)}"
            )
        return query.strip(), reference if reference in sources else ""


def _slices(row: Mapping[str, Any], place: str, budgeting: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "timeSliceWindow" in row:
        found["window_seconds"] = _duration(str(row["timeSliceWindow"]), f"{place}.timeSliceWindow")
    if "timeSliceTarget" in row:
        found["timeslice_target"] = _share(row["timeSliceTarget"], f"{place}.timeSliceTarget", top=True)
    elif budgeting == "timeslices":
        raise _Refused(
            f"{place}.timeSliceTarget: missing, and Timeslices cannot be judged without it. Add it."
        )
    return found


def _target(row: Mapping[str, Any], place: str) -> float:
    if ("target" in row) == ("targetPercent" in row):
        raise _Refused(f"{place}.target: write either 'target' or 'targetPercent', one of them.")
    if "target" in row:
        return _share(row["target"], f"{place}.target")
    percent = row["targetPercent"]
    if isinstance(percent, bool) or not isinstance(percent, (int, float)):
        raise _Refused(f"{place}.targetPercent: {percent!r} is not a number. Write one like 99.9.")
    return _share(round(percent / 100, 12), f"{place}.targetPercent")  # 99.9 / 100 is 0.9990000000000001


def _share(value: object, where: str, *, top: bool = False) -> float:
    good = (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and (0 < value < 1 or (top and value == 1))
    )
    if not good:
        raise _Refused(f"{where}: {value!r} is not between 0 and 1 (99.9 % is 0.999). Mend it.")
    return float(value)  # type: ignore[arg-type]  # checked in the line above


def _duration(text: str, where: str) -> int:
    found = re.fullmatch(r"(\d+)([smhdw])", text.strip())
    if not found or not int(found[1]):
        raise _Refused(f"{where}: '{text}' is not a duration like 5m, 28d or 4w. Mend it.")
    return int(found[1]) * _SECONDS[found[2]]


def _word(words: Mapping[str, Any], value: object, where: str) -> Any:
    if not isinstance(value, str) or value not in words:
        raise _Refused(f"{where}: {value!r} is none of {', '.join(words)}. Write one of them.")
    return words[value]


def _table(value: object, where: str, known: set[str] | None) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _Refused(
            f"{where}: {'missing' if value is None else 'must be a mapping'}. Write it as OpenSLO v1 has it."
        )
    for key in value:
        if known is not None and key not in known:
            raise _Refused(f"{where}.{key}: unknown field.{suggest(str(key), known)}")
    return value


def _list(value: object, where: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise _Refused(f"{where}: must be a list with at least one entry. Write it as OpenSLO v1 has it.")
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise _Refused(f"{where}: {'missing' if value is None else 'must be a text'}. Add it.")
    return value


def _get(body: object, *path: str) -> Any:
    for key in path:
        body = body.get(key) if isinstance(body, dict) else None
    return body


def _slug(title: object, number: int) -> str:
    return re.sub(r"[^a-z0-9]+", "-", str(title).lower()).strip("-") if title else str(number + 1)
