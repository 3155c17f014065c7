"""Phones: how a number is read, and whom it leads to (docs/life.md; RULES 33)."""

from __future__ import annotations

import sys

import phonenumbers
import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from ledger.errors import (
    InvalidPhone,
    PhoneIsLinked,
    PhoneNotLinked,
    PhoneTaken,
    WrongKey,
)
from ledger.phones import (
    e164,
    ending_of,
    hashes,
    masked,
    masked_text,
    may_be_phone,
    region_of,
)
from schemas.commands import CloseMember, LinkPhone, MovePhone, UnlinkPhone, UnmergeMembers
from schemas.errors import InvalidCommand
from schemas.events import PhoneLinked, PhoneUnlinked
from schemas.program_file import load_program
from tests.scenario import BASIC, ask, enrolled, given, hashed, in_order, merge, phone, wrote

KEY = bytes(range(32))
MOBILE = "+8613800138000"


def unlink(number="8000", **said):
    return ask(UnlinkPhone, phone=hashed(number), **said)


def move(number="8000", *, other="m-002", **said):
    return ask(MovePhone, phone=hashed(number), other=other, reason="his", operator="li", **said)


# -- reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        " 138 0013 8000 ",
        "138-0013-8000",
        "138－0013－8000",
        "１３８００１３８０００",
        "+8613800138000",
        "+86 138 0013 8000",
        "＋86 (138) 0013.8000",
        "008613800138000",
        "8613800138000",
        "13800138000.0",
        "13800138000.00",
        "138\u00a00013\u20118000",
    ],
)
def test_any_shape_of_a_mainland_mobile_is_one_number(text):
    assert e164(text, "CN") == MOBILE


@for_all(st.from_regex(r"\A1[3-9][0-9]{9}\Z"))
def test_the_library_reads_a_mainland_mobile_the_same_way(number):
    by_library = phonenumbers.parse(number, "CN")
    assert e164(number, "CN") == phonenumbers.format_number(by_library, 0)


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("010-6234 5678", "CN", "+861062345678"),
        ("+852 9123 4567", "CN", "+85291234567"),
        ("0085291234567", "CN", "+85291234567"),
        ("9123 4567", "HK", "+85291234567"),
        ("+86 138 0013 8000", "HK", MOBILE),
        ("0086 13800138000", "GB", MOBILE),
        ("020 7946 0958", "GB", "+442079460958"),
        ("+44 20 7946 0958", None, "+442079460958"),
        ("01.42.68.53.00", "FR", "+33142685300"),
    ],
)
def test_other_numbers_are_read_by_their_country(text, region, number):
    assert e164(text, region) == number


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("", "CN"),
        ("12800138000", "CN"),
        ("1380013800", "CN"),
        ("1.38E+10", "CN"),
        ("13800138000", None),
        ("13800138000", "GB"),
        ("hello", "CN"),
        ("+999 1234567", "CN"),
    ],
)
def test_what_is_no_number_is_refused_without_being_shown(text, region):
    with pytest.raises(InvalidPhone) as caught:
        e164(text, region)
    assert "138001380" not in str(caught.value)
    assert "12800138000" not in str(caught.value)


def test_without_the_library_mainland_mobiles_are_read_and_others_say_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    assert e164("138 0013 8000", "CN") == MOBILE
    with pytest.raises(InvalidPhone, match=r"jifen\[phones\]"):
        e164("+852 9123 4567", "CN")


@pytest.mark.parametrize(
    ("settings", "region"),
    [("", "CN"), ('\n[phones]\nregion = "HK"\n', "HK")],
)
def test_the_region_is_the_programs_else_its_currencys(settings, region):
    assert region_of(load_program(BASIC + settings)) == region


@pytest.mark.parametrize(("currency", "region"), [("HKD", "HK"), ("EUR", None), ("XAF", None)])
def test_a_currency_without_a_country_has_no_region(currency, region):
    assert region_of(load_program(BASIC.replace("CNY", currency))) == region


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13800138000", "138****8000"),
        (MOBILE, "138****8000"),
        ("13800138000.0", "138****8000"),
        ("+85291234567", "852****4567"),
        ("1234567", "****67"),
    ],
)
def test_a_number_is_shown_masked(text, shown):
    assert masked(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("nobody", "nobody"),
        ("m-001", "m-001"),
        ("call 138 0013 8000 now", "call 138****8000 now"),
        ("１３８００１３８０００", "138****8000"),
    ],
)
def test_a_text_is_shown_without_what_may_be_a_phone(text, shown):
    assert masked_text(text) == shown


def test_what_looks_like_a_phone():
    assert all(map(may_be_phone, ["13800138000", "+852 9123 4567", "（010）62345678", "12345"]))
    assert not any(map(may_be_phone, ["m-001", "8000", "", "a13800138000", "1" * 21]))
    assert [ending_of(text) for text in ("8000", "８０００", "80000", "80a0")] == [
        *("8000", "8000", None, None)
    ]


# -- hashing -------------------------------------------------------------------------------------


