"""What differs between two programs: nothing that is the same, and everything that is not."""

from __future__ import annotations

import datetime as dt
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from ledger import Difference, diff_programs
from schemas.program import Program
from schemas.program_file import load_program
from tests.scenario import BASIC, HEAD, LADDER, entry
from tests.strategies import EARLIEST, FEATURES, programs, shapes

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = [*sorted(ROOT.glob("examples/*/program.toml")), ROOT / "tests" / "cli" / "club.toml"]


def diff(old: str, new: str) -> list[tuple[Any, ...]]:
    found = diff_programs(load_program(old), load_program(new))
    return [(one.path, one.change, one.old, one.new) for one in found]


def test_a_setting_is_told_with_its_old_and_its_new_value():
    assert diff(BASIC, 'rounding = "ceil"\n' + BASIC.replace("points = 1", "points = 2")) == [
        ("$.rounding", "changed", "floor", "ceil"),
        ("$.earn[base].points", "changed", 1, 2),
    ]


def test_a_default_that_is_written_out_is_no_difference():
    written = BASIC.replace("[[earn]]", '[limits]\n[expiry]\npolicy = "never"\n[[earn]]')
    assert diff(BASIC, 'rounding = "floor"\n' + written) == []


@pytest.mark.parametrize("same", ["1000", '"1000"', '"1,000.00"', '"１０００"'])
def test_an_amount_written_in_another_way_is_no_difference(same):
    assert diff(LADDER, LADDER.replace('"1000.00"', same)) == []


def test_text_that_looks_like_a_number_is_text():
    labelled = LADDER.replace('id = "silver"', 'id = "silver"\nlabel = "1.0"')
    assert diff(labelled, labelled.replace('"1.0"', '"1"')) == [
        ("$.tier[silver].label", "changed", "1.0", "1")
    ]


def test_entries_are_matched_by_their_id():
    """A rule put before another leaves that as it is; what it says is told as far as it is said."""
    more = BASIC.replace("[[earn]]", entry("earn", id="tea", categories=["tea"]) + "[[earn]]")
    added = ("$.earn[tea]", "added", None, {"categories": ["tea"]})
    assert diff(BASIC, more) == [added]
    assert diff(more, BASIC) == [("$.earn[tea]", "removed", {"categories": ["tea"]}, None)]


def test_a_change_of_order_is_told_with_the_places():
    rungs = [entry("tier", id=name, threshold=5) for name in ("a", "b", "c")]
    moved = diff(HEAD + "".join(rungs), HEAD + "".join([rungs[1], rungs[2], rungs[0]]))
    assert moved == [("$.tier[a]", "moved", 1, 3)]


def test_a_nested_setting_is_told_with_where_it_is():
    capped = BASIC + "caps = { per_day = 5 }\n"
    (found,) = diff_programs(load_program(BASIC), load_program(capped))
    assert found == Difference(
        path="$.earn[base].caps.per_day",
        section="earn",
        entry="base",
        setting="caps.per_day",
        change="changed",
        old=None,
        new=5,
    )


def test_days_and_lists_are_plain_values():
    dated = BASIC + "starts_on = 2026-02-01\nweekdays = ['mon']\n"
    assert diff(BASIC, dated) == [
        ("$.earn[base].starts_on", "changed", None, "2026-02-01"),
        ("$.earn[base].weekdays", "changed", [], ["mon"]),
    ]


def test_terms_by_tier_are_told_tier_by_tier():
    rebate = '[redemption]\npoints = 1\nmoney = 1\n[[rebate]]\nid = "r"\nperiod = "month"\n'
    rebate += 'pays = "points"\ntiers = { silver = "2", gold = "5" }\n'
    other = rebate.replace('silver = "2", gold = "5"', 'gold = "6", black = "7"')
    black = entry("tier", id="black", threshold=9000)
    assert diff(LADDER + black + rebate, LADDER + black + other) == [
        ("$.rebate[r].tiers.gold", "changed", "5", "6"),
        ("$.rebate[r].tiers.black", "changed", None, "7"),
        ("$.rebate[r].tiers.silver", "changed", "2", None),
    ]


# -- settings that there will be -----------------------------------------------------------------


class Step(Struct, frozen=True, kw_only=True):
    id: str
    percent: str = "1"


class Later(Program, frozen=True, kw_only=True):
    """A program with sections that this version does not have."""

    class Section(Struct, frozen=True, kw_only=True):
        colour: str = "red"
        steps: tuple[Step, ...] = ()
        shades: dict[str, int] = {}

    paint: Section = Section()
    maybe: Section | None = None


def later(**settings: Any) -> Later:
    return Later(id="x", name="X", currency="CNY", effective_from=dt.date(2026, 1, 1), **settings)


def test_settings_that_are_added_are_in_it():
    steps = (Step(id="a"), Step(id="b"))
    old = later(paint=Later.Section(steps=steps))
    changed = (Step(id="a", percent="2"), Step(id="c"))
    new = later(
        paint=Later.Section(colour="blue", steps=changed, shades={"dark": 1}),
        maybe=Later.Section(),
    )
    assert [(one.path, one.change) for one in diff_programs(old, new)] == [
        ("$.paint.colour", "changed"),
        ("$.paint.steps[a].percent", "changed"),
        ("$.paint.steps[c]", "added"),
        ("$.paint.steps[b]", "removed"),
        ("$.paint.shades.dark", "changed"),
        ("$.maybe", "changed"),
    ]


