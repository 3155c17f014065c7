"""Cards and phones against a naive book of them: what is refused, and whom each leads to."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given as for_all
from hypothesis import strategies as st

from ledger import JifenError, Ledger
from ledger.errors import StoppedCard, UnknownPerson
from tests.scenario import BASIC

MEMBERS = ("ann", "bo", "cy")
CARDS = ("C-1", "C-2", "C-3", "C-4", "C-5")
PHONES = ("13800138000", "13900139000", "15012345678")

member = st.sampled_from(MEMBERS)
card = st.sampled_from(CARDS)
phone = st.sampled_from(PHONES)
STEPS = {
    "merge": (member, member),
    "unmerge": (member, member),
    "issue": (member, card),
    "replace": (member, card, card),
    "stop": (member, card, st.sampled_from(["lost", "blocked"])),
    "unblock": (member, card),
    "link": (member, phone),
    "unlink": (member, phone),
    "move": (member, member, phone),
    "close": (member,),
}
WEIGHTED = [*STEPS, *(4 * ["merge", "unmerge"]), "replace", "stop", "stop", "move"]
step = st.sampled_from(WEIGHTED).flatmap(lambda name: st.tuples(st.just(name), *STEPS[name]))
FIRST = [
    *(("issue", "ann", "C-1"), ("issue", "bo", "C-2"), ("issue", "cy", "C-3")),
    *(("link", "bo", PHONES[0]), ("link", "cy", PHONES[1])),
]
"""Everybody is found by something."""


@dataclass
class Book:
    """Who owns what, who is part of whom; each step says whether it is let through."""

    owner: dict[str, str] = field(default_factory=dict)
    stopped: dict[str, str] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)
    into: dict[str, str] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)

    def now(self, name: str) -> str:
        while name in self.into:
            name = self.into[name]
        return name

    def leads_to(self, thing: str) -> str | None:
        return self.now(self.owner[thing]) if thing in self.owner else None

    def is_open(self, name: str) -> bool:
        return name not in self.into and name not in self.closed

    def issue(self, name: str, number: str) -> bool:
        if not self.is_open(name) or number in self.owner:
            return False
        self.owner[number], self.stopped[number] = name, ""
        return True

    def replace(self, name: str, old: str, new: str) -> bool:
        free = new not in self.owner and old not in self.replaced
        if not self.of(name, old) or not free or self.stopped[old] == "blocked":
            return False
        self.replaced.add(old)
        self.stopped[old] = self.stopped[old] or "lost"
        self.owner[new], self.stopped[new] = self.owner[old], ""
        return True

    def stop(self, name: str, number: str, why: str) -> bool:
        if not self.of(name, number):
            return False
        was = self.stopped[number]
        if was and (was != "blocked" or why == "blocked"):
            return False
        self.stopped[number] = why
        return True

    def unblock(self, name: str, number: str) -> bool:
        if not self.of(name, number) or self.stopped[number] != "blocked":
            return False
        self.stopped[number] = ""
        return True

    def link(self, name: str, number: str) -> bool:
        if not self.is_open(name) or number in self.owner:
            return False
        self.owner[number] = name
        return True

    def unlink(self, name: str, number: str) -> bool:
        if not self.of(name, number):
            return False
        del self.owner[number]
        return True

    def move(self, name: str, other: str, number: str) -> bool:
        if name == other or not self.is_open(name) or not self.of(other, number):
            return False
        self.owner[number] = name
        return True

    def merge(self, name: str, other: str) -> bool:
        if name == other or not self.is_open(name) or not self.is_open(other):
            return False
        self.settled |= {came for came, into in self.into.items() if into == name}
        self.settled.discard(other)
        self.into[other] = name
        return True

    def unmerge(self, name: str, other: str) -> bool:
        if not self.is_open(name) or self.into.get(other) != name or other in self.settled:
            return False
        del self.into[other]
        return True

    def close(self, name: str) -> bool:
        if not self.is_open(name):
            return False
        for thing in [t for t in self.owner if self.leads_to(t) == name]:
            if thing in PHONES:
                del self.owner[thing]
            elif self.stopped[thing] in ("", "blocked"):
                self.stopped[thing] = "closed"
        self.closed.add(name)
        return True

    def of(self, name: str, thing: str) -> bool:
        return self.is_open(name) and self.leads_to(thing) == name


def done(ledger: Ledger, told: tuple[str, ...]) -> bool:
    """Whether the ledger lets a step through."""
    name, *said = told
    calls = {
        "issue": ledger.issue_card,
        "replace": lambda who, old, new: ledger.replace_card(who, old, new, why="lost"),
        "stop": ledger.stop_card,
        "unblock": ledger.unblock_card,
        "link": ledger.link_phone,
        "unlink": ledger.unlink_phone,
        "move": lambda who, other, number: ledger.move_phone(
            who, other, number, "x", operator="li"
        ),
        "merge": ledger.merge,
        "unmerge": ledger.unmerge,
        "close": lambda who: ledger.close_member(who, "left"),
    }
    try:
        calls[name](*said)
    except JifenError:
        return False
    return True


def found(ledger: Ledger, thing: str) -> str | None:
    try:
        return ledger.resolve(thing).member
    except (UnknownPerson, StoppedCard):
        return None


def check(ledger: Ledger, book: Book) -> None:
    for thing in (*CARDS, *PHONES):
        good = thing in PHONES or not book.stopped.get(thing)
        assert found(ledger, thing) == (book.leads_to(thing) if good else None), thing
    for number in CARDS:
        told = [(m.member, m.stopped) for m in ledger.find(number)]
        expected = [(book.leads_to(number), book.stopped[number])] if number in book.owner else []
        assert told == expected


@for_all(st.lists(step, min_size=10, max_size=40))
def test_cards_and_phones_lead_where_a_naive_book_says(steps):
    book = Book()
    with Ledger(":memory:", program=BASIC) as ledger:
        for name in MEMBERS:
            ledger.enrol(name)
        for told in [*FIRST, *steps]:
            assert done(ledger, told) == getattr(book, told[0])(*told[1:]), told
            check(ledger, book)
        assert not ledger.verify().findings
        for name in MEMBERS:
            if book.is_open(name):
                there = {line.number for line in ledger.cards(name)}
                assert there == {c for c in CARDS if book.leads_to(c) == name}
