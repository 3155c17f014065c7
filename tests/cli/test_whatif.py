"""What would be under another program, as a person asks for it."""

from __future__ import annotations

import pytest

from tests.cli.conftest import CLUB


@pytest.fixture
def other(club, folder):
    """m-001 spent 250 of 300 points, m-002 has 40; a program that gives half of that."""
    club("purchase", "m-002", "40", "--receipt", "B-1", "--at", "2026-06-05")
    club("redeem", "m-001", "100", "--bill", "1000", "--at", "2026-06-10")
    club("redeem", "m-001", "150", "--bill", "1000", "--at", "2026-06-20")
    text = CLUB.read_text(encoding="utf-8").replace('id = "base"\n', 'id = "base"\nper = "2"\n')
    (folder / "half.toml").write_text(text, encoding="utf-8")
    return club


def test_the_report_tells_the_figures_the_cards_the_most_and_what_is_not_covered(other):
    seen = other("whatif", "--program", "half.toml")
    assert seen.status == 0
    assert seen.err == ""
    figures, cards, losses, uncovered = seen.out.split("\n\n")
    assert figures.splitlines()[0] == (
        "as recorded, and with half.toml from the beginning; as of 2026-06-20 24:00"
    )
    told = {line[:20].strip(): line.split()[-3:] for line in figures.splitlines()[3:-1]}
    assert told["issued"] == ["340", "170", "-170"]
    assert told["redeemed"] == ["-250", "-100", "+150"]
    assert told["points outstanding"] == ["90", "70", "-20"]
    assert figures.splitlines()[-1].startswith("members 2, purchases 2; 2 of 2 accounts change")
    assert cards.splitlines()[0].startswith("members by card")
    assert losses.splitlines()[0] == "who loses most"
    assert losses.splitlines()[-1].split()[:4] == ["m-002", "40", "20", "-20"]
    assert uncovered.splitlines()[-1].split() == [
        *("redemption", "insufficient_points", "1", "150"),
    ]


def test_every_way_that_points_go_has_its_label():
    from console.whatif_members import FIGURES
    from ledger.whatif import FLOWS

    assert set(FLOWS) <= set(FIGURES)


def test_the_same_program_changes_nothing_and_says_so(other):
    seen = other("whatif", "--program", CLUB)
    assert "nothing changes" in seen.out
    assert "who" not in seen.out


def test_json_has_the_same_in_the_smallest_units(other):
    report = other("whatif", "--program", "half.toml", "--json").json
    assert list(report) == [
        *("program", "other", "since", "as_of", "accounts", "members", "purchases", "changed"),
        *("figures", "tiers", "gains", "losses", "uncovered"),
    ]
    assert report["figures"]["value_minor"] == {"before": 900, "after": 700, "difference": -200}
    assert report["figures"]["earned"] == {"before": 340, "after": 170, "difference": -170}
    assert report["uncovered"] == [
        {"command": "RedeemPoints", "code": "insufficient_points", "facts": 1, "points": 150}
    ]
    assert sum(move["members"] for move in report["tiers"]) == report["members"] == 2


def test_a_sheet_has_a_row_for_each_figure(other):
    lines = other("whatif", "--program", "half.toml", "--format", "csv").out.splitlines()
    assert lines[0].lstrip("\ufeff") == "figure,before,after,difference"
    assert "redeemed,-250,-100,150" in lines
    assert "value,9.00,7.00,-2.00" in lines


def test_members_has_a_row_for_each_account(other):
    rows = other("whatif", "--program", "half.toml", "--members", "--json").json
    assert [row["member"] for row in rows] == ["m-001", "m-002"]
    (first, _) = rows
    assert (first["earned_before"], first["earned_after"]) == (300, 150)
    assert (first["refused"], first["refused_points"]) == (1, 150)


def test_parquet_has_the_same_rows_beside_the_report(other, folder):
    import pyarrow.parquet as pq

    rows = other("whatif", "--program", "half.toml", "--members", "--json").json
    seen = other("whatif", "--program", "half.toml", "--parquet", "all.parquet")
    assert "issued" in seen.out
    assert pq.read_table(folder / "all.parquet").to_pylist() == rows


def test_since_and_as_of_are_days(other):
    report = other("whatif", "--program", "half.toml", "--since", "2026-06-06", "--json").json
    assert (report["since"], report["changed"]) == ("2026-06-06", 0)
    seen = other("whatif", "--program", "half.toml", "--since", "2026年6月1日", "--as-of", "today")
    assert "from 2026-06-01 on; as of 2026-06-30 24:00" in seen.out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--program", "nix.toml"), "invalid_program"),
        (("--program", "half.toml", "--as-of", "2026-06-19"), "facts_after_day"),
        (("--program", "half.toml", "--since", "someday"), "invalid_time"),
        (("--program", "half.toml", "--parquet", "no/such/folder.parquet"), "unwritable_file"),
    ],
)
def test_what_can_not_be_asked_is_told_in_one_line(other, words, code):
    seen = other("whatif", *words)
    assert seen.status == 2
    assert f"[{code}]" in seen.err
    assert seen.out == ""


def test_another_shops_program_is_refused(other, folder):
    text = (folder / "half.toml").read_text(encoding="utf-8")
    (folder / "usd.toml").write_text(text.replace("CNY", "USD"), encoding="utf-8")
    seen = other("whatif", "--program", "usd.toml")
    assert seen.status == 3
    assert "[program_mismatch]" in seen.err
