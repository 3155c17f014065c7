"""Logs that no ledger wrote: events of every type, made up from their Structs.

A new event type takes part by itself. What holds of every log is looked after: the figures of an
event add up, and a lot is opened once.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from hypothesis import strategies as st
from msgspec import Struct, inspect, structs

from schemas.events import MEMBER_EVENTS, Event, LotOpened, Movement, PointsEvent
from tests.projections.support import EARLY, program

Log = list[tuple[str, Event]]

MEMBERS: Final = ("a", "b", "会员", "purse:家")

_points = st.integers(-1000, 1000)
_days = st.dates(dt.date(2026, 1, 1), dt.date(2026, 4, 30))
_movements = st.lists(
    st.one_of(
        st.builds(
            Movement,
            lot=st.integers(1, 3),
            bucket=st.sampled_from(["available", "held"]),
            points=_points,
        ),
        st.builds(Movement, lot=st.just(0), bucket=st.just("debt"), points=_points),
    ),
    max_size=3,
)
_SCALARS: Final[dict[type[inspect.Type], st.SearchStrategy[Any]]] = {
    inspect.StrType: st.text(max_size=3),
    inspect.IntType: st.integers(-1000, 1000),
    inspect.BoolType: st.booleans(),
    inspect.DateType: _days,
    inspect.DateTimeType: st.integers(0, 10**13).map(
        lambda us: dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=us)
    ),
    inspect.NoneType: st.none(),
}


def _value(kind: inspect.Type) -> st.SearchStrategy[Any]:
    match kind:
        case inspect.LiteralType():
            return st.sampled_from(kind.values)
        case inspect.UnionType():
            return st.one_of([_value(each) for each in kind.types])
        case inspect.VarTupleType():
            return st.lists(_value(kind.item_type), max_size=3).map(tuple)
        case inspect.StructType():
            return _any(kind.cls)
    return _SCALARS[type(kind)]


def _any(kind: type[Struct], **known: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A Struct of a kind; a field with a default is left out as often as not."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    values = {f.name: known[f.name] if f.name in known else _value(f.type) for f in info.fields}
    required = {f.name: values.pop(f.name) for f in info.fields if f.required}
    return st.fixed_dictionaries(required, optional=values).map(lambda said: kind(**said))


def total(moved: tuple[Movement, ...]) -> int:
    """What movements add up to: points owed count against the account."""
    return sum(-m.points if m.bucket == "debt" else m.points for m in moved)


def _adding_up(event: PointsEvent) -> PointsEvent:
    """The event with movements, headline and lots that agree."""
    moved = event.movements
    changes: dict[str, Any] = {}
    if event.headline:
        changes[event.headline] = event.sign * total(moved)
    elif total(moved):
        changes["movements"] = moved = (*moved, Movement(1, "held", -total(moved)))
    ends = {lot.lot: lot for lot in event.lots}
    changes["lots"] = tuple(
        ends.get(number) or LotOpened(number, 1, EARLY, EARLY)
        for number in sorted({m.lot for m in moved if m.bucket != "debt"})
    )
    return structs.replace(event, **changes)


def events_of(kind: type[Event]) -> st.SearchStrategy[Event]:
    others = {name: st.sampled_from(MEMBERS) for name in ("other", "joiner", "leaver")}
    if not issubclass(kind, PointsEvent):
        return _any(kind, **others)
    return _any(kind, movements=_movements.map(tuple), **others).map(_adding_up)


def logs(most: int = 12) -> st.SearchStrategy[Log]:
    """Logs of any events in any order; a program's go with the name ''."""
    events = st.one_of([events_of(kind) for kind in MEMBER_EVENTS])
    of_members = st.tuples(st.sampled_from(MEMBERS), events)
    of_programs = st.tuples(st.just(""), st.builds(program, st.integers(1, 3)))
    entries = st.one_of(of_members, of_members, of_members, of_programs)
    return st.lists(entries, max_size=most).map(_with_lots_opened_once)


def _with_lots_opened_once(log: Log) -> Log:
    """The log without the lots whose number the account has had before."""
    seen: set[tuple[str, int]] = set()
    sound: Log = []
    for who, event in log:
        if isinstance(event, PointsEvent):
            new = tuple(lot for lot in event.lots if (who, lot.lot) not in seen)
            seen |= {(who, lot.lot) for lot in new}
            event = structs.replace(event, lots=new)
        sound.append((who, event))
    return sound
