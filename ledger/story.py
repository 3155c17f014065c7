"""What became of each purchase, redemption, hold and lot of an account.

The state of an account (ledger/account.py) is what nearly every decision needs. Some ask about
something in particular: a return about its purchase, a reversal about its redemption, a late
arrival about lots that are empty by now. Those get the story, folded from the same events.

`facts` and `reviewed` are what the ladder looks at again when something comes late.

Shapes:
    Story    all of it, of one account and of those merged into it
    Place    a lot by the account that it was opened in: (member, number)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, Final

from msgspec.structs import replace

from ledger.club_story import ClubStory
from ledger.told import AdjustmentStory, HoldStory, PurchaseStory, RedemptionStory, TransferStory
from schemas.events import (
    BenefitUseCancelled,
    CobrandAccrued,
    Event,
    ExpiryUndone,
    HoldReleased,
    LotOpened,
    LotsExtended,
    MemberAbsorbed,
    MemberEnrolled,
    MemberMerged,
    MergeUndone,
    PointsAdjusted,
    PointsEvent,
    PointsExpired,
    PointsHeld,
    PointsReceived,
    PointsRedeemed,
    PointsSent,
    PurchaseRecorded,
    RedemptionReversed,
    ReturnRecorded,
    TierChanged,
    TierFloorEnded,
    TierKept,
    TierSet,
    TransferConfirmed,
    TransferRejected,
    TransferSent,
    TransferTimedOut,
    VoucherCancelled,
    VoucherGivenBack,
    VoucherUsed,
)

Place = tuple[str, int]
Expiries = tuple[tuple[int, dt.date, dt.datetime], ...]
"""(points units, last good day, when it expired) of what expired in a lot, oldest first."""

LADDER_FACTS: Final = (
    MemberEnrolled,
    PurchaseRecorded,
    ReturnRecorded,
    MemberAbsorbed,
    MergeUndone,
    TierSet,
    TierFloorEnded,
)
"""What the ladder's timeline follows from (docs/life.md, The ladder)."""
REVIEWS: Final = ("kept", "floor", "grace", "lowered")
"""The causes of what a review decides."""

_SPENDS: Final = (
    PointsRedeemed,
    PointsHeld,
    PointsSent,
    ReturnRecorded,
    RedemptionReversed,
    MemberAbsorbed,
    VoucherUsed,
    VoucherGivenBack,
    VoucherCancelled,
    BenefitUseCancelled,
    TransferSent,
    TransferRejected,
)


