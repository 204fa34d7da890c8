"""Checklists are counted as they stand, beside every number that the document gives."""

from __future__ import annotations

from qmsreport.sources import _policy_document, _policy_flaws, _policy_plan
from qmsreport.sources._policy_settings import Rules

PLAN = """# Rollout

**Total tasks**: 4

### Section 1: Metrics store (2 tasks)

- [x] 1.1 Install it
- [ ] 1.2 Keep **90** days

### Section 2: Log store

1. Prepare
   - [X] 2.1 Choose `one`
     - [ ] size it
   - [ ] 2.2 Fill it
   - no checkbox

```text
- [ ] an example, no item
```

### Summary

| Part | Count | State |
|---|---|---|
| **Total** | 6 | open |
| Metrics store | 2 | open |
| Log store | 2 | open |
| Dashboards | 1 | open |

| Part | Hours |
|---|---|
| Metrics store | 9 |
"""


def plan() -> _policy_plan.Plan:
    """That plan."""
    return _policy_plan.read(PLAN.split("\n"))


def test_checkboxes_are_counted_per_section_nested_ones_too() -> None:
    """A ticked box is done, a nested one belongs to its parent, and code holds none."""
    found = [(item.section, item.text, item.done, item.line) for item in plan().items]
    one, two = "Section 1: Metrics store (2 tasks)", "Section 2: Log store"
    assert found == [
        (one, "1.1 Install it", True, 7),
        (one, "1.2 Keep 90 days", False, 8),
        (two, "2.1 Choose one", True, 13),
        (two, "2.1 Choose one / size it", False, 14),
        (two, "2.2 Fill it", False, 15),
    ]


def test_claims_are_compared_with_what_is_counted() -> None:
    """Header, headings, a table's rows, its total and the sum of its rows are each held against the count."""
    reading = _policy_document.read(PLAN.encode(), "plan.md", Rules())
    found = [
        (row.key, row.line, row.observed, str(row.expected).split(":")[0])
        for row in _policy_flaws.flaws(reading)
    ]
    assert found == [
        ("Total tasks", 3, "states 4", "5"),
        ("Total, in a table", 26, "states 6", "5"),
        ("sum of the rows", 26, "a total of 6", "5"),
        ("Section 2: Log store", 28, "states 2", "3"),
        ("Dashboards", 29, "states 1", "the name of a section with checkboxes"),
    ]


def test_items_carry_both_numbers() -> None:
    """Each item has its section's declared and counted number; what the whole claims has rows of its own."""
    reading = _policy_document.read(PLAN.encode(), "plan.md", Rules())
    rows = {(row.section, row.item): row for row in _policy_document.plan_items(reading)}
    item = rows["Section 2: Log store", "2.2 Fill it"]
    assert (item.done, item.declared_count, item.counted) == (False, 2, 3)
    whole = rows[_policy_plan.WHOLE, "Total tasks"]
    assert (whole.done, whole.declared_count, whole.counted) == (None, 4, 5)


def test_sections_and_items_of_one_name_stay_apart() -> None:
    """A heading that stands twice is named with the one above it; an item that stands twice is numbered."""
    text = "# T\n## Phase 1\n### Tasks\n- [ ] a\n- [x] a\n## Phase 2\n### Tasks\n- [ ] a\n"
    found = [(item.section, item.text) for item in _policy_plan.read(text.split("\n")).items]
    assert found == [("Phase 1 / Tasks", "a"), ("Phase 1 / Tasks", "a (2)"), ("Phase 2 / Tasks", "a")]


def test_a_plan_without_checkboxes_claims_nothing() -> None:
    """A table of counts in a document without a checklist is about something else."""
    text = "# T\n\nTotal tasks: 9\n\n| Part | Count |\n|---|---|\n| Total | 3 |\n"
    found = _policy_plan.read(text.split("\n"))
    assert (found.items, found.claims, found.title) == ([], [], "T")


def test_lines_are_those_of_the_file() -> None:
    """Behind front matter the lines still count from the top of the file."""
    reading = _policy_document.read(b"+++\na = 1\n+++\n\n- [ ] x\n", "plan.md", Rules())
    assert reading.plan.items[0].line == 5
    assert reading.plan.items[0].section == _policy_plan.WHOLE
