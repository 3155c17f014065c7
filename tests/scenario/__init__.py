"""Given / when / then for decisions: what was, what is asked, what is decided.

    (given(enrolled(), awarded(100, expires_on="2026-12-31"))
        .when(redeem(60, at="2026-03-01T10:00+08:00"))
        .then(redeemed({"2026-12-31": 60})))

`given` runs its steps through the decisions themselves; `then` looks at the events alone, `left`
at the account after them. Times are ISO text; without a zone they are Shanghai's, and a bare day
means ten in the morning of it. Commands are of `m-001` unless they say otherwise. After every
command each account that it touched must be what its events fold to, and its points must add up
(RULES 29).
"""

from __future__ import annotations

from tests.scenario.checks import (
    Check,
    breakdown,
    earned_points,
    in_order,
    moved,
    no_tier_change,
    one,
    redeemed,
    tier_reached,
    wrote,
)
from tests.scenario.commands import (
    MEMBER,
    OTHER,
    Recorded,
    adjust,
    ask,
    awarded,
    bought,
    brought_back,
    capture,
    card,
    enrolled,
    expire,
    extend,
    gift,
    hashed,
    hold,
    merge,
    pay_in,
    phone,
    purse,
    recorded,
    redeem,
    reverse,
    undo,
)
from tests.scenario.programs import (
    BASIC,
    HEAD,
    LADDER,
    entry,
    rules_of,
)
from tests.scenario.story import (
    Scenario,
    Step,
    given,
)
from tests.scenario.times import (
    EARLY,
    SHANGHAI,
    day,
    instant,
)

__all__ = [
    "BASIC",
    "EARLY",
    "HEAD",
    "LADDER",
    "MEMBER",
    "OTHER",
    "SHANGHAI",
    "Check",
    "Recorded",
    "Scenario",
    "Step",
    "adjust",
    "ask",
    "awarded",
    "bought",
    "breakdown",
    "brought_back",
    "capture",
    "card",
    "day",
    "earned_points",
    "enrolled",
    "entry",
    "expire",
    "extend",
    "gift",
    "given",
    "hashed",
    "hold",
    "in_order",
    "instant",
    "merge",
    "moved",
    "no_tier_change",
    "one",
    "pay_in",
    "phone",
    "purse",
    "recorded",
    "redeem",
    "redeemed",
    "reverse",
    "rules_of",
    "tier_reached",
    "undo",
    "wrote",
]
