"""Closing months, statements and disputes at the command line."""

from __future__ import annotations

import csv
import re
import sqlite3
from html.parser import HTMLParser

import pytest

from console.options import open_ledger
from schemas.commands import JoinPartner

TERMS = """
partner = "cafe"
effective_from = 2026-01-01
[issue]
points = "100"
money = "1.25"
[redeem]
points = "100"
money = "0.90"
[fees]
issue_percent = "2.5"
"""


@pytest.fixture
def alliance(club, today):
    """The cafe issued 120 points in June and 40 in May, and had 50 spent; it is 2 July."""
    with open_ledger("jifen.db") as ledger:
        for partner in ("cafe", "air"):
            ledger.execute(JoinPartner(content=TERMS.replace("cafe", partner)))
    for words in (
        ("purchase", "m-001", "120", "--receipt", "B-1", "--partner", "cafe", "--at", "2026-06-03"),
        ("purchase", "m-001", "40", "--receipt", "B-2", "--partner", "cafe", "--at", "2026-05-30"),
        ("redeem", "m-001", "50", "--bill", "90", "--partner", "air", "--at", "2026-06-20"),
    ):
        assert club(*words).status == 0, club(*words)
    today("2026-07-02")
    return club


def test_a_month_is_rehearsed_and_closed_once(alliance):
    tried = alliance("settle", "--period", "2026-06", "--dry-run", "--json")
    assert tried.status == 0
    assert alliance("settlement", "list", "--json").json == []

    closed = alliance("settle", "--period", "2026-06", "--json")
    assert closed.json["lines"] == tried.json["lines"]
    assert closed.json["digest"] == tried.json["digest"]
    figures = {
        (x["partner"], x["kind"], x["month"]): x["amount_minor"] for x in closed.json["lines"]
    }
    assert figures == {
        ("cafe", "issued", "2026-05"): 50,
        ("cafe", "issued", "2026-06"): 150,
        ("cafe", "issue_fee", "2026-05"): 1,
        ("cafe", "issue_fee", "2026-06"): 4,
        ("air", "redeemed", "2026-06"): -45,
    }
    assert sum(net["net_minor"] for net in closed.json["nets"]) == 0
    again = alliance("settle", "--period", "2026-06")
    assert again.status == 3
    assert "period_order" in again.err


def test_a_month_that_is_not_over_is_not_closed(alliance):
    refused = alliance("settle", "--period", "2026-07")
    assert refused.status == 3
    assert "period_not_over" in refused.err


def test_what_is_no_month_is_refused_before_anything_is_read(alliance):
    for words in ("2026Q2", "2026"):
        assert alliance("settle", "--period", words).status == 2


def test_a_closed_month_is_worked_out_again_to_the_byte(alliance):
    alliance("settle", "--period", "2026-06")
    alliance(
        "purchase", "m-001", "9", "--receipt", "B-9", "--partner", "cafe", "--at", "2026-06-04"
    )

    told = alliance("settle", "--period", "2026-06", "--recompute", "--json")
    assert (told.status, told.json["same"], told.json["lines"]) == (0, True, [])


def test_a_line_that_comes_out_otherwise_is_named(alliance):
    alliance("settle", "--period", "2026-06")
    connection = sqlite3.connect("jifen.db")
    with connection:
        connection.execute(
            "UPDATE events SET state = replace(state, ?, ?)",
            ('"points_earned":120', '"points_earned":121'),
        )
    connection.close()
    alliance("rebuild", "--quiet")

    told = alliance("settle", "--period", "2026-06", "--recompute")
    assert told.status == 1
    assert "cafe issued 2026-06: closed 1.50, now 1.51" in told.out


def test_a_month_that_was_never_closed_can_t_be_worked_out_again(alliance):
    told = alliance("settle", "--period", "2026-06", "--recompute")
    assert told.status == 2
    assert "not_settled" in told.err


def test_a_statement_shows_who_owes_what_and_who_pays(alliance):
    alliance("settle", "--period", "2026-06")

    told = alliance("settlement", "show", "2026-06").out
    assert "points issued" in told
    assert told.splitlines()[-5:-1] == [
        "air is owed 0.45",
        "cafe owes 2.05",
        "cafe pays (house) 1.60",
        "cafe pays air 0.45",
    ]
    one = alliance("settlement", "show", "2026-06", "--partner", "air").out
    assert "points issued" not in one


def test_a_statement_is_a_csv_that_a_spreadsheet_opens(alliance, folder):
    alliance("settle", "--period", "2026-06")
    alliance("settlement", "show", "2026-06", "--format", "csv", "--out", "june.csv")

    with (folder / "june.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["kind"], row["amount"]) for row in rows if row["partner"] == "air"] == [
        ("redeemed", "-0.45")
    ]


def test_every_figure_is_drilled_down_to_its_events(alliance):
    alliance("settle", "--period", "2026-06")

    words = ("settlement", "show", "2026-06", "--partner", "cafe", "--line", "issued", "--events")
    rows = alliance(*words, "--json").json
    assert [(row["member"], row["month"], row["points"]) for row in rows] == [
        ("m-001", "2026-06", 120),
        ("m-001", "2026-05", 40),
    ]
    rows = alliance(*words, "--month", "2026-05", "--json").json
    assert [row["points"] for row in rows] == [40]
    assert alliance("settlement", "show", "2026-06", "--line", "nothing").status == 2


class Page(HTMLParser):
    """What a page needs from elsewhere, its tables' captions, and tags that were not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.elsewhere: list[str] = []
        self.open: list[str] = []
        self.counts: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elsewhere += [value or "" for name, value in attrs if name in ("src", "href")]
        self.counts[tag] = self.counts.get(tag, 0) + 1
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_statement_is_a_page_in_one_file(alliance, folder):
    alliance("settle", "--period", "2026-06", "--page", "june.html")

    text = (folder / "june.html").read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert page.open == []
    assert page.elsewhere == []
    assert page.counts["caption"] == page.counts["table"] == 3
    assert "script" not in page.counts
    assert re.search(r"issued</th><td>2026-05 \(late\)</td>", text)
    assert "2.05" in text


def test_a_dispute_is_opened_decided_and_in_the_next_statement(alliance, today):
    alliance("settle", "--period", "2026-06")
    opened = alliance(
        *("dispute", "open", "2026-06", "cafe", "issued"),
        *("--reason", "one twice", "--request-id", "d-1"),
    )
    assert opened.status == 0
    assert [x["amount_minor"] for x in alliance("dispute", "list", "--json").json] == [None]
    decided = alliance(
        *("dispute", "decide", "d-1", "--amount", "-0.50"),
        *("--reason", "so it is", "--operator", "Li"),
    )
    assert decided.status == 0
    assert [x["amount_minor"] for x in alliance("dispute", "list", "--json").json] == [-50]

    today("2026-08-01")
    (line,) = alliance("settle", "--period", "2026-07", "--json").json["lines"]
    assert (line["kind"], line["month"], line["amount_minor"]) == ("correction", "2026-06", -50)
    assert (line["late"], line["dispute"]) == (True, "d-1")


def test_a_dispute_about_no_line_is_refused(alliance):
    alliance("settle", "--period", "2026-06")
    words = ("dispute", "open", "2026-06", "cafe", "sent", "--reason", "x")
    assert "unknown_line" in alliance(*words).err
