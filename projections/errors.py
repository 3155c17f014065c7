"""What can go wrong between the log and an answer.

    WarehouseError
    ├── LogNotFound, LogUnreadable, UnsupportedLog   the store that it reads
    ├── WarehouseMissing                             nothing was built yet
    ├── WarehouseReadOnly                            opened to be asked only
    ├── WarehouseBusy                                another process has the file
    └── QueryTimeout                                 longer than its time limit

QueryRefused, for what is not a single reading statement or a wrong one, is an InvalidInput.
A row of the log that can't be read raises UnknownTopic or UndecodableEvent (schemas/errors.py).
"""

from __future__ import annotations

from schemas.errors import InvalidInput, JifenError


class WarehouseError(JifenError):
    """The base of the errors of this room."""

    code = "warehouse_error"


class LogNotFound(WarehouseError):
    """Fields: store."""

    code = "store_not_found"
    template = "there is no store at {store}"
    hint = "check the path; a reader never creates a store"


class LogUnreadable(WarehouseError):
    """Fields: store, reason."""

    code = "store_unreadable"
    template = "{store} can't be read as a store: {reason}"
    hint = "run `jifen doctor` on it"


class UnsupportedLog(WarehouseError):
    """Fields: store."""

    code = "unsupported_store"
    template = "this version can't read a log from {store}"
    hint = "give the path of a store file"


class WarehouseMissing(WarehouseError):
    """Fields: warehouse, reason."""

    code = "warehouse_missing"
    template = "the warehouse {warehouse} can't answer: {reason}"
    hint = "let it catch up with the log first"
    retryable = True


class WarehouseReadOnly(WarehouseError):
    """Fields: warehouse."""

    code = "warehouse_read_only"
    template = "the warehouse {warehouse} was opened for reading only"
    hint = "open it without read_only"


class WarehouseBusy(WarehouseError):
    """Another process has the file. Fields: warehouse, holder (the process), waited_seconds."""

    code = "warehouse_busy"
    template = "the warehouse {warehouse} is in use by {holder} (waited {waited_seconds} s)"
    hint = "try again when that process is done, or end it"
    retryable = True


class QueryRefused(InvalidInput):
    """Fields: reason."""

    code = "query_refused"
    template = "the query is refused: {reason}"
    hint = "write one SELECT; the warehouse can be read only"


class QueryTimeout(WarehouseError):
    """Fields: seconds."""

    code = "query_timeout"
    template = "the query took longer than {seconds} s and was stopped"
    hint = "narrow it down, or raise the time limit"
    retryable = True
