"""Purchases from a file: how its rows become commands (EASE 8 and 9).

A row's request id comes from its receipt, or from the file's name for it and the line.
"""

from __future__ import annotations

from typing import Final

from console.posting import request_id
from console.row_fields import WHO, RowFields
from console.tabular import Row
from console.words import marked
from schemas.commands import RecordPurchase
from schemas.errors import InvalidInput

FIELDS: Final = (
    *WHO,
    "purchase_id",
    "amount",
    "qualifying",
    "occurred_at",
    "partner",
    "store",
    "till",
    "operator",
)
REQUIRED: Final = ("member", "amount", "occurred_at")


class Unidentified(InvalidInput):
    """A file whose rows have no receipt, and no name for the file. Fields: path."""

    code = "unidentified_rows"
    template = marked("{path} has no column for the receipt: its rows can't be told apart")
    hint = marked("map purchase_id to a column, or give the file a lasting name with --source")


class PurchasesFile:
    """How a file's rows become commands.

    `named_rows` makes receipts of `source` and the line, for a file without receipt numbers.
    `partner` is that of rows which name none.
    """

    def __init__(
        self, fields: RowFields, *, source: str, named_rows: bool, partner: str = ""
    ) -> None:
        self._fields = fields
        self._source = source
        self._named_rows = named_rows
        self._partner = partner

    def command(self, row: Row) -> RecordPurchase:
        """The row's command. Raises what is wrong with the row."""
        fields, values = self._fields, row.values
        partner = fields.text(values, "partner") or self._partner
        purchase_id = (
            f"{self._source}#{row.line}"
            if self._named_rows
            else fields.needed(values, "purchase_id")
        )
        qualifies = fields.raw(values, "qualifying") is not None
        return RecordPurchase(
            member=fields.who(values),
            purchase_id=purchase_id,
            request_id=request_id(f"{len(partner)}:{partner}/{purchase_id}"),
            source=self._source,
            amount_minor=fields.money(values, "amount"),
            qualifying_minor=fields.money(values, "qualifying") if qualifies else None,
            occurred_at=fields.time(values, "occurred_at"),
            partner=partner,
            store=fields.text(values, "store"),
            till=fields.text(values, "till"),
            operator=fields.text(values, "operator"),
        )
