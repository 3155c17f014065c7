"""What can be asked of the ledger: imperatives with their constraints, unknown fields refused.

Every command names its `request_id`, unique per `source` for ever (RULES 23); without one the
ledger makes one up, and a retry is then a new request. `occurred_at` None means now. A command is
compared by its content as it was handed in, so a retry that leaves the time out stays the same.

`member` is a member's id; where points are spent, held, reversed, expired, extended or adjusted
it may be a purse, `purse:<id>`, too. A redemption, a hold or an adjustment goes by the id of the
request that made it; its source is that of the command that names it unless it says otherwise.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Final, TypeVar

from msgspec import Meta, Struct

from schemas.values import MAX_QUANTITY, Instant, Label, Name, PositiveQuantity, Quantity

Reason = Annotated[str, Meta(min_length=1, max_length=500)]
Operator = Annotated[str, Meta(min_length=1, max_length=200)]
Units = Annotated[int, Meta(ge=1, le=1_000_000_000)]
SignedQuantity = Annotated[int, Meta(ge=-MAX_QUANTITY, le=MAX_QUANTITY)]
Minutes = Annotated[int, Meta(ge=1, le=527_040)]
PurseName = Annotated[str, Meta(min_length=1, max_length=122)]
Names = Annotated[tuple[Name, ...], Meta(max_length=100)]


class _Part(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    pass


class LineItem(_Part, frozen=True, kw_only=True):
    """A line of a receipt: `amount_minor` for the whole `quantity`, tax included."""

    amount_minor: Quantity
    quantity: Units = 1
    sku: Label = ""
    category: Label = ""
    brand: Label = ""
    tax_minor: Quantity = 0


class TenderPaid(_Part, frozen=True):
    """A part of what was paid; `kind` as the program names it: cash, card, points, voucher, ..."""

    kind: Name
    amount_minor: Quantity


class ReturnedItem(_Part, frozen=True, kw_only=True):
    """What comes back of line `line` (from 1): so many units, or so much money, or what is left."""

    line: Annotated[int, Meta(ge=1, le=10_000)]
    quantity: Units | None = None
    amount_minor: PositiveQuantity | None = None


Lines = Annotated[tuple[LineItem, ...], Meta(max_length=10_000)]
ReturnedItems = Annotated[tuple[ReturnedItem, ...], Meta(max_length=10_000)]
Tenders = Annotated[tuple[TenderPaid, ...], Meta(max_length=100)]


class Command(
    Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag=True,
    gc=False,
):
    """What every command says. `operator` is who gives it, `source` the system it comes from."""

    request_id: Name | None = None
    source: Name = "api"
    occurred_at: Instant | None = None
    operator: Label = ""


class MemberCommand(Command, frozen=True, kw_only=True):
    """A command about one account."""

    member: Name


class EnrolMember(MemberCommand, frozen=True, kw_only=True):
    """Let a person into the program. `referred_by` is the member who brought them."""

    store: Label = ""
    referred_by: Label = ""


class RecordPurchase(MemberCommand, frozen=True, kw_only=True):
    """A purchase of `amount_minor` in all, of which `qualifying_minor` may earn.

    (`partner`, `purchase_id`) is the receipt. `lines` and `tenders`, where given, each add up to
    the amount. `qualifying_minor` None means: all that was paid with tenders that earn. Occasions
    are what the till knows and the program may reward, such as `birthday`.
    """

    purchase_id: Name
    amount_minor: Quantity
    qualifying_minor: Quantity | None = None
    partner: Label = ""
    store: Label = ""
    till: Label = ""
    channel: Label = ""
    lines: Lines = ()
    tenders: Tenders = ()
    occasions: Names = ()


class ReturnPurchase(MemberCommand, frozen=True, kw_only=True):
    """Goods of the receipt (`partner`, `purchase_id`) come back.

    Either `items` by line, or `amount_minor` of money, or neither: all that was kept so far.
    """

    purchase_id: Name
    partner: Label = ""
    items: ReturnedItems = ()
    amount_minor: PositiveQuantity | None = None
    return_id: Label = ""
    store: Label = ""
    till: Label = ""


class AwardPoints(MemberCommand, frozen=True, kw_only=True):
    """Give points without a purchase. `expires_on` is the last good day; None: by the program."""

    points: PositiveQuantity
    reason: Reason
    expires_on: dt.date | None = None


class GrantBonus(MemberCommand, frozen=True, kw_only=True):
    """Give the bonus `bonus` of the program, as often as it says."""

    bonus: Name


class AdjustPoints(MemberCommand, frozen=True, kw_only=True):
    """Correct a balance by hand: points to add, or below zero to take.

    With `may_owe` what is missing becomes a debt; without, it is refused.
    """

    operator: Operator
    points: SignedQuantity
    reason: Reason
    may_owe: bool = False


class UndoAdjustment(MemberCommand, frozen=True, kw_only=True):
    """Enter the opposite of an adjustment."""

    operator: Operator
    adjustment: Name
    adjustment_source: Label = ""
    reason: Reason
    may_owe: bool = False


class RedeemPoints(MemberCommand, frozen=True, kw_only=True):
    """Spend points, the lot that expires first goes first.

    `bill_minor` is the bill that they go towards, where the program limits their share of it;
    `spender` the member who spends from a purse.
    """

    points: PositiveQuantity
    bill_minor: PositiveQuantity | None = None
    partner: Label = ""
    store: Label = ""
    till: Label = ""
    purchase_id: Label = ""
    reason: Label = ""
    spender: Label = ""


class RedeemReward(MemberCommand, frozen=True, kw_only=True):
    """Spend points on `quantity` of a reward of the program's catalogue, at its price."""

    reward: Name
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    partner: Label = ""
    store: Label = ""
    till: Label = ""
    spender: Label = ""


