"""Returns of an Online Retail file find their purchases; a model that goes unit by unit agrees."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict

from hypothesis import given
from hypothesis import strategies as st

from console.online_retail_commands import steps_of
from console.online_retail_fates import NoEarlierPurchase, ReturnedInPart
from console.online_retail_rows import Invoice
from schemas.commands import RecordPurchase

ITEMS = st.tuples(st.sampled_from("AB"), st.integers(1, 4))
INVOICES = st.lists(
    st.tuples(st.booleans(), st.sampled_from(["m", "n"]), st.lists(ITEMS, min_size=1, max_size=3)),
    max_size=12,
)


def invoice_of(place, cancels, member, items):
    invoice = Invoice(number=f"{'C' if cancels else ''}{place}", cancels=cancels, first_row=place)
    invoice.member, invoice.at = member, dt.datetime(2011, 1, 1, tzinfo=dt.UTC)
    for line, (product, units) in enumerate(items):
        invoice.rows.append(10 * place + line)
        invoice.products.append(product)
        invoice.units.append(units)
        invoice.money.append(100 * units)
    return invoice


def matched_one_by_one(invoices):
    """The same, unit by unit: each takes the last of those bought before that fits.

    {return: {(purchase, line): units}} and {row: units that found nothing}.
    """
    bought, back, missing = [], defaultdict(Counter), Counter()
    for invoice in invoices:
        for line, row_number in enumerate(invoice.rows):
            what = (invoice.member, invoice.products[line])
            for _unit in range(invoice.units[line]):
                if not invoice.cancels:
                    bought.append((what, (invoice.number, line + 1)))
                elif fitting := [i for i, (own, _) in enumerate(bought) if own == what]:
                    back[invoice.number][bought.pop(fitting[-1])[1]] += 1
                else:
                    missing[row_number] += 1
    return back, missing


@given(INVOICES)
def test_matching_row_by_row_is_matching_unit_by_unit(drawn):
    invoices = [invoice_of(place, *one) for place, one in enumerate(drawn)]
    expected, missing = matched_one_by_one(invoices)
    seen, short, request_ids = defaultdict(Counter), {}, []
    for invoice, asked in zip(invoices, steps_of(invoices, "test"), strict=True):
        for step in asked.steps:
            request_ids.append(step.command.request_id)
            if isinstance(step.command, RecordPurchase):
                continue
            assert step.command.member == invoice.member
            for item in step.command.items:
                where = (step.command.purchase_id, item.line)
                seen[invoice.number][where] += item.quantity
        for place, error in asked.rejected:
            units = invoice.units[invoice.rows.index(place)]
            assert isinstance(error, NoEarlierPurchase | ReturnedInPart)
            short[place] = units - error.fields.get("returned", 0)
    assert seen == expected
    assert short == missing
    assert len(set(request_ids)) == len(request_ids)
