"""Two programs that send each other points, each in a store of its own, with everything between.

`Between` carries what files carry. Nothing here shares code with ledger/exchange.py but the two
shapes that a file has.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ledger import Ledger, ManualClock
from tests.scenario import entry

MEMBERS = ("m-1", "m-2")
RATES = {("shop", "air"): (4, 3), ("air", "shop"): (3, 2)}
"""(from, to) -> points of the one for points of the other: 4 become 3, and 3 become 2."""
FEE = {"shop": 1, "air": 0}
START = 1000


def program(own: str) -> str:
    """Both programs have both rates; the shop asks for a fee."""
    rates = "".join(
        entry(
            "rate",
            **{"id": f"{one}-{other}", "from": one, "to": other, "points": points, "gives": gives},
            answer_days=2,
            **({"fee": FEE[own]} if one == own and FEE[own] else {}),
        )
        for (one, other), (points, gives) in RATES.items()
    )
    return f"""
id = "{own}"
name = "{own}"
currency = "CNY"
effective_from = 2000-01-01
{rates}"""


def ratio(one: str, other: str) -> Fraction:
    """What a point of the one is worth there."""
    points, gives = RATES[one, other]
    return Fraction(gives, points)


def opened(path: Any, own: str, clock: ManualClock) -> Ledger:
    """A new store with two members who have points."""
    ledger = Ledger.create(path, program(own), clock=clock, durability="relaxed", key=b"k" * 32)
    for member in MEMBERS:
        ledger.enrol(member)
        ledger.award(member, START, "to begin with")
    return ledger