class HoldPoints(MemberCommand, frozen=True, kw_only=True):
    """Reserve points for `minutes` (None: as the program says). Named by its request id."""

    points: PositiveQuantity
    minutes: Minutes | None = None
    bill_minor: PositiveQuantity | None = None
    partner: Label = ""
    store: Label = ""
    till: Label = ""
    purchase_id: Label = ""
    reason: Label = ""
    spender: Label = ""


class CaptureHold(MemberCommand, frozen=True, kw_only=True):
    """Spend what a hold reserves, or `points` of it; the rest is released."""

    hold: Name
    hold_source: Label = ""
    points: PositiveQuantity | None = None


class ReleaseHold(MemberCommand, frozen=True, kw_only=True):
    """Give up a hold."""

    hold: Name
    hold_source: Label = ""


class ReverseRedemption(MemberCommand, frozen=True, kw_only=True):
    """Give back a redemption, or `points` of it, into the lots it came from."""

    redemption: Name
    redemption_source: Label = ""
    points: PositiveQuantity | None = None
    reason: Label = ""


class ExpirePoints(MemberCommand, frozen=True, kw_only=True):
    """Record what lapsed by the end of `as_of`, a day that is over; nothing when nothing did."""

    as_of: dt.date


class ExtendLots(MemberCommand, frozen=True, kw_only=True):
    """Let lots live until `expires_on`; all that end earlier where `lots` names none."""

    operator: Operator
    expires_on: dt.date
    reason: Reason
    lots: Annotated[tuple[Annotated[int, Meta(ge=1)], ...], Meta(max_length=10_000)] = ()


class FreezeMember(MemberCommand, frozen=True, kw_only=True):
    """Stop spending from an account."""

    reason: Reason


class UnfreezeMember(MemberCommand, frozen=True, kw_only=True):
    """Allow spending again."""

    reason: Reason


class CloseMember(MemberCommand, frozen=True, kw_only=True):
    """Let a member go. What they still have is lost only where `forfeit` says so."""

    reason: Reason
    forfeit: bool = False


class MergeMembers(MemberCommand, frozen=True, kw_only=True):
    """Make `other` a part of `member`: points with their lots, and what counts for the ladder."""

    other: Name
    reason: Label = ""


class UnmergeMembers(MemberCommand, frozen=True, kw_only=True):
    """Take `other` out of `member` again, while nothing has been spent since."""

    other: Name
    reason: Label = ""


class GiftPoints(MemberCommand, frozen=True, kw_only=True):
    """Give points to another member; they keep their days."""

    to: Name
    points: PositiveQuantity
    reason: Label = ""


class OpenPurse(MemberCommand, frozen=True, kw_only=True):
    """Open the purse `purse:<purse>`, with `member` as the first who may use it."""

    purse: PurseName


class JoinPurse(MemberCommand, frozen=True, kw_only=True):
    """Let `member` pay into a purse and spend from it."""

    purse: PurseName


class LeavePurse(MemberCommand, frozen=True, kw_only=True):
    """`member` leaves a purse and takes along what is left of their own points."""

    purse: PurseName


class PayIntoPurse(MemberCommand, frozen=True, kw_only=True):
    """Move points of `member` into a purse; they stay theirs, and keep their days."""

    purse: PurseName
    points: PositiveQuantity


class WithdrawFromPurse(MemberCommand, frozen=True, kw_only=True):
    """Move points that `member` paid in back; also for one who has left."""

    purse: PurseName
    points: PositiveQuantity


class PublishProgram(Command, frozen=True, kw_only=True):
    """Put a version of the program in force from its `effective_from` on."""

    content: Annotated[str, Meta(max_length=1_000_000)]


MEMBER_COMMANDS: Final[tuple[type[MemberCommand], ...]] = (
    EnrolMember,
    RecordPurchase,
    ReturnPurchase,
    AwardPoints,
    GrantBonus,
    AdjustPoints,
    UndoAdjustment,
    RedeemPoints,
    RedeemReward,
    HoldPoints,
    CaptureHold,
    ReleaseHold,
    ReverseRedemption,
    ExpirePoints,
    ExtendLots,
    FreezeMember,
    UnfreezeMember,
    CloseMember,
    MergeMembers,
    UnmergeMembers,
    GiftPoints,
    OpenPurse,
    JoinPurse,
    LeavePurse,
    PayIntoPurse,
    WithdrawFromPurse,
)
COMMANDS: Final[tuple[type[Command], ...]] = (*MEMBER_COMMANDS, PublishProgram)

C = TypeVar("C", bound=Command)
