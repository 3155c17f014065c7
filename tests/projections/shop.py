"""A small shop with a real ledger, about whose log the views are asked."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ledger import Ledger, ManualClock
from projections import Warehouse
from tests.projections.support import said

OPENED = "2026-01-01"
PROGRAM = """
id = "shop"
name = "Shop"
currency = "CNY"
effective_from = 2020-01-01

[[earn]]
id = "base"
points = 1
per = "1.00"

[[cobrand]]
id = "bank"
label = "联名卡"
partner = "cmb"
per = "20.00"
per_month = 100

[[rate]]
id = "out"
from = "shop"
to = "air"
points = 4
gives = 3
fee = 1

[[rate]]
id = "in"
from = "air"
to = "shop"
points = 4
gives = 2

[redemption]
points = 100
money = "1.00"

[[reward]]
id = "mug"
points = 30
money = "5.00"

[[voucher]]
id = "ten"
label = "十元券"
on = "request"
value = "10.00"
times = 9
valid = "end_of_quarter"

[[voucher]]
id = "quarter"
on = "rebate"
value = "5.00"

[[rebate]]
id = "quarterly"
period = "quarter"
percent = "4"
pays = "quarter"

[[rebate]]
id = "monthly"
period = "month"
percent = "1"
pays = "points"

[[benefit]]
id = "parking"
period = "month"
tiers = { silver = 2, gold = "unlimited" }

[expiry]
policy = "months"
months = 6

[[tier]]
id = "silver"
label = "银卡"
threshold = "100.00"

[[tier]]
id = "gold"
label = "金卡"
threshold = "500.00"
"""


class Shop:
    """It is noon of a day in Shanghai; `ledger` takes commands and `rows` answers."""

    def __init__(self, ledger: Ledger, clock: ManualClock, warehouse: Warehouse) -> None:
        self.ledger = ledger
        self._clock = clock
        self._warehouse = warehouse

    def on(self, day: str, *, hour: int = 12) -> Ledger:
        """The ledger on a day to come."""
        noon: dt.datetime = said(day)["occurred_at"]
        self._clock.now = noon + dt.timedelta(hours=hour - 12)
        return self.ledger

    def rows(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        """The answer to a query, with everything in the warehouse that was done."""
        self._warehouse.catch_up()
        return self._warehouse.query(sql, list(params)).rows


def noon(day: str) -> dt.datetime:
    """Noon in Shanghai, as a command takes it."""
    moment: dt.datetime = said(day)["occurred_at"]
    return moment
