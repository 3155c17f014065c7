"""The key that phones are hashed under: where it is, and what happens without it (RULES 33)."""

from __future__ import annotations

import os
import stat

import pytest
from msgspec.structs import asdict

from ledger import Ledger
from ledger.errors import (
    InvalidKey,
    KeyInUse,
    MissingKey,
    StoreExists,
    StoreUnwritable,
    UnknownPerson,
    UnsupportedStore,
    WrongKey,
)
from ledger.keys import parse_key
from schemas.commands import LinkPhone
from tests.scenario import BASIC

KEY, OTHER_KEY = bytes(range(32)), bytes(32)
PHONE = "13800138000"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "shop.jifen"


@pytest.fixture
def key_file(path):
    """The key file of a store with one member who has a phone."""
    with Ledger.create(path, BASIC) as ledger:
        ledger.enrol("m-001")
        ledger.link_phone("m-001", PHONE)
    return path.with_name("shop.jifen.key")


def files(path):
    return sorted(file.name for file in path.parent.iterdir())


# -- made with the store -------------------------------------------------------------------------


def test_the_key_is_made_with_the_store_for_its_owner_alone(path):
    Ledger.create(path, BASIC).close()
    key_file = path.with_name("shop.jifen.key")
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert len(parse_key(key_file.read_text(), "")) == 32


def test_the_mode_does_not_depend_on_the_umask(path):
    before = os.umask(0)
    try:
        Ledger.create(path, BASIC).close()
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.with_name("shop.jifen.key").stat().st_mode) == 0o600


def test_every_store_has_a_key_of_its_own(tmp_path):
    for name in ("one", "two"):
        Ledger.create(tmp_path / name, BASIC).close()
    assert (tmp_path / "one.key").read_text() != (tmp_path / "two.key").read_text()


def test_a_key_that_is_there_is_never_overwritten(path):
    key_file = path.with_name("shop.jifen.key")
    key_file.write_text("precious")
    with pytest.raises(StoreExists) as caught:
        Ledger.create(path, BASIC)
    assert caught.value.fields["store"] == str(key_file)
    assert key_file.read_text() == "precious"
    assert files(path) == ["shop.jifen.key"]


def test_a_store_that_can_not_be_made_leaves_no_key_behind(path, monkeypatch):
    def full(_file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreUnwritable):
        Ledger.create(path, BASIC)
    assert files(path) == []


def test_a_host_that_keeps_the_key_gets_no_file(path):
    with Ledger.create(path, BASIC, key=KEY) as ledger:
        ledger.enrol("m-001")
        ledger.link_phone("m-001", PHONE)
    assert files(path) == ["shop.jifen"]
    with Ledger.open(path, key=KEY) as ledger:
        assert ledger.resolve(PHONE).member == "m-001"


def test_a_ledger_in_memory_has_a_key_of_its_own():
    with Ledger(":memory:", program=BASIC) as ledger:
        ledger.enrol("m-001")
        ledger.link_phone("m-001", PHONE)
        assert ledger.resolve(PHONE).member == "m-001"
        with pytest.raises(UnsupportedStore):
            ledger.create_key()


def test_a_ledger_does_not_ask_the_environment(key_file, path, monkeypatch):
    monkeypatch.setenv("JIFEN_KEY", OTHER_KEY.hex())
    with Ledger.open(path) as ledger:
        assert ledger.resolve(PHONE).member == "m-001"


# -- missing, wrong, damaged ---------------------------------------------------------------------


def test_without_the_key_everything_works_but_finding_phones(key_file, path):
    key_file.unlink()
    with Ledger.open(path) as ledger:
        ledger.purchase("m-001", 10_000, "p-1")
        ledger.issue_card("m-001", "C-1")
        assert ledger.resolve("m-001").member == ledger.resolve("C-1").member == "m-001"
        with pytest.raises(UnknownPerson):
            ledger.resolve("nobody")
        assert not ledger.verify().findings
        for needs_it in (
            lambda: ledger.resolve(PHONE),
            lambda: ledger.resolve("8000"),
            lambda: list(ledger.find(PHONE)),
            lambda: ledger.link_phone("m-001", "13900139000"),
            lambda: ledger.unlink_phone("m-001", PHONE),
        ):
            with pytest.raises(MissingKey) as caught:
                needs_it()
            assert caught.value.fields["path"] == str(key_file)
            assert "JIFEN_KEY" in caught.value.hint


def test_no_key_is_needed_to_find_nobody_where_no_phone_was_ever_linked(path):
    Ledger.create(path, BASIC).close()
    path.with_name("shop.jifen.key").unlink()
    with Ledger.open(path) as ledger, pytest.raises(UnknownPerson):
        ledger.resolve(PHONE)


def test_another_key_is_told_and_does_not_find_nobody(key_file, path):
    with Ledger.open(path, key=OTHER_KEY) as ledger:
        for needs_it in (
            lambda: ledger.resolve(PHONE),
            lambda: ledger.resolve("8000"),
            lambda: ledger.link_phone("m-001", "13900139000"),
            lambda: ledger.unlink_phone("m-001", PHONE),
        ):
            with pytest.raises(WrongKey):
                needs_it()


def test_two_keys_that_link_the_first_phone_at_once_are_told_apart(path):
    with (
        Ledger.create(path, BASIC) as here,
        Ledger.open(path, key=OTHER_KEY) as there,
    ):
        here.enrol("m-001")
        hashes = there.phone_hashes("13900139000")
        here.link_phone("m-001", PHONE)
        with pytest.raises(WrongKey):
            there.execute(LinkPhone(member="m-001", **asdict(hashes)))


@pytest.mark.parametrize("content", ["", "abc", "zz" * 32, "00" * 31, "00" * 33, "é"])
def test_a_damaged_key_file_is_told_without_its_content(key_file, path, content):
    key_file.write_bytes(content.encode("utf-8"))
    with Ledger.open(path) as ledger, pytest.raises(InvalidKey) as caught:
        ledger.resolve(PHONE)
    assert caught.value.fields["origin"] == str(key_file)
    assert not content or content not in str(caught.value).replace(str(key_file), "")


@pytest.mark.parametrize("size", [0, 16, 33])
def test_a_key_of_another_size_is_refused_before_anything_is_made(path, size):
    with pytest.raises(InvalidKey):
        Ledger.create(path, BASIC, key=bytes(size))
    assert files(path) == []


# -- made later ----------------------------------------------------------------------------------


def test_a_store_that_never_had_a_key_gets_one_once(key_file, path):
    with Ledger.open(path) as ledger, pytest.raises(StoreExists):
        ledger.create_key()
    key_file.unlink()
    with Ledger.open(path) as ledger:
        with pytest.raises(KeyInUse):
            ledger.create_key()
        assert not key_file.exists()


def test_a_key_made_later_is_as_good(path):
    Ledger.create(path, BASIC, key=KEY).close()
    with Ledger.open(path) as ledger:
        made = ledger.create_key()
        assert stat.S_IMODE(made.stat().st_mode) == 0o600
        ledger.enrol("m-001")
        ledger.link_phone("m-001", PHONE)
        assert ledger.resolve(PHONE).member == "m-001"
