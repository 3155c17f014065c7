"""Facts about the alliance: partners and their terms, prepaid blocks, settled periods.

They stand in streams of their own: `partner:<id>`, and `settlement` for the periods.

Shapes:
    TermsEvent      what is agreed with a partner from a day on, in units
    StatementLine   a figure of a partner's statement
    Net, Payment    what a party owes in all, and who pays whom
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Literal

from msgspec import Struct

from schemas.events.base import Event

LineKind = Literal[
    "issued",
    "returned",
    "prepaid",
    "redeemed",
    "reversed",
    "sent",
    "received",
    "breakage",
    "issue_fee",
    "redeem_fee",
    "monthly_fee",
    "correction",
]
WhenEmpty = Literal["", "refuse", "bill"]


class AllianceEvent(Event, frozen=True, kw_only=True, omit_defaults=True):
    """An event of no account."""


class PartnerEvent(AllianceEvent, frozen=True, kw_only=True, omit_defaults=True):
    """An event of a partner's stream."""

    partner: str


class TermsEvent(PartnerEvent, frozen=True, kw_only=True, omit_defaults=True):
    """What is agreed from the day `effective_from` on: the file, and what was read from it.

    A price is `..._minor` units of money for every `..._points` points units; 0 of both where none
    is agreed. Shares are millionths. `rules` and `tiers` are those that apply, all where there are
    none; `when_empty` tells what happens without a prepaid block, "" that nothing is prepaid.
    """

    label: str = ""
    effective_from: dt.date
    content: str
    issue_points: int = 0
    issue_minor: int = 0
    redeem_points: int = 0
    redeem_minor: int = 0
    sent_points: int = 0
    sent_minor: int = 0
    received_points: int = 0
    received_minor: int = 0
    issue_fee_millionths: int = 0
    redeem_fee_millionths: int = 0
    monthly_fee_minor: int = 0
    breakage_millionths: int = 0
    rules: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    issued_per_purchase: int | None = None
    issued_per_month: int | None = None
    redeemed_per_month: int | None = None
    claim_days: int | None = None
    when_empty: WhenEmpty = ""


class PartnerJoined(TermsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A partner takes part from the day `effective_from` on."""

    topic: ClassVar[str] = "PartnerJoined.1"


class PartnerTermsChanged(TermsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Other terms from a day on."""

    topic: ClassVar[str] = "PartnerTermsChanged.1"


class PartnerSuspended(PartnerEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Nothing is issued or redeemed at the partner from the day `starts_on` on."""

    topic: ClassVar[str] = "PartnerSuspended.1"
    starts_on: dt.date
    reason: str = ""


class PartnerResumed(PartnerEvent, frozen=True, kw_only=True, omit_defaults=True):
    """From the day `starts_on` on the partner takes part again."""

    topic: ClassVar[str] = "PartnerResumed.1"
    starts_on: dt.date
    reason: str = ""


class PartnerLeft(PartnerEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The day `last_day` is the last that the partner takes part on."""

    topic: ClassVar[str] = "PartnerLeft.1"
    last_day: dt.date
    reason: str = ""


class PointsBlockBought(PartnerEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Points bought in advance for `price_minor`; the block goes by its request's source and id."""

    topic: ClassVar[str] = "PointsBlockBought.1"
    block: int
    points: int
    price_minor: int
    reason: str = ""


class TransferDeclined(PartnerEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Points that the program `partner` sent for someone, and that were not taken: `code` says why.

    `transfer` is the sender's id, `theirs` its points.
    """

    topic: ClassVar[str] = "TransferDeclined.1"
    transfer: str
    member: str
    theirs: int
    code: str


class StatementLine(Struct, frozen=True, omit_defaults=True):
    """`amount_minor` that a partner owes; below zero it is owed.

    `month` is the month of the business days ('2026-06'), `late` that it is a month before the
    period's. `events` and `points` are how many events and points units it is for, priced at
    `minor` for every `per` points units. `dispute` is the request of the dispute that a correction
    is for.
    """

    partner: str
    kind: LineKind
    month: str
    amount_minor: int
    late: bool = False
    events: int = 0
    points: int = 0
    minor: int = 0
    per: int = 0
    dispute: str = ""


class Net(Struct, frozen=True):
    """What a party owes over all its lines; the house is ''. All of a statement add up to zero."""

    partner: str
    net_minor: int


class Payment(Struct, frozen=True):
    """`payer` pays `amount_minor` to `payee`."""

    payer: str
    payee: str
    amount_minor: int


class PeriodSettled(AllianceEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A period is closed once: its lines, from the log up to `through_position`.

    It bills what happened until `ends_on` and was recorded up to that position, but for what
    earlier statements have billed, the last of which saw the log up to `after_position`. `seal` is
    the log's at that position. `digest` is the SHA-256 of the statement's canonical JSON.
    """

    topic: ClassVar[str] = "PeriodSettled.1"
    period: str
    starts_on: dt.date
    ends_on: dt.date
    after_position: int
    through_position: int
    seal: str
    lines: tuple[StatementLine, ...] = ()
    nets: tuple[Net, ...] = ()
    payments: tuple[Payment, ...] = ()
    digest: str


class LineDisputed(AllianceEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A partner disputes a line of a statement; the dispute goes by its request's source and id."""

    topic: ClassVar[str] = "LineDisputed.1"
    period: str
    partner: str
    kind: LineKind
    month: str
    reason: str


class DisputeDecided(AllianceEvent, frozen=True, kw_only=True, omit_defaults=True):
    """What a dispute came to: `amount_minor` more (or less) that the partner owes, 0 for nothing.

    The next statement has it as a correction.
    """

    topic: ClassVar[str] = "DisputeDecided.1"
    dispute: str
    dispute_source: str
    period: str
    partner: str
    kind: LineKind
    month: str
    amount_minor: int
    reason: str
