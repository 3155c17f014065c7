"""Commands about points that go to other programs, and come from there."""

from __future__ import annotations

from schemas.commands.base import MemberCommand
from schemas.values import Label, Name, PositiveQuantity


class SendTransfer(MemberCommand, frozen=True, kw_only=True):
    """Send points to another program, for `account` there. Named by its request id."""

    program: Name
    account: Name
    points: PositiveQuantity


class ConfirmTransfer(MemberCommand, frozen=True, kw_only=True):
    """The other program has the points of a transfer."""

    transfer: Name
    transfer_source: Label = ""
    reference: Label = ""


class RejectTransfer(MemberCommand, frozen=True, kw_only=True):
    """The other program refused the points of a transfer; `code` is its reason."""

    transfer: Name
    transfer_source: Label = ""
    code: Name


class TimeOutTransfer(MemberCommand, frozen=True, kw_only=True):
    """Note that no answer to a transfer came in time."""

    transfer: Name
    transfer_source: Label = ""


class ReceiveTransfer(MemberCommand, frozen=True, kw_only=True):
    """Take in `theirs` points of another program, under the id `transfer` that it gave them.

    What can't be taken is declined, and stays so. `promised` are the points units here that the
    other program told its member. The request is the transfer itself: its id is `transfer`, its
    source `program:<program>`.
    """

    program: Name
    transfer: Name
    theirs: PositiveQuantity
    promised: PositiveQuantity | None = None
