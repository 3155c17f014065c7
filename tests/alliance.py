"""Partners in the words of a test: their terms, and commands about them."""

from __future__ import annotations

from typing import Any

from schemas.commands import AllianceCommand, BuyBlock, ChangeTerms, JoinPartner
from tests.scenario import EARLY, instant

PRICE = {"points": 100, "money": "1.00"}


def terms(partner: str = "tea", since: str = "2026-01-01", **sections: dict[str, Any]) -> str:
    """A terms file: points are issued and redeemed at a price unless a section says otherwise.

    `issue` and `redeem` add to the price; None leaves the section out.
    """
    found = {"issue": {}, "redeem": {}} | sections
    lines = [f'partner = "{partner}"', f"effective_from = {since}"]
    for name, settings in found.items():
        if settings is None:
            continue
        priced = PRICE | settings if name in ("issue", "redeem") else settings
        lines += [f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in priced.items())]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def joined(partner: str = "tea", *, at: str = EARLY, **sections: Any) -> JoinPartner:
    return JoinPartner(content=terms(partner, **sections), occurred_at=instant(at))


def agreed(partner: str = "tea", *, at: str = EARLY, **sections: Any) -> ChangeTerms:
    return ChangeTerms(content=terms(partner, **sections), occurred_at=instant(at))


def about(
    kind: type[AllianceCommand], partner: str = "tea", *, at: str = EARLY, **said: Any
) -> Any:
    """Any command about a partner."""
    return kind(partner=partner, occurred_at=instant(at), **said)


def block(points: int, price_minor: int = 0, *, at: str = EARLY, **said: Any) -> BuyBlock:
    return about(BuyBlock, at=at, points=points, price_minor=price_minor, **said)
