"""Each account of a what-if: as rows to show, and as a Parquet file.

In JSON and in Parquet points are in the program's smallest unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import asdict

from console.cells import Column
from console.words import _, marked
from console.writing import replacing
from ledger.whatif import FLOWS, Figures, MemberChange, Totals
from schemas.values import currency_exponent

if TYPE_CHECKING:
    from schemas.program import Program

_BATCH_ROWS: Final = 8192

FIGURES: Final[dict[str, str]] = {
    "earned": marked("earned"),
    "returned": marked("taken back by returns"),
    "awarded": marked("awarded"),
    "rebated": marked("rebates"),
    "accrued": marked("with a bank's card"),
    "adjusted": marked("adjusted"),
    "redeemed": marked("redeemed"),
    "expired": marked("expired"),
    "forfeited": marked("forfeited"),
    "transferred": marked("from and to others"),
    "exchanged": marked("from and to other programs"),
    "points": marked("points outstanding"),
    "debt": marked("owed"),
    "balance": marked("balance"),
}
"""What is told of an account in points -> its label."""
VOUCHERS: Final[dict[str, str]] = {
    "vouchers_issued": marked("vouchers issued"),
    "vouchers_issued_minor": marked("their worth ({})"),
    "vouchers_used": marked("vouchers used"),
    "vouchers_good": marked("vouchers outstanding"),
    "vouchers_good_minor": marked("their worth ({})"),
}
"""What is told of vouchers -> its label."""


def figure_columns(program: Program) -> list[Column]:
    """What is told of an account in one course."""
    decimals, cents = program.points_decimals, currency_exponent(program.currency)
    columns = [Column(key, _(label), "points", decimals) for key, label in FIGURES.items()]
    for key, label in VOUCHERS.items():
        if key.endswith("_minor"):
            columns.append(Column(key, _(label).format(program.currency), "money", cents))
        else:
            columns.append(Column(key, _(label), "integer"))
    return columns


def told_of(figures: Figures | Totals) -> dict[str, int]:
    """The same figures by their keys."""
    flows = figures.flows
    vouchers = {f"vouchers_{name}": n for name, n in asdict(figures.vouchers).items()}
    return {
        **(flows if isinstance(flows, dict) else dict(zip(FLOWS, flows, strict=True))),
        "points": figures.points,
        "debt": figures.debt,
        "balance": figures.balance,
        **vouchers,
    }


def member_columns(program: Program) -> list[Column]:
    """The columns of a row: each figure as recorded (`before`), and as it would be (`after`)."""
    decimals = program.points_decimals
    pairs = [
        column._replace(key=_key(column.key, when), label=f"{column.label}, {words}")
        for column in figure_columns(program)
        for when, words in (("before", _("now")), ("after", _("then")))
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
        before, after = told_of(change.before), told_of(change.after)
        row: dict[str, Any] = {
            "member": change.member,
            "tier_before": change.before.tier,
            "tier_after": change.after.tier,
        }
        for key in (*FIGURES, *VOUCHERS):
            row[_key(key, "before")], row[_key(key, "after")] = before[key], after[key]
        row["gain"] = change.gain
        row["refused"], row["refused_points"] = change.refused, change.refused_points
        yield row


def _key(key: str, when: str) -> str:
    """`worth_minor` and `before` give `worth_before_minor`: money ends in `_minor`."""
    stem = key.removesuffix("_minor")
    return f"{stem}_{when}{key[len(stem) :]}"


def written(
    path: Path, changes: Iterable[MemberChange], program: Program
) -> Iterator[MemberChange]:
    """The changes as they come; the file is there when the last has come. Raises UnwritableFile."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(
        (column.key, pa.string() if column.kind == "identifier" else pa.int64())
        for column in member_columns(program)
    )
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
