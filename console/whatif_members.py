"""Each account of a what-if: as rows to show, and as a Parquet file.

In JSON and in Parquet points are in the program's smallest unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from console.cells import Column
from console.words import _, marked
from console.writing import replacing
from ledger.whatif import FLOWS, Figures, MemberChange

if TYPE_CHECKING:
    from schemas.program import Program

_BATCH_ROWS: Final = 8192

FIGURES: Final[dict[str, str]] = {
    "earned": marked("earned"),
    "returned": marked("taken back by returns"),
    "awarded": marked("awarded"),
    "adjusted": marked("adjusted"),
    "redeemed": marked("redeemed"),
    "expired": marked("expired"),
    "forfeited": marked("forfeited"),
    "transferred": marked("from and to others"),
    "points": marked("points outstanding"),
    "debt": marked("owed"),
    "balance": marked("balance"),
}
"""What is told of an account in points -> its label."""


def member_columns(program: Program) -> list[Column]:
    """The columns of a row; what ends in `_before` is as recorded, in `_after` as it would be."""
    decimals = program.points_decimals
    pairs = [
        Column(f"{key}_{when}", f"{_(label)}, {_(words)}", "points", decimals)
        for key, label in FIGURES.items()
        for when, words in (("before", marked("now")), ("after", marked("then")))
    ]
    return [
        Column("member", _("member"), "identifier"),
        Column("tier_before", _("tier now"), "identifier"),
        Column("tier_after", _("tier then"), "identifier"),
        *pairs,
        Column("gain", _("difference"), "points", decimals),
        Column("refused", _("facts not covered"), "integer"),
        Column("refused_points", _("their points"), "points", decimals),
    ]


def member_rows(changes: Iterable[MemberChange]) -> Iterator[dict[str, Any]]:
    """The rows."""
    for change in changes:
        before, after = _figures(change.before), _figures(change.after)
        row: dict[str, Any] = {
            "member": change.member,
            "tier_before": change.before.tier,
            "tier_after": change.after.tier,
        }
        for key in FIGURES:
            row[f"{key}_before"], row[f"{key}_after"] = before[key], after[key]
        row["gain"] = change.gain
        row["refused"], row["refused_points"] = change.refused, change.refused_points
        yield row


def _figures(figures: Figures) -> dict[str, int]:
    return {
        **dict(zip(FLOWS, figures.flows, strict=True)),
        "points": figures.points,
        "debt": figures.debt,
        "balance": figures.balance,
    }


def written(
    path: Path, changes: Iterable[MemberChange], program: Program
) -> Iterator[MemberChange]:
    """The changes as they come; the file is there when the last has come. Raises UnwritableFile."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {"identifier": pa.string(), "points": pa.int64(), "integer": pa.int64()}
    schema = pa.schema([(c.key, kinds[c.kind]) for c in member_columns(program)])
    with replacing(path) as part:
        # A path that can't be written is found out before any work is done for it.
        part.touch()
        with pq.ParquetWriter(part, schema) as file:
            batch: list[dict[str, Any]] = []
            for change in changes:
                batch += member_rows([change])
                if len(batch) == _BATCH_ROWS:
                    file.write_table(pa.Table.from_pylist(batch, schema))
                    batch.clear()
                yield change
            file.write_table(pa.Table.from_pylist(batch, schema))
