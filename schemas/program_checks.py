"""Checks of single settings that several sections of the program file share.

Each yields mistakes with their path: `$.rfm.monetary: must be more than 0`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from schemas.errors import InvalidAmount, InvalidPoints
from schemas.values import parse_money, parse_points

if TYPE_CHECKING:
    from schemas.program import Program


def money_mistakes(text: str | int, program: Program, path: str) -> Iterator[str]:
    """Money above 0 in the program's currency."""
    try:
        if parse_money(str(text), program.currency) <= 0:
            yield f"{path}: must be more than 0"
    except InvalidAmount as error:
        yield f"{path}: {error}"


def points_mistakes(text: str | int, program: Program, path: str) -> Iterator[str]:
    """Points above 0, with no more decimals than the program has."""
    try:
        if parse_points(str(text), program.points_decimals) <= 0:
            yield f"{path}: must be more than 0"
    except InvalidPoints as error:
        yield f"{path}: {error}"


def tier_mistakes(names: Iterable[str], tiers: Collection[str], path: str) -> Iterator[str]:
    """Tiers that the ladder has."""
    for name in names:
        if name not in tiers:
            yield f"{path}: there is no tier {name!r}"
