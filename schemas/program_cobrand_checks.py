"""What a program file gets wrong about co-branded cards, each with its path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from schemas.program_checks import money_mistakes, points_mistakes
from schemas.values import is_identifier

if TYPE_CHECKING:
    from schemas.program import Program


def cobrand_mistakes(program: Program) -> Iterator[str]:
    """What each field alone can't show."""
    for index, cobrand in enumerate(program.cobrands):
        path = f"$.cobrand[{index}]"
        if not is_identifier(cobrand.partner):
            yield f"{path}.partner: not an identifier"
        yield from points_mistakes(cobrand.points, program, f"{path}.points")
        yield from money_mistakes(cobrand.per, program, f"{path}.per")
        if cobrand.per_month is not None:
            yield from points_mistakes(cobrand.per_month, program, f"{path}.per_month")
