"""PromQL for the objectives: good and valid events of one window, in one query, at one instant.

One query holds both counts, told apart by the label `sli`, so that the server reads them from the same state
at the same instants. It is evaluated at the end of each window and looks back over exactly that window.

ratio      `sum(increase(<selector>[window]))` of both counters. An expression that already has ranges is taken
           as it stands: `$window` stands for the window, any other range must be as long as the window;
           `rate` is turned into events by multiplying with the window's seconds.
latency    the histogram's bucket with `le = threshold` against its `_count`.
threshold  how many of the gauge's values in the window, looked at every `resolution` seconds, are within the
           threshold, against how many there are. NaN is neither.
ready      the expression's own share at the window's end, with one valid event per window, so that windows
           count equally.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qmsreport.config import SloEntry

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 31536000.0}
_STRING = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|`[^`]*`')
_SELECTOR = r"(?:[a-zA-Z_:][\w:]*\s*(?:\{[^{}]*\})?|\{[^{}]*\})"
_GROUPING = r"(?:(?:by|without)\s*\([^()]*\)\s*)?"
_BARE = re.compile(rf"\s*({_SELECTOR})\s*")
_SUMMED = re.compile(rf"\s*sum\s*{_GROUPING}\(\s*({_SELECTOR})\s*\)\s*{_GROUPING}")
_NO_EVENTS = re.compile(r"\b(irate|idelta|delta|deriv|predict_linear|histogram_quantile)\s*\(")


class Unsupported(ValueError):
    """An objective that cannot be turned into a query; the message is a sentence without the objective's name."""


@dataclass(frozen=True, slots=True)
class SliQuery:
    """What to ask for one objective. `text` yields series whose label `sli` is valid and `counts` (good or bad).

    `fill` says that a missing good or bad series beside a present valid one means zero events: both are
    children of one metric, and Prometheus shows a child only after its first event.
    """

    text: str
    fill: bool
    counts: str = "good"


def seconds(duration: str) -> float:
    """A Prometheus duration (`5m`, `1h30m`, `90`) in seconds; `ValueError` when it is none."""
    text = duration.strip()
    parts = re.findall(r"(\d+)(ms|[smhdwy])", text)
    if parts and "".join(number + unit for number, unit in parts) == text:
        return sum(int(number) * _UNITS[unit] for number, unit in parts)
    return float(text)


def sli(slo: SloEntry, resolution: int) -> SliQuery:
    """The query of one objective.

    Raises:
        Unsupported: when a field is missing or an expression cannot be counted over a window.
    """
    window = slo.window_seconds
    if window <= 0:
        raise Unsupported(f"'window_seconds' is {window}. Write a positive number of seconds.")
    if slo.kind == "ratio":
        return _ratio(slo, window)
    if not slo.metric:
        raise Unsupported(f"a {slo.kind} objective needs 'metric'. Add it.")
    if slo.kind == "ready":
        return SliQuery(_at_window(slo.metric, window), fill=False)
    if slo.threshold is None:
        raise Unsupported(f"a {slo.kind} objective needs 'threshold'. Add it.")
    if slo.kind == "latency":
        name, braces = split_selector(slo.metric)
        good = _with_labels(f"{name}_bucket", braces, bucket_matcher(slo.threshold))
        valid = _with_labels(f"{name}_count", braces, "")
        return SliQuery(
            _joined(good=f"sum(increase({good}[{window}s]))", valid=f"sum(increase({valid}[{window}s]))"),
            fill=False,
        )
    gauge = _at_window(slo.metric, window)
    # a range a millisecond short of the window: server versions differ in whether its left end is included
    span = f"[{window - 1}s999ms:{min(resolution, window)}s]"
    within = f"sum(count_over_time((({gauge}) {slo.operator} {slo.threshold!r}){span}))"
    present = f"sum(count_over_time((({gauge}) >= -Inf){span}))"  # drops NaN, which is neither good nor bad
    return SliQuery(_joined(good=within, valid=present), fill=True)


def percentile(slo: SloEntry, share: float) -> str:
    """The quantile `share` of a latency objective's histogram, per window (`$window`)."""
    name, braces = split_selector(slo.metric)
    buckets = _with_labels(f"{name}_bucket", braces, "")
    return f"histogram_quantile({share}, sum by (le) (rate({buckets}[$window])))"


def over(expression: str, window: int) -> str:
    """The expression with `$window` written out."""
    return expression.replace("$window", f"{window}s")


