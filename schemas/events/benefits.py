"""Facts about the benefits of a card."""

from __future__ import annotations

from typing import ClassVar

from schemas.events.base import Event, Usage


class BenefitUsed(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A benefit used `quantity` times under a `tier`; it goes by its request's source and id.

    `quota` is how often the tier may in the period (None: as often as it likes), `used_before` how
    often it was used in it before.
    """

    topic: ClassVar[str] = "BenefitUsed.1"
    benefit: str
    quantity: int = 1
    tier: str
    quota: int | None = None
    used_before: int = 0
    partner: str = ""
    store: str = ""
    till: str = ""
    reason: str = ""
    usage: tuple[Usage, ...] = ()


class BenefitUseCancelled(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A use of a benefit that counts no more."""

    topic: ClassVar[str] = "BenefitUseCancelled.1"
    benefit: str
    use: str
    use_source: str
    quantity: int = 1
    reason: str
    usage: tuple[Usage, ...] = ()
