"""What expired between a merge and its undoing expired at home (docs/life.md, Unmerge)."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from schemas.commands import UnmergeMembers
from schemas.events import (
    ExpiryUndone,
    LotOpened,
    LotsExtended,
    MemberRestored,
    MergeUndone,
    PointsExpired,
    ReturnRecorded,
    TierChanged,
)
from tests.scenario import (
    BASIC,
    LADDER,
    adjust,
    ask,
    awarded,
    bought,
    brought_back,
    day,
    enrolled,
    expire,
    extend,
    gift,
    given,
    hold,
    in_order,
    merge,
    recorded,
    redeem,
    reverse,
    undo,
    wrote,
)

TWO = {"member": "m-002"}
FEB, FEB28, MARCH = "2026-02-01", "2026-02-28", "2026-03-01"
MAY, JUNE = "2026-05-01", "2026-06-15"
LAST, AFTER, AUGUST = "2026-06-30", "2026-07-01", "2026-08-01"
MONTHS = BASIC + '[expiry]\npolicy = "months"\nmonths = 4\n'
IDLE = BASIC + '[expiry]\npolicy = "inactivity"\nmonths = 4\n'


def two(*steps, program=BASIC):
    return given(enrolled("m-001", "m-002"), *steps, program=program)


def unmerge(*, at=AUGUST, other="m-002", **said):
    return ask(UnmergeMembers, at=at, other=other, **said)


def expiries(scenario):
    """(account, lot, points, last good day, instant) of each expiry undone or recorded."""
    return [
        (name, movement.lot, movement.points, str(getattr(event, "lapsed_on", "")))
        for name, event in scenario.written
        if isinstance(event, ExpiryUndone | PointsExpired)
        for movement in event.movements
    ]


def test_an_expiry_is_undone_on_the_member_and_recorded_at_home_at_the_same_instant():
    """life.md Unmerge: 26 of 30 came and expired; they go back with the 10 that are left."""
    scenario = two(
        awarded(7),
        awarded(30, expires_on=LAST, **TWO),
        redeem(4, **TWO),
        awarded(10, **TWO),
        merge(at=MARCH),
        expire(LAST, at="2026-07-02"),
    ).left({1: 7, 3: 10})
    scenario.when(unmerge()).then(
        in_order(ExpiryUndone, MergeUndone, MemberRestored, PointsExpired),
        wrote(ExpiryUndone, points_restored=26, available={2: 26}, at=f"{AFTER} 00:00"),
        wrote(MergeUndone, points_sent=36, available={2: -26, 3: -10}, on=AUGUST),
        wrote(MemberRestored, points_received=36, available={1: 26, 2: 10}, on=AUGUST),
        wrote(PointsExpired, points_expired=26, available={1: -26}, lapsed_on=day(LAST)),
        wrote(PointsExpired, at=f"{AFTER} 00:00", on=AFTER),
    )
    assert [name for name, _ in scenario.written] == ["m-001", "m-001", "m-002", "m-002"]
    scenario.left({1: 7}).left({2: 10}, of="m-002")


def test_the_oldest_expiry_comes_first_on_both_sides():
    """life.md Unmerge: that of May is older than that of June, whichever was recorded first."""
    scenario = two(
        awarded(10, expires_on=LAST, **TWO),
        awarded(20, expires_on=MAY, **TWO),
        awarded(30, expires_on=MARCH, **TWO),
        merge(at=FEB),
        expire(MARCH, at="2026-03-02"),
        expire(LAST, at=AFTER),
    )
    scenario.when(unmerge()).then(
        in_order(*3 * [ExpiryUndone], MergeUndone, MemberRestored, *3 * [PointsExpired])
    )
    assert expiries(scenario) == [
        ("m-001", 3, 30, ""),
        ("m-001", 2, 20, ""),
        ("m-001", 1, 10, ""),
        ("m-002", 3, -30, MARCH),
        ("m-002", 2, -20, MAY),
        ("m-002", 1, -10, LAST),
    ]


def test_what_expired_together_goes_in_spending_order():
    """life.md Unmerge: lot 2 was earned earlier than lot 1."""
    scenario = two(
        awarded(10, expires_on=LAST, at=FEB, **TWO),
        awarded(20, expires_on=LAST, **TWO),
        merge(at=MARCH),
        expire(LAST, at=AFTER),
    )
    scenario.when(unmerge()).then()
    assert [lot for _, lot, *_ in expiries(scenario)] == [2, 1, 2, 1]


def test_what_expired_of_the_members_own_stays_with_the_member():
    """life.md Unmerge: lots that came, no others."""
    scenario = two(awarded(10, expires_on=LAST), awarded(20, **TWO), merge(at=MARCH))
    scenario.and_then(expire(LAST, at=AFTER)).when(unmerge())
    scenario.then(in_order(MergeUndone, MemberRestored)).left({}).left({1: 20}, of="m-002")


def test_what_had_expired_before_the_merge_is_at_home_already():
    """life.md Merge: what has lapsed of the other is expired first."""
    scenario = two(awarded(10, expires_on=FEB, **TWO), merge(at=MARCH)).when(unmerge())
    scenario.then(in_order(MergeUndone, MemberRestored), wrote(MergeUndone, points_sent=0))


def test_an_expiry_that_was_undone_since_does_not_go_home():
    """life.md Unmerge, Inactivity: a purchase of May, told in July, prolonged the lot."""
    scenario = two(bought(1_000, at=FEB, **TWO), merge(at=MARCH), program=IDLE)
    scenario.and_then(expire("2026-06-01", at="2026-06-02")).left({})
    scenario.and_then(recorded(bought(0, at=MAY, purchase_id="b"), on=AFTER)).left({1: 10})
    scenario.when(unmerge()).then(in_order(MergeUndone, MemberRestored))
    scenario.left({1: 10}, of="m-002", ends={1: "2026-09-01"})


def test_an_expired_lot_goes_home_with_the_days_that_it_has_now():
    """life.md Unmerge: it was extended until July before it lapsed."""
    scenario = two(awarded(10, expires_on=LAST, **TWO), merge(at=MARCH))
    scenario.and_then(extend("2026-07-15", at=MARCH), expire("2026-07-15", at="2026-07-16"))
    earned = day("2026-01-01")
    opened = LotOpened(1, 0, earned, earned, day("2026-07-15"))
    scenario.when(unmerge()).then(
        wrote(MemberRestored, available={1: 10}, reopened=(opened,)),
        wrote(PointsExpired, lapsed_on=day("2026-07-15"), at="2026-07-16 00:00"),
    )


def test_a_card_is_taken_back_before_the_other_is_restored():
    """life.md Unmerge: the member's events come first."""
    scenario = two(bought(100_000, at=FEB, **TWO), program=LADDER + MONTHS.removeprefix(BASIC))
    scenario.and_then(merge(at=MARCH), expire("2026-06-01", at="2026-06-02")).when(unmerge())
    scenario.then(in_order(ExpiryUndone, MergeUndone, TierChanged, MemberRestored, PointsExpired))


