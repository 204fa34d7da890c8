"""What a snapshot says, as hashes: one per table, of its rows in stored order, not of the file's bytes.

A table is read as Arrow, column by column in name order. Each column gives these streams, whatever the batches:
`known`, a byte 1 or 0 for each row; `length`, of each text or list as a 32-bit integer, 0 where unknown; `value`,
one after the other: numbers, days since 1970 and microseconds since 1970 little-endian and 0 where unknown,
booleans as a byte, texts as UTF-8. What is in lists gives the same streams, named `item`. The table's hash is the
SHA-256 of a text: the number of rows, then a line for each column with its name (as a JSON text where it is more than
letters, digits and underscores), its type and its streams' hashes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from qmsreport.warehouse.snapshot import Snapshot


def table_digests(
    snapshot: Snapshot, leave_out: Iterable[str] = (), *, foreign: bool = False
) -> dict[str, str]:
    """SHA-256 of the content of every stored table but those left out, by table name.

    Args:
        snapshot: an open one.
        leave_out: names of tables.
        foreign: somebody else may have written it. A column of a type that none of ours has then counts by its name
            and type alone, which is enough to tell the table from any of ours.

    Raises:
        TypeError: for such a type, unless `foreign`.
    """
    left_out = set(leave_out)
    return {name: _table(snapshot, name, foreign) for name in snapshot.tables() if name not in left_out}


def _table(snapshot: Snapshot, table: str, foreign: bool) -> str:
    columns = [_Column(name, kind, foreign) for name, kind in snapshot.columns(table)]
    rows = 0
    # hashing lets other threads run, so the columns of a batch are hashed side by side
    with ThreadPoolExecutor(2) as pool:
        for batch in snapshot.batches(table, [column.name for column in columns]):
            rows += batch.num_rows
            list(pool.map(_Column.add, columns, batch.columns))
    lines = [f"{rows} rows", *(column.line() for column in columns)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


class _NoAgreedBytes(TypeError):
    pass


class _Column:
    """The streams of one column, hashed as they come."""

    def __init__(self, name: str, kind: str, foreign: bool) -> None:
        self.name, self._kind, self._foreign = name, kind, foreign
        self._streams: dict[str, Any] = {}

    def add(self, values: pa.Array) -> None:
        """The next rows."""
        try:
            for stream, content in _streams(values):
                self._streams.setdefault(stream, hashlib.sha256()).update(content)
        except _NoAgreedBytes:
            if not self._foreign:
                raise

    def line(self) -> str:
        """Name, type, and each stream with its hash."""
        hashes = [f"{stream} {found.hexdigest()}" for stream, found in sorted(self._streams.items())]
        name = self.name if re.fullmatch(r"\w+", self.name) else json.dumps(self.name)
        return " ".join([name, self._kind, *hashes])


def _streams(values: pa.Array, prefix: str = "") -> Iterator[tuple[str, Any]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = values.type
    yield f"{prefix}known", _fixed(values.is_valid())
    if pa.types.is_list(kind):
        yield f"{prefix}length", _fixed(pc.list_value_length(values))
        yield from _streams(values.flatten(), f"{prefix}item.")
    elif pa.types.is_string(kind):
        yield f"{prefix}length", _fixed(pc.binary_length(values))
        yield f"{prefix}value", _text(values)
    elif pa.types.is_timestamp(kind):
        yield f"{prefix}value", _fixed(values.cast(pa.int64()))
    elif pa.types.is_date32(kind):
        yield f"{prefix}value", _fixed(values.cast(pa.int32()))
    elif pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind):
        yield f"{prefix}value", _fixed(values)
    else:
        raise _NoAgreedBytes(f"A column of {kind} has no agreed bytes. Give it one here before it is stored.")


def _fixed(values: pa.Array) -> memoryview:
    """The bytes of values of one width."""
    import pyarrow as pa

    if pa.types.is_boolean(values.type):
        values = values.cast(pa.uint8())
    if values.null_count:
        values = values.fill_null(0)
    width = values.type.bit_width // 8
    return memoryview(values.buffers()[1])[values.offset * width : (values.offset + len(values)) * width]


def _text(values: pa.Array) -> memoryview:
    """The bytes of all texts, one after the other."""
    known = values.drop_null() if values.null_count else values
    _, offsets, content = known.buffers()
    if not len(known) or content is None:
        return memoryview(b"")
    bounds = memoryview(offsets).cast("i")
    return memoryview(content)[bounds[known.offset] : bounds[known.offset + len(known)]]
