"""Which terms hold on a day, and which changes would take a price from a day that has begun."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from ledger import Ledger, ManualClock
from ledger.alliance import Alliance
from ledger.errors import Rejection, TermsInUse
from schemas.commands import LeavePartner
from schemas.events import PartnerTermsChanged, PointsHeld, PointsRedeemed, PurchaseRecorded
from tests.alliance import about, agreed, joined, terms
from tests.scenario import BASIC, day, given, instant, wrote

PRICED = ("issue", "redeem", "sent", "received")
NOW = "2026-03-10"
ALL: dict[str, Any] = {name: {"points": 100, "money": "1.00"} for name in PRICED}


# -- a price that is in use ----------------------------------------------------------------------


@pytest.mark.parametrize("section", PRICED)
def test_a_day_that_has_begun_keeps_every_price(section):
    story = given(joined(**ALL))
    less = ALL | {section: None}
    for since in ("2026-03-01", NOW):
        story.when(agreed(at=NOW, since=since, **less)).then_refused(
            TermsInUse, section=section, day=since, begun=NOW
        )
    story.when(agreed(at=NOW, since="2026-03-11", **less)).then(wrote(PartnerTermsChanged))


def test_another_price_and_another_section_may_be_dated_back():
    dearer = {"issue": {"money": "1.20"}, "redeem": {"money": "0.80"}}
    story = given(joined(sent=None), agreed(at=NOW, since="2026-03-01", sent=ALL["sent"], **dearer))
    assert story.alliance.partner("tea").has_price("sent", day("2026-03-01"))


def test_a_section_may_go_on_days_before_others_had_it():
    """What later terms say of their own days is not touched."""
    story = given(joined(redeem=None), agreed(since="2026-03-05"))
    story.when(agreed(at=NOW, since="2026-03-01", redeem=None)).then(wrote(PartnerTermsChanged))
    assert story.alliance.partner("tea").has_price("redeem", day(NOW))


def test_what_may_be_ahead_of_the_clock_has_begun():
    """A till's clock may be five minutes ahead."""
    story = given(joined())
    late = agreed(at="2026-03-10T23:55", since="2026-03-11", redeem=None)
    story.when(late).then_refused(TermsInUse, begun="2026-03-11")


def test_joining_anew_takes_no_price_from_days_that_have_begun():
    """It may have left by a day that is dated back, behind which something was accepted."""
    left = about(LeavePartner, at=NOW, last_day=day("2026-03-01"))
    story = given(joined(), agreed(since="2026-03-05", sent=ALL["sent"]), left)
    story.when(joined(at=NOW, since="2026-03-04")).then_refused(
        TermsInUse, section="sent", day="2026-03-05"
    )
    story.when(joined(at=NOW, since="2026-03-04", redeem=None)).then_refused(
        TermsInUse, section="redeem", day="2026-03-04"
    )
    story.when(joined(at=NOW, since="2026-03-11", redeem=None)).then()


# -- stays ---------------------------------------------------------------------------------------


def money_on(alliance: Alliance, *days: str) -> list[int]:
    """What 100 points are worth on days."""
    found = (alliance.partner("tea").terms_on(day(on)) for on in days)
    return [terms.issue_minor if terms else 0 for terms in found]


def test_terms_agreed_in_an_earlier_stay_do_not_hold_in_a_later_one():
    story = given(joined(issue={"money": "1.00"}))
    story.and_then(agreed(since="2026-05-01", issue={"money": "9.00"}))
    story.and_then(about(LeavePartner, at="2026-01-31"))
    story.and_then(joined(at="2026-02-01", since="2026-04-01", issue={"money": "2.00"}))
    days = ("2026-01-31", "2026-04-01", "2026-05-01", "2027-01-01")
    assert money_on(story.alliance, *days) == [100, 200, 200, 200]

    story.and_then(agreed(at="2026-04-02", since="2026-06-01", issue={"money": "3.00"}))
    assert money_on(story.alliance, "2026-05-31", "2026-06-01") == [200, 300]


def test_other_terms_for_days_of_an_earlier_stay_hold_on_these_alone():
    story = given(joined(issue={"money": "1.00"}), about(LeavePartner, at="2026-01-31"))
    story.and_then(joined(at="2026-02-01", since="2026-04-01", issue={"money": "2.00"}))
    story.and_then(agreed(at="2026-02-01", since="2026-01-15", issue={"money": "1.50"}))
    days = ("2026-01-14", "2026-01-15", "2026-01-31", "2026-04-01")
    assert money_on(story.alliance, *days) == [100, 150, 150, 200]


# -- whatever is agreed --------------------------------------------------------------------------


class Agreeing:
    """Terms with and without sections, for days about today, while people buy and spend."""

    def __init__(self, ledger: Ledger, clock: ManualClock, choose: Random) -> None:
        self.ledger, self._clock, self._choose = ledger, clock, choose

    def step(self) -> None:
        kinds = (self.buy, self.buy, self.spend, self.hold, self.agree, self.stay)
        self._clock.advance(hours=self._choose.randrange(30))
        try:
            self._choose.choice(kinds)()
        except Rejection:
            return

    def _day(self) -> dt.date:
        return self._clock().date() + dt.timedelta(days=self._choose.randrange(-6, 4))

    def _terms(self) -> str:
        sections = {name: self._choose.choice(({}, {}, None)) for name in ("issue", "redeem")}
        return terms("tea", self._day().isoformat(), **sections)

    def _late(self) -> dict[str, Any]:
        days = self._choose.choice((0, 0, 2, 5))
        return {"partner": "tea", "occurred_at": self._clock() - dt.timedelta(days=days)}

    def buy(self) -> None:
        self.ledger.purchase("ann", 10_000, f"p-{self._clock():%d%H%M}", **self._late())

    def spend(self) -> None:
        self.ledger.redeem("ann", 1, **self._late())

    def hold(self) -> None:
        name = f"h-{self._clock():%d%H%M}"
        self.ledger.hold("ann", 1, request_id=name, minutes=1_000, **self._late())
        self._clock.advance(hours=self._choose.randrange(20))
        self.ledger.capture("ann", name)

    def agree(self) -> None:
        self.ledger.change_terms(self._terms())

    def stay(self) -> None:
        if self.ledger.partner("tea").last_day is None:
            self.ledger.let_partner_leave("tea", last_day=self._day())
        else:
            self.ledger.join_partner(self._terms())


@settings(max_examples=max(10, settings().max_examples // 2), deadline=None)
@drawn(choose=st.randoms(use_true_random=False), steps=st.integers(10, 60))
def test_whatever_is_agreed_what_was_accepted_has_a_price(choose: Random, steps: int) -> None:
    clock = ManualClock(instant("2026-03-10T00:30"))
    with Ledger(":memory:", program=BASIC, clock=clock) as ledger:
        ledger.join_partner(terms("tea", "2026-03-01"))
        ledger.enrol("ann", occurred_at=instant("2026-03-01"))
        ledger.award("ann", 1_000, "welcome", operator="li")
        life = Agreeing(ledger, clock, choose)
        for _ in range(steps):
            life.step()
        partner = ledger._application.alliance().partner("tea")
        held: dict[str, dt.date] = {}
        for event in (entry.event for entry in ledger.history("ann")):
            if isinstance(event, PointsHeld):
                held[event.request_id] = event.occurred_on
            elif isinstance(event, PurchaseRecorded):
                assert partner.has_price("issue", event.occurred_on)
            elif isinstance(event, PointsRedeemed):
                assert partner.has_price("redeem", held.get(event.hold, event.occurred_on))
