"""Alertmanager's route tree: where an alert with given labels ends.

As the product's own dispatcher does it: a route matches when all its matchers do; its children are tried in order and
the first that matches ends the search unless it says `continue`; a route none of whose children match takes the alert
itself. A child inherits the receiver, the grouping and the three waits; the muting and the active intervals are each
route's own. Regular expressions are anchored at both ends; a label that is absent is an empty one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from qmsreport.configurations import values
from qmsreport.configurations.reading import Unreadable
from qmsreport.configurations.yaml_tree import Node

_MATCHER = re.compile(
    r"""\s*(?P<label>[a-zA-Z_:][\w:.\-]*|"(?:[^"\\]|\\.)*")\s*(?P<operator>=~|!~|!=|=)\s*"""
    r"""(?P<value>"(?:[^"\\]|\\.)*"|[^",{}]*?)\s*(?:,|$)""",
    re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}
# classes that Go's regular expressions know and Python's do not
_CLASSES = {
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "space": r"\s",
    "word": r"\w",
}


@dataclass(frozen=True, slots=True)
class Matcher:
    """One comparison of one label."""

    label: str
    operator: str  # =, !=, =~ or !~
    value: str

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether labels satisfy it."""
        actual = labels.get(self.label, "")
        if self.operator in ("=", "!="):
            return (actual == self.value) == (self.operator == "=")
        found = re.fullmatch(_as_python(self.value), actual, re.ASCII) is not None
        return found == (self.operator == "=~")


@dataclass(frozen=True, slots=True)
class Route:
    """One route with all it inherits; times in seconds."""

    receiver: str
    matchers: tuple[Matcher, ...] = ()
    goes_on: bool = False
    children: tuple[Route, ...] = ()
    group_by: tuple[str, ...] = ()
    group_wait: float = 30.0
    group_interval: float = 300.0
    repeat_interval: float = 14400.0
    muted_in: tuple[str, ...] = ()  # names of time intervals; "outside NAME" for an active one
    line: int | None = None


def match(route: Route, labels: Mapping[str, str]) -> list[Route]:
    """The routes that an alert with these labels ends in, in the order in which they are notified."""
    if not all(matcher.matches(labels) for matcher in route.matchers):
        return []
    found: list[Route] = []
    for child in route.children:
        inside = match(child, labels)
        found += inside
        if inside and not child.goes_on:
            break
    return found or [route]


def every(route: Route) -> Iterator[Route]:
    """The route and all below it."""
    yield route
    for child in route.children:
        yield from every(child)


def parse(node: Node, parent: Route | None = None) -> Route:
    """A route of a configuration.

    Raises:
        Unreadable: a matcher, a duration or a regular expression is none.
    """
    inherited = parent or Route("")
    waits = [
        _seconds(node.get(key), default)
        for key, default in (
            ("group_wait", inherited.group_wait),
            ("group_interval", inherited.group_interval),
            ("repeat_interval", inherited.repeat_interval),
        )
    ]
    active = tuple(f"outside {name}" for name in node.get("active_time_intervals").texts())
    own = Route(
        receiver=node.get("receiver").text or inherited.receiver,
        matchers=tuple(_matchers(node)),
        goes_on=(node.get("continue").text or "false").lower() in ("true", "yes", "on", "y"),
        group_by=tuple(node.get("group_by").texts()) or inherited.group_by,
        group_wait=waits[0],
        group_interval=waits[1],
        repeat_interval=waits[2],
        muted_in=(*node.get("mute_time_intervals").texts(), *active),
        line=node.line,
    )
    children = tuple(parse(child, own) for child in node.get("routes").each())
    return Route(**{**{name: getattr(own, name) for name in Route.__slots__}, "children": children})


def _matchers(node: Node) -> Iterator[Matcher]:
    for label, value in node.get("match").items():
        yield Matcher(label, "=", value.text or "")
    for label, value in node.get("match_re").items():
        yield _checked(Matcher(label, "=~", value.text or ""), value.line)
    for item in node.get("matchers").each():
        for matcher in matchers(item.text or "", item.line):
            yield _checked(matcher, item.line)


def matchers(text: str, line: int | None = None) -> list[Matcher]:
    """The matchers of one text: `severity=~"critical|high"`, or several in braces and between commas.

    Raises:
        Unreadable: it is none.
    """
    bare = text.strip()
    if bare.startswith("{") and bare.endswith("}"):
        bare = bare[1:-1].strip()
    found = []
    at = 0
    while at < len(bare):
        piece = _MATCHER.match(bare, at)
        if not piece:
            raise Unreadable('A matcher of the route is not read. Write it like severity="critical".', line)
        found.append(Matcher(_bare(piece["label"]), piece["operator"], _bare(piece["value"])))
        at = piece.end()
    return found


def _bare(text: str) -> str:
    if not text.startswith('"'):
        return text
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), text[1:-1], flags=re.DOTALL)


def _checked(matcher: Matcher, line: int | None) -> Matcher:
    if matcher.operator in ("=~", "!~"):
        try:
            re.compile(_as_python(matcher.value), re.ASCII)
        except re.error:
            raise Unreadable(
                "A regular expression of the route is not understood here. Write it plainer.", line
            ) from None
    return matcher


def _as_python(pattern: str) -> str:
    return re.sub(r"\[:(\w+):\]", lambda found: _CLASSES.get(found[1], found[0]), pattern)


def _seconds(node: Node, default: float) -> float:
    if not node.there:
        return default
    try:
        return values.seconds(node.text or "")
    except ValueError:
        raise Unreadable("A time of the route is no length of time. Write it like 5m.", node.line) from None