class Story:
    """The story of one account. `tell` it each event in order; decisions only read it."""

    def __init__(self, member: str) -> None:
        self.member = member
        self.lots: dict[int, LotOpened] = {}
        self.expired: dict[int, Expiries] = {}
        self.inherited: dict[int, Expiries] = {}
        """Of these, what had expired in another account, before its merge."""
        self.purchases: dict[tuple[str, str], PurchaseStory] = {}
        self.redemptions: dict[tuple[str, str], RedemptionStory] = {}
        self.adjustments: dict[tuple[str, str], AdjustmentStory] = {}
        self.holds: dict[tuple[str, str], HoldStory] = {}
        self.transfers: dict[tuple[str, str], TransferStory] = {}
        self.club = ClubStory(member)
        self.merges: dict[str, MemberAbsorbed] = {}
        self.spent_since: set[str] = set()
        """Members merged into this one since whose merge it was spent from."""
        self.facts: list[Event] = []
        """What the ladder looks at, in the order recorded."""
        self.reviewed: dict[dt.datetime, int] = {}
        """The start of a recorded review -> the version of the program that judged it."""
        self._came: dict[str, set[str]] = {}
        self._places: dict[Place, int | None] = {}
        self._elsewhere: dict[Place, tuple[LotOpened, Expiries]] = {}
        self._went: dict[Place, Place] = {}
        """Where a lot was last, of those that moved before the account that they moved to came."""

    # -- looking up --------------------------------------------------------------------------

    def last_place(self, place: Place) -> Place:
        """Where a lot of a merged account was last, before what is here now."""
        return self._went.get(place, place)

    def number_of(self, place: Place) -> int | None:
        """The number that a lot has in this account; None when it did not come along."""
        return place[1] if place[0] == self.member else self._places.get(self.last_place(place))

    def stayed_behind(self, place: Place) -> bool:
        """Whether it is a lot of a merged account that did not come along."""
        place = self.last_place(place)
        return place in self._elsewhere and self._places[place] is None

    def dates_of(self, place: Place) -> LotOpened:
        """A lot's days, wherever it is."""
        number = self.number_of(place)
        return self._elsewhere[self.last_place(place)][0] if number is None else self.lots[number]

    def expiries_of(self, place: Place) -> Expiries:
        """What expired of a lot, wherever it was."""
        number = self.number_of(place)
        if number is None:
            return self._elsewhere[self.last_place(place)][1]
        return self.expired.get(number, ())

    # -- telling -----------------------------------------------------------------------------

    def tell(self, event: Event) -> None:
        """One more event of the account."""
        if isinstance(event, PointsEvent):
            for lot in event.lots:
                self.lots[lot.lot] = lot
                place = self.last_place((lot.from_member, lot.from_lot))
                if place in self._places and self._places[place] is None:
                    self._places[place] = lot.lot
                    self.expired[lot.lot] = self._elsewhere[place][1]
                    self.inherited[lot.lot] = self._elsewhere[place][1]
            for lot in event.reopened:
                # With the days that it has now: it may have been extended elsewhere.
                self.lots[lot.lot] = replace(self.lots[lot.lot], expires_on=lot.expires_on)
        if isinstance(event, LADDER_FACTS):
            self.facts.append(event)
        elif isinstance(event, TierChanged | TierKept) and event.cause in REVIEWS:
            self.reviewed[event.occurred_at] = event.program_version
        if isinstance(event, _SPENDS) or _takes(event):
            self.spent_since |= self.merges.keys()
        told = _TELL.get(type(event))
        if told is not None:
            told(self, event)
        else:
            self.club.tell(event)

    def absorb(self, event: MemberAbsorbed, other: Story) -> None:
        """The account of `other` became part of this one by `event`, which was told before."""
        self.merges[event.other] = event
        self.spent_since.discard(event.other)
        self._came[event.other] = {other.member}.union(*other._came.values())
        moved = {(lot.from_member, lot.from_lot): lot.lot for lot in event.lots}
        for number, lot in other.lots.items():
            place = (other.member, number)
            self._places[place] = moved.get(place)
            self._elsewhere[place] = (lot, other.expired.get(number, ()))
        for place, there in other._places.items():
            if there is None:
                self._places[place] = None
                self._elsewhere[place] = other._elsewhere[place]
            else:
                self._went[place] = (other.member, there)
        for place, last in other._went.items():
            self._went[place] = self._went.get(last, last)
        self.purchases = {**_copies(other.purchases), **self.purchases}
        self.redemptions = {**_copies(other.redemptions), **self.redemptions}
        self.adjustments = {**_copies(other.adjustments), **self.adjustments}
        self.club.absorb(other.club)

    def _purchase(self, event: PurchaseRecorded) -> None:
        key = (event.partner, event.purchase_id)
        self.purchases[key] = PurchaseStory(event, self.member, {})

    def _return(self, event: ReturnRecorded) -> None:
        self.purchases[event.partner, event.purchase_id].tell(event)

    def _redemption(self, event: PointsRedeemed) -> None:
        self.redemptions[event.source, event.request_id] = RedemptionStory(event, self.member)
        if event.hold:
            self.holds[event.hold_source, event.hold].ended = "captured"

    def _reversal(self, event: RedemptionReversed) -> None:
        self.redemptions[event.redemption_source, event.redemption].tell(event)

    def _adjustment(self, event: PointsAdjusted) -> None:
        self.adjustments[event.source, event.request_id] = AdjustmentStory(event, self.member)
        if event.corrects:
            self.adjustments[event.corrects_source, event.corrects].undone = True

    def _hold(self, event: PointsHeld) -> None:
        self.holds[event.source, event.request_id] = HoldStory(event)

    def _release(self, event: HoldReleased) -> None:
        self.holds[event.hold_source, event.hold].ended = event.release

    def _transfer(self, event: TransferSent) -> None:
        self.transfers[event.source, event.request_id] = TransferStory(event, self.member)

    def _confirmation(self, event: TransferConfirmed) -> None:
        self.transfers[event.transfer_source, event.transfer].answer = "confirmed"

    def _rejection(self, event: TransferRejected) -> None:
        self.transfers[event.transfer_source, event.transfer].answer = "rejected"

    def _time_out(self, event: TransferTimedOut) -> None:
        self.transfers[event.transfer_source, event.transfer].timed_out = True

    def _expiry(self, event: PointsExpired | ExpiryUndone) -> None:
        note_expiry(self.expired, event)

    def _extension(self, event: LotsExtended) -> None:
        for extended in event.extended:
            lot = self.lots[extended.lot]
            self.lots[extended.lot] = replace(lot, expires_on=extended.expires_on)

    def _withdrawal(self, event: PointsReceived) -> None:
        """What one who came had paid into a purse is spent when the member takes it out."""
        for other, owners in self._came.items():
            if owners.intersection(event.paid_in_by):
                self.spent_since.add(other)

    def _separation(self, event: MergeUndone) -> None:
        """What belongs to the other leaves with it; nothing was spent since."""
        del self.merges[event.other]
        owners = self._came.pop(event.other)
        gone = {place for place in self._places if place[0] in owners}
        for place in gone:
            del self._places[place], self._elsewhere[place]
        self._went = {place: last for place, last in self._went.items() if place[0] not in owners}
        for table in (self.purchases, self.redemptions, self.adjustments):
            entries: dict[Any, Any] = table
            for key in [key for key, told in entries.items() if told.owner in owners]:
                del entries[key]
        self.club.separate(owners)


