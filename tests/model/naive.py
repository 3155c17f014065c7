"""A naive model of the ledger, written from the rules alone; it shares no code with the ledger.

It keeps one list of facts and works everything out from it again each time that it is asked, so
nothing can be stale and a refusal can't leave anything behind. Slow and obvious on purpose.

Shapes:
    Fact     a dict with the names of the event's fields; `kind` is the event's type, `moves` maps
             a lot's number to signed points, `exact` is what a purchase earned before rounding
    Program  the program file as `tomllib` reads it, plus `version` and `starts` (an instant)
    said     a command as a dict of all its fields, `request_id` and `source` included

Points, money and visits are integers of the smallest unit; instants are aware and in UTC.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from typing import Any

from tests.model.naive_rules import (
    Fact,
    Program,
    begins_by,
    credit,
    earn,
    last_good_day,
    measure,
    spending_order,
    start_of,
    state,
    threshold,
    valid_until,
    when,
    window,
)


class Refused(Exception):
    """The model refuses a command; `code` is the error code that the ledger must give."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class NaiveLedger:
    """All members and all versions of one program."""

    def __init__(self) -> None:
        self.log: list[Fact] = []
        self.answers: dict[tuple[str, str], tuple[tuple[str, Fact], list[Fact]]] = {}

    # -- commands ----------------------------------------------------------------------------

    def do(self, kind: str, said: Fact, now: dt.datetime) -> list[Fact]:
        """The facts that a command leads to at `now`; raises Refused."""
        key = (said["source"], said["request_id"])
        content = (kind, said | {"operator": ""})  # who asks is not part of what is asked
        if key in self.answers:  # RULES 23
            first, facts = self.answers[key]
            if first != content:
                raise Refused("request_conflict")
            return facts
        at = (said["occurred_at"] or now).astimezone(dt.UTC)
        if kind == "PublishProgram":
            facts = self._publish(said)
        else:
            facts = self._about_member(kind, said, at, now)
        for fact in facts:
            fact["position"] = len(self.log) + 1
            self.log.append(fact)
        self.answers[key] = (content, facts)
        return facts

    def _publish(self, said: Fact) -> list[Fact]:
        program: Program = tomllib.loads(said["content"])
        for old in self.programs():
            for setting, default in (("id", ""), ("currency", ""), ("points_decimals", 0)):
                if old.get(setting, default) != program.get(setting, default):
                    raise Refused("program_mismatch")
        program["version"] = len(self.programs()) + 1
        program["starts"] = start_of(program["effective_from"], program)
        return [{"kind": "ProgramPublished", "version": program["version"], "program": program}]

    def _about_member(self, kind: str, said: Fact, at: dt.datetime, now: dt.datetime) -> list[Fact]:
        tolerance = self.program_now(now).get("future_tolerance_minutes", 5)
        if at > now + dt.timedelta(minutes=tolerance):
            raise Refused("occurred_in_future")
        program = self.program_at(at)
        known = any(fact.get("member") == said["member"] for fact in self.log)
        if kind == "EnrolMember" and known:
            raise Refused("already_enrolled")
        if kind != "EnrolMember" and not known:
            raise Refused("unknown_member")
        decide = {
            "EnrolMember": self._enrol,
            "RecordPurchase": self._purchase,
            "AwardPoints": self._award,
            "RedeemPoints": self._redeem,
        }[kind]
        facts = decide(said, at, program)
        for fact in facts:
            fact["member"] = said["member"]
            fact["program_version"] = program["version"]
        return facts

    def _enrol(self, said: Fact, at: dt.datetime, program: Program) -> list[Fact]:
        entry = [t["id"] for t in program.get("tier", []) if "threshold" not in t]
        return [when("MemberEnrolled", at, program) | {"tier": entry[0] if entry else ""}]

    def _purchase(self, said: Fact, at: dt.datetime, program: Program) -> list[Fact]:
        receipt = {name: said[name] for name in ("partner", "purchase_id")}
        if any(receipt.items() <= fact.items() for fact in self._all("PurchaseRecorded")):
            raise Refused("receipt_already_claimed")  # RULES 24
        asked = said["qualifying_minor"]
        bought = when("PurchaseRecorded", at, program) | receipt
        bought["amount_minor"] = said["amount_minor"]
        bought["qualifying_minor"] = said["amount_minor"] if asked is None else asked
        earn(bought, program, self.tier_at(said["member"], at))
        change = self._change(said["member"], bought, program)
        if change and program.get("upgrade_first") and begins_by(change, at):  # RULES 19
            earn(bought, program, change["tier_to"])
        opened = self._open(said["member"], bought["points_earned"], bought, program)
        opened["available_from"] += dt.timedelta(days=program.get("available_after_days", 0))
        credit(bought, opened)
        return [bought, change] if change else [bought]

    def _award(self, said: Fact, at: dt.datetime, program: Program) -> list[Fact]:
        given = when("PointsAwarded", at, program) | {"points_awarded": said["points"]}
        opened = self._open(said["member"], said["points"], given, program)
        if said["expires_on"]:
            opened["expires_on"] = said["expires_on"]
        return [credit(given, opened)]

    def _open(self, member: str, points: int, fact: Fact, program: Program) -> Fact:
        day = fact["occurred_on"]
        return {
            "lot": len(self.lots(member)) + 1,
            "points": points,
            "earned_on": day,
            "available_from": day,
            "expires_on": last_good_day(day, program.get("expiry", {})),
        }

    def _redeem(self, said: Fact, at: dt.datetime, program: Program) -> list[Fact]:
        spent = when("PointsRedeemed", at, program) | {"points_redeemed": said["points"]}
        missing, moves = said["points"], {}
        lots = [
            lot for lot in self.lots(said["member"]) if state(lot, spent["occurred_on"]) == "ok"
        ]
        for lot in sorted(lots, key=spending_order):  # RULES 7
            taken = min(missing, lot["left"])
            missing -= taken
            if taken:
                moves[lot["lot"]] = -taken
        if missing:
            raise Refused("insufficient_points")  # RULES 11
        return [spent | {"moves": moves}]

    def _change(self, member: str, bought: Fact, program: Program) -> Fact | None:
        """The tier change that a purchase brings, RULES 18 and 19: the highest rung it reaches.

        The window may end on the day of the purchase or on a later day with a purchase.
        """
        purchases = [*self.purchases(member), bought]
        held, ladder = self.spans(member)[-1]["tier"], program.get("tier", [])
        names = [""] + [tier["id"] for tier in ladder]
        if held not in names:  # versions add rungs at the top: the card is above all of these
            return None
        later = {p["occurred_on"] for p in purchases if p["occurred_on"] > bought["occurred_on"]}
        moments = [(bought["occurred_on"], bought["occurred_at"])]
        moments += [(day, start_of(day, program)) for day in sorted(later)]
        for tier in reversed(ladder[names.index(held) :]):
            for day, at in moments:
                start, end = window(tier, day, self.enrolled_on(member))
                measured = measure(tier, purchases, start, end)
                if start <= bought["occurred_on"] < end and measured >= threshold(tier, program):
                    return when("TierChanged", at, program) | {
                        "occurred_on": day,
                        "tier_from": held,
                        "tier_to": tier["id"],
                        "measure": tier.get("measure", "net_spend"),
                        "window": tier.get("window", "calendar_year"),
                        "window_from": start,
                        "window_until": end,
                        "measured": measured,
                        "threshold": threshold(tier, program),
                        "valid_until": valid_until(tier, day),
                    }
        return None

    # -- what the facts say ------------------------------------------------------------------

    def _all(self, kind: str, member: str | None = None) -> list[Fact]:
        facts = [fact for fact in self.log if fact["kind"] == kind]
        return [fact for fact in facts if member is None or fact["member"] == member]

    def programs(self) -> list[Program]:
        return [fact["program"] for fact in self._all("ProgramPublished")]

    def program_at(self, at: dt.datetime) -> Program:
        """The version that began last by `at`; of several from one day on, the last published."""
        begun = [program for program in self.programs() if program["starts"] <= at]
        if not begun:
            raise Refused("no_program_in_force")
        return max(begun, key=lambda program: (program["starts"], program["version"]))

    def program_now(self, now: dt.datetime) -> Program:
        """The version in force by the clock, for what is no matter of the business time."""
        return self.program_at(now)

    def members(self) -> list[str]:
        return [fact["member"] for fact in self._all("MemberEnrolled")]

    def enrolled_on(self, member: str) -> dt.date:
        day: dt.date = self._all("MemberEnrolled", member)[0]["occurred_on"]
        return day

    def facts(self, member: str) -> list[Fact]:
        return [fact for fact in self.log if fact.get("member") == member]

    def purchases(self, member: str) -> list[Fact]:
        return self._all("PurchaseRecorded", member)

    def lots(self, member: str) -> list[Fact]:
        """Every lot ever opened, in that order, with what is `left` of it."""
        facts = self.facts(member)
        return [
            lot | {"left": sum(fact.get("moves", {}).get(lot["lot"], 0) for fact in facts)}
            for fact in facts
            for lot in fact.get("lots", [])
        ]

    def spans(self, member: str) -> list[Fact]:
        """The tiers that the member has had, in the order recorded."""
        spans = []
        for fact in self.facts(member):
            if fact["kind"] in ("MemberEnrolled", "TierChanged"):
                tier = fact["tier"] if fact["kind"] == "MemberEnrolled" else fact["tier_to"]
                until = fact.get("valid_until")
                spans.append({"tier": tier, "since": fact["occurred_at"], "valid_until": until})
        return spans

    def tier_at(self, member: str, at: dt.datetime) -> str:
        """The tier held at a business time: the last recorded of those that began by then."""
        begun = [span["tier"] for span in self.spans(member) if span["since"] <= at]
        return begun[-1] if begun else ""

    # -- readings ----------------------------------------------------------------------------

    def balance(self, member: str, day: dt.date) -> dict[str, Any]:
        """Points on a day (RULES 6, 8 and 29)."""
        lots = self.lots(member)
        points = {
            name: sum(lot["left"] for lot in lots if state(lot, day) == name)
            for name in ("ok", "pending", "lapsed")
        }
        lapsing = [
            lot for lot in lots if lot["left"] and lot["expires_on"] and state(lot, day) != "lapsed"
        ]
        next_on = min((lot["expires_on"] for lot in lapsing), default=None)
        return {
            "balance": sum(lot["left"] for lot in lots),
            "available": points["ok"],
            "pending": points["pending"],
            "lapsed": points["lapsed"],
            "held": 0,
            "debt": 0,
            "next_lapse_on": next_on,
            "next_lapse_points": sum(p["left"] for p in lapsing if p["expires_on"] == next_on),
        }

    def card(self, member: str, day: dt.date, now: dt.datetime) -> dict[str, Any]:
        """The card, and the next rung seen from `day`, of the ladder in force at `now`."""
        program = self.program_now(now)
        span, ladder = self.spans(member)[-1], program.get("tier", [])
        names = [""] + [tier["id"] for tier in ladder]
        rest = ladder[names.index(span["tier"]) :] if span["tier"] in names else []
        card: dict[str, Any] = {**span, "next_tier": "", "missing": 0, "window_until": None}
        card["discount_percent"] = "0"
        for rung in ladder:
            if rung["id"] == span["tier"]:
                card["discount_percent"] = rung.get("discount_percent", "0")
        if rest:
            start, end = window(rest[0], day, self.enrolled_on(member))
            measured = measure(rest[0], self.purchases(member), start, end)
            card["next_tier"] = rest[0]["id"]
            card["missing"] = max(0, threshold(rest[0], program) - measured)
            card["measure"] = rest[0].get("measure", "net_spend")
            card["window"] = rest[0].get("window", "calendar_year")
            card["window_until"] = end
        return card

    def statement(self, member: str) -> list[tuple[int, int, int]]:
        """(position, signed points, balance after) of every event about points."""
        lines, balance = [], 0
        for fact in self.facts(member):
            if "moves" in fact:
                points = sum(fact["moves"].values())
                balance += points
                lines.append((fact["position"], points, balance))
        return lines
