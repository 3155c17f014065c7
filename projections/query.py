"""One reading statement, with a limit on rows and on time."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from projections.errors import QueryRefused, QueryTimeout

MAX_ROWS: Final = 100_000
TIMEOUT_SECONDS: Final = 60.0

_READING: Final = frozenset({duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN})


@dataclass(frozen=True)
class QueryResult:
    """An answer: column names, their DuckDB types, the rows, and whether rows were left out."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    truncated: bool = False


def run_query(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    params: list[Any] | dict[str, Any] | None,
    max_rows: int | None,
    timeout_seconds: float | None,
) -> QueryResult:
    """Run a single SELECT, WITH, VALUES, DESCRIBE, SUMMARIZE or EXPLAIN.

    Raises QueryRefused with DuckDB's words, or QueryTimeout.
    """
    _check(connection, sql)
    cursor = connection.cursor()
    timer = threading.Timer(timeout_seconds or 0, cursor.interrupt)
    try:
        if timeout_seconds is not None:
            timer.start()
        cursor.execute(sql, params)
        description = cursor.description or []
        rows = cursor.fetchall() if max_rows is None else cursor.fetchmany(max_rows + 1)
    except duckdb.InterruptException:
        raise QueryTimeout(seconds=timeout_seconds) from None
    except duckdb.Error as error:
        raise QueryRefused(reason=str(error)) from None
    finally:
        timer.cancel()
        cursor.close()
    return QueryResult(
        columns=tuple(column[0] for column in description),
        types=tuple(str(column[1]) for column in description),
        rows=rows[:max_rows],
        truncated=max_rows is not None and len(rows) > max_rows,
    )


def _check(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    try:
        statements = connection.extract_statements(sql)
    except duckdb.Error as error:
        raise QueryRefused(reason=str(error)) from None
    if len(statements) != 1:
        raise QueryRefused(reason=f"it has {len(statements)} statements")
    if statements[0].type not in _READING:
        kind = statements[0].type.name
        raise QueryRefused(reason=f"{kind} is no reading statement")