def note_expiry(expired: dict[int, Expiries], event: PointsExpired | ExpiryUndone) -> None:
    """Enter an expiry into the table of a lot's expiries, or take one back."""
    if isinstance(event, PointsExpired):
        for movement in event.movements:
            entry = (-movement.points, event.lapsed_on, event.occurred_at)
            expired[movement.lot] = (*expired.get(movement.lot, ()), entry)
        return
    for movement in event.movements:
        left, undone = [], movement.points
        for points, until, at in reversed(expired.get(movement.lot, ())):
            part = min(points, undone) if at == event.occurred_at else 0
            undone -= part
            if points > part:
                left.append((points - part, until, at))
        expired[movement.lot] = tuple(reversed(left))


def good_on(expiries: Expiries, day: dt.date) -> int:
    """Points units among the expiries that were still good on `day`."""
    return sum(points for points, until, _ in expiries if until >= day)


def _takes(event: Event) -> bool:
    if isinstance(event, CobrandAccrued):
        return event.spend_minor < 0
    return isinstance(event, PointsAdjusted) and (event.points_adjusted < 0 or event.corrects != "")


def _copies(stories: Any) -> Any:
    return {
        key: replace(told, **({"lines": dict(told.lines)} if hasattr(told, "lines") else {}))
        for key, told in stories.items()
    }


_TELL: Final[dict[type[Any], Any]] = {
    PurchaseRecorded: Story._purchase,
    ReturnRecorded: Story._return,
    PointsRedeemed: Story._redemption,
    RedemptionReversed: Story._reversal,
    PointsAdjusted: Story._adjustment,
    PointsHeld: Story._hold,
    HoldReleased: Story._release,
    PointsExpired: Story._expiry,
    ExpiryUndone: Story._expiry,
    LotsExtended: Story._extension,
    PointsReceived: Story._withdrawal,
    MergeUndone: Story._separation,
    TransferSent: Story._transfer,
    TransferConfirmed: Story._confirmation,
    TransferRejected: Story._rejection,
    TransferTimedOut: Story._time_out,
}


def tell_story(
    member: str, events_of: Callable[[str], Iterable[Event]], until: MemberAbsorbed | None = None
) -> Story:
    """The story of an account, with those of the members merged into it.

    `events_of` gives the events of a member; a merged one's are told up to the merge `until`.
    """
    story = Story(member)
    for event in events_of(member):
        story.tell(event)
        if isinstance(event, MemberAbsorbed):
            story.absorb(event, tell_story(event.other, events_of, event))
        elif until is not None and isinstance(event, MemberMerged) and _same(event, until):
            break
    return story


def _same(event: Event, other: Event) -> bool:
    return (event.source, event.request_id) == (other.source, other.request_id)
