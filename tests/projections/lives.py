"""Lives of a shop, lived by a real ledger: whatever comes to its tills, in any order.

Shapes:
    Life    a ledger on a file, a clock to move by hand, and steps that do something to it
    live    a life of so many steps, drawn from a source of choices
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, Final

from ledger import JifenError, Ledger, ManualClock
from schemas.commands import LineItem, ReturnedItem, TenderPaid

MEMBERS: Final = ("ann", "bo", "cy")
PURSE: Final = "purse:home"
START: Final = dt.datetime(2026, 1, 30, 4, tzinfo=dt.UTC)

_PROGRAM: Final = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
_EXPIRIES: Final = (
    'policy = "months"\nmonths = 1',
    'policy = "inactivity"\nmonths = 1',
    'policy = "end_of_year"\nyears = 1',
    'policy = "never"',
)


class Life:
    """A shop with three members, and what was done in it so far.

    `choose` is what every choice comes from; a step that is refused leaves no trace.
    """

    def __init__(self, ledger: Ledger, clock: ManualClock, choose: Random) -> None:
        self.ledger = ledger
        self.clock = clock
        self.choose = choose
        self.requests = 0
        self.receipts: list[tuple[str, str, str, int]] = []
        self.redemptions: list[tuple[str, str]] = []
        self.holds: list[tuple[str, str]] = []
        self.adjustments: list[tuple[str, str]] = []
        self.vouchers: list[tuple[str, str]] = []
        self.benefit_uses: list[tuple[str, str]] = []

    def begin(self) -> None:
        for member in MEMBERS:
            self.ledger.enrol(member, **self.said())
        self.ledger.open_purse("ann", "home", **self.said())

    def step(self) -> None:
        """Something happens, or is refused."""
        try:
            self.choose.choice(_STEPS)(self)
        except JifenError:
            return

    # -- choices -----------------------------------------------------------------------------

    def said(self, *, late: bool = False) -> dict[str, Any]:
        """A request of its own; with `late` it may be about an earlier time."""
        self.requests += 1
        back = self.choose.choice([0, 0, 0, 1, 2, 20, 31, 45]) if late else 0
        at = self.clock() - dt.timedelta(days=back) if back else None
        return {"request_id": f"r-{self.requests}", "source": "till", "occurred_at": at}

    @property
    def request(self) -> str:
        """The id of the request that was made last."""
        return f"r-{self.requests}"

    def member(self) -> str:
        """A member to whom something may happen: one that is not part of another."""
        return self.now(self.choose.choice(("ann", "ann", *MEMBERS)))

    def account(self) -> str:
        return self.choose.choice((self.member(), self.member(), PURSE))

    def maybe(self) -> bool:
        return self.choose.choice((True, False))

    def now(self, account: str) -> str:
        """Who an account is now, after all merges."""
        while into := self.ledger.account(account).merged_into:
            account = into
        return account

    def part(self, account: str) -> int:
        """Some of the points of an account."""
        left = self.ledger.account(account).balance
        return max(1, left * self.choose.choice([100, 60, 30, 10]) // 100)

    def earlier(self, told: list[tuple[str, str]]) -> tuple[str, str]:
        """(account, request) of something that was done; the account as it is now."""
        account, request = self.choose.choice(told) if told else ("ann", "none")
        return self.now(account), request

    # -- steps -------------------------------------------------------------------------------

    def time_passes(self) -> None:
        self.clock.advance(minutes=self.choose.choice([30, 1440, 1440 * 3, 1440 * 15, 1440 * 33]))

    def purchase(self) -> None:
        member, said = self.member(), self.said(late=True)
        amount = self.choose.choice([0, 500, 2500, 4000, 9000])
        lines: tuple[LineItem, ...] = ()
        if self.maybe():
            half = amount // 2
            lines = (
                LineItem(amount_minor=half, quantity=2, sku="tea"),
                LineItem(amount_minor=amount - half),
            )
        paid = (TenderPaid("points", amount // 10), TenderPaid("cash", amount - amount // 10))
        partner, receipt = self.choose.choice(["", "cafe"]), f"p-{self.requests}"
        tenders = self.choose.choice([(), paid])
        self.ledger.purchase(
            member, amount, receipt, lines=lines, tenders=tenders, partner=partner, **said
        )
        self.receipts.append((member, partner, receipt, amount))

    def goods_come_back(self) -> None:
        if not self.receipts:
            return
        member, partner, receipt, amount = self.choose.choice(self.receipts)
        ways: list[dict[str, Any]] = [{}, {"amount_minor": max(1, amount // 3)}]
        ways.append({"items": (ReturnedItem(line=1, quantity=1),)})
        way, who = self.choose.choice(ways), self.now(member)
        self.ledger.return_purchase(who, receipt, partner=partner, **way, **self.said(late=True))

    def award(self) -> None:
        self.ledger.award(self.member(), self.choose.choice([10, 40]), "x", **self.said(late=True))

    def bank_tells(self) -> None:
        spend = self.choose.choice([4000, 2500, 700, -700, -3000])
        member, said = self.member(), self.said(late=True)
        self.ledger.accrue_cobrand(member, "bank", spend, f"n-{self.requests}", **said)

    def bonus(self) -> None:
        self.ledger.bonus(self.member(), "birthday", **self.said())

    def adjust(self) -> None:
        account = self.account()
        points = self.choose.choice([12, -5, -self.part(account), -self.part(account) - 8])
        said = self.said()
        self.ledger.adjust(account, points, "count", operator="wei", may_owe=True, **said)
        self.adjustments.append((account, self.request))

    def undo(self) -> None:
        account, adjustment = self.earlier(self.adjustments)
        said = self.said()
        self.ledger.undo_adjustment(
            account, adjustment, "slip", operator="wei", may_owe=True, **said
        )

    def redeem(self) -> None:
        account = self.account()
        about: dict[str, Any] = {"spender": "ann"} if account == PURSE else {}
        if self.receipts and self.maybe():
            about |= {"partner": self.receipts[-1][1], "purchase_id": self.receipts[-1][2]}
        if self.choose.choice([True, True, False]):
            points, said = self.part(account), self.said(late=True)
            self.ledger.redeem(account, points, **about, **said)
        else:
            about.pop("purchase_id", None)
            self.ledger.redeem_reward(account, "mug", **about, **self.said(late=True))
        self.redemptions.append((account, self.request))

    def hold(self) -> None:
        account = self.account()
        about: dict[str, Any] = {"spender": "ann"} if account == PURSE else {}
        about["minutes"] = self.choose.choice([None, 60, 1440 * 10, 1440 * 40])
        points, said = self.part(account), self.said()
        self.ledger.hold(account, points, **about, **said)
        self.holds.append((account, self.request))

    def capture(self) -> None:
        account, hold = self.earlier(self.holds)
        points = self.choose.choice([None, None, 1, 5])
        self.ledger.capture(account, hold, points=points, **self.said(late=True))
        self.redemptions.append((account, self.request))

    def release(self) -> None:
        account, hold = self.earlier(self.holds)
        self.ledger.release(account, hold, **self.said())

    def reverse(self) -> None:
        account, redemption = self.earlier(self.redemptions)
        points = self.choose.choice([None, 1, 3])
        self.ledger.reverse(account, redemption, points=points, **self.said())

    def expire(self) -> None:
        as_of = self.ledger.today() - dt.timedelta(days=self.choose.choice([1, 2, 20]))
        for _ in self.ledger.expire_all(as_of):
            pass

    def extend(self) -> None:
        until = self.ledger.today() + dt.timedelta(days=self.choose.choice([5, 70]))
        self.ledger.extend_lots(self.account(), until, "sorry", operator="wei", **self.said())

    def freeze(self) -> None:
        frozen = [member for member in MEMBERS if self.ledger.account(member).frozen]
        if frozen:
            self.ledger.unfreeze(frozen[0], "asked", **self.said())
        else:
            self.ledger.freeze(self.member(), "asked", **self.said())

    def close(self) -> None:
        if self.ledger.position > 40:  # Nothing more happens to a closed account.
            self.ledger.close_member("cy", "moves", forfeit=True, **self.said())

    def gift(self) -> None:
        member, other = self.choose.sample(MEMBERS, 2)
        self.ledger.gift(member, other, self.part(member), **self.said())

    def merge(self) -> None:
        merged = [m for m in MEMBERS if self.ledger.account(m).merged_into]
        if merged:
            into = self.ledger.account(merged[-1]).merged_into
            self.ledger.unmerge(into, merged[-1], **self.said())
        if not merged or self.maybe():
            member, other = self.choose.sample(MEMBERS, 2)
            self.ledger.merge(member, other, **self.said())

    def purse(self) -> None:
        member = self.member()
        if member not in self.ledger.account(PURSE).purse_members:
            self.ledger.join_purse(member, "home", **self.said())
        do = self.choose.choice(["pay", "pay", "withdraw", "leave"])
        if do == "pay":
            self.ledger.pay_into_purse(member, "home", self.part(member), **self.said())
        elif do == "withdraw":
            self.ledger.withdraw_from_purse(member, "home", self.part(PURSE), **self.said())
        else:
            self.ledger.leave_purse(member, "home", **self.said())

    def issue_voucher(self) -> None:
        member, said = self.member(), self.said()
        self.ledger.issue_voucher(member, "ten", quantity=self.choose.choice([1, 2]), **said)
        self.vouchers.append((member, self.request))

    def use_voucher(self) -> None:
        member, voucher = self.earlier(self.vouchers)
        about: dict[str, Any] = {"number": self.choose.choice([1, 1, 2])}
        if self.receipts and self.maybe():
            about |= {"partner": self.receipts[-1][1], "purchase_id": self.receipts[-1][2]}
        self.ledger.use_voucher(member, voucher, 800, **about, **self.said(late=True))

    def take_voucher(self) -> None:
        member, voucher = self.earlier(self.vouchers)
        number, said = self.choose.choice([1, 2]), self.said()
        if self.maybe():
            self.ledger.give_back_voucher(member, voucher, number=number, **said)
        else:
            self.ledger.cancel_voucher(
                member, voucher, "slip", operator="wei", number=number, **said
            )

    def lapse_vouchers(self) -> None:
        for _ in self.ledger.lapse_vouchers():
            pass

    def pay_rebates(self) -> None:
        last = self.ledger.today().replace(day=1) - dt.timedelta(days=1)
        for _ in self.ledger.pay_rebates(last.isoformat()[:7]):
            pass

    def benefit(self) -> None:
        if self.benefit_uses and self.maybe():
            member, use = self.earlier(self.benefit_uses)
            self.ledger.cancel_benefit_use(member, use, "slip", operator="wei", **self.said())
        else:
            member = self.member()
            self.ledger.use_benefit(member, "lounge", **self.said(late=True))
            self.benefit_uses.append((member, self.request))


_STEPS: Final[tuple[Callable[[Life], None], ...]] = (
    *(4 * (Life.time_passes, Life.purchase)),
    *(3 * (Life.redeem, Life.hold, Life.capture, Life.goods_come_back)),
    *(
        2
        * (
            Life.award,
            Life.bank_tells,
            Life.bonus,
            Life.adjust,
            Life.reverse,
            Life.expire,
            Life.purse,
        )
    ),
    *(2 * (Life.issue_voucher, Life.use_voucher, Life.pay_rebates)),
    *(Life.take_voucher, Life.lapse_vouchers, Life.benefit),
    *(Life.undo, Life.release, Life.extend, Life.freeze, Life.close, Life.gift, Life.merge),
)


def program_of_a_shop(choose: Random) -> str:
    """One of the programs."""
    return _PROGRAM.format(
        zone=choose.choice(["Asia/Shanghai", "America/New_York"]),
        shortfall=choose.choice(["debt", "clamp", "cash"]),
        grace=choose.choice([0, 0, 7]),
        expiry=choose.choice(_EXPIRIES),
    )


@contextmanager
def a_shop(path: Path, choose: Random) -> Iterator[Life]:
    """An open ledger on a new file, under one of the programs."""
    program = program_of_a_shop(choose)
    clock = ManualClock(START)
    with Ledger.create(path, program, clock=clock, durability="relaxed") as ledger:
        life = Life(ledger, clock, choose)
        life.begin()
        yield life


@contextmanager
def live(path: Path, choose: Random, steps: int = 80) -> Iterator[Life]:
    """A life of so many steps, some of them refused."""
    with a_shop(path, choose) as life:
        for _ in range(steps):
            life.step()
        yield life
