"""A naive model of the ledger, written from the rules alone; it shares no code with the ledger.

It keeps one list of facts and works everything out from it again each time that it is asked, so
nothing can be stale and a refusal can't leave anything behind. Slow and obvious on purpose.

Shapes as in `naive_book.py`; `said` is a command as a dict of all its fields.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable
from typing import Any, Final

from tests.model import (
    naive_credits,
    naive_expiry,
    naive_ladder,
    naive_members,
    naive_returns,
    naive_spending,
)
from tests.model.naive_book import Asked, Book, Refused
from tests.model.naive_rules import (
    ONE_DAY,
    Fact,
    Program,
    day_of,
    lapsed,
    measured_in,
    start_of,
    threshold,
    window,
)

COMMANDS: Final[dict[str, Callable[[Book, Asked], None]]] = {
    "EnrolMember": naive_credits.enrol,
    "RecordPurchase": naive_credits.purchase,
    "ReturnPurchase": naive_returns.give_in,
    "AwardPoints": naive_credits.award,
    "GrantBonus": naive_credits.grant,
    "AdjustPoints": naive_credits.adjust,
    "UndoAdjustment": naive_credits.undo,
    "RedeemPoints": naive_spending.redeem,
    "RedeemReward": naive_spending.redeem_reward,
    "HoldPoints": naive_spending.hold,
    "CaptureHold": naive_spending.capture,
    "ReleaseHold": naive_spending.release_hold,
    "ReverseRedemption": naive_spending.reverse,
    "ExpirePoints": naive_expiry.expiry_run,
    "ExtendLots": naive_expiry.extend,
    "SetTier": naive_ladder.set_tier,
    "EndTierFloor": naive_ladder.end_floor,
    "ReviewTier": naive_ladder.review,
    "FreezeMember": naive_members.freeze,
    "UnfreezeMember": naive_members.unfreeze,
    "CloseMember": naive_members.close,
    "MergeMembers": naive_members.merge,
    "UnmergeMembers": naive_members.unmerge,
    "GiftPoints": naive_members.gift,
    "OpenPurse": naive_members.open_purse,
    "JoinPurse": naive_members.join,
    "LeavePurse": naive_members.leave,
    "PayIntoPurse": naive_members.pay_in,
    "WithdrawFromPurse": naive_members.withdraw,
}

FOR_PURSES: Final = {
    *("RedeemPoints", "RedeemReward", "HoldPoints", "CaptureHold", "ReleaseHold"),
    *("ReverseRedemption", "ExpirePoints", "ExtendLots", "AdjustPoints", "UndoAdjustment"),
}
PASSES_OVER: Final = {"ExpirePoints", "ReviewTier"}
"""Runs over all members, which pass over accounts that are closed or merged."""
SPENDING: Final = {"RedeemPoints", "RedeemReward", "HoldPoints"}
NOT_WHILE_FROZEN: Final = SPENDING | {
    *("CaptureHold", "GiftPoints", "PayIntoPurse", "CloseMember", "MergeMembers"),
}
is_purse = naive_spending.is_purse


class NaiveLedger(Book):
    """All accounts and all versions of one program, told commands and asked questions."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[tuple[str, str], tuple[tuple[str, Fact], list[Fact]]] = {}

    # -- commands ----------------------------------------------------------------------------

    def do(self, kind: str, said: Fact, now: dt.datetime) -> list[Fact]:
        """The facts that a command leads to at `now`; raises Refused."""
        if kind != "PublishProgram" and _is_invalid(kind, said):
            raise Refused("invalid_command")
        key = (said["source"], said["request_id"])
        content = (kind, said | {"operator": ""})  # who asks is not part of what is asked
        if key in self.answers:  # RULES 23
            first, facts = self.answers[key]
            if first != content:
                raise Refused("request_conflict")
            return facts
        before = len(self.log)
        try:
            self._judge(kind, said, now)
        except Refused:
            del self.log[before:]
            raise
        facts = self.log[before:]
        if facts:  # a run that finds nothing to do writes nothing
            self.answers[key] = (content, facts)
        return facts

    def _judge(self, kind: str, said: Fact, now: dt.datetime) -> None:
        if kind == "PublishProgram":
            self._publish(said)
            return
        at = (said["occurred_at"] or now).astimezone(dt.UTC)
        tolerance = self.program_now(now).get("future_tolerance_minutes", 5)
        if at > now + dt.timedelta(minutes=tolerance):
            raise Refused("occurred_in_future")
        program = self.program_at(at)
        asked = Asked(said, at, now, day_of(at, program), program)
        if is_purse(asked.account) and kind not in FOR_PURSES:
            raise Refused("not_for_purses")
        self._check_first(kind, asked.account)
        self._check_second(kind, asked)
        self._check_frozen(kind, asked)
        COMMANDS[kind](self, asked)

    def _publish(self, said: Fact) -> None:
        program: Program = tomllib.loads(said["content"])
        for old in self.programs():
            for setting, default in (("id", ""), ("currency", ""), ("points_decimals", 0)):
                if old.get(setting, default) != program.get(setting, default):
                    raise Refused("program_mismatch")
        program["version"] = len(self.programs()) + 1
        program["starts"] = start_of(program["effective_from"], program)
        fact = {"kind": "ProgramPublished", "version": program["version"], "program": program}
        self.log.append(fact | {"position": len(self.log) + 1})

    def _check_first(self, kind: str, account: str) -> None:
        """The command's own account."""
        if kind == "EnrolMember":
            if account in self.accounts():
                raise Refused("already_enrolled")
            return
        self._check_account(account, even_gone=kind in PASSES_OVER)

    def _check_account(self, account: str, even_gone: bool = False) -> None:
        if account not in self.accounts():
            raise Refused("unknown_purse" if is_purse(account) else "unknown_member")
        if self.facts(account, "MemberClosed") and not even_gone:
            raise Refused("account_closed")
        if self.merged_into(account) and not even_gone:
            raise Refused("account_merged")

    def _check_second(self, kind: str, asked: Asked) -> None:
        """The other account that a command names, if it names one."""
        said = asked.said
        if kind == "OpenPurse":
            if f"purse:{said['purse']}" in self.accounts():
                raise Refused("purse_exists")
        elif kind == "UnmergeMembers":
            if said["other"] not in self.accounts():
                raise Refused("unknown_member")
            if self.facts(said["other"], "MemberClosed"):
                raise Refused("account_closed")
            if self.merged_into(said["other"]) != asked.account:
                raise Refused("not_merged")
        elif _second(kind, asked):
            self._check_account(_second(kind, asked))

    def _check_frozen(self, kind: str, asked: Asked) -> None:
        leaving = [asked.account] if kind in NOT_WHILE_FROZEN else []
        if kind == "MergeMembers":
            leaving.append(asked.said["other"])
        if kind in SPENDING and is_purse(asked.account):
            leaving.append(asked.said["spender"])
        if kind == "RecordPurchase" and not asked.program.get("frozen_earns", True):
            leaving.append(asked.account)
        if any(self.is_frozen(account) for account in leaving):
            raise Refused("account_frozen")

    # -- readings ----------------------------------------------------------------------------

    def program_now(self, now: dt.datetime) -> Program:
        """The version in force by the clock, for what is no matter of the business time."""
        return self.program_at(now)

    def members(self) -> list[str]:
        return [fact["member"] for fact in self.log if fact["kind"] == "MemberEnrolled"]

    def balance(self, account: str, day: dt.date, now: dt.datetime) -> dict[str, Any]:
        """Points on a day (RULES 6, 8 and 29): today all that is recorded counts."""
        program, end = self.program_now(now), self._end_of(day, now)
        instant = now if day == day_of(now, program) else start_of(day + ONE_DAY, program)
        lots = self.lots(account, end)
        for hold in self.holds(account, end):
            lapsed_unseen = not hold["ended"] and hold["lapses_at"] <= instant
            if lapsed_unseen or (hold["late"] and not hold["free"]):
                for number, points in hold["parts"].items():
                    lots[number - 1]["available"] += points
                    lots[number - 1]["held"] -= points
        good = [lot for lot in lots if not lapsed(lot, day) or not lot["come"]]
        waiting = [lot for lot in good if day < lot["available_from"] or not lot["come"]]
        pending = sum(lot["available"] for lot in waiting)
        available = sum(lot["available"] for lot in good) - pending
        held, debt = sum(lot["held"] for lot in lots), self.debt(account, end)
        return {
            "balance": available + pending + held - debt,
            "available": available,
            "pending": pending,
            "lapsed": sum(lot["available"] for lot in lots if lot not in good),
            "held": held,
            "debt": debt,
        } | _next_lapse(good)

    def _end_of(self, day: dt.date, now: dt.datetime) -> dt.datetime | None:
        """Before when it must have occurred to count on a day; None from today on: all counts."""
        program = self.program_now(now)
        return None if day >= day_of(now, program) else start_of(day + ONE_DAY, program)

    def makes_sense(self, account: str, day: dt.date, now: dt.datetime) -> bool:
        """Whether what had occurred by a day goes together.

        It does not where something was recorded with an earlier time than what it answers: points
        taken from or given back to a lot before it came; a redemption reversed by a return before.
        """
        end = self._end_of(day, now)
        if end is None:
            return True
        later = {
            (fact["source"], fact["request_id"])
            for fact in self.facts(account)
            if fact["occurred_at"] >= end
        }
        answered = {
            (fact.get(f"{name}_source", ""), fact.get(name, ""))
            for fact in self.facts(account)
            for name in ("redemption", "corrects", "hold")
            if fact["occurred_at"] < end
        }
        odd = [lot for lot in self.lots(account, end) if lot["available"] and not lot["come"]]
        return not odd and not later & answered

    def card(self, member: str, day: dt.date, now: dt.datetime) -> dict[str, Any]:
        """The card after all reviews due on a day, and the next rung of the ladder in force."""
        program = self.program_now(now)
        span = naive_ladder.card_on(self, member, start_of(day, program))
        ladder = program.get("tier", [])
        names = [""] + [tier["id"] for tier in ladder]
        rest = ladder[names.index(span.tier) :] if span.tier in names else []
        rest = [rung for rung in rest if not rung.get("invitation")]
        card: dict[str, Any] = {"tier": span.tier, "since": span.since}
        card["valid_until"] = span.valid_until
        card |= {"next_tier": "", "missing": 0, "window_until": None, "discount_percent": "0"}
        for rung in ladder:
            if rung["id"] == span.tier:
                card["discount_percent"] = rung.get("discount_percent", "0")
        if rest:
            start, end = window(rest[0], day, self.enrolled_on(member))
            name = rest[0].get("measure", "net_spend")
            measured = measured_in(name, self.days(member), start, end)
            card["next_tier"] = rest[0]["id"]
            card["missing"] = max(0, threshold(rest[0], program) - measured)
            card["measure"] = name
            card["window"] = rest[0].get("window", "calendar_year")
            card["window_until"] = end
        return card

    def statement(self, account: str) -> list[tuple[int, int, int]]:
        """(position, signed points, balance after) of every event about points."""
        lines, balance = [], 0
        for fact in self.facts(account):
            if "moves" in fact:
                points = signed(fact["moves"])
                balance += points
                lines.append((fact["position"], points, balance))
        return lines


