"""The row contracts: what every metric and every check must return, enforced."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from qmsreport.errors import QueryError
from qmsreport.results import CHECK_COLUMNS, METRIC_COLUMNS, STATUSES, Query

if TYPE_CHECKING:
    from qmsreport.warehouse import Snapshot

_OPTIONAL = ("expected", "observed", "basis")
_NOTHING = (
    "select '(none)' as resource, 'not assessed' as status, "
    "'There is no data that this check could judge.' as reason"
)


def store_metric(snapshot: Snapshot, query: Query) -> None:
    """Put a metric's rows into the snapshot's table `metrics`, with its name in front.

    Raises:
        QueryError: when it has other columns than `METRIC_COLUMNS`, or a share is outside 0 to 1.
    """
    with _columns_first(snapshot, query, METRIC_COLUMNS):
        snapshot.add_metric(query.id, query.sql, query.path, query.title)
    if query.header.get("better"):
        where = f"metric = '{query.id}' and unit = 'share' and value not between 0 and 1"
        for value, scope in snapshot.metrics(where).select("value", "scope").rows():
            raise QueryError(
                f"{query.path}: a share of {value} for {scope} is outside 0 to 1 ({query.title}). "
                "A join multiplies its rows: mend the query."
            )


def judge(snapshot: Snapshot, query: Query) -> None:
    """Add a check's rows to the snapshot's table `judged`; one that does not run becomes a finding of status *error*."""
    try:
        with _columns_first(snapshot, query, CHECK_COLUMNS, _OPTIONAL):
            snapshot.add_judged(query.id, query.sql, query.path, query.title)
    except QueryError as error:
        _fail(snapshot, query, error)


def store_findings(snapshot: Snapshot, checks: Sequence[Query]) -> None:
    """Hold what is judged against the contract, then keep it as `findings`.

    No row at all is *not assessed*, never a pass; a check that breaks the contract has one finding of status *error*.
    """
    wrong = {row[0]: row[1:] for row in snapshot.misjudged(STATUSES)}
    judged = {check for (check,) in snapshot.fetch("select distinct check_id from judged")}
    for query in checks:
        if query.id in wrong:
            snapshot.drop_judged(query.id)
            _fail(snapshot, query, _error(query, *wrong[query.id]))
        elif query.id not in judged:
            snapshot.add_judged(query.id, _NOTHING, query.path)
    snapshot.keep_findings()


def _error(query: Query, resource: str | None, height: int, status: str | None) -> QueryError:
    """What is wrong with the rows of a check for one resource."""
    if resource is not None and height > 1:
        return QueryError(
            f"{query.path}: resource '{resource}' has {height} rows ({query.title}). "
            "A check returns one row per resource: mend its joins."
        )
    if resource is not None and status in STATUSES:
        return QueryError(
            f"{query.path}: resource '{resource}' has no reason ({query.title}). Say why each has its status."
        )
    return QueryError(
        f"{query.path}: status '{status}' for resource '{resource}' is not allowed ({query.title}). "
        f"Use one of {', '.join(STATUSES)}, and name the resource."
    )


def _fail(snapshot: Snapshot, query: Query, error: QueryError) -> None:
    """A check whose query failed: one finding of status *error*."""
    reason = str(error).replace("'", "''")
    sql = f"select '(query)' as resource, 'error' as status, '{reason}' as reason"
    snapshot.add_judged(query.id, sql, query.path)


@contextlib.contextmanager
def _columns_first(
    snapshot: Snapshot, query: Query, wanted: Mapping[str, str], optional: tuple[str, ...] = ()
) -> Iterator[None]:
    """Where the select list is what is wrong, a clearer sentence than DuckDB's; looked at only after a failure."""
    try:
        yield
    except QueryError:
        _same_columns(query, snapshot.columns_of(query.sql, query.path, query.title), wanted, optional)
        raise


def _same_columns(
    query: Query, found: Sequence[str], wanted: Mapping[str, str], optional: tuple[str, ...]
) -> None:
    missing = [name for name in wanted if name not in found and name not in optional]
    extra = [name for name in found if name not in wanted]
    if missing or extra:
        parts = [f"lacks {', '.join(missing)}"] if missing else []
        parts += [f"has {', '.join(extra)} too many"] if extra else []
        raise QueryError(
            f"{query.path}: its rows {' and '.join(parts)} ({query.title}). Mend the select list."
        )
