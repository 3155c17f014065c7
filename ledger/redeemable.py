"""How many points may be spent now: what a till asks before it offers a redemption (RULES 11)."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from ledger.account import Account
from ledger.case import Draft, Stamp
from ledger.decisions.redeem import worth
from ledger.lapse import settle_holds
from ledger.lots import spendable
from ledger.rules import Rules
from ledger.uses import used


class Redeemable(Struct, frozen=True):
    """`points` units may be spent, worth `value_minor` at the till.

    `limited_by` names what made it less than was asked, or than all points: "available", a policy
    or a limit as the program file names it, or the state of the account; "" for nothing.
    """

    points: int
    value_minor: int
    limited_by: str = ""


def redeemable(
    account: Account, rules: Rules, now: dt.datetime, asked: int | None, bill_minor: int | None
) -> Redeemable:
    """The most that a redemption of `now` could be, of `asked` points units or of all."""
    day = rules.day(now)
    draft = Draft(account, rules, Stamp(now, day, "", "", "", rules.version), None)
    settle_holds(draft)
    account = draft.account
    for state in ("frozen", "closed", "merged_into"):
        if getattr(account, state):
            return Redeemable(0, 0, f"account_{state.removesuffix('_into')}")
    available = sum(lot.available for lot in account.lots if spendable(lot, day))
    points, limited_by = max(0, available - account.debt), ""
    if asked is not None and asked > points:
        limited_by = "available"
    elif asked is not None:
        points = asked
    for name, most in _bounds(account, rules, day, bill_minor):
        if points > most:
            points, limited_by = max(0, most), name
    terms = rules.spending
    if terms.step_points is not None and points % terms.step_points:
        points, limited_by = points - points % terms.step_points, limited_by or "step_points"
    if terms.min_points is not None and points < terms.min_points:
        points, limited_by = 0, limited_by or "min_points"
    return Redeemable(points, worth(rules, points), limited_by)


def _bounds(
    account: Account, rules: Rules, day: dt.date, bill_minor: int | None
) -> list[tuple[str, int]]:
    """(name, most points units) of the limits and of the share of the bill."""
    found = []
    terms = rules.spending
    if terms.bill_share is not None and terms.price is not None:
        if bill_minor is None:
            found.append(("max_bill_percent", 0))
        else:
            units = bill_minor * terms.bill_share * terms.price.points / terms.price.money_minor
            found.append(("max_bill_percent", int(units)))
    for limit in rules.limits.get("redeem_points", ()):
        left = limit.most - used(account, limit.action, limit.period, day)
        found.append((limit.name, left))
    for limit in rules.limits.get("redemptions", ()):
        if used(account, limit.action, limit.period, day) >= limit.most:
            found.append((limit.name, 0))
    return found
