"""Facts about points that go to other programs, and come from there (RULES 26 and 27)."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from schemas.events.base import Event, PointsEvent


class TransferSent(PointsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Points that left for another `program`; the transfer goes by its request's source and id.

    `points_transferred` is what left, `fee_points` of it the fee; `theirs` what arrives there, in
    its own units, at the rate `rate`. `account` is who gets it there. An answer is expected until
    `answer_by`.
    """

    topic: ClassVar[str] = "TransferSent.1"
    headline: ClassVar[str] = "points_transferred"
    sign: ClassVar[int] = -1
    contra: ClassVar[str] = "exchanged"
    program: str
    rate: str
    account: str
    points_transferred: int
    fee_points: int = 0
    theirs: int
    answer_by: dt.date


class TransferConfirmed(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The other program has the points; `reference` is its own name for it."""

    topic: ClassVar[str] = "TransferConfirmed.1"
    program: str
    transfer: str
    transfer_source: str
    reference: str = ""


class TransferRejected(PointsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The other program refused them: they are back in the lots that they came from (RULES 13)."""

    topic: ClassVar[str] = "TransferRejected.1"
    headline: ClassVar[str] = "points_given_back"
    contra: ClassVar[str] = "exchanged"
    program: str
    transfer: str
    transfer_source: str
    points_given_back: int
    code: str


class TransferTimedOut(Event, frozen=True, kw_only=True, omit_defaults=True):
    """No answer came in time. The points are still out: only the other program knows the answer."""

    topic: ClassVar[str] = "TransferTimedOut.1"
    program: str
    transfer: str
    transfer_source: str


class TransferReceived(PointsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """`theirs` points of another `program` that arrived, under the id that it gave them.

    They were changed at the rate `rate`.
    """

    topic: ClassVar[str] = "TransferReceived.1"
    headline: ClassVar[str] = "points_taken_in"
    contra: ClassVar[str] = "exchanged"
    program: str
    rate: str
    transfer: str
    theirs: int
    points_taken_in: int
