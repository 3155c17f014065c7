"""What each kind of event is called in a person's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from console.words import _, marked

if TYPE_CHECKING:
    from schemas.program import Program

KINDS: Final[dict[str, str]] = {
    "PurchaseRecorded": marked("purchase"),
    "ReturnRecorded": marked("return"),
    "PointsAwarded": marked("award"),
    "RebateGranted": marked("rebate"),
    "CobrandAccrued": marked("co-branded card"),
    "PointsAdjusted": marked("adjustment"),
    "PointsRedeemed": marked("redemption"),
    "PointsHeld": marked("hold"),
    "HoldReleased": marked("hold released"),
    "RedemptionReversed": marked("redemption reversed"),
    "PointsExpired": marked("expired"),
    "ExpiryUndone": marked("expiry undone"),
    "PointsForfeited": marked("forfeited"),
    "TransferSent": marked("sent to another program"),
    "TransferRejected": marked("transfer came back"),
    "TransferReceived": marked("from another program"),
    "PointsSent": marked("sent"),
    "PointsReceived": marked("received"),
    "MemberMerged": marked("merged into another"),
    "MemberAbsorbed": marked("another merged in"),
    "MergeUndone": marked("merge undone"),
    "MemberRestored": marked("apart again"),
}
"""Type of an event that moves points -> its name."""

_CLOSER: Final[dict[tuple[str, str], str]] = {
    ("PointsAwarded", "bonus"): marked("bonus"),
    ("CobrandAccrued", "correction"): marked("co-branded card corrected"),
    ("PointsAdjusted", "undoing"): marked("adjustment undone"),
    ("PointsRedeemed", "captured"): marked("hold captured"),
    ("PointsRedeemed", "reward"): marked("reward"),
    ("PointsSent", "gift"): marked("gift to"),
    ("PointsSent", "purse"): marked("paid to"),
    ("PointsReceived", "gift"): marked("gift from"),
    ("PointsReceived", "purse"): marked("paid from"),
    ("HoldReleased", "lapsed"): marked("hold lapsed"),
}


def event_shown(kind: str, event: Any, program: Program) -> str:
    """What an event is called in a table; one about a co-branded card says which card."""
    shown = kind_shown(kind, closer_kind(event))
    name = getattr(event, "cobrand", "")
    if not name:
        return shown
    labels = {cobrand.id: cobrand.card for cobrand in program.cobrands}
    return f"{shown}: {labels.get(name, name)}"


def kind_shown(kind: str, closer: str = "") -> str:
    """The name of an event's kind; `closer` says what it is of those that share a type."""
    return _(_CLOSER.get((kind, closer)) or KINDS.get(kind, kind))


def closer_kind(event: Any) -> str:
    """What an event is of those that share its type; "" where the type says it all."""
    tell = _TELLING.get(type(event).__name__)
    return tell(event) if tell else ""


_TELLING: Final[dict[str, Callable[[Any], str]]] = {
    "PointsAwarded": lambda event: "bonus" if event.bonus else "",
    "CobrandAccrued": lambda event: "correction" if event.spend_minor < 0 else "",
    "PointsAdjusted": lambda event: "undoing" if event.corrects else "",
    "PointsRedeemed": lambda event: "captured" if event.hold else "reward" if event.reward else "",
    "HoldReleased": lambda event: event.release,
    "PointsSent": lambda event: event.purpose,
    "PointsReceived": lambda event: event.purpose,
}
