"""Lives with all that a program may look at: cards, versions, vouchers, rebates, benefits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from random import Random
from typing import Any, Final

from ledger import JifenError, Ledger, ManualClock
from schemas.commands import LineItem
from tests.projections.lives import MEMBERS, PURSE, Life
from tests.strategies import BRANDS, CATEGORIES, CHANNELS, OCCASIONS, SKUS, STORES

ACCOUNTS: Final = (*MEMBERS, "dee", PURSE)

CLUB: Final = """
[[voucher]]
id = "gift"
on = "request"
value = "5.00"
min_bill = "10.00"
times = 3
period = "month"
valid_days = 20

[[voucher]]
id = "cake"
on = "birthday"
value = "8.00"
valid = "end_of_month"
on_return = "keep"

[[voucher]]
id = "year"
on = "anniversary"
value = "3.00"
valid_months = 2

[[voucher]]
id = "again"
on = "rebate"

[[rebate]]
id = "monthly"
period = "month"
pays = "points"
percent = "5"
tiers = { silver = "7.5" }

[[rebate]]
id = "quarterly"
period = "quarter"
pays = "again"
percent = "2"
min_spend = "30"

[[benefit]]
id = "parking"
period = "month"
tiers = { basic = 2, silver = 4 }
"""
"""Vouchers, rebates and benefits beside the program of tests/projections/lives.toml."""


class RichLife(Life):
    """A life with all that a program may look at, and with what is done to cards and versions."""

    def __init__(
        self, ledger: Ledger, clock: ManualClock, choose: Random, rungs: tuple[str, ...]
    ) -> None:
        super().__init__(ledger, clock, choose)
        self.rungs = rungs
        self.steps: tuple[Callable[[Any], None], ...] = (
            *_ALL_STEPS,
            *(8 * [RichLife.rich_purchase]),
        )

    def step(self) -> None:
        try:
            self.choose.choice(self.steps)(self)
        except JifenError:
            return

    def rich_purchase(self) -> None:
        choose, member, said = self.choose, self.member(), self.said(late=True)
        items = tuple(
            LineItem(
                amount_minor=choose.choice([0, 700, 3100]),
                quantity=choose.choice([1, 3]),
                sku=choose.choice(SKUS),
                category=choose.choice(CATEGORIES),
                brand=choose.choice(BRANDS),
            )
            for _ in range(choose.choice([0, 1, 2]))
        )
        amount = sum(item.amount_minor for item in items) if items else choose.choice([300, 8000])
        receipt = f"p-{self.requests}"
        self.ledger.purchase(
            member,
            amount,
            receipt,
            lines=items,
            store=choose.choice(STORES),
            channel=choose.choice(CHANNELS),
            occasions=choose.choice([(), (), OCCASIONS[:1]]),
            qualifying_minor=choose.choice([None, None, amount // 2]),
            **said,
        )
        self.receipts.append((member, "", receipt, amount))

    def brings_another(self) -> None:
        self.ledger.enrol("dee", referred_by=self.member(), **self.said(late=True))

    def extends_some(self) -> None:
        account = self.account()
        lots = [lot.number for lot in self.ledger.lots(account)]
        some = tuple(self.choose.sample(lots, min(len(lots), 2)))
        until = self.ledger.today() + dt.timedelta(days=self.choose.choice([20, 500]))
        said: dict[str, Any] = {"operator": "wei", **self.said(late=True)}
        self.ledger.extend_lots(account, until, "sorry", lots=some, **said)

    def sets_tier(self) -> None:
        days = self.choose.choice([None, 0, 40])
        until = None if days is None else self.ledger.today() + dt.timedelta(days=days)
        tier, said = self.choose.choice(self.rungs or ("none",)), self.said(late=True)
        self.ledger.set_tier(self.member(), tier, "asked", until=until, operator="wei", **said)

    def ends_floor(self) -> None:
        self.ledger.end_tier_floor(self.member(), "asked", operator="wei", **self.said(late=True))

    def reviews(self) -> None:
        as_of = self.ledger.today() - dt.timedelta(days=self.choose.choice([1, 2, 20]))
        for _ in self.ledger.review_all(as_of):
            pass


_ALL_STEPS = (
    *(4 * (Life.time_passes,)),
    *(3 * (Life.redeem, Life.goods_come_back)),
    *(2 * (Life.purchase, Life.hold, Life.capture, Life.award, Life.adjust, Life.reverse)),
    *(2 * (Life.expire, Life.purse, RichLife.reviews, RichLife.sets_tier)),
    *(Life.bonus, Life.undo, Life.release, Life.extend, Life.freeze, Life.close, Life.gift),
    *(Life.merge, RichLife.brings_another, RichLife.extends_some, RichLife.ends_floor),
)


class ClubLife(RichLife):
    """The same under a program with CLUB in it."""

    def __init__(self, ledger: Ledger, clock: ManualClock, choose: Random) -> None:
        super().__init__(ledger, clock, choose, ("basic", "silver", "gold"))
        self.vouchers: list[tuple[str, str]] = []
        self.uses: list[tuple[str, str]] = []
        self.steps = (*self.steps, *_CLUB_STEPS)

    def gets_voucher(self) -> None:
        member, kind = self.member(), self.choose.choice(["gift", "gift", "cake"])
        self.ledger.issue_voucher(member, kind, **self.said(late=True))
        self.vouchers.append((member, self.request))

    def named(self) -> tuple[str, dict[str, Any]]:
        """A member with a voucher, mostly, and how it is named."""
        member = self.member()
        held = self.ledger.account(member).vouchers
        if not held or not self.maybe():
            member, request = self.earlier(self.vouchers)
            return member, {"voucher": request, "voucher_source": "till"}
        voucher = self.choose.choice(held)
        named = {"voucher": voucher.request_id, "voucher_source": voucher.source}
        return member, {**named, "number": voucher.number}

    def uses_voucher(self) -> None:
        member, voucher = self.named()
        about: dict[str, Any] = {"bill_minor": self.choose.choice([400, 5_000])}
        if self.receipts and self.maybe():
            about |= {"partner": self.receipts[-1][1], "purchase_id": self.receipts[-1][2]}
        self.ledger.use_voucher(member, **voucher, **about, **self.said(late=True))

    def gives_voucher_back(self) -> None:
        member, voucher = self.named()
        self.ledger.give_back_voucher(member, **voucher, **self.said())

    def cancels_voucher(self) -> None:
        member, voucher = self.named()
        said = self.said()
        self.ledger.cancel_voucher(member, **voucher, reason="x", operator="wei", **said)

    def club_runs(self) -> None:
        today, choose = self.ledger.today(), self.choose
        last = (today.replace(day=1) - dt.timedelta(days=1)).strftime("%Y-%m")
        runs = [
            self.ledger.lapse_vouchers(today - dt.timedelta(days=choose.choice([1, 9]))),
            self.ledger.issue_anniversary_vouchers(),
            self.ledger.pay_rebates(last),
            self.ledger.pay_rebates(f"{today.year - 1}Q4"),
        ]
        for _ in choose.choice(runs):
            pass

    def uses_benefit(self) -> None:
        member = self.member()
        self.ledger.use_benefit(member, "parking", **self.said(late=True))
        self.uses.append((member, self.request))

    def cancels_use(self) -> None:
        member, use = self.earlier(self.uses)
        self.ledger.cancel_benefit_use(member, use, "x", operator="wei", **self.said())

    def a_year_passes(self) -> None:
        if self.maybe():
            self.clock.advance(days=370)


_CLUB_STEPS: Final = (
    *(3 * (ClubLife.gets_voucher, ClubLife.uses_voucher, ClubLife.club_runs)),
    *(ClubLife.gives_voucher_back, ClubLife.cancels_voucher, ClubLife.a_year_passes),
    *(ClubLife.uses_benefit, ClubLife.uses_benefit, ClubLife.cancels_use),
)
