"""Laws of reading documents: lines hold what was read, units agree with each other, sound text stays."""

from __future__ import annotations

import json
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as some

from qmsreport.sources import _policy_plan, _policy_text, _toml_lines
from qmsreport.sources._policy_settings import Rule, normal, written

quick = settings(max_examples=60, deadline=None)
words = some.text(some.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)
names = some.from_regex(r"[a-z][a-z0-9_-]{0,6}", fullmatch=True)
scalars = some.one_of(
    words, some.integers(-(10**9), 10**9), some.booleans(), some.floats(-1e6, 1e6, width=32)
)
values = some.one_of(scalars, some.lists(scalars, max_size=4))
comments = some.sampled_from(["", ' # << REQUIRED - a ] or "b" >>', " # [x] # y"])


def _toml(value: object, spread: bool) -> str:
    """A value as TOML; a list on several lines, with a comment that holds brackets, when it is spread."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        parts = [_toml(item, False) for item in value]
        return "[\n    " + ", # ]\n    ".join(parts) + "\n]" if spread and parts else f"[{', '.join(parts)}]"
    return repr(float(value)) if isinstance(value, float) else str(value)


@quick
@given(
    some.dictionaries(
        names,
        some.dictionaries(names, some.tuples(values, some.booleans(), comments), max_size=4),
        max_size=4,
    ),
    some.lists(some.sampled_from(["", "# --- a heading [x] ---", "  "]), max_size=3),
)
def test_every_line_holds_its_key_and_the_value_that_tomllib_read(
    tables: dict[str, dict[str, tuple[object, bool, str]]], between: list[str]
) -> None:
    """Whatever stands around it, a key is found on the line it was written on, with the value that was written."""
    lines: list[str] = []
    wanted = []
    for table, rows in tables.items():
        lines += [*between, f"[{table}] # {{"]
        for key, (value, spread, comment) in rows.items():
            wanted.append(((table, key), len(lines) + 10, comment.partition("#")[2].strip()))
            lines += (f"{key} = {_toml(value, spread)}{comment}").split("\n")
    found = _toml_lines.read("\n".join(lines), 10)
    assert [(entry.path, entry.line, entry.comment) for entry in found.entries] == wanted
    for entry in found.entries:
        table, key = entry.path
        assert found.values[table][key] == entry.value
        assert lines[entry.line - 10].startswith(f"{key} = ")


def test_tables_that_repeat_are_numbered() -> None:
    """`[[a]]` and what is under it carry the number of their table; dotted keys and inline tables come out alike."""
    text = '[[a]]\nx = 1\n[[a.b]]\ny = 2\n[[a]]\nx = 3\n[[a.b]]\ny = 4\n[c."d.e"]\nf.g = 5\nh = { i = 6 }\n'
    found = _toml_lines.read(text)
    assert [(entry.path, entry.value, entry.line) for entry in found.entries] == [
        (("a", 0, "x"), 1, 2),
        (("a", 0, "b", 0, "y"), 2, 4),
        (("a", 1, "x"), 3, 6),
        (("a", 1, "b", 0, "y"), 4, 8),
        (("c", "d.e", "f", "g"), 5, 10),
        (("c", "d.e", "h", "i"), 6, 11),
    ]
    assert found.heads["a", 1, "b", 0] == 7


percentages = some.decimals(0, 100, places=3)


@quick
@given(percentages)
def test_a_percentage_and_its_ratio_are_the_same_share(percent: Decimal) -> None:
    """What is declared in percent and what is declared as a ratio compare equal, as text."""
    one = normal(percent, Rule("errors", "share", "0.01"))
    other = normal(percent / 100, Rule("errors", "share", "1"))
    assert one == other
    assert one.unit == "share"
    assert 0 <= Decimal(str(one.value)) <= 1


@quick
@given(percentages)
def test_an_unstated_share_is_a_share_and_said_to_be_guessed(number: Decimal) -> None:
    """The rule for an unstated unit always ends in a share between 0 and 1, and always says how it was taken."""
    found = normal(number, Rule("errors", "share", "auto"))
    assert found.unit_unstated
    assert 0 <= Decimal(str(found.value)) <= 1
    stated = normal(number, Rule("errors", "share", "auto"), "in percent")
    assert stated.unit_unstated is None
    assert Decimal(str(stated.value)) == number / 100


@quick
@given(
    some.integers(0, 10**6),
    some.sampled_from([("second", 1), ("minute", 60), ("hour", 3600), ("day", 86400)]),
)
def test_a_comment_states_the_unit_of_a_time(number: int, unit: tuple[str, int]) -> None:
    """`300 # 5 minutes` and `5 # 5 minutes` are both 300 seconds."""
    word, seconds = unit
    rule = Rule("response.critical", "s", "auto")
    for value in (number * seconds, number):
        found = normal(value, rule, f"{number} {word}s")
        assert (found.value, found.unit, found.unit_unstated) == (str(number * seconds), "s", None)


@quick
@given(
    some.one_of(
        some.integers(), some.decimals(allow_nan=True, allow_infinity=True), words, some.booleans(), values
    )
)
def test_no_value_is_too_odd_to_be_read(value: object) -> None:
    """Whatever stands there, a setting comes out; what is no number has no unit to compute with."""
    given_value = Decimal(repr(value)) if isinstance(value, float) else value
    found = normal(given_value, Rule("latency.p95", "ms"))
    if found.unit == "ms" and found.value is not None:
        assert Decimal(found.value).is_finite()
        assert Decimal(found.value) >= 0


@quick
@given(some.integers(-(10**12), 10**12), some.integers(-6, 6))
def test_a_number_is_written_plainly(digits: int, exponent: int) -> None:
    """No exponent, no superfluous zero, and the same number when it is read back."""
    number = Decimal(digits).scaleb(exponent)
    text = written(number)
    assert "E" not in text.upper()
    assert Decimal(text) == number
    assert text == written(Decimal(text))


# without low quotes: before two other signs they are how a symbol by way of Mac Roman begins
german = some.text(some.sampled_from("abcxyz ÄÖÜäöüßéèàçñ“”‘’–—…€§°µ²×≤≥«»0123.,"), max_size=40)


@quick
@given(german)
def test_sound_text_stays_as_it_is(text: str) -> None:
    """Umlauts, quotes and signs beside each other in any order are not taken for a wrong code page by the house's rule."""
    assert _policy_text._RUN.sub(lambda found: _policy_text._symbols(found.group()), text) == text


