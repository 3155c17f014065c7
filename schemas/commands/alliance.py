"""Commands about the alliance: partners, prepaid blocks, periods, disputes."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from msgspec import Meta

from schemas.commands.base import Command, Operator, Reason, SignedQuantity
from schemas.events.alliance import LineKind, Net, Payment, StatementLine
from schemas.values import Label, Name, PositiveQuantity

Month = Annotated[str, Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Position = Annotated[int, Meta(ge=0, le=2**62)]
Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]


class AllianceCommand(Command, frozen=True, kw_only=True):
    """A command about no account."""


class JoinPartner(AllianceCommand, frozen=True, kw_only=True):
    """Take a partner in, by a terms file's text, which names it and its first day."""

    content: str


class ChangeTerms(AllianceCommand, frozen=True, kw_only=True):
    """Agree on other terms, by a terms file's text, from the day that it names on."""

    content: str


class SuspendPartner(AllianceCommand, frozen=True, kw_only=True):
    """Let a partner pause from a day on (None: the command's)."""

    partner: Name
    starts_on: dt.date | None = None
    reason: Reason
    operator: Operator


class ResumePartner(AllianceCommand, frozen=True, kw_only=True):
    """Let a partner take part again from a day on (None: the command's)."""

    partner: Name
    starts_on: dt.date | None = None
    reason: Label = ""


class LeavePartner(AllianceCommand, frozen=True, kw_only=True):
    """Let a partner go; `last_day` is the last that it takes part on (None: the command's)."""

    partner: Name
    last_day: dt.date | None = None
    reason: Label = ""


class BuyBlock(AllianceCommand, frozen=True, kw_only=True):
    """Sell a partner points in advance."""

    partner: Name
    points: PositiveQuantity
    price_minor: Annotated[int, Meta(ge=0)]
    reason: Label = ""


class SettlePeriod(AllianceCommand, frozen=True, kw_only=True):
    """Close a month with the statements that were worked out for it."""

    period: Month
    through_position: Position
    seal: Hash
    lines: tuple[StatementLine, ...] = ()
    nets: tuple[Net, ...] = ()
    payments: tuple[Payment, ...] = ()
    digest: Hash


class DisputeLine(AllianceCommand, frozen=True, kw_only=True):
    """Dispute a line of a partner's statement. Named by its request id."""

    period: Month
    partner: Name
    kind: LineKind
    month: Month
    reason: Reason


class DecideDispute(AllianceCommand, frozen=True, kw_only=True):
    """End a dispute: `amount_minor` is what the partner owes more (or less), 0 for nothing."""

    dispute: Name
    dispute_source: Label = ""
    amount_minor: SignedQuantity
    reason: Reason
    operator: Operator
