"""The views that follow from the event types alone, so that a new one appears by itself.

    <family>     a table of facts without its lists: enrolments, purchases, awards, redemptions, ...
    events       what every event says, one row per event of any account
    postings     position, member, occurred_on, account, points: double entry, sums to zero at every
                 position
    movements    one row per lot movement of any event: lot, bucket, points
    lots         one row per lot, with its points and days as it was opened
    ...          so for every list of the events (`_LISTS`), one row per entry: position, member,
                 occurred_on, the entry's number within its event where it has none of its own, and
                 its fields

The postings of the member's side are the movements; `debt` is what the member owes and has the
opposite sign. The contra side is the event's headline figure, not the sum of the movements, so
that an event whose movements don't add up to its headline is found by summing. An event without a
headline moves points between buckets and has the member's side alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from projections.struct_types import columns_of, item_expression, quoted
from projections.tables import Family
from schemas.events import Event, PointsEvent

# List -> its view, and the name of the entries' number. Numbering doubles what a view costs to
# read: entries that say themselves which line or lot they are about have none.
_LISTS: Final[dict[str, tuple[str, str | None]]] = {
    "movements": ("movements", None),
    "lots": ("lots", None),
    "reopened": ("reopened_lots", None),
    "extended": ("lot_extensions", None),
    "lines": ("purchase_lines", None),
    "returned": ("returned_lines", None),
    "breakdown": ("breakdown", "step"),
    "tenders": ("tenders", "number"),
    "rooms": ("cap_rooms", "number"),
    "usage": ("usage", "number"),
    "days": ("merged_days", "number"),
    "vouchers": ("moved_vouchers", None),
    "drawn": ("block_draws", None),
}
_MEMBERS_SIDE: Final = (
    "SELECT position, member, occurred_on, bucket AS account,"
    " CASE bucket WHEN 'debt' THEN -points ELSE points END AS points FROM movements"
)


def derived_views(known: Sequence[Family], written: frozenset[str]) -> list[str]:
    """The statements that make the views above, but for those that have a file (`written`)."""
    of_members = [family for family in known if family.of_member]
    views = {family.name: _flat_view(family) for family in known}
    views["events"] = _union(_common(family) for family in of_members)
    for name in dict.fromkeys(name for family in of_members for name in family.lists):
        view, number = _LISTS.get(name, (name, "number"))
        views[view] = _entries([f for f in of_members if name in f.lists], name, number)
    views["postings"] = _union([_MEMBERS_SIDE, *_contra_sides(of_members)])
    return [
        f"CREATE VIEW {quoted(name)} AS {query}"
        for name, query in views.items()
        if name not in written
    ]


def _union(queries: Iterable[str]) -> str:
    return " UNION ALL ".join(queries)


def _flat_view(family: Family) -> str:
    return f"SELECT {', '.join(map(quoted, family.flat))} FROM {family.table}"


def _common(family: Family) -> str:
    names = [name for name, _, _ in family.envelope]
    names += [column.name for column in columns_of(Event)]
    return f"SELECT '{family.topic}' AS topic, {', '.join(map(quoted, names))} FROM {family.table}"


def _entries(having: Sequence[Family], name: str, number: str | None) -> str:
    """One row per entry of the list `name`, whichever event type it stands in."""
    fields = having[0].lists[name].item
    values = ", ".join(f"{item_expression(c, 'item')} AS {quoted(c.name)}" for c in fields)
    unnested = "unnest(entries) AS item"
    if number is not None:
        values = f"number AS {number}, {values}"
        unnested += ", generate_subscripts(entries, 1) AS number"
    lists = _union(
        f"SELECT position, member, occurred_on, {quoted(name)} AS entries FROM {f.table}"
        for f in having
    )
    return (
        f"SELECT position, member, occurred_on, {values} FROM"
        f" (SELECT position, member, occurred_on, {unnested} FROM ({lists}))"
    )


def _contra_sides(families: Iterable[Family]) -> Iterator[str]:
    for family in families:
        kind = family.kind
        if issubclass(kind, PointsEvent) and kind.headline:
            yield (
                f"SELECT position, member, occurred_on, '{kind.contra}' AS account,"
                f" {-kind.sign} * {quoted(kind.headline)} AS points FROM {family.table}"
            )