def _next_lapse(lots: list[Fact]) -> Fact:
    ending = [lot for lot in lots if lot["available"] and lot["expires_on"]]
    on = min((lot["expires_on"] for lot in ending), default=None)
    points = sum(lot["available"] for lot in ending if lot["expires_on"] == on)
    return {"next_lapse_on": on, "next_lapse_points": points}


def signed(moves: dict[tuple[int, str], int]) -> int:
    """What movements bring to the balance: points in lots, less points owed."""
    return sum(-points if bucket == "debt" else points for (_, bucket), points in moves.items())


def _second(kind: str, asked: Asked) -> str:
    said = asked.said
    if "purse" in said:
        return f"purse:{said['purse']}"
    if kind in SPENDING:
        return str(said["spender"]) if is_purse(asked.account) else ""
    names = {"GiftPoints": "to", "MergeMembers": "other", "EnrolMember": "referred_by"}
    return str(said[names[kind]]) if kind in names else ""


def _is_invalid(kind: str, said: Fact) -> bool:
    """What is wrong with a command before anything is looked up."""
    if kind == "EnrolMember":
        return is_purse(said["member"]) or said["referred_by"] == said["member"]
    if kind in ("GiftPoints", "MergeMembers"):
        other = said["to"] if kind == "GiftPoints" else said["other"]
        return is_purse(other) or other == said["member"]
    if kind == "RecordPurchase":
        parts = [said["lines"], said["tenders"]]
        sums = [sum(part["amount_minor"] for part in some) for some in parts if some]
        return any(total != said["amount_minor"] for total in sums)
    return kind == "AdjustPoints" and not said["points"]
