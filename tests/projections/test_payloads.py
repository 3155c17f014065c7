"""What payloads say arrives whole, or the event that does not fit is named."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from projections import Warehouse
from schemas.errors import UndecodableEvent, UnknownTopic
from schemas.upcasts import Upcasts
from tests.projections.support import answers, append, append_rows, enrolled, program, utc

GOOD = '"occurred_at":"2026-03-01T02:00:00Z","occurred_on":"2026-03-01","source":"s"'
ENROLLED = f'{{{GOOD},"request_id":"r"}}'


def test_a_topic_of_a_newer_version_is_told_and_changes_nothing(five: Path) -> None:
    with Warehouse.open(five) as opened:
        opened.catch_up()
        append(five, ("b", enrolled()))
        append_rows(five, [("member:b", "PointsGifted.1", "{}")])

        with pytest.raises(UnknownTopic, match=r"PointsGifted\.1"):
            opened.catch_up()

        assert opened.position == 5
        assert opened.query("SELECT count(*) FROM members").rows == [(1,)]


MOVES = f'{GOOD},"request_id":"r","points_awarded":5,"reason":"x"'


@pytest.mark.parametrize(
    ("topic", "state"),
    [
        ("MemberEnrolled.1", "{"),
        ("MemberEnrolled.1", "null"),
        ("MemberEnrolled.1", "[]"),
        ("MemberEnrolled.1", "{}"),
        ("MemberEnrolled.1", ENROLLED.replace("2026-03-01T02", "2026-13-01T02")),
        ("MemberEnrolled.1", ENROLLED.replace('"2026-03-01"', '"2026-02-30"')),
        ("MemberEnrolled.1", ENROLLED.replace("}", ',"program_version":"new"}')),
        ("PointsAwarded.1", f"{{{MOVES.replace('5', 'null', 1)}}}".replace("null", '"five"')),
        ("PointsAwarded.1", f'{{{MOVES},"movements":7}}'),
        ("PointsAwarded.1", f'{{{MOVES},"movements":[{{"lot":1,"bucket":"available"}}]}}'),
        (
            "PointsAwarded.1",
            f'{{{MOVES},"movements":[{{"lot":"one","bucket":"available","points":5}}]}}',
        ),
        ("PointsAwarded.1", f'{{{MOVES},"movements":[null]}}'),
    ],
)
def test_a_payload_that_does_not_fit_names_its_event_and_changes_nothing(
    five: Path, topic: str, state: str
) -> None:
    with Warehouse.open(five) as opened:
        opened.catch_up()
        append(five, ("b", enrolled()))
        append_rows(five, [("member:b", topic, state)])

        with pytest.raises(UndecodableEvent, match=r"event #7"):
            opened.catch_up()

        assert opened.position == 5


def test_old_payloads_are_lifted_before_they_are_read(store: Path) -> None:
    upcasts = Upcasts()

    @upcasts.step("Joined.1", "Joined.2")
    def _rename(payload: dict[str, Any]) -> dict[str, Any]:
        return {**payload, "store": payload.pop("shop")}

    @upcasts.step("Joined.2", "MemberEnrolled.1")
    def _stamp(payload: dict[str, Any]) -> dict[str, Any]:
        return {**payload, "operator": "old"}

    append(store, ("a", enrolled()))
    append_rows(
        store,
        [
            ("member:b", "Joined.1", ENROLLED[:-1] + ',"shop":"S1"}'),
            ("member:c", "Joined.2", ENROLLED[:-1] + ',"store":"S2"}'),
        ],
    )

    with Warehouse.open(store, upcasts=upcasts) as opened:
        assert opened.catch_up() == 3
        rows = opened.query("SELECT member, store, operator FROM enrolments ORDER BY 1").rows

    assert rows == [("a", "", ""), ("b", "S1", "old"), ("c", "S2", "old")]


def test_an_old_payload_that_does_not_fit_names_its_event(store: Path) -> None:
    upcasts = Upcasts()
    upcasts.step("Joined.1", "MemberEnrolled.1")(lambda payload: payload)
    append_rows(store, [("member:b", "Joined.1", "{}")])

    with (
        Warehouse.open(store, upcasts=upcasts) as opened,
        pytest.raises(UndecodableEvent, match="event #1"),
    ):
        opened.catch_up()


def test_fields_that_a_newer_writer_added_are_passed_over(store: Path) -> None:
    append_rows(store, [("member:a", "MemberEnrolled.1", ENROLLED[:-1] + ',"colour":"red"}')])

    assert answers(store, "SELECT member FROM members") == [("a",)]


def test_times_are_utc_without_a_zone_and_days_are_dates(store: Path) -> None:
    append(store, ("a", enrolled("2026-03-01")))

    rows = answers(store, "SELECT enrolled_at, enrolled_on FROM members")

    assert rows == [(utc(2026, 3, 1, 4), dt.date(2026, 3, 1))]
    recorded = answers(store, "SELECT recorded_at FROM events")
    assert recorded == [(utc(2026, 1, 1, 0, 0.000001),)]


def test_programs_are_read_apart_from_the_members(store: Path) -> None:
    append(store, ("", program(1)), ("", program(2, rfm_recency_days=30)))

    rows = answers(
        store,
        "SELECT version, currency, currency_exponent, zone, rfm_window_days, rfm_recency_days"
        " FROM programs ORDER BY position",
    )

    assert rows == [
        (1, "CNY", 2, "Asia/Shanghai", 365, None),
        (2, "CNY", 2, "Asia/Shanghai", 365, 30),
    ]