def test_an_unmerge_of_a_day_before_the_expiry_takes_it_home_too():
    """life.md Unmerge: told late; the points were at home when they expired."""
    scenario = two(awarded(10, expires_on=LAST, **TWO), merge(at=MARCH), expire(LAST, at=AFTER))
    scenario.when(recorded(unmerge(at=MAY), on=AUGUST)).then(
        wrote(MemberRestored, on=MAY), wrote(PointsExpired, at=f"{AFTER} 00:00")
    )
    scenario.left({}).left({}, of="m-002")


def test_through_two_merges_an_expiry_goes_home_step_by_step():
    """life.md Unmerge: m-003 into m-002 into m-001."""
    three = {"member": "m-003"}
    into_two = merge(other="m-003", at=FEB, **TWO)
    scenario = two(enrolled("m-003"), awarded(10, expires_on=LAST, **three), into_two)
    scenario.and_then(merge(at=MARCH), expire(LAST, at=AFTER))
    scenario.when(unmerge()).then(wrote(PointsExpired, at=f"{AFTER} 00:00"))
    scenario.when(unmerge(other="m-003", **TWO)).then(
        wrote(ExpiryUndone, at=f"{AFTER} 00:00"), wrote(PointsExpired, at=f"{AFTER} 00:00")
    )
    scenario.left({}, of="m-002").left({}, of="m-003")
    late = recorded(redeem(10, at=LAST, **three), on=AUGUST)
    scenario.when(late).then(wrote(ExpiryUndone, points_restored=10))


