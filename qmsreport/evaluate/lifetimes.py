"""When a run can let go of a view: a large organisation's are hundreds of megabytes each.

Kept to the end, they leave the later queries so little memory that those write their own rows to disk.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from qmsreport.results import Query


def spent(order: Sequence[Query], kept: Collection[str]) -> Mapping[str, Sequence[str]]:
    """Path of a query → the materialised views that no query reads after it.

    Args:
        order: every query, in the order they are run.
        kept: names that are read after the last query, by others.

    A view that is not materialised reads what it names each time that it is read itself.
    """
    views = {query.id: query for query in order if query.group == "views"}
    through = {name for name, view in views.items() if not view.header.get("materialised", True)}

    def read_by(query: Query) -> set[str]:
        named = views.keys() & set(re.findall(r"\w+", query.sql)) - {query.id}
        return named.union(*(read_by(views[name]) for name in named & through))

    for_ever = set(kept).union(through, *(read_by(views[name]) for name in through & set(kept)))
    last: dict[str, str] = {}
    for query in order:
        # one that nobody reads is spent when it has been made
        last |= dict.fromkeys(read_by(query) | (views.keys() & {query.id}), query.path)
    found: dict[str, list[str]] = {}
    for name, path in last.items():
        if name not in for_ever:
            found.setdefault(path, []).append(name)
    return found
