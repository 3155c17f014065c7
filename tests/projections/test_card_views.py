"""Cards and the ladder of small logs whose answers can be seen."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from schemas.events import TierLabel
from tests.projections.support import answers, append, enrolled, moved_to, program

D = dt.date.fromisoformat

LADDER = (
    TierLabel(tier="silver", label="银卡", rank=1),
    TierLabel(tier="gold", label="金卡", rank=2),
)


def test_a_card_is_the_one_given_last(store: Path) -> None:
    append(
        store,
        ("", program(tiers=LADDER)),
        ("a", enrolled()),
        ("b", enrolled("2026-01-02", tier="silver")),
        ("a", moved_to("silver", "2026-02-01", D("2027-12-31"))),
        ("a", moved_to("gold", "2026-01-15", D("2028-12-31"))),
        ("c", enrolled("2026-01-03")),
    )

    rows = answers(
        store,
        "SELECT member, tier, label, rank, since_on, valid_until, position FROM tier_cards"
        " ORDER BY member",
    )

    assert rows == [
        ("a", "gold", "金卡", 2, D("2026-01-15"), D("2028-12-31"), 5),
        ("b", "silver", "银卡", 1, D("2026-01-02"), None, 3),
        ("c", "", "", 0, D("2026-01-03"), None, 6),
    ]


def test_the_ladder_counts_every_member_once_and_shows_empty_rungs(store: Path) -> None:
    append(
        store,
        ("", program(tiers=LADDER)),
        ("a", enrolled()),
        ("b", enrolled(tier="silver")),
        ("c", enrolled()),
    )

    assert answers(store, "FROM tier_ladder ORDER BY rank") == [
        ("", "", 0, 2),
        ("silver", "银卡", 1, 1),
        ("gold", "金卡", 2, 0),
    ]


def test_a_tier_that_the_program_dropped_keeps_its_name_while_someone_holds_it(store: Path) -> None:
    append(
        store,
        ("", program(1, tiers=LADDER)),
        ("a", enrolled(tier="gold")),
        ("", program(2, tiers=(TierLabel(tier="silver", label="银星", rank=1),))),
    )

    assert answers(store, "FROM tier_ladder ORDER BY rank") == [
        ("", "", 0, 0),
        ("silver", "银星", 1, 0),
        ("gold", "金卡", 2, 1),
    ]
