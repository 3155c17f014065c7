"""RULES 33: a phone number is nowhere in clear, in no file and in no message."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from ledger import Ledger
from ledger.errors import JifenError
from projections import Warehouse
from tests.projections.support import file_of

PHONES = ("13800138000", "13900139000", "15012345678", "85291234567")
PROGRAM = """
id = "test"
name = "Test"
currency = "CNY"
effective_from = 2000-01-01
"""


def clear_forms() -> Iterator[bytes]:
    """A number as it may be written, and its hashes without a key."""
    for number in PHONES:
        for text in (number, f"+86{number}", f"+{number}", f"{number[:3]} {number[3:7]}"):
            yield text.encode()
            yield text.encode("utf-16-le")
            yield sha256(text.encode()).digest()
            yield sha256(text.encode()).hexdigest().encode()


def found_in(folder: Path) -> list[tuple[str, bytes]]:
    return [
        (path.name, form)
        for path in sorted(folder.iterdir())
        for form in clear_forms()
        if form in path.read_bytes()
    ]


def use(ledger: Ledger, messages: list[str]) -> None:
    """Everything that takes a phone, and what is refused of it."""
    ledger.enrol("ann")
    ledger.enrol("bo")
    ledger.link_phone("ann", "138 0013 8000", request_id="r-1", source="till")
    ledger.link_phone("ann", "+86 139 0013 9000")
    ledger.link_phone("bo", "+852 9123 4567")
    ledger.move_phone("bo", "ann", "13900139000.0", "his now", operator="li")
    ledger.unlink_phone("bo", "13900139000", reason="gave it up")
    messages.append(repr(ledger.resolve("１３８００１３８０００")))
    messages.append(repr(list(ledger.find("8000"))))
    messages.append(repr(list(ledger.history("ann"))))
    for refused in (
        lambda: ledger.resolve("15012345678"),
        lambda: ledger.resolve("8000"),
        lambda: ledger.link_phone("bo", "13800138000"),
        lambda: ledger.link_phone("ann", "13800138000"),
        lambda: ledger.link_phone("ann", "138001380001"),
        lambda: ledger.unlink_phone("bo", "15012345678"),
        lambda: ledger.link_phone("nobody", "15012345678"),
        lambda: ledger.link_phone("bo", "15012345678", request_id="r-1", source="till"),
    ):
        with pytest.raises(JifenError) as caught:
            refused()
        messages.append(f"{caught.value!r} {caught.value.fields}")


def test_a_phone_is_in_no_file_and_no_message(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store, messages = tmp_path / "shop.jifen", list[str]()
    with caplog.at_level(logging.DEBUG), Ledger.create(store, PROGRAM) as ledger:
        use(ledger, messages)
        with Warehouse.open(store) as opened:
            opened.catch_up()
            assert opened.query("SELECT count(*) FROM phone_links").rows == [(4,)]
        names = {path.name for path in tmp_path.iterdir()}
        assert {"shop.jifen", "shop.jifen-wal", "shop.jifen.key", file_of(store).name} <= names
        assert found_in(tmp_path) == []
    assert found_in(tmp_path) == []
    told = "\n".join([*messages, caplog.text])
    assert [number for number in PHONES if number in told] == []


def test_what_is_looked_for_is_found_where_it_is(tmp_path: Path) -> None:
    """So that the search above can fail: a member whose id is a phone number."""
    with Ledger.create(tmp_path / "shop.jifen", PROGRAM) as ledger:
        ledger.enrol("13800138000")
        assert found_in(tmp_path)


def test_the_warehouse_has_no_hash_of_a_phone(tmp_path: Path) -> None:
    store = tmp_path / "shop.jifen"
    with Ledger.create(store, PROGRAM) as ledger, Warehouse.open(store) as opened:
        ledger.enrol("ann")
        (linked,) = ledger.link_phone("ann", "13800138000").events
        opened.catch_up()
        columns = opened.query("SELECT * FROM phone_links").columns
        assert {"phone", "ending", "key_check"}.isdisjoint(columns)
    assert linked.phone.encode() not in file_of(store).read_bytes()
