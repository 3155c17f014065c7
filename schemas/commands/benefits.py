"""Commands about the benefits of a card."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from schemas.commands.base import MemberCommand, Operator, Reason
from schemas.values import Label, Name


class UseBenefit(MemberCommand, frozen=True, kw_only=True):
    """Use a benefit of the member's card, `quantity` times."""

    benefit: Name
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    partner: Label = ""
    store: Label = ""
    till: Label = ""
    reason: Label = ""


class CancelBenefitUse(MemberCommand, frozen=True, kw_only=True):
    """Let a use of a benefit, named by its request, count no more."""

    operator: Operator
    use: Name
    use_source: Label = ""
    reason: Reason
