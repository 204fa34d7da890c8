"""YAML with the line of every value, read in terms of keys: nothing is constructed, scalars stay as written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from qmsreport.configurations.reading import Unreadable

_DEEPEST = 100  # the C composer recurses without a limit of its own: deeper text would end the process
_NULL = "tag:yaml.org,2002:null"
_MERGE = "tag:yaml.org,2002:merge"


@dataclass(frozen=True, slots=True)
class Node:
    """One place in a document; also one that is not there, so that paths can be asked for without looking first."""

    path: str = ""
    line: int | None = None
    named: bool = False  # the key stands in the file, perhaps with nothing behind it
    _node: Any = field(default=None, repr=False)  # never shown: it holds whatever the file holds

    @property
    def there(self) -> bool:
        """Whether something stands there, and not `null`."""
        return self._node is not None and self._node.tag != _NULL

    @property
    def text(self) -> str | None:
        """The scalar as written."""
        return str(self._node.value) if self.there and self._kind == "scalar" and self._node else None

    @property
    def _kind(self) -> str:
        return str(self._node.id) if self._node is not None else ""

    @property
    def is_mapping(self) -> bool:
        """Whether keys stand below it."""
        return self._kind == "mapping"

    def get(self, *keys: str) -> Node:
        """What stands under these keys."""
        found = self
        for key in keys:
            found = dict(found.items()).get(key) or Node(_join(found.path, key))
        return found

    def first(self, *paths: str) -> Node:
        """The first of several dotted paths that is there, else the first."""
        found = [self.get(*path.split(".")) for path in paths]
        return next((node for node in found if node.there), found[0])

    def items(self) -> list[tuple[str, Node]]:
        """The keys and what stands under them, merged ones (`<<`) last; nothing for what is no mapping."""
        return list(self._pairs(self._node, set()).items())

    def below(self) -> list[Node]:
        """What stands under each key."""
        return [node for _, node in self.items()]

    def _pairs(self, mapping: Any, seen: set[int]) -> dict[str, Node]:
        found: dict[str, Node] = {}
        if mapping is None or mapping.id != "mapping" or id(mapping) in seen:
            return found
        seen.add(id(mapping))
        merged: list[Any] = []
        for key, value in mapping.value:
            if key.tag == _MERGE:
                merged += value.value if value.id == "sequence" else [value]
            elif key.id == "scalar":
                name = str(key.value)
                found[name] = Node(_join(self.path, name), key.start_mark.line + 1, True, value)
        for other in merged:
            for name, node in self._pairs(other, seen).items():
                found.setdefault(name, node)
        return found

    def each(self) -> list[Node]:
        """The items of a list; a scalar or mapping where a list may stand is its own only item."""
        if not self.there or self._node is None:
            return []
        if self._kind != "sequence":
            return [self]
        return [
            Node(f"{self.path}[{number}]", item.start_mark.line + 1, True, item)
            for number, item in enumerate(self._node.value)
        ]

    def texts(self) -> list[str]:
        """The scalars of a list."""
        return [item.text for item in self.each() if item.text is not None]


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def load(text: str) -> Node:
    """The one document of a YAML text.

    Raises:
        Unreadable: it is not YAML, or not one document, or a key stands twice. The sentence quotes nothing.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        depth = 0
        for event in yaml.parse(text, Loader=loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise Unreadable("It is nested too deeply. Look at what wrote it.", _line(event.start_mark))
        root = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        why = re.sub(r"'[^']*'|\"[^\"]*\"", "…", error.problem or "it breaks off")  # may quote the file
        if "expected a single document" in (error.context or ""):
            raise Unreadable("It holds several documents. Give each its file.", _line(mark)) from None
        raise Unreadable(f"It is not YAML: {why}. Mend it there.", _line(mark)) from None
    except yaml.YAMLError:
        raise Unreadable("It is not YAML: it holds a character that no text has. Save it as UTF-8.") from None
    if root is None:
        return Node(line=1)
    for line in _twice(root):
        raise Unreadable("A key stands there a second time in its mapping. Keep one of them.", line)
    return Node("", root.start_mark.line + 1, True, root)


def document(text: str, title: str, known: Iterable[str], *, may_be_empty: bool = False) -> Node:
    """The document of a product: a mapping with at least one of the keys that product reads.

    A manifest or chart values under the product's file name would otherwise be taken for a configuration in which
    every default applies.

    Raises:
        Unreadable: it is something else.
    """
    root = load(text)
    if not root.there:
        if may_be_empty and text.strip():
            return root
        raise Unreadable(
            "It is empty. Write it again; delete it if it is not wanted.",
        )
    names = {name for name, _ in root.items()}
    if not root.is_mapping or "apiVersion" in names:
        raise Unreadable(
            f"It is no configuration of {title}, but something around one. Point to the file in it."
        )
    if not any(name.split(".")[0] in known for name in names):
        raise Unreadable(f"It holds no key that {title} reads. Name its product, or leave it out.")
    return root


def _line(mark: Any) -> int | None:  # the C and the Python parser each have their own class of it
    return mark.line + 1 if mark else None


def _twice(root: Any) -> Iterator[int]:
    """The lines of keys that stand twice in one mapping: products refuse them, or take one unseen."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen or node.id == "scalar":
            continue
        seen.add(id(node))
        if node.id == "sequence":
            waiting += node.value
            continue
        keys: set[str] = set()
        for key, value in node.value:
            waiting.append(value)
            if key.id == "scalar" and key.tag != _MERGE:
                if key.value in keys:
                    yield key.start_mark.line + 1
                keys.add(key.value)
