"""What commands about vouchers and benefits answer with."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any, TypeVar

from console.naming import next_step
from console.words import _

if TYPE_CHECKING:
    from console.desk import Desk
    from ledger import Outcome
    from ledger.benefits import BenefitLeft
    from schemas.events import Event

E = TypeVar("E", bound="Event")


def issued_answer(desk: Desk, member: str, outcome: Outcome) -> None:
    """Vouchers that were issued, and how to use the first of them."""
    from schemas.events import VoucherIssued

    issued = _events(outcome, VoucherIssued)
    first = issued[0]
    record = {
        "voucher": first.request_id,
        "number": first.number if len(issued) == 1 else None,
        "vouchers": len(issued),
        "kind": first.kind,
        "label": first.label or None,
        "worth_minor": first.worth_minor,
        "min_bill_minor": first.min_bill_minor or None,
        "expires_on": first.expires_on,
        "use": f"{_line('use', member, first.request_id)} --bill ...",
    }
    _answer(desk, member, outcome, first, record, _("Voucher issued"))


def voucher_answer(desk: Desk, member: str, outcome: Outcome, title: str) -> None:
    """A voucher that was used, given back or cancelled."""
    from schemas.events import VoucherGivenBack, VoucherLapsed, VoucherUsed

    event: Any = outcome.events[0]
    record: dict[str, Any] = {
        "voucher": event.voucher,
        "number": event.number,
        "kind": event.kind,
        "worth_minor": event.worth_minor,
    }
    if isinstance(event, VoucherUsed):
        record |= {
            "bill_minor": event.bill_minor,
            "taken_minor": event.taken_minor,
            "lost_minor": event.worth_minor - event.taken_minor,
            "to_pay_minor": (event.bill_minor or 0) - event.taken_minor,
            "give_back": _line("give-back", member, event.voucher, *_numbered(event.number)),
        }
    elif isinstance(event, VoucherGivenBack):
        record["expires_on"] = event.expires_on
        record["lapsed"] = bool(_events(outcome, VoucherLapsed))
    _answer(desk, member, outcome, event, record, title)


def _line(*words: str) -> str:
    """A command line about a voucher."""
    return " ".join(map(shlex.quote, ("jifen", "voucher", *words)))


def _numbered(number: int) -> tuple[str, ...]:
    return ("--number", str(number)) if number > 1 else ()


def _answer(
    desk: Desk, member: str, outcome: Outcome, event: Event, record: dict[str, Any], title: str
) -> None:
    from console.club_columns import voucher_answer_columns

    _write(desk, outcome, event, {"member": member, **record}, title, voucher_answer_columns)


def benefit_answer(desk: Desk, member: str, outcome: Outcome, title: str) -> None:
    """A use of a benefit that was recorded or cancelled."""
    from console.club_columns import benefit_answer_columns
    from schemas.events import BenefitUsed

    event: Any = outcome.events[-1]
    record = {"member": member, "benefit": event.benefit, "quantity": event.quantity}
    if isinstance(event, BenefitUsed):
        used = event.used_before + event.quantity
        record |= {
            "tier": event.tier,
            "quota": event.quota,
            "used": used,
            "left": None if event.quota is None else event.quota - used,
            "cancel": f"{next_step('benefit cancel', member, outcome)} --reason ...",
        }
    else:
        record["cancelled"] = event.use
    _write(desk, outcome, event, record, title, lambda _program: benefit_answer_columns())


def _write(
    desk: Desk,
    outcome: Outcome,
    event: Event,
    record: dict[str, Any],
    title: str,
    columns: Any,
) -> None:
    for_person = desk.format == "table"
    if outcome.replayed:
        title += _(" (before; nothing was written now)")
    record |= {
        "occurred_at": event.occurred_at,
        "first_position": outcome.first_position,
        "last_position": outcome.last_position,
        "request_id": event.request_id,
        "source": None if for_person and event.source == "cli" else event.source,
        "replayed": None if for_person else outcome.replayed,
    }
    shown = columns(desk.program)
    if not for_person:
        shown = [column for column in shown if column.key not in ("use", "give_back", "cancel")]
    desk.record(record, shown, title=title)


def _events(outcome: Outcome, kind: type[E]) -> list[E]:
    return [event for event in outcome.events if isinstance(event, kind)]


def benefit_row(line: BenefitLeft, *, for_person: bool) -> dict[str, Any]:
    """What a benefit leaves; for a person what goes without saying is left out."""
    unlimited = line.entitled and line.quota is None
    return {
        "benefit": line.benefit,
        "label": line.label or None,
        "entitled": line.entitled,
        "tier": line.tier or None,
        "period": line.period,
        "period_from": line.period_from,
        "period_until": line.period_until,
        "quota": line.quota,
        "used": line.used,
        "left": line.left,
        "unlimited": (unlimited or None) if for_person else unlimited,
    }
