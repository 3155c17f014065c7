"""A shop's members and purchases, made from a seed: the same seed gives the same commands.

Shapes:
    Shop         how many members, how many years, which seed
    enrolments   one EnrolMember per member, in order of number
    purchases    RecordPurchase in order of business time, as many as asked for
    business     both, one after the other, in a list
    histories    members who all have the same number of events behind them
    PROGRAM      the text of the program that all of it runs under; cards are for ever, since the
                 stock application knows no reviews
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterator, Sequence
from random import Random
from typing import Final

from msgspec import Struct

from schemas.commands import EnrolMember, RecordPurchase

OPENED: Final = dt.datetime(2022, 1, 1, tzinfo=dt.UTC)
OPENS_AT: Final = dt.timedelta(hours=2)  # 10:00 in Shanghai
OPEN_FOR: Final = dt.timedelta(hours=12)

SILVER_MINOR: Final = 200_000
GOLD_MINOR: Final = 1_000_000

PROGRAM: Final = """\
id = "bench"
name = "Benchmark department store"
currency = "CNY"
effective_from = 2021-01-01

[[earn]]
id = "base"
method = "per_amount"
points = 1
per = "1"

[expiry]
policy = "months"
months = 24

[[tier]]
id = "basic"

[[tier]]
id = "silver"
threshold = "2000.00"
window = "calendar_year"
multiplier = "1.2"
valid = "for_ever"

[[tier]]
id = "gold"
threshold = "10000.00"
window = "calendar_year"
multiplier = "1.5"
valid = "for_ever"
"""


class Shop(Struct, frozen=True):
    """`skew` is the exponent of Zipf's law: the r-th busiest member buys like 1 / r ** skew.

    Zero makes all members equally busy.
    """

    members: int
    years: int = 3
    skew: float = 0.8
    seed: int = 20240601


def member_name(number: int) -> str:
    """The identifier of a member, by number from 0."""
    return f"m-{number:07d}"


def enrolments(shop: Shop, first: int = 0) -> Iterator[EnrolMember]:
    """One enrolment per member, numbered from `first`, all at the opening."""
    for number in range(first, first + shop.members):
        yield EnrolMember(
            member=member_name(number), request_id=f"enrol-{number}", occurred_at=OPENED
        )


def purchases(shop: Shop, count: int) -> Iterator[RecordPurchase]:
    """`count` purchases spread evenly over the opening hours of the shop's years, ascending.

    Amounts are log-normal around 160 yuan, in fen; half of them end in full yuan.
    """
    random = Random(shop.seed)
    numbers = _busy_members(shop, random)
    for index, moment in enumerate(_moments(shop, count, random)):
        yield RecordPurchase(
            member=member_name(next(numbers)),
            purchase_id=f"T{index:09d}",
            request_id=f"r-{index:09d}",
            occurred_at=moment,
            store=f"store-{index % 12:02d}",
            till=f"till-{index % 5}",
            amount_minor=_amount_minor(random),
        )


def business(shop: Shop, count: int) -> list[EnrolMember | RecordPurchase]:
    """Everyone enrolled, then `count` purchases."""
    return [*enrolments(shop), *purchases(shop, count)]


def _amount_minor(random: Random) -> int:
    fen = int(random.lognormvariate(math.log(16_000), 1.0)) + 100
    return fen - fen % 100 if random.random() < 0.5 else fen


def _busy_members(shop: Shop, random: Random) -> Iterator[int]:
    # Shuffled, so that the busiest members do not sit next to each other in the store.
    numbers = list(range(shop.members))
    random.shuffle(numbers)
    weights = list(itertools.accumulate((rank + 1) ** -shop.skew for rank in range(shop.members)))
    while True:
        yield from random.choices(numbers, cum_weights=weights, k=1024)


def _moments(shop: Shop, count: int, random: Random) -> Iterator[dt.datetime]:
    """Ascending instants: each purchase has its own slot of the open hours, and falls inside it."""
    days = shop.years * 365
    open_us = OPEN_FOR // dt.timedelta(microseconds=1)
    total_us = days * open_us
    for index in range(count):
        slot_start, slot_end = total_us * index // count, total_us * (index + 1) // count
        day, within = divmod(random.randrange(slot_start, max(slot_end, slot_start + 1)), open_us)
        yield OPENED + dt.timedelta(days=day, microseconds=within) + OPENS_AT


def histories(shop: Shop, events: int) -> Iterator[EnrolMember | RecordPurchase]:
    """Commands that leave every member with exactly `events` events, one of them an upgrade.

    `events` is at least 5. The third purchase crosses the first threshold, and the year's sum
    stays below the next one.
    """
    random = Random(shop.seed)
    for enrolment in enrolments(shop):
        yield enrolment
        for index in range(events - 2):
            yield RecordPurchase(
                member=enrolment.member,
                purchase_id=f"{enrolment.member}-{index}",
                request_id=f"{enrolment.member}-{index}",
                occurred_at=OPENED + OPENS_AT + dt.timedelta(days=index + 1),
                store="store-01",
                till="till-1",
                amount_minor=SILVER_MINOR if index == 2 else random.randrange(1_000, 30_000),
            )


def next_purchases(names: Sequence[str], run: str) -> Iterator[RecordPurchase]:
    """One ordinary purchase for each of the named members; `run` keeps the receipts apart."""
    random = Random(run)
    for index, name in enumerate(names):
        yield RecordPurchase(
            member=name,
            purchase_id=f"{run}-{index}",
            request_id=f"{run}-{index}",
            occurred_at=OPENED + OPENS_AT + dt.timedelta(days=60, seconds=index),
            store="store-01",
            till="till-1",
            amount_minor=random.randrange(1_000, 30_000),
        )
