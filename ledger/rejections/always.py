"""Refusals that any command may meet, and their base class."""

from __future__ import annotations

from schemas.errors import JifenError


class Rejection(JifenError):
    """A sound command that the ledger refuses. Nothing was written."""

    code = "rejected"


class RequestConflict(Rejection):
    """Fields: source, request_id, position (of the first event of the original)."""

    code = "request_conflict"
    template = (
        "request {request_id!r} of {source!r} was used for something else, at event #{position}"
    )
    hint = "a new request needs a new id; a retry must repeat the first content exactly"


class OccurredInFuture(Rejection):
    """Fields: occurred_at, tolerance_minutes."""

    code = "occurred_in_future"
    template = "{occurred_at} is in the future, by more than {tolerance_minutes} minutes"
    hint = "check the time and the clock of the till"
    retryable = True


class NoProgramInForce(Rejection):
    """Fields: occurred_at."""

    code = "no_program_in_force"
    template = "no version of the program covers {occurred_at}"
    hint = "publish a version whose effective_from is early enough"


class ProgramMismatch(Rejection):
    """Fields: setting, old, new."""

    code = "program_mismatch"
    template = "a new version can't change {setting} from {old} to {new}"
    hint = "open a store of its own for another program"


class AlreadyEnrolled(Rejection):
    """Fields: member."""

    code = "already_enrolled"
    template = "member {member!r} is enrolled already"


class UnknownMember(Rejection):
    """Fields: member."""

    code = "unknown_member"
    template = "there is no member {member!r}"
    hint = "check the number, or enrol the member first"


class ReceiptAlreadyClaimed(Rejection):
    """Fields: partner, purchase_id, position (of the purchase that earned)."""

    code = "receipt_already_claimed"
    template = "receipt {purchase_id!r} has earned already, at event #{position}"
    hint = "a receipt earns once in the whole program"


class BeforeItsCause(Rejection):
    """Fields: cause ("purchase", "redemption", "hold", "voucher", ...), name, cause_on, day.

    `name` is what the command names, `cause_on` its business day, `day` that of the command.
    """

    code = "before_its_cause"
    template = "the {cause} {name!r} is of {cause_on}, which is after {day}"
    hint = "check the time of the command: it can't come before what it is about"


class InsufficientPoints(Rejection):
    """Fields: asked, available (points units)."""

    code = "insufficient_points"
    template = "{asked} points asked, {available} available"
    hint = "ask for no more than is available"
    retryable = True


class TooManyPoints(Rejection):
    """Fields: points, most (points units)."""

    code = "too_many_points"
    template = "{points} points are more than one event can hold ({most})"
    hint = "check the amount, and the rates of the program"


class BatchRefused(Rejection):
    """Fields: failures, a tuple of (index of the command, its error)."""

    code = "batch_refused"
    template = "some commands were refused, so none was recorded"
    hint = "mend or leave out the commands that failed"

    @property
    def failures(self) -> tuple[tuple[int, JifenError], ...]:
        """What failed, in the order of the commands."""
        found: tuple[tuple[int, JifenError], ...] = self.fields["failures"]
        return found


class UnknownEvent(Rejection):
    """Fields: member, position."""

    code = "unknown_event"
    template = "{member!r} has no event #{position}"
    hint = "look it up in the statement"
