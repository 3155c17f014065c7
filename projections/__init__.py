"""Answers: the feed from the log, the DuckDB warehouse, one `.sql` file per view.

Importing this package loads neither duckdb nor pyarrow; `Warehouse` does, when it is first named.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from projections.query import QueryResult
    from projections.warehouse import Warehouse

__all__ = ["QueryResult", "Warehouse"]

_HOMES = {"QueryResult": "projections.query", "Warehouse": "projections.warehouse"}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
