"""One module per decision: a pure function judges a command against a state.

A decision takes `(account, rules, command, stamp)` and returns the events that it decided on, in
order, or raises a Rejection. It reads no clock, disk, environment or randomness: the time and the
ids are in the stamp. `DECISIONS` is the table of them all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ledger.account import Account
from ledger.decisions.award import decide_award
from ledger.decisions.enrol import decide_enrol
from ledger.decisions.purchase import decide_purchase
from ledger.decisions.redeem import decide_redeem
from ledger.decisions.stamp import Stamp
from ledger.rules import Rules
from schemas.commands import AwardPoints, EnrolMember, MemberCommand, RecordPurchase, RedeemPoints
from schemas.events import Event

Decision = Callable[[Account, Rules, Any, Stamp], tuple[Event, ...]]

DECISIONS: Final[dict[type[MemberCommand], Decision]] = {
    EnrolMember: decide_enrol,
    RecordPurchase: decide_purchase,
    AwardPoints: decide_award,
    RedeemPoints: decide_redeem,
}

__all__ = [
    "DECISIONS",
    "Decision",
    "Stamp",
    "decide_award",
    "decide_enrol",
    "decide_purchase",
    "decide_redeem",
]