@quick
@given(some.text(some.sampled_from("📊🔧📈🔍📝🚨🎯⏳✅❌⚠→•"), min_size=1, max_size=6))
def test_symbols_that_came_by_mac_roman_are_mended(symbols: str) -> None:
    """Every symbol of a heading comes back, and mending twice is mending once."""
    broken = symbols.encode("utf-8").decode("mac_roman")
    assert _policy_text.mend(f"## {broken} Title") == f"## {symbols} Title"
    assert _policy_text.mend(_policy_text.mend(f"## {broken} Title")) == f"## {symbols} Title"


@quick
@given(some.lists(some.tuples(some.integers(0, 2), some.booleans()), max_size=30))
def test_every_checkbox_is_counted_once(boxes: list[tuple[int, bool]]) -> None:
    """Nested to any depth, the plan holds as many items as there are boxes, as many done as are ticked."""
    lines, depth = ["# T", ""], 0
    for wanted, done in boxes:
        depth = min(wanted, depth + 1) if lines[-1] else 0
        lines.append(f"{'  ' * depth}- [{'x' if done else ' '}] item")
    found = _policy_plan.read(lines)
    assert len(found.items) == len(boxes)
    assert sum(item.done for item in found.items) == sum(done for _, done in boxes)
    assert len({(item.section, item.text) for item in found.items}) == len(boxes)
    assert [item.line for item in found.items] == list(range(3, 3 + len(boxes)))
