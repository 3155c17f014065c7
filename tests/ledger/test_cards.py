"""Cards: numbers, and what may become of a card (docs/life.md, Cards and phones)."""

from __future__ import annotations

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from ledger.card_numbers import luhn_digit, masked, next_number, plain
from ledger.errors import (
    CardNotBlocked,
    CardReplaced,
    CardTaken,
    NoCardNumbers,
    StoppedCard,
    UnknownCard,
    WrongCardNumber,
)
from schemas.commands import CloseMember, ReplaceCard, StopCard, UnblockCard, UnmergeMembers
from schemas.errors import InvalidCommand, InvalidProgram
from schemas.events import CardIssued, CardStopped, CardUnblocked, MemberClosed, PhoneUnlinked
from schemas.program_file import load_program
from schemas.program_identity import Cards
from tests.scenario import BASIC, ask, card, enrolled, given, in_order, merge, phone, wrote

FIRST, SECOND, THIRD = "62000013", "62000021", "62000039"
NUMBERED = BASIC + '\n[cards]\nprefix = "6200"\ndigits = 8\n'


def stop(number="C-1", *, why="lost", **said):
    return ask(StopCard, card=number, why=why, **said)


def replace(number="C-1", by="", *, why="lost", **said):
    return ask(ReplaceCard, card=number, by=by, why=why, **said)


def unblock(number="C-1", **said):
    return ask(UnblockCard, card=number, **said)


# -- numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "number",
    [
        "79927398713",  # the example of ISO/IEC 7812-1, annex B, as it is told everywhere
        "4111111111111111",
        "6011000990139424",
        "49927398716",
    ],
)
def test_the_check_digit_is_that_of_iso_7812(number):
    assert luhn_digit(number[:-1]) == number[-1]


@for_all(st.text("0123456789", min_size=1, max_size=18), st.data())
def test_one_wrong_digit_is_always_found(payload, data):
    number = payload + luhn_digit(payload)
    place = data.draw(st.integers(0, len(number) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    wrong = number[:place] + other + number[place + 1 :]
    assert luhn_digit(wrong[:-1]) != wrong[-1]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("6200 0013", FIRST),
        ("6200-0013", FIRST),
        ("６２００００１３", FIRST),
        (" 62000013.0 ", FIRST),
        ("C-1", "C-1"),
        ("00-1", "001"),
        ("m 1", "m 1"),
        ("1.5", "1.5"),
    ],
)
def test_a_number_is_its_digits_whatever_stands_between_them(text, number):
    assert plain(text) == number


def test_a_number_is_shown_by_its_ends():
    assert masked("6200000000000013") == "6200...0013"
    assert masked("62000013") == "...0013"
    assert masked("C-1") == "C-1"


def test_numbers_are_given_out_in_turn():
    scenario = given(enrolled("m-001", "m-002"), program=NUMBERED)
    scenario.when(card()).then(wrote(CardIssued, card=FIRST))
    scenario.when(card(member="m-002")).then(wrote(CardIssued, card=SECOND))
    scenario.when(card("62000179")).then(wrote(CardIssued, card="62000179"))
    scenario.when(card("6200 0039")).then(wrote(CardIssued, card=THIRD))
    scenario.when(card()).then(wrote(CardIssued, card="62000187"))


def test_a_number_after_a_stopped_one_is_a_new_one():
    scenario = given(enrolled(), card(), stop(FIRST), program=NUMBERED)
    scenario.when(card()).then(wrote(CardIssued, card=SECOND))


@for_all(st.integers(1, 998))
def test_the_next_number_is_one_more_with_its_check_digit(running):
    cards = Cards(prefix="6200", digits=8)
    number = f"6200{running:03d}"
    following = next_number(number + luhn_digit(number), cards)
    assert following[:7] == f"6200{running + 1:03d}"
    assert following[7] == luhn_digit(following[:7])


def test_when_the_highest_number_is_out_there_is_no_next():
    scenario = given(enrolled(), card("62009999"[:7] + luhn_digit("6200999")), program=NUMBERED)
    scenario.when(card()).then_refused(NoCardNumbers)


def test_without_cards_in_the_program_a_number_has_to_be_named():
    scenario = given(enrolled()).when(card())
    scenario.then_refused(NoCardNumbers, reason="the program has no [cards]")
    scenario.when(card("any-thing 7")).then(wrote(CardIssued, card="any-thing 7"))


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("6200001X", "it is not digits alone"),
        ("620000013", "it has 9 digits where 8 are due"),
        ("63000013", "it does not begin with 6200"),
        ("62000015", "its check digit is wrong"),
    ],
)
def test_a_number_that_is_not_the_programs_is_refused(number, reason):
    scenario = given(enrolled(), program=NUMBERED).when(card(number))
    scenario.then_refused(WrongCardNumber, card=number, reason=reason)


