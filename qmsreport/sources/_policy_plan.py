"""Checklists in Markdown: what is done and what is not, counted beside what the document claims."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

WHOLE = "(whole document)"
_BOX = re.compile(r"\[([ xX])\]\s+(.*)", re.DOTALL)
_COUNT_HEADS = {
    "count",
    "tasks",
    "items",
    "number",
    "total",
    "number of tasks",
    "number of items",
    "total tasks",
}
_STATED = re.compile(
    r"^\W*((?:total|number of|overall)\s+(?:tasks|items|steps|checks|activities))\W*[:=]\W*(\d+)\b",
    re.IGNORECASE | re.MULTILINE,
)
_IN_HEAD = re.compile(r"\((\d+)\s+(?:tasks|items|steps|checks|activities)\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Item:
    """One checkbox: the section it stands in, its text, whether it is ticked, and its line."""

    section: str
    text: str
    done: bool
    line: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A number of items that the document states: for a section, or for the whole of it."""

    section: str
    label: str  # the words it is stated with
    count: int
    line: int


@dataclass(slots=True)
class Plan:
    """The items of a document in their order, and what it claims. `sums` holds the tables whose rows do not add up."""

    title: str | None = None
    items: list[Item] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    sums: list[tuple[int, int, int]] = field(default_factory=list)  # line, total, sum of the rows
    unmatched: list[Claim] = field(default_factory=list)  # rows of a count that name no section

    def counted(self, section: str) -> int:
        """How many checkboxes stand in a section, or in all of it."""
        return len(self.items) if section == WHOLE else sum(item.section == section for item in self.items)


@dataclass(slots=True)
class _Heading:
    level: int
    text: str
    line: int
    name: str = ""  # the section's name: with its parent's where the text alone stands several times


def read(body: Sequence[str], first: int = 1) -> Plan:
    """Read the checklists of a document.

    A checkbox is a list item that begins with `[ ]` or `[x]`, as GitHub Flavored Markdown 0.29 defines task list
    items; what stands in code is none.

    Args:
        body: its lines without the front matter.
        first: the number of the first of them in the file.
    """
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable("table").parse("\n".join(body))
    headings = _headings(tokens, first)
    plan = Plan(title=next((head.text for head in headings if head.level == 1), None))
    boxes = list(_boxes(tokens, first))
    if not boxes:
        return plan
    seen: Counter[tuple[str, str]] = Counter()
    for text, done, line in boxes:
        section = _section(headings, line)
        seen[section, text] += 1
        again = seen[section, text]
        plan.items.append(Item(section, f"{text} ({again})" if again > 1 else text, done, line))
    for head in headings:
        stated = _IN_HEAD.search(head.text)
        if stated and plan.counted(head.name):
            plan.claims.append(Claim(head.name, head.text, int(stated.group(1)), head.line))
    for text, line in _texts(tokens, first):
        for stated in _STATED.finditer(text):
            offset = text[: stated.start()].count("\n")
            plan.claims.append(Claim(WHOLE, stated.group(1), int(stated.group(2)), line + offset))
    for table in _tables(tokens, first):
        _claims_of(table, plan)
    return plan


def _plain(token: Token) -> str:
    """The text of an inline token without its markup."""
    kinds = {"softbreak": "\n", "hardbreak": "\n"}
    return "".join(kinds.get(child.type, child.content) for child in token.children or ()).strip()


def _line(token: Token, first: int) -> int:
    return (token.map[0] if token.map else 0) + first


def _headings(tokens: Sequence[Token], first: int) -> list[_Heading]:
    found = [
        _Heading(int(token.tag[1:]), _plain(tokens[place + 1]), _line(token, first))
        for place, token in enumerate(tokens)
        if token.type == "heading_open" and token.level == 0
    ]
    texts = Counter(head.text for head in found)
    for place, head in enumerate(found):
        above = next((one for one in reversed(found[:place]) if one.level < head.level), None)
        head.name = f"{above.text} / {head.text}" if above and texts[head.text] > 1 else head.text
    return found


def _section(headings: Sequence[_Heading], line: int) -> str:
    return next((head.name for head in reversed(headings) if head.line < line), WHOLE)


def _boxes(tokens: Sequence[Token], first: int) -> Iterator[tuple[str, bool, int]]:
    """Every checkbox, a nested one with the text of the one it belongs to in front."""
    above: list[str | None] = []
    for place, token in enumerate(tokens):
        if token.type == "list_item_open":
            above.append(None)
            inline = tokens[place + 2] if place + 2 < len(tokens) else None
            box = _BOX.fullmatch(_plain(inline)) if inline and inline.type == "inline" else None
            if box:
                text = " ".join(box.group(2).split())
                parent = next((one for one in reversed(above[:-1]) if one), None)
                above[-1] = text
                yield f"{parent} / {text}" if parent else text, box.group(1) != " ", _line(token, first)
        elif token.type == "list_item_close":
            above.pop()


def _texts(tokens: Sequence[Token], first: int) -> Iterator[tuple[str, int]]:
    for place, token in enumerate(tokens):
        if token.type == "inline" and tokens[place - 1].type == "paragraph_open":
            yield _plain(token), _line(token, first)


_Table = list[tuple[int, list[str]]]  # lines and their cells, the head first


def _tables(tokens: Sequence[Token], first: int) -> Iterator[_Table]:
    table: _Table = []
    for place, token in enumerate(tokens):
        if token.type == "table_open":
            table = []
        elif token.type == "tr_open":
            table.append((_line(token, first), []))
        elif token.type in ("th_open", "td_open"):
            table[-1][1].append(_plain(tokens[place + 1]))
        elif token.type == "table_close":
            yield table


def _claims_of(table: _Table, plan: Plan) -> None:
    """What a table with a column of counts claims for the sections its rows name."""
    (_, head), *rows = table
    column = next((n for n, text in enumerate(head) if n and text.strip().lower() in _COUNT_HEADS), None)
    if column is None:
        return
    counts = [
        (line, cells[0], int(cells[column]))
        for line, cells in rows
        if len(cells) > column and cells[column].isascii() and cells[column].isdigit()
    ]
    sections = list(dict.fromkeys(item.section for item in plan.items))
    totals, matched, unmatched = [], [], []
    for line, label, count in counts:
        named = [section for section in sections if _names(label, section)]
        if re.match(r"\W*(total|sum|all|overall)\b", label, re.IGNORECASE):
            totals.append(Claim(WHOLE, f"{label}, in a table", count, line))
        elif len(named) == 1:
            matched.append(Claim(named[0], label, count, line))
        else:
            unmatched.append(Claim(label, label, count, line))
    if not matched:  # a table about something else
        return
    plan.claims += totals + matched
    plan.unmatched += unmatched
    parts = sum(claim.count for claim in matched + unmatched)
    plan.sums += [(total.line, total.count, parts) for total in totals if total.count != parts]


def _names(label: str, section: str) -> bool:
    """Whether the words of a row stand side by side in a section's name."""
    words, within = _words(label), _words(section)
    return bool(words) and any(within[at : at + len(words)] == words for at in range(len(within)))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