# -- laws ----------------------------------------------------------------------------------------


@st.composite
def drawn(draw: st.DrawFn) -> Program:
    """A program that says much, or an example."""
    if draw(st.booleans()):
        return load_program(draw(st.sampled_from(EXAMPLES)).read_text(encoding="utf-8"))
    shape = draw(shapes(most=len(FEATURES)))
    return load_program(draw(programs(shape, EARLIEST)))


class Changed(NamedTuple):
    """A program with one thing changed, and the path that tells it."""

    program: Program
    path: str


@st.composite
def changed(draw: st.DrawFn, program: Program) -> Changed:
    """Any one setting of any table changed, or any one entry left out."""
    path, table, put, field = draw(st.sampled_from(list(spots_of(program))))
    value, place = getattr(table, field.name), f"{path}.{field.encode_name}"
    if is_list_of_tables(field.type):
        gone = draw(st.integers(0, len(value) - 1))
        place += f"[{value[gone].id}]"
        other = value[:gone] + value[gone + 1 :]
    elif isinstance(value, dict):
        key = draw(st.sampled_from(["more", *value]))
        place += f".{key}"
        other = {name: kept for name, kept in value.items() if name != key}
        other |= {"more": "1"} if key == "more" else {}
    else:
        other = draw(other_values(field.type, value))
    return Changed(put(replace(table, **{field.name: other})), place)


def spots_of(program: Program) -> Iterator[tuple[Any, ...]]:
    """(path, table, what puts another in its place, field) of all that can be changed by itself."""
    for path, table, put in tables_of(program, "$", lambda whole: whole):
        for field in msgspec.structs.fields(type(table)):
            value = getattr(table, field.name)
            matched = field.name == "id" and table is not program
            if not (matched or isinstance(value, Struct)) and (
                value or not is_list_of_tables(field.type)
            ):
                yield path, table, put, field


def is_list_of_tables(kind: Any) -> bool:
    of = [part for part in typing.get_args(kind) if isinstance(part, type)]
    return typing.get_origin(kind) is tuple and any(issubclass(part, Struct) for part in of)


def tables_of(table: Any, path: str, put: Any) -> Iterator[tuple[str, Any, Any]]:
    """(path, table, a function that puts another in its place) of every table in a program."""
    yield path, table, put
    for field in msgspec.structs.fields(type(table)):
        value, name = getattr(table, field.name), field.name

        def here(other: Any, table: Any = table, name: str = name, put: Any = put) -> Any:
            return put(replace(table, **{name: other}))

        if isinstance(value, Struct):
            yield from tables_of(value, f"{path}.{field.encode_name}", here)
        elif isinstance(value, tuple):
            for at, part in enumerate(value):
                if isinstance(part, Struct):

                    def there(
                        other: Any, at: int = at, value: Any = value, here: Any = here
                    ) -> Any:
                        return here((*value[:at], other, *value[at + 1 :]))

                    yield from tables_of(part, f"{path}.{field.encode_name}[{part.id}]", there)


def other_values(kind: Any, value: Any) -> st.SearchStrategy[Any]:
    """Values of a setting's type that mean something else."""
    kinds = typing.get_args(kind) if type(None) in typing.get_args(kind) else (kind,)
    others: list[Any] = [None] if len(kinds) > 1 and value is not None else []
    if isinstance(value, bool):
        others.append(not value)
    elif isinstance(value, int):
        others.append(value + 1)
    elif isinstance(value, dt.date):
        others.append(value + dt.timedelta(days=1))
    elif isinstance(value, tuple):
        others += [(*value, "more"), value[1:]] if value else [("more",)]
    elif typing.get_origin(kind) is typing.Literal:
        others += [name for name in (*typing.get_args(kind), "another") if name != value]
    elif isinstance(value, str):
        others.append(f"1{value}")
    else:
        others.append(dt.date(2026, 1, 1) if dt.date in kinds else 1 if int in kinds else "1")
    return st.sampled_from(others)


@given(drawn())
def test_a_program_does_not_differ_from_itself(program):
    assert diff_programs(program, program) == ()
    again = msgspec.json.decode(msgspec.json.encode(program), type=Program)
    assert diff_programs(program, again) == ()


@given(st.data())
def test_any_one_change_is_the_one_difference(data):
    program = data.draw(drawn())
    other = data.draw(changed(program))
    (found,) = diff_programs(program, other.program)
    assert found.path == other.path
    assert found.old != found.new


@given(st.data())
def test_the_way_back_has_the_same_differences_the_other_way_round(data):
    one, other = data.draw(drawn()), data.draw(drawn())
    there = {(d.path, d.change, repr(d.old), repr(d.new)) for d in diff_programs(one, other)}
    turned = {"added": "removed", "removed": "added"}
    back = {
        (d.path, turned.get(d.change, d.change), repr(d.new), repr(d.old))
        for d in diff_programs(other, one)
    }
    assert {row for row in there if row[1] != "moved"} == {row for row in back if row[1] != "moved"}
    assert any(row[1] == "moved" for row in there) == any(row[1] == "moved" for row in back)