def bucket_matcher(bound: float) -> str:
    """A matcher for the bucket of that bound however the client library writes it: 1, 1.0, 1e+06."""
    written = {f"{bound:g}", repr(bound), str(bound)}
    if bound == int(bound):
        written |= {str(int(bound)), f"{bound:.1f}"}
    escaped = sorted(re.sub(r"([.+])", r"\\\\\1", text) for text in written)
    return f'le=~"{"|".join(escaped)}"'


def split_selector(selector: str) -> tuple[str, str]:
    """`name{labels}` as the name and what stands in the braces."""
    found = _BARE.fullmatch(_masked(selector))
    if not found or selector.strip().startswith("{"):
        raise Unsupported(
            f"'metric' must be a histogram's base name with a selector, like "
            f'http_request_duration_seconds{{job="shop"}}, not {selector!r}. Mend it.'
        )
    name, _, braces = selector.strip().partition("{")
    return name.strip().removesuffix("_bucket"), braces.rstrip().removesuffix("}").strip().rstrip(",")


def _ratio(slo: SloEntry, window: int) -> SliQuery:
    if not slo.valid or bool(slo.good) == bool(slo.bad):
        raise Unsupported("a ratio objective needs 'valid' and one of 'good' and 'bad'. Write both.")
    part = "good" if slo.good else "bad"
    counted = slo.good or slo.bad
    names = _metric_names(counted)
    return SliQuery(
        _joined(**{part: events(counted, window, part), "valid": events(slo.valid, window, "valid")}),
        fill=len(names) == 1 and "" not in names and names == _metric_names(slo.valid),
        counts=part,
    )


def events(expression: str, window: int, field: str) -> str:
    """How many events an expression of counters counts in the window, as one series."""
    text = over(expression, window)
    masked = _masked(text)
    if "@" in masked:
        raise Unsupported(
            f"'{field}' pins its time with '@', so every window would read the same. Leave it out."
        )
    ranges = re.findall(r"\[([^\[\]]*)\]", masked)
    if not ranges:
        found = _BARE.fullmatch(masked) or _SUMMED.fullmatch(masked)
        if not found:
            raise Unsupported(
                f"'{field}' combines counters without a range, which loses counter resets. "
                "Write increase(…[$window]) around each selector."
            )
        return f"sum(increase({text[found.start(1) : found.end(1)]}[{window}s]))"
    for written in ranges:
        try:
            length = seconds(written.partition(":")[0])
        except ValueError:
            length = -1.0
        if length != window:
            raise Unsupported(
                f"'{field}' looks back over [{written}], but the window is {window} s, so events would be "
                "counted twice or not at all. Write [$window], or change 'window_seconds'."
            )
    wrong = _NO_EVENTS.search(masked)
    if wrong:
        raise Unsupported(f"'{field}' uses {wrong[1]}, which counts no events. Use increase(…[$window]).")
    rates = bool(re.search(r"\brate\s*\(", masked))
    if rates and re.search(r"\bincrease\s*\(", masked):
        raise Unsupported(f"'{field}' mixes rate and increase. Use increase throughout.")
    return f"sum({text}) * {window}" if rates else f"sum({text})"


def _at_window(expression: str, window: int) -> str:
    if "@" in _masked(expression):
        raise Unsupported(
            "'metric' pins its time with '@', so every window would read the same. Leave it out."
        )
    return over(expression, window)


def _joined(**parts: str) -> str:
    return " or ".join(f'label_replace({text}, "sli", "{part}", "", "")' for part, text in parts.items())


def _with_labels(name: str, braces: str, matcher: str) -> str:
    labels = ",".join(text for text in (braces, matcher) if text)
    return f"{name}{{{labels}}}" if labels else name


def _masked(text: str) -> str:
    """The text with what stands in quotes blanked, so that brackets in there do not count."""
    return _STRING.sub(lambda found: '"' + "_" * (len(found[0]) - 2) + '"', text)


def _metric_names(expression: str) -> set[str]:
    """The metrics an expression reads; a selector without a name counts as unknown (an empty name)."""
    text = re.sub(r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)", " ", _masked(expression))
    names = {""} if re.search(r"(?<![\w:\s])\s*\{", text) or text.lstrip().startswith("{") else set()
    text = re.sub(r"\{[^{}]*\}|\[[^\[\]]*\]", " ", text)
    words = re.findall(r"(?<![\w:.])([a-zA-Z_:][\w:]*)(?!\s*\(|[\w:])", text)
    keywords = {"and", "or", "unless", "bool", "offset", "sum", "by", "without"}
    return names | {word for word in words if word not in keywords}
