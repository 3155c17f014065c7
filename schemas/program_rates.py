"""What a program file says about other programs that points go to and come from: `[[rate]]`."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from msgspec import Meta, field

from schemas.program_parts import AmountText, Named
from schemas.values import Name


class Rate(Named, frozen=True, kw_only=True):
    """`points` of one program for `gives` of another, in whole blocks (RULES 26).

    `sender` and `receiver` are programs' ids. Points are written as people write them for this
    program, as whole numbers for the others. A member sends at least `minimum` and at most
    `per_day` and `per_year`; `fee` is taken beside them. An answer is expected within
    `answer_days`.
    """

    sender: Name = field(name="from")
    receiver: Name = field(name="to")
    points: AmountText
    gives: AmountText
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    minimum: AmountText | None = None
    per_day: AmountText | None = None
    per_year: AmountText | None = None
    fee: AmountText | None = None
    answer_days: Annotated[int, Meta(ge=1, le=366)] = 7