def test_two_that_were_parted_and_merged_again_part_with_what_expired_since():
    """life.md Merge, Unmerge: what expired at home before the second merge stays there."""
    scenario = two(awarded(10, expires_on=MAY, **TWO), awarded(20, expires_on=LAST, **TWO))
    scenario.and_then(merge(at=MARCH), expire(MAY, at="2026-05-02"), unmerge(at="2026-05-03"))
    scenario.and_then(merge(at="2026-05-04"), expire(LAST, at=AFTER)).when(unmerge())
    scenario.then(wrote(PointsExpired, points_expired=20), wrote(MergeUndone, points_sent=20))


# -- as if it had happened at the other all along ------------------------------------------------

# Of m-002: 100 until 28 June, of which 90 expire; of m-001: 50 until the end of June.
STORY = (
    awarded(50, expires_on=LAST),
    bought(10_000, at=FEB28, **TWO),
    redeem(6, at=FEB28, request_id="s-1", **TWO),
    adjust(-4, at=FEB28, request_id="a-1", **TWO),
)
RUNS = (expire(LAST, at=AFTER), expire(LAST, at=AFTER, **TWO))
MERGED = (merge(at=MARCH), expire(LAST, at=AFTER), unmerge(at=AFTER))

LATE = {
    "return": brought_back(at=AUGUST, **TWO),
    "return of a part": brought_back(3_000, at=AUGUST, **TWO),
    "late return": recorded(brought_back(at=MAY, **TWO), on=AUGUST),
    "late redemption": recorded(redeem(80, at=JUNE, **TWO), on=AUGUST),
    "late redemption of too much": recorded(redeem(91, at=JUNE, **TWO), on=AUGUST),
    "redemption": redeem(1, at=AUGUST, **TWO),
    "late gift": recorded(gift(90, to="m-003", at=MAY, **TWO), on=AUGUST),
    "late hold": recorded(hold(60, at=JUNE, minutes=100_000, **TWO), on=AFTER),
    "late purchase": recorded(bought(100, at=MAY, purchase_id="b", **TWO), on=AUGUST),
    "reversal": reverse(at=AUGUST, **TWO),
    "late reversal": recorded(reverse(at=JUNE, **TWO), on=AUGUST),
    "undoing": undo(at=AUGUST, **TWO),
    "late adjustment": recorded(adjust(-30, at=JUNE, **TWO), on=AUGUST),
    "another run": expire(LAST, at=AUGUST, **TWO),
    "return on the member": brought_back(at=AUGUST),
    "late redemption of the member": recorded(redeem(45, at=LAST), on=AUGUST),
    "late redemption of more than the member's": recorded(redeem(51, at=LAST), on=AUGUST),
}


@pytest.mark.parametrize("program", [MONTHS, IDLE], ids=["months", "inactivity"])
@pytest.mark.parametrize("name", LATE)
def test_what_comes_later_finds_what_it_would_have_found_without_the_merge(name, program):
    """life.md Unmerge, Late arrivals and expiry."""

    def told(*steps):
        scenario = two(enrolled("m-003"), *STORY, *steps, program=program)
        return scenario.when(named("later", LATE[name]))

    apart, parted = told(*RUNS), told(*MERGED)
    assert parted.written == apart.written
    assert repr(parted.refusal) == repr(apart.refusal)
    for account in ("m-001", "m-002"):
        one, other = parted.of(account), apart.of(account)
        assert (one.lots, one.debt) == (other.lots, other.debt)


def named(request_id, step):
    """The same under a request id of its own."""
    if hasattr(step, "command"):
        return step._replace(command=replace(step.command, request_id=request_id))
    return replace(step, request_id=request_id)


def test_a_return_after_it_takes_what_has_expired_and_not_twice():
    """life.md Returns 2: 90 of the 100 have expired, 10 were spent and are owed."""
    scenario = two(*STORY, *MERGED, program=MONTHS).when(brought_back(at=AUGUST, **TWO))
    scenario.then(
        in_order(ExpiryUndone, ReturnRecorded),
        wrote(ExpiryUndone, points_restored=90, at="2026-06-29 00:00"),
        wrote(ReturnRecorded, points_due=100, available={1: -90}, debt=10),
    )


def test_a_late_purchase_after_it_prolongs_what_has_expired():
    """life.md Inactivity."""
    scenario = two(*STORY, *MERGED, program=IDLE)
    late = bought(0, at=MAY, purchase_id="b", **TWO)
    scenario.when(recorded(late, on=AUGUST)).then(
        wrote(ExpiryUndone, points_restored=90), wrote(LotsExtended, why="activity")
    )
    scenario.left({1: 90}, of="m-002", ends={1: "2026-09-01"})