def test_the_hashes_are_keyed_and_each_of_a_domain_of_its_own():
    """The values are those of `openssl dgst -sha256 -mac HMAC`, so that they stay for ever."""
    found = hashes(MOBILE, KEY)
    assert found.phone == "2624343ad7ad58e5069cc731fd1ebc3a2b86c7da4cf53b61e3f48cf126a13f75"
    assert found.ending == "c7e4b7a3d8686300e0b95e41f1fb2065397971af75a1da2bf9d3b14d0a21928f"
    assert found.key_check == "ea5a0b6dd54525dc0e3f9ff416b4b033cffebd6b3386f7c9dfdf1e312d6c4cee"
    assert hashes(MOBILE, bytes(32)).phone != found.phone


def test_a_clear_number_is_no_hash():
    said = {"phone": "13800138000", "ending": hashed("8000"), "key_check": hashed("key")}
    with pytest.raises(InvalidCommand) as caught:
        given(enrolled()).when(ask(LinkPhone, **said))
    assert "138" not in str(caught.value)


# -- linking -------------------------------------------------------------------------------------


def test_a_phone_is_linked_once():
    scenario = given(enrolled("m-001", "m-002")).when(phone())
    scenario.then(
        in_order(PhoneLinked),
        wrote(PhoneLinked, phone=hashed("8000"), ending=hashed("8000"), key_check=hashed("key")),
    )
    scenario.when(phone()).then_refused(PhoneIsLinked, member="m-001")
    scenario.when(phone(member="m-002")).then_refused(PhoneTaken, member="m-001")
    assert "jifen phone move" in scenario.refusal.hint


def test_a_member_may_have_several_phones():
    scenario = given(enrolled(), phone("1")).when(phone("2")).then(in_order(PhoneLinked))
    assert [held.phone for held in scenario.account.phones] == [hashed("1"), hashed("2")]


def test_every_phone_is_hashed_under_the_same_key():
    scenario = given(enrolled("m-001", "m-002"), phone())
    scenario.when(phone("9", member="m-002", key="other")).then_refused(WrongKey)
    scenario.and_then(unlink()).when(phone("9", key="other")).then_refused(WrongKey)


def test_an_unlinked_phone_is_free():
    scenario = given(enrolled("m-001", "m-002"), phone()).when(unlink(reason="gave it up"))
    scenario.then(in_order(PhoneUnlinked), wrote(PhoneUnlinked, reason="gave it up", moved_to=""))
    scenario.when(unlink()).then_refused(PhoneNotLinked, member="m-001")
    scenario.when(phone(member="m-002")).then(in_order(PhoneLinked))
    scenario.when(unlink()).then_refused(PhoneNotLinked, member="m-001")


def test_moving_is_the_only_way_to_another_member():
    scenario = given(enrolled("m-001", "m-002"), phone(member="m-002")).when(move())
    scenario.then(
        in_order(PhoneUnlinked, PhoneLinked),
        wrote(PhoneUnlinked, moved_to="m-001", reason="his", operator="li"),
        wrote(PhoneLinked, moved_from="m-002", reason="his", operator="li", ending=hashed("8000")),
    )
    assert [name for name, _ in scenario.written] == ["m-002", "m-001"]
    scenario.when(move()).then_refused(PhoneNotLinked, member="m-002")
    scenario.when(phone(member="m-002")).then_refused(PhoneTaken, member="m-001")


def test_a_move_names_who_has_the_phone():
    scenario = given(enrolled("m-001", "m-002", "m-003"), phone(member="m-003")).when(move())
    scenario.then_refused(PhoneNotLinked, member="m-002")


@pytest.mark.parametrize("missing", ["operator", "reason"])
def test_someone_answers_for_a_move(missing):
    said = {"operator": "li", "reason": "his", missing: ""}
    with pytest.raises(InvalidCommand, match=missing):
        given(enrolled()).when(ask(MovePhone, phone=hashed("1"), other="m-002", **said))


def test_a_phone_follows_a_merge_and_comes_back_after_it_is_undone():
    scenario = given(enrolled("m-001", "m-002", "m-003"), phone(member="m-002"), merge())
    scenario.when(phone()).then_refused(PhoneIsLinked, member="m-001")
    scenario.when(phone(member="m-003")).then_refused(PhoneTaken, member="m-001")
    scenario.and_then(ask(UnmergeMembers, other="m-002"))
    scenario.when(phone()).then_refused(PhoneTaken, member="m-002")


def test_a_phone_that_came_with_a_merge_can_be_moved_and_unlinked():
    steps = (enrolled("m-001", "m-002", "m-003"), phone(member="m-002"), merge())
    moved = given(*steps).when(move(member="m-003", other="m-001"))
    moved.then(in_order(PhoneUnlinked, PhoneLinked))
    assert [name for name, _ in moved.written] == ["m-002", "m-003"]
    gone = given(*steps).when(unlink()).then(in_order(PhoneUnlinked))
    assert [name for name, _ in gone.written] == ["m-002"]


def test_the_phone_of_a_closed_member_is_free_for_the_next_membership():
    scenario = given(enrolled("m-001", "m-002"), phone(), ask(CloseMember, reason="left"))
    scenario.when(phone(member="m-002")).then(in_order(PhoneLinked))
