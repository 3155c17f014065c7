"""What differs between two versions of a program, setting by setting (docs/program.md, "Diff").

It goes through the Structs of the program as they are, so a setting that is added is in it.
Entries that have an id are matched by it; defaults count like what is written.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from difflib import SequenceMatcher
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from schemas.program import Program
from schemas.program_parts import AmountText, Ratio

Change = Literal["added", "removed", "changed", "moved"]
Plain = str | int | bool | list[Any] | dict[str, Any] | None
"""A value as JSON has it; days are ISO text."""


class Difference(Struct, frozen=True):
    """One setting, or one whole entry, that is not the same.

    `path` is `$.tier[gold].threshold`, `section` "tier" ("" for what stands at the top), `entry`
    the id in it, `setting` "threshold" or "caps.per_day" ("" for a whole entry). `old` and `new`
    are the values; of an added or removed entry what differs from the defaults; of a moved one its
    places, from 1. None is not there, or not set.
    """

    path: str
    section: str
    entry: str
    setting: str
    change: Change
    old: Plain
    new: Plain


def diff_programs(old: Program, new: Program) -> tuple[Difference, ...]:
    """All differences, in the order of the settings in `schemas.program.Program`."""
    return tuple(_of_structs(old, new, _At()))


class _At(typing.NamedTuple):
    """Where in the program."""

    section: str = ""
    entry: str = ""
    setting: str = ""

    def within(self, name: str) -> _At:
        return self._replace(setting=f"{self.setting}.{name}" if self.setting else name)

    def tells(self, change: Change, old: Any, new: Any) -> Difference:
        parts = [self.section + (f"[{self.entry}]" if self.entry else ""), self.setting]
        path = ".".join(["$", *(part for part in parts if part)])
        return Difference(path, *self, change, _plain(old), _plain(new))


def _of_structs(old: Struct, new: Struct, at: _At) -> Iterator[Difference]:
    for field in msgspec.structs.fields(type(old)):
        yield from _of_values(
            getattr(old, field.name),
            getattr(new, field.name),
            field.type,
            at._replace(section=field.encode_name)
            if at == _At() and _has_parts(field.type)
            else at.within(field.encode_name),
        )


def _has_parts(kind: Any) -> bool:
    """Whether a setting of the program is a table or a list of tables."""
    kinds = (kind, *typing.get_args(kind))
    return any(isinstance(one, type) and issubclass(one, Struct) for one in kinds)


def _of_values(old: Any, new: Any, kind: Any, at: _At) -> Iterator[Difference]:
    if isinstance(old, Struct) and type(old) is type(new):
        yield from _of_structs(old, new, at)
    elif _are_entries(old) and _are_entries(new):
        yield from _of_entries(old, new, at)
    elif isinstance(old, dict) and isinstance(new, dict):
        of = typing.get_args(kind)[-1:] or (kind,)
        for key in dict.fromkeys((*new, *old)):
            yield from _of_values(old.get(key), new.get(key), of[0], at.within(key))
    elif not _same(old, new, kind):
        yield at.tells("changed", old, new)


def _are_entries(value: Any) -> bool:
    return isinstance(value, tuple) and all(hasattr(entry, "id") for entry in value)


def _of_entries(old: tuple[Any, ...], new: tuple[Any, ...], at: _At) -> Iterator[Difference]:
    """Entries with an id: those of the new order first, then those that are gone."""
    before = {entry.id: entry for entry in old}
    after = {entry.id: entry for entry in new}
    moved = _moved([id_ for id_ in before if id_ in after], [id_ for id_ in after if id_ in before])
    places = [{id_: place for place, id_ in enumerate(ids, 1)} for ids in (before, after)]
    for id_, entry in after.items():
        there = _entry_at(at, id_)
        if id_ not in before:
            yield there.tells("added", None, entry)
            continue
        if id_ in moved:
            yield there.tells("moved", places[0][id_], places[1][id_])
        yield from _of_structs(before[id_], entry, there)
    for id_, entry in before.items():
        if id_ not in after:
            yield _entry_at(at, id_).tells("removed", entry, None)


def _entry_at(at: _At, id_: str) -> _At:
    """An entry of a list, which may lie within another entry."""
    nested = at.entry or at.setting
    return at._replace(setting=f"{at.setting}[{id_}]") if nested else at._replace(entry=id_)


def _moved(old: list[str], new: list[str]) -> set[str]:
    """What is not in the longest stretches that both orders have."""
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return set(new) - {id_ for block in blocks for id_ in new[block.b : block.b + block.size]}


_NUMBERS: Final = frozenset((Ratio, *typing.get_args(AmountText)))


def _same(old: Any, new: Any, kind: Any) -> bool:
    if old == new and type(old) is type(new):
        return True
    is_number = not _NUMBERS.isdisjoint((kind, *typing.get_args(kind)))
    return is_number and None not in (old, new) and _number(old) == _number(new)


def _number(text: str | int) -> Decimal | str:
    """What `"1,000.00"` and `1000` have in common."""
    try:
        return Decimal(str(text).replace(",", ""))
    except InvalidOperation:
        return str(text)


def _plain(value: Any) -> Plain:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if not isinstance(value, Struct):
        return typing.cast(Plain, msgspec.to_builtins(value))
    told = {}
    for field in msgspec.structs.fields(type(value)):
        item = getattr(value, field.name)
        if field.name != "id" and item != _default(field):
            told[field.encode_name] = _plain(item)
    return told


def _default(field: msgspec.structs.FieldInfo) -> Any:
    factory = field.default_factory
    return field.default if factory is msgspec.NODEFAULT else factory()
