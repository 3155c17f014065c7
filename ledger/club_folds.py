"""How events about vouchers and benefits change an account; rows of ledger/evolve.py's table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from typing import Any, Final

from msgspec.structs import replace

from ledger.account import Account
from ledger.totals import uses_with
from ledger.vouchers import as_given_back, as_issued
from schemas.events import (
    BenefitUseCancelled,
    BenefitUsed,
    Voucher,
    VoucherCancelled,
    VoucherGivenBack,
    VoucherIssued,
    VoucherLapsed,
    VoucherName,
    VoucherUsed,
)


def without(vouchers: Iterable[Voucher], names: Set[VoucherName]) -> tuple[Voucher, ...]:
    """The vouchers but those with the names."""
    return tuple([voucher for voucher in vouchers if voucher.name not in names])


def _issued(account: Account, *events: VoucherIssued) -> Account:
    issued = _counted(account, *events)
    return replace(issued, vouchers=(*account.vouchers, *map(as_issued, events)))


def _given_back(account: Account, event: VoucherGivenBack) -> Account:
    vouchers = (*account.vouchers, as_given_back(event))
    return replace(account, version=account.version + 1, vouchers=vouchers)


def _gone(account: Account, *events: VoucherUsed | VoucherLapsed | VoucherCancelled) -> Account:
    vouchers = without(account.vouchers, {event.name for event in events})
    return replace(account, version=account.version + len(events), vouchers=vouchers)


def _counted(account: Account, *events: Any) -> Account:
    """What events that move no points count against limits."""
    usage = [entry for event in events for entry in event.usage]
    uses = uses_with(account.uses, usage) if usage else account.uses
    return replace(account, version=account.version + len(events), uses=uses)


CLUB_TOGETHER: Final[dict[type[Any], Callable[..., Account]]] = {
    VoucherIssued: _issued,
    VoucherLapsed: _gone,
    VoucherCancelled: _gone,
}
"""Those that take several events of their kind at once."""
CLUB_FOLDS: Final[dict[type[Any], Callable[..., Account]]] = {
    **CLUB_TOGETHER,
    VoucherUsed: _gone,
    VoucherGivenBack: _given_back,
    BenefitUsed: _counted,
    BenefitUseCancelled: _counted,
}
