"""Points that a partner bought in advance: bought, drawn on, empty, and given back to."""

from __future__ import annotations

import pytest

from ledger.errors import BlockEmpty, PartnerNotMember, TermsLack, UnknownPartner
from schemas.commands import BuyBlock
from schemas.events import BlockDraw, PointsBlockBought, PurchaseRecorded, ReturnRecorded
from tests.alliance import about, agreed, block, joined
from tests.scenario import (
    BASIC,
    LADDER,
    bought,
    brought_back,
    enrolled,
    entry,
    given,
    redeem,
    wrote,
)

REFUSE, BILL = {"when_empty": "refuse"}, {"when_empty": "bill"}


def there(amount_minor, receipt="p-1", **said):
    return bought(amount_minor, partner="tea", purchase_id=receipt, **said)


def back(amount_minor=None, receipt="p-1", **said):
    return brought_back(amount_minor, partner="tea", purchase_id=receipt, **said)


def drawn(**blocks):
    """b1=30, b2=20 as draws, in this order."""
    return tuple(BlockDraw(int(name[1:]), points) for name, points in blocks.items())


def left(story):
    return {draw.block: draw.points for draw in story.counters.blocks("tea")}


def test_blocks_are_numbered_from_1_for_each_partner():
    story = given(joined(prepaid=REFUSE), joined("spa", prepaid=BILL), block(100, 95))
    story.when(block(200, 180)).then(wrote(PointsBlockBought, block=2, points=200, price_minor=180))
    story.when(about(BuyBlock, "spa", points=5, price_minor=5)).then(
        wrote(PointsBlockBought, block=1)
    )


def test_a_block_is_sold_to_who_takes_part_and_prepays_now_or_later():
    given().when(block(1)).then_refused(UnknownPartner)
    early = joined(since="2026-02-01", prepaid=REFUSE)
    given(early).when(block(1)).then_refused(PartnerNotMember)
    story = given(joined()).when(block(1)).then_refused(TermsLack, section="prepaid")
    story.and_then(agreed(since="2026-03-01", prepaid=REFUSE))
    story.when(block(1)).then(wrote(PointsBlockBought, block=1))


def test_a_purchase_draws_on_the_oldest_block_then_on_the_next():
    story = given(enrolled(), joined(prepaid=REFUSE), block(130), block(100))
    story.when(there(10_000)).then(wrote(PurchaseRecorded, drawn=drawn(b1=100)))
    story.when(there(5_000, "p-2")).then(wrote(PurchaseRecorded, drawn=drawn(b1=30, b2=20)))
    assert left(story) == {2: 80}


def test_without_points_enough_a_purchase_is_refused_whole():
    story = given(enrolled(), joined(prepaid=REFUSE), block(130))
    story.when(there(13_100)).then_refused(BlockEmpty, partner="tea", asked=131, left=130)
    story.when(there(13_000)).then(wrote(PurchaseRecorded, drawn=drawn(b1=130)))
    story.when(there(10, "p-2")).then(wrote(PurchaseRecorded, points_earned=0, drawn=()))


def test_or_what_is_not_drawn_is_billed():
    story = given(enrolled(), joined(prepaid=BILL), block(30))
    story.when(there(10_000)).then(wrote(PurchaseRecorded, points_earned=100, drawn=drawn(b1=30)))
    story.when(there(10_000, "p-2")).then(wrote(PurchaseRecorded, points_earned=100, drawn=()))


def test_nothing_is_drawn_where_the_terms_of_the_day_are_not_prepaid():
    story = given(enrolled(), joined(), agreed(since="2026-02-01", prepaid=REFUSE))
    story.and_then(block(500))
    story.when(there(10_000, at="2026-01-31")).then(wrote(PurchaseRecorded, drawn=()))
    story.when(there(10_000, "p-2", at="2026-02-01")).then(
        wrote(PurchaseRecorded, drawn=drawn(b1=100))
    )


# -- what comes back -----------------------------------------------------------------------------


def test_a_return_gives_back_to_the_block_drawn_last_first():
    story = given(enrolled(), joined(prepaid=REFUSE), block(60), block(100), there(10_000))
    assert left(story) == {2: 60}
    story.when(back(3_000)).then(wrote(ReturnRecorded, points_due=30, drawn=drawn(b2=-30)))
    story.when(back(2_000)).then(wrote(ReturnRecorded, drawn=drawn(b2=-10, b1=-10)))
    assert left(story) == {1: 10, 2: 100}
    story.when(back()).then(wrote(ReturnRecorded, points_due=50, drawn=drawn(b1=-50)))
    assert left(story) == {1: 60, 2: 100}


def test_what_goes_back_is_never_more_than_was_drawn():
    story = given(enrolled(), joined(prepaid=BILL), block(30), there(10_000))
    story.when(back(2_000)).then(wrote(ReturnRecorded, points_due=20, drawn=drawn(b1=-20)))
    story.when(back()).then(wrote(ReturnRecorded, points_due=80, drawn=drawn(b1=-10)))
    assert left(story) == {1: 30}


def test_what_came_back_is_drawn_by_the_next_purchase():
    story = given(enrolled(), joined(prepaid=REFUSE), block(100), there(10_000), back(4_000))
    story.when(there(4_100, "p-2")).then_refused(BlockEmpty, left=40)
    story.when(there(4_000, "p-2")).then(wrote(PurchaseRecorded, drawn=drawn(b1=40)))


@pytest.mark.parametrize("policy", ["clamp", "debt"])
def test_a_block_gets_back_what_is_due_whatever_is_left_to_take(policy):
    program = f'on_shortfall = "{policy}"\n' + BASIC
    story = given(enrolled(), joined(prepaid=REFUSE), block(100), there(10_000), program=program)
    story.and_then(redeem(100))
    story.when(back()).then(wrote(ReturnRecorded, points_due=100, drawn=drawn(b1=-100)))


def test_what_has_gone_back_is_not_drawn_again_when_less_kept_earns_more():
    bulk = {"id": "bulk", "points": 1, "per": "1.00", "min_amount": "80.00", "stackable": False}
    program = BASIC.replace("points = 1", "points = 2") + entry("earn", **bulk)
    story = given(enrolled(), joined(prepaid=REFUSE), block(1000), there(10_000), program=program)
    story.when(back(2_000)).then(wrote(ReturnRecorded, points_due=20, drawn=drawn(b1=-20)))
    # 79.00 are below the bulk's 80.00 and earn twice as much: nothing is due any more.
    story.when(back(100)).then(wrote(ReturnRecorded, points_due=-20, drawn=()))
    story.when(back()).then(wrote(ReturnRecorded, points_due=100, drawn=drawn(b1=-80)))
    assert left(story) == {1: 1000}


def test_a_purchase_draws_what_it_earns_under_the_card_that_it_reaches():
    program = "upgrade_first = true\n" + LADDER
    story = given(enrolled(), joined(prepaid=REFUSE), block(7_500), program=program)
    # 5,000.00 reach gold, which earns half as much again.
    story.when(there(500_000)).then(wrote(PurchaseRecorded, drawn=drawn(b1=7_500)))
