"""What is wrong with a program's `[cards]`, as far as each field alone can't show it."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.program_identity import Cards


def cards_mistakes(cards: Cards) -> Iterator[str]:
    """Mistakes with their paths in the file."""
    if cards.digits is None:
        if cards.prefix:
            yield "$.cards.digits: missing, with a prefix"
    elif len(cards.prefix) + 2 > cards.digits:
        yield "$.cards.prefix: leaves no room for a number and its check digit"
