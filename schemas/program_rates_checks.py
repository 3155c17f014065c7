"""What a program file gets wrong about rates between programs, each with its path.

Whether points grow around a chain of rates is no mistake of the file alone: publishing it is
refused (ledger/chains.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Final

from schemas.errors import InvalidPoints
from schemas.program_checks import points_mistakes
from schemas.values import is_identifier, parse_points

if TYPE_CHECKING:
    from schemas.program import Program
    from schemas.program_rates import Rate

_OF_THE_SENDER: Final = ("minimum", "per_day", "per_year", "fee")


def rates_mistakes(program: Program) -> Iterator[str]:
    """What each field alone can't show."""
    for index, rate in enumerate(program.rates):
        yield from _rate_mistakes(program, rate, f"$.rate[{index}]")
    for (_, one), (index, other) in combinations(enumerate(program.rates), 2):
        same = (one.sender, one.receiver) == (other.sender, other.receiver)
        if same and _meet(one, other):
            yield f"$.rate[{index}].starts_on: {one.id!r} holds on the same days"


def _rate_mistakes(program: Program, rate: Rate, path: str) -> Iterator[str]:
    for name, value in (("from", rate.sender), ("to", rate.receiver)):
        if not is_identifier(value):
            yield f"{path}.{name}: not an identifier"
    if rate.sender == rate.receiver:
        yield f"{path}.to: the program that they come from"
    for name, owner in (("points", rate.sender), ("gives", rate.receiver)):
        value = getattr(rate, name)
        if owner == program.id:
            yield from points_mistakes(value, program, f"{path}.{name}")
        else:
            yield from _whole_mistakes(value, f"{path}.{name}")
    for name in _OF_THE_SENDER:
        value = getattr(rate, name)
        if value is None:
            continue
        if rate.sender == program.id:
            yield from points_mistakes(value, program, f"{path}.{name}")
        else:
            yield f"{path}.{name}: goes with a rate from {program.id!r}, and only with it"


def _whole_mistakes(text: str | int, path: str) -> Iterator[str]:
    """Points of another program: whole numbers above 0."""
    try:
        if parse_points(str(text), 0) <= 0:
            yield f"{path}: must be more than 0"
    except InvalidPoints as error:
        yield f"{path}: {error}"


def _meet(one: Rate, other: Rate) -> bool:
    starts = max(one.starts_on or dt.date.min, other.starts_on or dt.date.min)
    return starts <= min(one.ends_on or dt.date.max, other.ends_on or dt.date.max)
