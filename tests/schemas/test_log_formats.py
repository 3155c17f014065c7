"""What is written down for ever: topics, golden payloads, upcasts, JSON Schemas."""

from __future__ import annotations

import typing
from pathlib import Path

import msgspec
import pytest

from ledger.account import Account
from ledger.evolve import evolve
from ledger.movements import movements_total
from schemas import export
from schemas.codec import decode_event, encode_event
from schemas.errors import UndecodableEvent, UnknownTopic
from schemas.events import (
    MEMBER_EVENTS,
    TOPICS,
    Bucket,
    MemberEnrolled,
    PointsEvent,
    PurchaseRecorded,
)
from schemas.upcasts import UPCASTS, Upcasts

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
PAYLOADS = sorted(GOLDEN.glob("*.json"))
EARLIER = sorted((GOLDEN / "earlier").glob("*.json"))
"""Payloads as they were written before fields were added to their types."""


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_a_golden_payload_decodes_for_ever(path):
    event = decode_event(path.stem, path.read_bytes())
    assert type(event) is TOPICS[UPCASTS.target(path.stem)]
    if path.stem in TOPICS:
        assert encode_event(event) == path.read_bytes().rstrip(b"\n")


@pytest.mark.parametrize("path", EARLIER, ids=lambda path: path.stem)
def test_a_payload_from_before_a_field_was_added_decodes_for_ever(path):
    event = decode_event(path.stem, path.read_bytes())
    assert path.read_bytes() != (GOLDEN / path.name).read_bytes()
    assert decode_event(path.stem, encode_event(event)) == event


def test_every_topic_ever_written_has_a_golden_payload():
    assert {path.stem for path in PAYLOADS} == TOPICS.keys() | set(UPCASTS.topics())


def test_the_golden_payloads_of_a_member_fold_into_an_account():
    story = [
        decode_event(kind.topic, (GOLDEN / f"{kind.topic}.json").read_bytes())
        for kind in MEMBER_EVENTS
    ]
    account = Account("m-001", debt=18)
    balance = -18
    for event in story:
        account = evolve(account, event)
        balance += movements_total(getattr(event, "movements", ()))
        assert account.balance == balance
    assert account.version == len(MEMBER_EVENTS)
    assert (account.debt, account.tier, account.closed) == (0, "gold", True)


def test_a_name_means_one_type_in_every_event():
    """So that one union schema reads them all."""
    types: dict[str, object] = {}
    for kind in MEMBER_EVENTS:
        for name, annotation in typing.get_type_hints(kind, include_extras=True).items():
            if typing.get_origin(annotation) is not typing.ClassVar:
                assert types.setdefault(name, annotation) == annotation, name


def test_an_event_that_moves_points_names_its_headline_and_contra():
    for kind in MEMBER_EVENTS:
        if issubclass(kind, PointsEvent):
            assert kind.headline in (*kind.__struct_fields__, "")
            assert bool(kind.headline) == bool(kind.contra)
            assert kind.sign in (-1, 1)
            assert kind.contra not in typing.get_args(Bucket)


def test_an_old_payload_is_lifted_to_todays():
    upcasts = Upcasts()

    @upcasts.step("PurchaseRecorded.0a", "PurchaseRecorded.0")
    def rename(payload):
        payload["purchase_id"] = payload.pop("receipt")
        return payload

    @upcasts.step("PurchaseRecorded.0", "PurchaseRecorded.1")
    def add_the_qualifying_part(payload):
        return {**payload, "qualifying_minor": payload["amount_minor"]}

    old = msgspec.json.encode(
        {
            "occurred_at": "2020-01-01T00:00:00Z",
            "occurred_on": "2020-01-01",
            "source": "x",
            "request_id": "y",
            "receipt": "p-1",
            "amount_minor": 5,
            "points_earned": 0,
        }
    )
    event = decode_event("PurchaseRecorded.0a", old, upcasts)
    assert type(event) is PurchaseRecorded
    assert (event.purchase_id, event.qualifying_minor) == ("p-1", 5)
    with pytest.raises(UndecodableEvent):
        decode_event("PurchaseRecorded.0", b'{"nonsense": 1}', upcasts)
    with pytest.raises(ValueError, match="already"):
        upcasts.step("PurchaseRecorded.0", "PurchaseRecorded.1")(rename)


def test_a_topic_of_a_newer_version_is_told():
    with pytest.raises(UnknownTopic):
        decode_event("PurchaseRecorded.99", b"{}")


@pytest.mark.parametrize("state", [b"", b"{", b"[]", b'{"occurred_at": 5}', b"\xff"])
def test_a_payload_that_does_not_fit_is_told(state):
    with pytest.raises(UndecodableEvent):
        decode_event(MemberEnrolled.topic, state)


def test_an_unknown_field_of_a_later_payload_is_passed_over():
    state = (GOLDEN / "MemberEnrolled.1.json").read_bytes().rstrip().replace(b"{", b'{"new":1,', 1)
    assert type(decode_event(MemberEnrolled.topic, state)) is MemberEnrolled


def test_the_json_schemas_are_fresh():
    assert export.stale() == []


def test_a_stale_schema_is_found(tmp_path):
    export.write(tmp_path)
    (tmp_path / "program.json").write_text("{}")
    (tmp_path / "commands" / "Old.json").write_text("{}")
    (tmp_path / "commands" / "EnrolMember.json").unlink()
    names = ["commands/EnrolMember.json", "commands/Old.json", "program.json"]
    assert export.stale(tmp_path) == names
    export.write(tmp_path)
    assert export.stale(tmp_path) == []
