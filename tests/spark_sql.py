"""DuckDB SQL to Spark SQL, refusing what sqlglot would translate into something else without a word.

sqlglot's own error level catches none of these; each was seen to give other rows on Spark. What is on neither
list is refused too: it was never compared.
"""

from __future__ import annotations

import re
from typing import ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects.spark import Spark

# every function whose rows came out equal on both engines
COMPARED = {
    "Abs", "And", "Array", "ArrayAgg", "ArraySize", "ArraySort", "ArrayToString", "Case", "Cast", "Coalesce",
    "Concat", "Count", "DenseRank", "Exists", "Explode", "Floor", "Greatest", "Grouping", "If", "Lag", "Least", "Ln",
    "Lower", "Max", "Min", "Or", "PercentileCont", "Replace", "Round", "RowNumber", "Split", "SplitPart", "Sqrt", "Sum",
    "TimestampTrunc", "TryCast",
}  # fmt: skip
_DAYS = re.compile(r"(_day|_date|_on)$")


class Refused(Exception):
    """A construct that Spark would answer otherwise, and what to write instead."""


def parse(sql: str) -> exp.Query:
    """The one select of a query file.

    Raises:
        Refused: when there are several statements, or something else than a select.
    """
    statements = sqlglot.parse(sql, dialect="duckdb")
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise Refused("A query file holds exactly one select.")
    return statements[0]


def to_spark(sql: str) -> str:
    """The same select for Spark.

    Raises:
        Refused: naming the first construct that is not known to give the same rows.
    """
    tree = parse(sql)
    if re.search(r"(?i)\blen\s*\(", re.sub(r"--.*|'[^']*'", "", sql)):
        raise Refused("len() of an array becomes the length of a text. Write array_length().")
    for node in tree.walk():
        _refuse(node)
    return tree.sql(dialect=_Spark, pretty=True)


def _refuse(node: exp.Expression) -> None:
    why = next((reason for found, reason in _reasons(node) if found), None)
    if why:
        raise Refused(f"{node.sql(dialect='duckdb')[:80]}: {why}")


def _reasons(node: exp.Expression) -> list[tuple[bool, str]]:
    known = isinstance(node, exp.Anonymous) and node.name.lower() == "epoch_us"
    return [
        (isinstance(node, exp.WithinGroup), "becomes an approximation. Write quantile_cont(x, 0.9)."),
        (
            isinstance(node, exp.PercentileCont) and isinstance(node.expression, exp.Array),
            "Spark takes no list of quantiles. Write one call for each.",
        ),
        (
            isinstance(node, exp.DateDiff | exp.TimestampDiff),
            "counts boundaries in one engine and elapsed units in the other. Write epoch_us(b) - epoch_us(a).",
        ),
        (
            isinstance(node, exp.TimeToUnix)
            or (isinstance(node, exp.Extract) and node.name.lower() == "epoch"),
            "loses the fraction. Write epoch_us().",
        ),
        (
            isinstance(node, exp.DayOfWeek | exp.DayOfWeekIso),
            "numbers the days otherwise. Take the day from the calendar table.",
        ),
        (
            isinstance(node, exp.ArrayAgg) and isinstance(node.this, exp.Order),
            "loses its order. Write list_sort(list(x)).",
        ),
        (
            isinstance(node, exp.Join) and node.args.get("method") == "ASOF",
            "Spark has no ASOF join. Write a join and row_number().",
        ),
        (
            isinstance(node, exp.GenerateSeries) and isinstance(node.parent, exp.Table),
            "Spark has no such table. Unnest the list.",
        ),
        (
            isinstance(node, exp.SetOperation) and bool(node.args.get("by_name")),
            "Spark has no UNION BY NAME.",
        ),
        (
            isinstance(node, exp.AtTimeZone),
            "The snapshot carries local dates; no zone is converted in a query.",
        ),
        (isinstance(node, exp.Sub) and _date_minus_date(node), "is an interval on Spark. Write epoch_us()."),
        (isinstance(node, exp.Parameter | exp.Placeholder), "A query takes no parameters."),
        (
            isinstance(node, exp.Func) and not known and type(node).__name__ not in COMPARED,
            "was never compared between the engines. Compare its rows, then put it on the list in tests/spark_sql.py.",
        ),
    ]


def _date_minus_date(node: exp.Sub) -> bool:
    return _is_date(node.left) and _is_date(node.right)


def _is_date(node: exp.Expression) -> bool:
    bare = node.unnest()
    cast = isinstance(bare, exp.Cast) and bare.to.this == exp.DataType.Type.DATE
    return cast or (isinstance(bare, exp.Column) and bool(_DAYS.search(bare.name)))


def _function(name: str):  # type: ignore[no-untyped-def]  # sqlglot's generators are typed loosely
    return lambda self, node: self.func(name, node.this, node.expression)


def _unknown(self: Spark.Generator, node: exp.Anonymous) -> str:
    if node.name.lower() == "epoch_us":
        return str(self.func("unix_micros", *node.expressions))
    return str(self.function_fallback_sql(node))


def _literal(self: Spark.Generator, node: exp.Literal) -> str:
    # DuckDB divides decimals as doubles, Spark to six digits: 31 / 7.0 was 4.428571 there
    written = str(self.literal_sql(node))
    return written if node.is_string or node.is_int else f"{written}D"


class _Spark(Spark):
    """sqlglot's Spark with three corrections: exact percentiles, microseconds since the epoch, and doubles."""

    class Generator(Spark.Generator):
        TRANSFORMS: ClassVar = {
            **Spark.Generator.TRANSFORMS,
            exp.PercentileCont: _function("percentile"),
            exp.Anonymous: _unknown,
            exp.Literal: _literal,
        }
