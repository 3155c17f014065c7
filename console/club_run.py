"""Runs over the vouchers and rebates of all members."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from console.cells import Column, shown
from console.run import Reach, Run
from console.words import _

if TYPE_CHECKING:
    from console.desk import Desk
    from ledger.club_runs import Written


class _OverVouchers(Run["Written"]):
    """A run over vouchers, up to the end of `as_of`."""

    def __init__(self, desk: Desk, as_of: dt.date, *, quiet: bool, **said: str) -> None:
        super().__init__(desk, quiet=quiet)
        self._as_of = as_of
        self._said = said
        self._vouchers = self._worth = 0

    def count(self, item: Written) -> None:
        event: Any = item.event
        self._vouchers += 1
        self._worth += event.worth_minor

    def record_of_totals(self) -> tuple[dict[str, Any], list[Column]]:
        from console.club_columns import voucher_run_columns

        record = {
            "as_of": self._as_of,
            "members": self._members,
            "vouchers": self._vouchers,
            "worth_minor": self._worth,
        }
        return record, voucher_run_columns(self._desk.program)

    def totals(self) -> str:
        return _("vouchers {vouchers:,}, worth {worth}, members {members:,}; up to {day}").format(
            vouchers=self._vouchers,
            worth=money_shown(self._desk, self._worth),
            members=self._members,
            day=self._as_of,
        )


class VoucherLapseRun(_OverVouchers):
    """The vouchers that lapsed."""

    label = _("lapsing")

    def start(self, *, dry_run: bool, reach: Reach) -> Iterator[Written]:
        """Raises DayNotOver."""
        run = self._desk.ledger.lapse_vouchers
        return run(self._as_of, dry_run=dry_run, progress=reach, **self._said)

    def row(self, item: Written) -> dict[str, Any]:
        event: Any = item.event
        return {
            "member": item.member,
            "voucher": event.voucher,
            "number": event.number,
            "kind": event.kind,
            "worth_minor": event.worth_minor,
            "lapsed_on": event.lapsed_on,
        }

    def columns(self) -> list[Column]:
        from console.club_columns import lapsed_voucher_columns

        return lapsed_voucher_columns(self._desk.program)


class AnniversaryRun(_OverVouchers):
    """The vouchers that are due for anniversaries."""

    label = _("issuing")

    def start(self, *, dry_run: bool, reach: Reach) -> Iterator[Written]:
        """Raises DayNotCome."""
        from schemas.events import VoucherIssued

        run = self._desk.ledger.issue_anniversary_vouchers
        told = run(self._as_of, dry_run=dry_run, progress=reach, **self._said)
        return (item for item in told if isinstance(item.event, VoucherIssued))

    def row(self, item: Written) -> dict[str, Any]:
        event: Any = item.event
        return {
            "member": item.member,
            "anniversary_on": event.occurred_on,
            "kind": event.kind,
            "label": event.label or None,
            "worth_minor": event.worth_minor,
            "expires_on": event.expires_on,
        }

    def columns(self) -> list[Column]:
        from console.club_columns import due_voucher_columns

        return due_voucher_columns(self._desk.program)


class RebateRun(Run["Written"]):
    """The rebates that are due for a period and those before it."""

    label = _("paying")

    def __init__(self, desk: Desk, period: str, *, quiet: bool, **said: str) -> None:
        super().__init__(desk, quiet=quiet)
        self._period = period
        self._said = said
        self._grants = self._paid = self._points = self._vouchers = self._told_of = 0
        self._too_much = 0
        self._of_last: dict[str, int] = {}
        """Rebate -> what the last member has had too much."""
        self._names = {tier.id: tier.card for tier in desk.program.tiers}

    def start(self, *, dry_run: bool, reach: Reach) -> Iterator[Written]:
        """Raises NoRebate, PeriodNotOver."""
        from schemas.events import RebateGranted

        run = self._desk.ledger.pay_rebates
        told = run(self._period, dry_run=dry_run, progress=reach, **self._said)
        return (item for item in told if isinstance(item.event, RebateGranted))

    def count(self, item: Written) -> None:
        event: Any = item.event
        self._grants += 1
        self._paid += event.paid_minor
        self._points += event.points_rebated
        self._vouchers += event.vouchers_issued
        # Of a member's events about a rebate the last says what is carried on.
        if self._members > self._told_of:
            self._too_much, self._of_last = self._too_much_so_far(), {}
            self._told_of = self._members
        self._of_last[event.rebate] = max(0, -event.carried_minor)

    def _too_much_so_far(self) -> int:
        return self._too_much + sum(self._of_last.values())

    def row(self, item: Written) -> dict[str, Any]:
        event: Any = item.event
        return {
            "member": item.member,
            "rebate": event.rebate,
            "period": event.period,
            "tier": event.tier or None,
            "card": self._names.get(event.tier, event.tier) or None,
            "percent": event.percent,
            "net_minor": event.net_minor,
            "due_minor": event.due_minor,
            "granted_before_minor": event.granted_before_minor,
            "carried_before_minor": event.carried_before_minor,
            "paid_minor": event.paid_minor,
            "points": event.points_rebated or None,
            "vouchers": event.vouchers_issued or None,
            "kind": event.kind or None,
            "carried_minor": event.carried_minor,
        }

    def columns(self) -> list[Column]:
        from console.club_columns import rebate_columns

        columns = rebate_columns(self._desk.program)
        hidden = "tier" if self._desk.format == "table" else "card"
        return [column for column in columns if column.key != hidden]

    def record_of_totals(self) -> tuple[dict[str, Any], list[Column]]:
        from console.club_columns import rebate_run_columns

        record = {
            "period": self._period,
            "members": self._members,
            "grants": self._grants,
            "paid_minor": self._paid,
            "points": self._points or None,
            "vouchers": self._vouchers or None,
            "too_much_minor": self._too_much_so_far(),
        }
        return record, rebate_run_columns(self._desk.program)

    def totals(self) -> str:
        return _(
            "paid {paid}, rebates {grants:,}, members {members:,}; to be taken off later {too_much}"
        ).format(
            paid=money_shown(self._desk, self._paid),
            grants=self._grants,
            members=self._members,
            too_much=money_shown(self._desk, self._too_much_so_far()),
        )


def money_shown(desk: Desk, amount_minor: int) -> str:
    """Money as a person reads it, with its currency."""
    from schemas.values import currency_exponent

    currency = desk.program.currency
    column = Column("amount", "", "money", currency_exponent(currency))
    return f"{shown(amount_minor, column)} {currency}"
