"""The naive model's one list of facts, and what it says: all worked out again at each question.

Shapes:
    Fact     a dict with the names of the event's fields; `kind` is the event's type, `member` the
             account. `moves` maps (lot, bucket) to signed points, as the event's movements do
    Asked    a command that is being judged: what it says, its time and day, the version in force
    lot      a fact's opened lot, and what is `available` and `held` of it now; `expired` are the
             facts of its recorded expiries, each with the points that are `left` to be undone
    Program  the program file as `tomllib` reads it, plus `version` and `starts` (an instant)

Points, money and visits are integers of the smallest unit; instants are aware and in UTC.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from tests.model.naive_rules import Days, Fact, Program, day_of, some


class Refused(Exception):
    """The model refuses a command; `code` is the error code that the ledger must give."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Asked:
    """A command; `said` are its fields, `at` is its time, `now` that of the clock."""

    said: Fact
    at: dt.datetime
    now: dt.datetime
    day: dt.date
    program: Program

    @property
    def account(self) -> str:
        return str(self.said["member"])

    def check_after(self, cause: Fact) -> None:
        """A follow-up comes after its cause: not on a day before that of the fact it names."""
        if self.day < cause["occurred_on"]:
            raise Refused("before_its_cause")


class Book:
    """All accounts and all versions of one program."""

    def __init__(self) -> None:
        self.log: list[Fact] = []

    def write(
        self, asked: Asked, account: str, kind: str, at: dt.datetime | None = None, **fields: Any
    ) -> Fact:
        """Enter a fact about an account; it occurs when the command does, unless `at` is given."""
        at = at or asked.at
        fact = {
            "kind": kind,
            "member": account,
            "occurred_at": at,
            "occurred_on": day_of(at, asked.program),
            "source": asked.said["source"],
            "request_id": asked.said["request_id"],
            "operator": asked.said["operator"],
            "program_version": asked.program["version"],
            "position": len(self.log) + 1,
        }
        if "moves" in fields:
            fields = {"lots": []} | fields | {"moves": some(fields["moves"])}
        self.log.append(fact | fields)
        return self.log[-1]

    # -- the program -------------------------------------------------------------------------

    def programs(self) -> list[Program]:
        return [fact["program"] for fact in self.log if fact["kind"] == "ProgramPublished"]

    def program_at(self, at: dt.datetime) -> Program:
        """The version that began last by `at`; of several from one day on, the last published."""
        begun = [program for program in self.programs() if program["starts"] <= at]
        if not begun:
            raise Refused("no_program_in_force")
        return max(begun, key=lambda program: (program["starts"], program["version"]))

    def version(self, fact: Fact) -> Program:
        """The version of the program that a fact was decided under."""
        program: Program = self.programs()[fact["program_version"] - 1]
        return program

    def is_above(self, tier: str, other: str) -> bool:
        """Whether a tier is higher, by the newest version that has both; "" is below all."""
        if not tier or not other:
            return bool(tier)
        for program in reversed(self.programs()):
            names = [rung["id"] for rung in program.get("tier", [])]
            if tier in names and other in names:
                return names.index(tier) > names.index(other)
        return False

    # -- accounts ----------------------------------------------------------------------------

    def facts(self, account: str, kind: str = "") -> list[Fact]:
        facts = [fact for fact in self.log if fact.get("member") == account]
        return [fact for fact in facts if kind in ("", fact["kind"])]

    def accounts(self) -> list[str]:
        return list(dict.fromkeys(fact["member"] for fact in self.log if "member" in fact))

    def merged_into(self, account: str) -> str:
        """The account that this one is a part of now, or ''."""
        into = ""
        for fact in self.facts(account):
            if fact["kind"] == "MemberMerged":
                into = fact["other"]
            if fact["kind"] == "MemberRestored":
                into = ""
        return into

    def is_gone(self, account: str) -> bool:
        """Whether an account is closed, or part of another."""
        return bool(self.facts(account, "MemberClosed") or self.merged_into(account))

    def family(self, account: str) -> list[str]:
        """The account, and those that are part of it, directly or not."""
        parts = [name for name in self.accounts() if self.merged_into(name) == account]
        return [account] + [name for part in parts for name in self.family(part)]

    def facts_of_all(self, account: str, kind: str) -> list[Fact]:
        """The facts of the account and of those that are part of it."""
        return [fact for name in self.family(account) for fact in self.facts(name, kind)]

    def is_frozen(self, account: str) -> bool:
        turns = [fact["kind"] for fact in self.facts(account)]
        turns = [kind for kind in turns if kind in ("MemberFrozen", "MemberUnfrozen")]
        return turns[-1:] == ["MemberFrozen"]

    def users(self, purse: str) -> list[str]:
        """The members who are in a purse."""
        users: list[str] = []
        for fact in self.facts(purse):
            if fact["kind"] == "PurseJoined":
                users.append(fact["joiner"])
            if fact["kind"] == "PurseLeft":
                users.remove(fact["leaver"])
        return users

    # -- points ------------------------------------------------------------------------------

    def lots(self, account: str, before: dt.datetime | None = None) -> list[Fact]:
        """Every lot ever opened, in that order, as it is now; or by what occurred before then.

        `come` tells whether it had been opened then.
        """
        lots: dict[int, Fact] = {}
        for fact in self.facts(account):
            by_then = before is None or fact["occurred_at"] < before
            for opened in fact.get("lots", []):
                now: Fact = {"available": 0, "held": 0, "expired": [], "come": by_then}
                lots[opened["lot"]] = opened | now
            if by_then:
                self._fold(lots, fact)
        return list(lots.values())

    def _fold(self, lots: dict[int, Fact], fact: Fact) -> None:
        for (number, bucket), points in fact.get("moves", {}).items():
            if bucket != "debt":
                lots[number][bucket] += points
            if fact["kind"] == "PointsExpired":
                undone = [f for f in self.log if f.get("undoes") == fact["position"]]
                left = fact["points_expired"] - sum(f["points_restored"] for f in undone)
                lots[number]["expired"].append(fact | {"left": left})
        for extended in fact.get("extended", []):
            lots[extended["lot"]]["expires_on"] = extended["expires_on"]
        for number, days in fact.get("new_days", {}).items():
            lots[number] |= days

    def lot(self, account: str, number: int) -> Fact:
        return self.lots(account)[number - 1]

    def next_lot(self, account: str) -> int:
        return len(self.lots(account)) + 1

    def debt(self, account: str, before: dt.datetime | None = None) -> int:
        facts = [f for f in self.facts(account) if before is None or f["occurred_at"] < before]
        return sum(fact.get("moves", {}).get((0, "debt"), 0) for fact in facts)

    def trail(self, origin: str, number: int) -> list[tuple[str, int]]:
        """Where the points of a lot of `origin` went with merges, as (account, lot).

        When accounts are parted again, the lot that it went on as is no part of it any more.
        """
        places = [(origin, number)]
        for fact in self.log:
            names = [name for name, _ in places]
            if fact["kind"] == "MemberRestored" and fact["member"] in names:
                places = places[: names.index(fact["member"]) + 1]
            for opened in fact.get("lots", []):
                came_from = (opened["from_member"], opened["from_lot"])
                if fact["kind"] != "PointsReceived" and came_from == places[-1]:
                    places.append((fact["member"], opened["lot"]))
        return places

    def holds(self, account: str, before: dt.datetime | None = None) -> list[Fact]:
        """Every hold: its fact, how it `ended` ('' while it is open), what was `captured` of it.

        `late` tells that it was captured after its lapse was recorded, `free` that it was released.
        """
        holds: dict[tuple[str, str], Fact] = {}
        for fact in self.facts(account):
            if before is not None and fact["occurred_at"] >= before:
                continue
            if fact["kind"] == "PointsHeld":
                parts = {n: p for (n, bucket), p in fact["moves"].items() if bucket == "held"}
                hold = fact | {
                    "parts": parts,
                    "ended": "",
                    "captured": 0,
                    "late": False,
                    "free": False,
                }
                holds[fact["source"], fact["request_id"]] = hold
            ended = holds.get((fact.get("hold_source", ""), fact.get("hold", "")))
            if ended and fact["kind"] == "HoldReleased":
                ended["ended"], ended["free"] = fact["release"], True
            if ended and fact["kind"] == "PointsRedeemed":
                ended["ended"], ended["captured"] = "captured", fact["points_redeemed"]
                ended["late"] = fact["late"]
        return list(holds.values())

    # -- the ladder --------------------------------------------------------------------------

    def enrolled_on(self, account: str) -> dt.date:
        day: dt.date = self.facts(account, "MemberEnrolled")[0]["occurred_on"]
        return day

    def days(self, account: str) -> Days:
        """What counts for the ladder, of all that is recorded."""
        days: Days = {}
        for fact in self.facts(account):
            for day, sign, counts in counted(fact):
                so_far = days.setdefault(day, {"net_minor": 0, "points": 0, "purchases": 0})
                for name in so_far:
                    so_far[name] += sign * counts[name]
        return days


def counted(fact: Fact) -> list[tuple[dt.date, int, dict[str, int]]]:
    """(day, sign, counts) of what a fact adds to the days that count."""
    if fact["kind"] == "PurchaseRecorded":
        day, sign, points = fact["occurred_on"], 1, fact["points_earned"]
        purchases = 1
    elif fact["kind"] == "ReturnRecorded":
        day, sign, points = fact["purchased_on"], -1, fact["points_due"]
        purchases = int(fact["whole"])
    else:
        sign = -1 if fact["kind"] == "MergeUndone" else 1
        return [(counted["day"], sign, counted) for counted in fact.get("days", [])]
    counts = {"net_minor": fact["qualifying_minor"], "points": points, "purchases": purchases}
    return [(day, sign, counts)]
