"""Vouchers when goods come back, and when members merge, part and leave (docs/life.md)."""

from __future__ import annotations

import pytest

from ledger.errors import (
    LimitExceeded,
    MergeSettled,
    PointsRemain,
    UnknownVoucher,
    VoucherAlreadyUsed,
    VouchersRemain,
)
from schemas.commands import CloseMember, LineItem, UnmergeMembers
from schemas.events import (
    MemberAbsorbed,
    MemberClosed,
    MemberMerged,
    MemberRestored,
    MergeUndone,
    PointsForfeited,
    RedemptionReversed,
    ReturnRecorded,
    VoucherCancelled,
    VoucherGivenBack,
    VoucherLapsed,
    VoucherUsed,
)
from tests.club import cancel, enjoy, give_back, issue, lapse, undo_use, usable, use, voucher
from tests.scenario import (
    BASIC,
    LADDER,
    ask,
    awarded,
    bought,
    brought_back,
    day,
    enrolled,
    given,
    in_order,
    merge,
    redeem,
    wrote,
)

PROGRAM = BASIC + voucher(valid="end_of_month")
FIFTH = "2026-03-05"
END = "2026-03-31"
TWO = (LineItem(amount_minor=3_000), LineItem(amount_minor=2_000))


def close(*, at=FIFTH, **said):
    return ask(CloseMember, at=at, reason="moves", **said)


def unmerge(*, at=FIFTH):
    return ask(UnmergeMembers, at=at, other="m-002")


# -- returns -------------------------------------------------------------------------------------


def sold(program=PROGRAM, **where):
    """A purchase p-1 of 50 on 10 March with a voucher of 10."""
    where = {"purchase_id": "p-1", **where}
    steps = (issue(at=FIFTH), use(at="2026-03-10", **where))
    return given(enrolled(), *steps, bought(5_000, at="2026-03-10", lines=TWO), program=program)


def test_a_voucher_comes_back_with_the_goods():
    """life.md With goods."""
    scenario = sold()
    scenario.when(brought_back(at="2026-03-12")).then(
        in_order(VoucherGivenBack, ReturnRecorded),
        wrote(VoucherGivenBack, voucher="v-1", purchase_id="p-1", expires_on=day(END)),
    )
    assert usable(scenario) == {"v-1": END}


def test_a_voucher_comes_back_after_the_points_that_were_redeemed():
    """life.md Returns 1."""
    scenario = sold()
    scenario.and_then(awarded(30), redeem(30, at="2026-03-10", purchase_id="p-1"))
    scenario.when(brought_back(at="2026-03-12")).then(
        in_order(RedemptionReversed, VoucherGivenBack, ReturnRecorded)
    )


def test_while_anything_is_kept_the_voucher_stays_used():
    """life.md With goods: it is not divided; the return of the rest brings it back."""
    scenario = sold()
    scenario.when(brought_back(lines={1: None}, at="2026-03-12")).then(in_order(ReturnRecorded))
    scenario.when(use(at="2026-03-12")).then_refused(VoucherAlreadyUsed)
    scenario.when(brought_back(at="2026-03-12")).then(in_order(VoucherGivenBack, ReturnRecorded))


def test_one_past_its_last_day_lapses_at_once_with_the_goods():
    """RULES 13."""
    scenario = sold()
    scenario.when(brought_back(at="2026-04-02")).then(
        in_order(VoucherGivenBack, VoucherLapsed, ReturnRecorded)
    )
    assert usable(scenario) == {}


def test_a_voucher_that_the_program_keeps_does_not_come_back():
    """life.md With goods: on_return = "keep"."""
    scenario = sold(BASIC + voucher(on_return="keep"))
    scenario.when(brought_back(at="2026-03-12")).then(in_order(ReturnRecorded))


@pytest.mark.parametrize(
    "where", [{"purchase_id": "p-2"}, {"partner": "cafe"}, {"purchase_id": ""}]
)
def test_a_voucher_of_another_receipt_stays_used(where):
    """life.md With goods: same partner and receipt."""
    sold(**where).when(brought_back(at="2026-03-12")).then(in_order(ReturnRecorded))


def test_a_use_that_was_given_back_before_does_not_come_back_again():
    """life.md With goods: only a use that counts."""
    scenario = sold().and_then(give_back(at="2026-03-11"))
    scenario.when(brought_back(at="2026-03-12")).then(in_order(ReturnRecorded))
    assert usable(scenario) == {"v-1": END}


# -- leaving -------------------------------------------------------------------------------------


def test_who_leaves_with_vouchers_has_to_give_them_up():
    """life.md Close: lapsed ones lapse, the rest stands in the way unless forfeit."""
    program = PROGRAM + voucher(id="long", value="25.00")
    steps = (issue(at=FIFTH, quantity=2), issue("long", at=FIFTH, name="v-2"))
    scenario = given(enrolled(), *steps, program=program)
    scenario.when(close(at="2026-04-01")).then_refused(
        VouchersRemain, member="m-001", vouchers=1, worth_minor=2_500
    )
    scenario.when(close(at="2026-04-01", forfeit=True)).then(
        in_order(VoucherLapsed, VoucherLapsed, VoucherCancelled, MemberClosed),
        wrote(VoucherCancelled, voucher="v-2", forfeited=True, reason="moves"),
    )
    assert usable(scenario) == {}