def test_a_card_from_before_the_program_had_numbers_stays_good():
    scenario = given(enrolled(), card("C-1")).under(NUMBERED)
    scenario.when(stop()).then(wrote(CardStopped, card="C-1"))


@pytest.mark.parametrize(
    ("section", "mistake"),
    [
        ('[cards]\nprefix = "6200"\n', "$.cards.digits: missing, with a prefix"),
        ('[cards]\nprefix = "6200"\ndigits = 5\n', "$.cards.prefix: leaves no room"),
        ('[cards]\nprefix = "62x"\ndigits = 8\n', "$.cards.prefix: "),
        ('[cards]\ndigits = 8\ncheck = "mod97"\n', "$.cards.check: "),
        ("[cards]\nlength = 8\n", "$.cards.length: unknown setting"),
        ('[phones]\nregion = "china"\n', "$.phones.region: "),
    ],
)
def test_mistakes_in_the_program_are_told(section, mistake):
    with pytest.raises(InvalidProgram) as caught:
        load_program(BASIC + section)
    assert any(told.startswith(mistake) for told in caught.value.mistakes)


def test_a_number_that_is_no_identifier_is_no_command():
    with pytest.raises(InvalidCommand, match=r"\$.card"):
        given(enrolled()).when(card(" C-1"))


# -- issuing -------------------------------------------------------------------------------------


def test_a_number_is_issued_once_for_ever():
    scenario = given(enrolled("m-001", "m-002"), card("C-1", member="m-002"))
    scenario.when(card("C-1")).then_refused(CardTaken, card="C-1", member="m-002")
    scenario.and_then(stop(member="m-002"))
    scenario.when(card("C-1")).then_refused(CardTaken, card="C-1", member="m-002")
    scenario.when(card("C-1", member="m-002")).then_refused(CardTaken, member="m-002")


def test_a_taken_number_is_the_same_however_it_is_written():
    scenario = given(enrolled("m-001", "m-002"), card("1234 5678"))
    scenario.when(card("1234-5678", member="m-002")).then_refused(CardTaken, card="12345678")


def test_the_program_looks_at_a_number_before_whether_it_is_taken():
    scenario = given(enrolled(), card("C-1")).under(NUMBERED)
    scenario.when(card("C-1")).then_refused(WrongCardNumber)


def test_a_member_may_have_several_cards():
    scenario = given(enrolled(), card("C-1")).when(card("C-2"))
    scenario.then(in_order(CardIssued))
    assert [held.number for held in scenario.account.cards] == ["C-1", "C-2"]


# -- stopping ------------------------------------------------------------------------------------


@pytest.mark.parametrize("why", ["lost", "stolen", "damaged", "exchanged", "blocked"])
def test_a_card_is_stopped_for_a_reason(why):
    scenario = given(enrolled(), card("C-1")).when(stop(why=why, at="2026-03-01"))
    scenario.then(in_order(CardStopped), wrote(CardStopped, card="C-1", stopped_for=why))
    scenario.when(stop(why=why, at="2026-03-02")).then_refused(
        StoppedCard, card="C-1", why=why, since="2026-03-01"
    )


def test_a_blocked_card_may_be_stopped_for_good_and_not_the_other_way_round():
    scenario = given(enrolled(), card("C-1"), stop(why="blocked")).when(stop(why="stolen"))
    scenario.then(wrote(CardStopped, stopped_for="stolen"))
    scenario.when(stop(why="blocked")).then_refused(StoppedCard, why="stolen")
    scenario.when(unblock()).then_refused(CardNotBlocked, card="C-1", status="stolen")


def test_only_a_blocked_card_is_unblocked():
    scenario = given(enrolled(), card("C-1")).when(unblock())
    scenario.then_refused(CardNotBlocked, card="C-1", status="good")
    scenario.and_then(stop(why="blocked")).when(unblock())
    scenario.then(in_order(CardUnblocked), wrote(CardUnblocked, card="C-1"))
    scenario.when(stop()).then(in_order(CardStopped))


@pytest.mark.parametrize("change", [stop, unblock, replace])
def test_a_card_of_someone_else_is_unknown(change):
    scenario = given(enrolled("m-001", "m-002"), card("C-1", member="m-002"))
    scenario.when(change("C-1")).then_refused(UnknownCard, member="m-001", card="C-1")
    scenario.when(change("C-7")).then_refused(UnknownCard, card="C-7")


