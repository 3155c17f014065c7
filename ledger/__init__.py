"""Decides: the state of an account, one module per decision, the store, the Ledger."""

from __future__ import annotations

import logging

from ledger.clock import ManualClock
from ledger.errors import JifenError, Rejection, StoreError
from ledger.ledger import Ledger
from ledger.outcome import Outcome, Pending
from ledger.readings import Balance, RecordedEvent, StatementLine, TierCard
from schemas.commands import (
    AwardPoints,
    EnrolMember,
    PublishProgram,
    RecordPurchase,
    RedeemPoints,
)

logging.getLogger("jifen").addHandler(logging.NullHandler())

__all__ = [
    "AwardPoints",
    "Balance",
    "EnrolMember",
    "JifenError",
    "Ledger",
    "ManualClock",
    "Outcome",
    "Pending",
    "PublishProgram",
    "RecordPurchase",
    "RecordedEvent",
    "RedeemPoints",
    "Rejection",
    "StatementLine",
    "StoreError",
    "TierCard",
]