def test_points_stand_in_the_way_before_vouchers_do():
    """life.md Close."""
    scenario = given(enrolled(), issue(), awarded(5), program=PROGRAM)
    scenario.when(close()).then_refused(PointsRemain)
    scenario.when(close(at="2026-01-02", forfeit=True)).then(
        in_order(PointsForfeited, VoucherCancelled, MemberClosed)
    )


# -- merging -------------------------------------------------------------------------------------


def two(*more, program=PROGRAM):
    """m-001 and m-002, who has the vouchers v-1 and v-2 of 5 March."""
    steps = (issue(at=FIFTH, member="m-002"), issue(at=FIFTH, member="m-002", name="v-2"))
    return given(enrolled("m-001", "m-002"), *steps, *more, program=program)


def test_a_merge_moves_vouchers_to_the_survivor():
    """life.md Merge: by the same names."""
    scenario = two()
    scenario.when(merge(at=FIFTH)).then(in_order(MemberMerged, MemberAbsorbed))
    assert usable(scenario) == {"v-1": END, "v-2": END}
    assert usable(scenario, "m-002") == {}
    scenario.when(use(at="2026-03-06", name="v-2")).then(wrote(VoucherUsed, worth_minor=1_000))


def test_what_was_used_before_the_merge_comes_back_to_the_survivor():
    """life.md Merge: with goods, or by command."""
    scenario = two(use(at=FIFTH, member="m-002", purchase_id="p-1"))
    scenario.and_then(bought(5_000, at=FIFTH, member="m-002"), merge(at=FIFTH))
    scenario.when(use(at=FIFTH)).then_refused(VoucherAlreadyUsed)
    scenario.when(brought_back(at="2026-03-06")).then(in_order(VoucherGivenBack, ReturnRecorded))
    assert usable(scenario) == {"v-2": END, "v-1": END}


def test_what_lapsed_before_the_merge_is_used_late_on_the_survivor():
    """life.md Late uses."""
    scenario = two(lapse(END, at="2026-04-01", member="m-002")).and_then(merge(at="2026-04-02"))
    assert usable(scenario) == {}
    scenario.when(use(at=END)).then(in_order(VoucherUsed))
    scenario.when(use(at=END)).then_refused(VoucherAlreadyUsed)


def test_an_unmerge_gives_the_vouchers_back():
    """life.md Unmerge: those of the member stay."""
    scenario = two(issue(at=FIFTH, name="own"), merge(at=FIFTH))
    scenario.when(unmerge()).then(in_order(MergeUndone, MemberRestored))
    assert usable(scenario) == {"own": END}
    assert usable(scenario, "m-002") == {"v-1": END, "v-2": END}
    scenario.when(use(at=FIFTH)).then_refused(UnknownVoucher)
    scenario.when(use(at=FIFTH, member="m-002")).then()


def test_what_lapsed_in_between_has_lapsed_at_home_at_the_same_instant():
    """life.md Unmerge; and can be used late there."""
    scenario = two(merge(at=FIFTH), lapse(END, at="2026-04-01"))
    scenario.when(unmerge(at="2026-04-02")).then(
        in_order(MergeUndone, MemberRestored, VoucherLapsed, VoucherLapsed),
        wrote(VoucherLapsed, nth=0, voucher="v-1", at="2026-04-01T00:00", lapsed_on=day(END)),
    )
    assert usable(scenario, "m-002") == {}
    scenario.when(use(at=END, member="m-002")).then(in_order(VoucherUsed))
    scenario.when(use(at=END, member="m-002")).then_refused(VoucherAlreadyUsed)


@pytest.mark.parametrize("name", ["own", "v-1"])
@pytest.mark.parametrize("step", [use, cancel])
def test_no_unmerge_after_a_voucher_was_used_or_cancelled(step, name):
    """life.md Unmerge."""
    scenario = two(issue(at=FIFTH, name="own"), merge(at=FIFTH), step(at=FIFTH, name=name))
    scenario.when(unmerge()).then_refused(MergeSettled)


def test_no_unmerge_after_a_voucher_was_given_back():
    """life.md Unmerge: used before the merge, given back after it."""
    scenario = two(use(at=FIFTH, member="m-002"), merge(at=FIFTH), give_back(at=FIFTH))
    scenario.when(unmerge()).then_refused(MergeSettled)


def test_a_merge_is_no_way_to_a_voucher_a_second_time():
    """life.md Merge: how often kinds were issued adds up; an unmerge takes it off again."""
    program = BASIC + voucher(times=2)
    scenario = two(program=program).and_then(merge(at=FIFTH))
    scenario.when(issue(at=FIFTH, name="v-3")).then_refused(LimitExceeded, used=2)
    scenario.and_then(unmerge()).when(issue(at=FIFTH, name="v-3")).then()


def test_no_unmerge_after_a_use_of_a_benefit_was_cancelled():
    """life.md Benefits."""
    parking = '[[benefit]]\nid = "parking"\nperiod = "day"\ntiers = { silver = 9 }\n'
    scenario = given(enrolled("m-001", "m-002"), program=LADDER + parking)
    scenario.and_then(
        bought(100_000, at=FIFTH, member="m-002"),
        enjoy(at=FIFTH, member="m-002", request_id="u-1"),
        merge(at=FIFTH),
        undo_use(at=FIFTH),
    )
    scenario.when(unmerge()).then_refused(MergeSettled)