# -- replacing -----------------------------------------------------------------------------------


def test_the_old_card_stops_and_the_new_one_is_good_in_one_command():
    scenario = given(enrolled(), card(), program=NUMBERED).when(replace(FIRST, why="damaged"))
    scenario.then(
        in_order(CardStopped, CardIssued),
        wrote(CardStopped, card=FIRST, stopped_for="damaged", replaced_by=SECOND),
        wrote(CardIssued, card=SECOND, replaces=FIRST),
    )


def test_a_card_is_replaced_once():
    scenario = given(enrolled(), card("C-1"), replace(by="C-2"))
    scenario.when(replace(by="C-3")).then_refused(CardReplaced, card="C-1", by="C-2")
    scenario.when(replace("C-2", by="C-3")).then(wrote(CardIssued, card="C-3", replaces="C-2"))


def test_a_card_that_was_lost_before_gets_its_replacement_later():
    scenario = given(enrolled(), card("C-1"), stop()).when(replace(by="C-2"))
    scenario.then(in_order(CardIssued), wrote(CardIssued, card="C-2", replaces="C-1"))
    scenario.when(replace(by="C-3")).then_refused(CardReplaced)


def test_replacing_is_no_way_round_a_block():
    scenario = given(enrolled(), card("C-1"), stop(why="blocked")).when(replace(by="C-2"))
    scenario.then_refused(StoppedCard, card="C-1", why="blocked")


def test_a_replacement_must_be_free_too():
    scenario = given(enrolled("m-001", "m-002"), card("C-1"), card("C-2", member="m-002"))
    scenario.when(replace(by="C-2")).then_refused(CardTaken, card="C-2", member="m-002")
    scenario.when(replace(by="C-1")).then_refused(CardTaken, card="C-1", member="m-001")


# -- merged and closed ---------------------------------------------------------------------------


def leads_to(scenario, number):
    row = scenario.register.find(("card", number))
    return row.member if row else None


def test_cards_follow_a_merge_and_come_back_after_it_is_undone():
    scenario = given(enrolled("m-001", "m-002", "m-003"), card("C-3", member="m-003"))
    scenario.and_then(card("C-2", member="m-002"), merge(member="m-002", other="m-003"))
    assert (leads_to(scenario, "C-2"), leads_to(scenario, "C-3")) == ("m-002", "m-002")
    scenario.and_then(merge())
    assert (leads_to(scenario, "C-2"), leads_to(scenario, "C-3")) == ("m-001", "m-001")
    scenario.and_then(ask(UnmergeMembers, other="m-002"))
    assert (leads_to(scenario, "C-2"), leads_to(scenario, "C-3")) == ("m-002", "m-002")
    scenario.and_then(ask(UnmergeMembers, member="m-002", other="m-003"))
    assert (leads_to(scenario, "C-2"), leads_to(scenario, "C-3")) == ("m-002", "m-003")


def test_a_card_that_came_with_a_merge_is_the_members_and_its_events_stay_with_its_owner():
    scenario = given(enrolled("m-001", "m-002"), card("C-2", member="m-002"), merge())
    scenario.when(replace("C-2", by="C-3")).then(in_order(CardStopped, CardIssued))
    assert {name for name, _ in scenario.written} == {"m-002"}
    assert leads_to(scenario, "C-3") == "m-001"
    scenario.and_then(ask(UnmergeMembers, other="m-002"))
    assert leads_to(scenario, "C-3") == "m-002"
    scenario.when(stop("C-3")).then_refused(UnknownCard, member="m-001")


def test_a_closed_member_is_not_found_by_what_they_had():
    scenario = given(
        enrolled("m-001", "m-002"),
        [card("C-1"), card("C-2"), card("C-3"), phone("1")],
        [stop("C-2"), stop("C-3", why="blocked")],
        [card("C-4", member="m-002"), phone("2", member="m-002")],
        merge(),
    )
    scenario.when(ask(CloseMember, reason="left")).then(
        in_order(
            *(CardStopped, CardStopped, PhoneUnlinked, MemberClosed, CardStopped, PhoneUnlinked)
        )
    )
    stopped = [event.card for event in scenario.events if isinstance(event, CardStopped)]
    assert stopped == ["C-1", "C-3", "C-4"]
    assert {event.stopped_for for event in scenario.events if isinstance(event, CardStopped)} == {
        "closed"
    }
    assert [name for name, _ in scenario.written] == 4 * ["m-001"] + 2 * ["m-002"]
    assert scenario.register.of_member("m-001") == [
        scenario.register.find(("card", number)) for number in ("C-1", "C-2", "C-3", "C-4")
    ]
