"""`jifen import online-retail`: Parquet, workbooks and CSV, and other currencies."""

from __future__ import annotations

import xlsxwriter

from tests.cli.online_retail.sales import (
    HEADER,
    ONLINE_RETAIL,
    counts,
    history,
    row,
    tally,
    write,
    write_text,
)

ROWS = [row("536365", "71053", 6, "2.55"), row("536365", "85123A", 1), row("C9", "71053", -2)]


def write_workbook(path, rows):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        minute = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(0, 0, HEADER)
        for number, (invoice, product, text, units, time, price, customer, land) in enumerate(rows):
            cells = [
                *(int(invoice) if invoice.isdigit() else invoice,),
                *(int(product) if product.isdigit() else product,),
                *(text, units, None, float(price), float(customer), land),
            ]
            sheet.write_row(number + 1, 0, cells)
            sheet.write_datetime(number + 1, 4, time, minute)


def test_parquet_workbook_and_csv_say_the_same(jifen, folder):
    write(folder / "a.parquet", ROWS)
    write_text(folder / "b.csv", ROWS)
    write_workbook(folder / "c.xlsx", ROWS)
    seen = []
    for name in ("a.parquet", "b.csv", "c.xlsx"):
        store = f"{name}.db"
        jifen("init", "--program", ONLINE_RETAIL / "program.toml", "--store", store)
        answer = jifen("import", "online-retail", name, "--quiet", "--store", store)
        assert counts(answer) == (tally(3, posted=2, returned=1), {}), name
        seen.append(history(path=store))
    assert seen[0] == seen[1] == seen[2]


def test_the_columns_of_the_successor_set_are_known(shop, folder):
    header = list(HEADER)
    header[0], header[5], header[6] = "Invoice", "Price", "Customer ID"
    write_text(folder / "a.csv", ROWS, header=header)
    answer = shop("import", "online-retail", "a.csv")
    assert counts(answer) == (tally(3, posted=2, returned=1), {})
    assert "member = Customer ID" in answer.err


def test_amounts_in_a_program_of_another_currency_are_told(jifen, folder):
    program = (ONLINE_RETAIL / "program.toml").read_text(encoding="utf-8")
    (folder / "yuan.toml").write_text(program.replace('"GBP"', '"CNY"'), encoding="utf-8")
    jifen("init", "--program", "yuan.toml")
    write(folder / "a.parquet", ROWS)
    answer = jifen("import", "online-retail", "a.parquet", "--quiet")
    assert "the data set is in GBP; its amounts were taken as CNY" in answer.out
