"""Every error that Jifen raises on purpose.

    JifenError                     code, fields, hint, retryable   (schemas/errors.py)
    ├── InvalidInput               what was handed in can't be read; nothing was judged
    │   ├── InvalidAmount, InvalidPoints, InvalidTime, InvalidIdentifier
    │   ├── InvalidCommand         with the path of the field
    │   └── InvalidProgram         with every mistake and its path in the file
    ├── Rejection                  a sound command that the ledger refuses; nothing is written
    │   ├── RequestConflict        the request id was used for something else (RULES 23)
    │   ├── OccurredInFuture       business time beyond the program's tolerance
    │   ├── NoProgramInForce       no program version covers the business time
    │   ├── ProgramMismatch        a version that would change what earlier integers mean
    │   ├── AlreadyEnrolled
    │   ├── UnknownMember
    │   ├── ReceiptAlreadyClaimed  the receipt has earned (RULES 24)
    │   ├── InsufficientPoints     less available than asked (RULES 11)
    │   └── TooManyPoints          more than one event can hold
    ├── StoreError                 the store can't be used
    │   ├── StoreNotFound, StoreExists, NotAStore, StoreTooNew, StoreDamaged
    │   ├── StoreBusy              another process holds it; trying again can help
    │   ├── StoreUnwritable        disk full, read-only
    │   ├── UnsupportedStore       a URL of a kind that this version does not have
    │   └── LedgerClosed
    ├── UnknownTopic, UndecodableEvent   a row of the log that can't be read
    └── WarehouseError, QueryRefused     (projections/errors.py)

Order of precedence within one command: InvalidCommand, RequestConflict, OccurredInFuture,
NoProgramInForce, then those of the decision in the order of its checks.
"""

from __future__ import annotations

from schemas.errors import (
    InvalidAmount,
    InvalidCommand,
    InvalidIdentifier,
    InvalidInput,
    InvalidPoints,
    InvalidProgram,
    InvalidTime,
    JifenError,
    UndecodableEvent,
    UnknownTopic,
)


class Rejection(JifenError):
    """A sound command that the ledger refuses. Nothing was written."""

    code = "rejected"


class RequestConflict(Rejection):
    """Fields: source, request_id, position (of the first event of the original)."""

    code = "request_conflict"
    template = (
        "request {request_id!r} of {source!r} was used for something else, at event #{position}"
    )
    hint = "a new request needs a new id; a retry must repeat the first content exactly"


class OccurredInFuture(Rejection):
    """Fields: occurred_at, tolerance_minutes."""

    code = "occurred_in_future"
    template = "{occurred_at} is in the future, by more than {tolerance_minutes} minutes"
    hint = "check the time and the clock of the till"
    retryable = True


class NoProgramInForce(Rejection):
    """Fields: occurred_at."""

    code = "no_program_in_force"
    template = "no version of the program covers {occurred_at}"
    hint = "publish a version whose effective_from is early enough"


class ProgramMismatch(Rejection):
    """Fields: setting, old, new."""

    code = "program_mismatch"
    template = "a new version can't change {setting} from {old} to {new}"
    hint = "open a store of its own for another program"


class AlreadyEnrolled(Rejection):
    """Fields: member."""

    code = "already_enrolled"
    template = "member {member!r} is enrolled already"


class UnknownMember(Rejection):
    """Fields: member."""

    code = "unknown_member"
    template = "there is no member {member!r}"
    hint = "check the number, or enrol the member first"


class ReceiptAlreadyClaimed(Rejection):
    """Fields: partner, purchase_id, member and position (of the purchase that earned)."""

    code = "receipt_already_claimed"
    template = "receipt {purchase_id!r} has earned already, at event #{position}"
    hint = "a receipt earns once in the whole program"


class InsufficientPoints(Rejection):
    """Fields: asked, available (points units)."""

    code = "insufficient_points"
    template = "{asked} points asked, {available} available"
    hint = "ask for no more than is available"
    retryable = True


class TooManyPoints(Rejection):
    """Fields: points, most (points units)."""

    code = "too_many_points"
    template = "{points} points are more than one event can hold ({most})"
    hint = "check the amount, and the rates of the program"


class StoreError(JifenError):
    """The store can't be used."""

    code = "store_error"


class StoreNotFound(StoreError):
    """Fields: store."""

    code = "store_not_found"
    template = "there is no store at {store}"
    hint = "make one with `jifen init`, or name it with --store or JIFEN_STORE"


class StoreExists(StoreError):
    """Fields: store."""

    code = "store_exists"
    template = "there is something at {store} already"
    hint = "choose another place; a store is never overwritten"


class NotAStore(StoreError):
    """Fields: store."""

    code = "not_a_store"
    template = "{store} is not a Jifen store"
    hint = "check the path"


class StoreTooNew(StoreError):
    """Fields: store, version, supported."""

    code = "store_too_new"
    template = "{store} has layout {version}, this version reads up to {supported}"
    hint = "update jifen"


class StoreDamaged(StoreError):
    """Fields: store, reason."""

    code = "store_damaged"
    template = "{store} is damaged: {reason}"
    hint = "restore the file from a backup, then run `jifen verify`"


class StoreBusy(StoreError):
    """Fields: store."""

    code = "store_busy"
    template = "{store} is busy: another process holds its write lock"
    hint = "try again; if it lasts, find the process that has the file open"
    retryable = True


class StoreUnwritable(StoreError):
    """Fields: store, reason."""

    code = "store_unwritable"
    template = "{store} can't be written: {reason}"
    hint = "check free space and permissions"
    retryable = True


class UnsupportedStore(StoreError):
    """Fields: store."""

    code = "unsupported_store"
    template = "{store} is a kind of store that this version does not have"
    hint = "name a file, or :memory:"


class LedgerClosed(StoreError):
    """Fields: store."""

    code = "ledger_closed"
    template = "the ledger on {store} is closed"


__all__ = [
    "AlreadyEnrolled",
    "InsufficientPoints",
    "InvalidAmount",
    "InvalidCommand",
    "InvalidIdentifier",
    "InvalidInput",
    "InvalidPoints",
    "InvalidProgram",
    "InvalidTime",
    "JifenError",
    "LedgerClosed",
    "NoProgramInForce",
    "NotAStore",
    "OccurredInFuture",
    "ProgramMismatch",
    "ReceiptAlreadyClaimed",
    "Rejection",
    "RequestConflict",
    "StoreBusy",
    "StoreDamaged",
    "StoreError",
    "StoreExists",
    "StoreNotFound",
    "StoreTooNew",
    "StoreUnwritable",
    "TooManyPoints",
    "UndecodableEvent",
    "UnknownMember",
    "UnknownTopic",
    "UnsupportedStore",
]
