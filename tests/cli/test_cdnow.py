"""The real CDNOW history, from the file to the warehouse, as `make demo` and the README have it."""

from __future__ import annotations

import contextlib
import csv
import doctest
import gzip
import io
import json
import os
import re
import shlex
from fractions import Fraction
from pathlib import Path

import pytest

from console.root import run
from tests.cli.conftest import EXAMPLES

ROOT = EXAMPLES.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAPPING = ("--map", "amount=dollar_value", "--map", "occurred_at=date")
SAME = doctest.OutputChecker()

pytestmark = pytest.mark.xdist_group("cdnow")


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """A store with the whole history in it, made by the README's own words."""
    folder = tmp_path_factory.mktemp("cdnow")
    (folder / "examples").symlink_to(EXAMPLES)
    for command, output in readme_session()[:2]:
        answer = in_folder(folder, command)
        check(command, output, answer)
    return folder


def readme_session():
    """(command, expected output) of the README's first terminal session."""
    block = README.split("```console\n")[2].split("```")[0]
    steps = []
    for part in re.split(r"^\$ jifen ", block, flags=re.MULTILINE)[1:]:
        command, _, output = re.sub(r" \\\n +", " ", part).partition("\n")
        steps.append((command, output))
    return steps


def in_folder(folder, command):
    out = io.StringIO()
    before = Path.cwd()
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            status = run(shlex.split(command))
    finally:
        os.chdir(before)
    assert status == 0, (command, out.getvalue())
    return out.getvalue()


def check(command, expected, seen):
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    assert SAME.check_output(expected, seen, flags), f"{command}\n{expected}\n---\n{seen}"


def read_gz(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def rows(folder, sql):
    return json.loads(in_folder(folder, f"query {shlex.quote(sql)} --json --max-rows 100000"))


@pytest.mark.parametrize("step", readme_session()[2:], ids=lambda step: step[0][:20])
def test_the_readmes_session_is_what_is_seen(history, step):
    command, expected = step
    check(command, expected, in_folder(history, command))


def test_every_purchase_is_in_with_its_exact_money(history):
    (total,) = rows(
        history,
        "SELECT count(*) AS n, sum(amount_minor)::BIGINT AS minor, count(DISTINCT member) AS m,"
        " count(*) FILTER (amount_minor = 0) AS free,"
        " coalesce(sum(points_earned) FILTER (amount_minor = 0), 0)::BIGINT AS free_points"
        " FROM purchases",
    )
    assert total == {"n": 69_659, "minor": 250_031_563, "m": 23_570, "free": 80, "free_points": 0}


def test_the_sample_is_in_with_its_exact_money(history):
    """The members of the sample file, from the warehouse of the whole history."""
    sample = read_gz(EXAMPLES / "cdnow" / "cdnow_sample.csv.gz")
    members = {row["master_customer_id"] for row in sample}
    sums = rows(
        history, "SELECT member, sum(amount_minor)::BIGINT AS minor FROM purchases GROUP BY member"
    )
    assert len(members) == 2_357
    assert sum(row["minor"] for row in sums if row["member"] in members) == 24_409_194


def test_repeat_purchases_recency_and_age_are_the_references(history):
    """At 1997-09-30, in weeks, for all 2,357 customers of the sample (lifetimes and BTYD)."""
    reference = EXAMPLES / "cdnow" / "reference"
    ids = {}
    for row in read_gz(EXAMPLES / "cdnow" / "cdnow_sample.csv.gz"):
        ids[row["sample_customer_id"].lstrip("0")] = row["master_customer_id"]
    seen = {
        row["member"]: (row["frequency"], row["recency"], row["t"])
        for row in rows(
            history,
            "SELECT member, frequency, recency, t FROM repeat_summary(DATE '1997-09-30', 'day')",
        )
    }
    lifetimes = read_gz(reference / "lifetimes_cdnow_customers_summary.csv.gz")
    btyd = read_gz(reference / "btyd_cdnowSummary_cbs.csv.gz")
    assert len(lifetimes) == len(btyd) == len(ids) == 2_357
    for row in lifetimes:
        frequency, recency, age = seen[ids[row["ID"]]]
        assert frequency == int(row["frequency"])
        assert round(recency / 7, 2) == float(row["recency"])
        assert round(age / 7, 2) == float(row["T"])
    for row in btyd:
        frequency, recency, age = seen[ids[row["cust"]]]
        assert (frequency, recency / 7) == (float(row["x"]), pytest.approx(float(row["t.x"])))
        assert age / 7 == pytest.approx(float(row["T.cal"]))


def test_feeding_the_file_twice_adds_nothing(history):
    import_again = readme_session()[1][0]
    assert "posted 0 + duplicate 69,659 + rejected 0" in in_folder(history, import_again)


def test_points_are_the_balances_and_the_postings_sum_to_zero(history):
    (total,) = rows(
        history,
        "SELECT (SELECT sum(balance_points)::BIGINT FROM balances) AS balances,"
        " (SELECT sum(points_earned)::BIGINT FROM purchases) AS earned,"
        " (SELECT sum(points)::BIGINT FROM postings) AS postings,"
        " (SELECT count(*) FROM (SELECT position FROM postings GROUP BY position"
        "  HAVING sum(points) != 0)) AS unbalanced",
    )
    assert total["balances"] == total["earned"] > 2_000_000
    assert (total["postings"], total["unbalanced"]) == (0, 0)


def test_the_warehouse_agrees_with_the_ledger(history):
    from ledger import Ledger

    balances = {
        row["member"]: row["balance_points"]
        for row in rows(history, "SELECT member, balance_points FROM balances")
    }
    cards = {
        row["member"]: row["tier"] for row in rows(history, "SELECT member, tier FROM tier_cards")
    }
    assert len(balances) == len(cards) == 23_570
    with Ledger.open(history / "jifen.db") as ledger:
        for member in sorted(balances)[::97]:
            assert ledger.balance(member).balance == balances[member]
            assert ledger.tier(member).tier == cards[member]


def test_the_same_program_would_have_changed_nothing(history):
    out = in_folder(history, "whatif --program examples/cdnow/program.toml")
    assert "members 23,570, purchases 69,659; nothing changes\n" in out


def test_a_doubled_rate_would_have_given_exactly_double_but_for_the_rounding_told(history):
    from ledger import Ledger

    program = (EXAMPLES / "cdnow" / "program.toml").read_text(encoding="utf-8")
    with Ledger.open(history / "jifen.db") as ledger:
        report = ledger.what_if(program.replace("points = 1\n", "points = 2\n")).report
    before, after = report.before, report.after
    assert after.issued + after.rounding == 2 * (before.issued + before.rounding)
    assert (after.rounded, after.most_rounding) == (4_676, Fraction(1, 2))
    assert all(tier_from == tier_to for tier_from, tier_to in report.tiers)


def test_rebuilding_gives_the_same_answers(history):
    everything = "SELECT * FROM balances ORDER BY member"
    before = rows(history, everything)
    in_folder(history, "rebuild")
    assert rows(history, everything) == before


def test_the_readmes_library_example_prints_what_it_says(tmp_path, monkeypatch, capsys):
    code = re.search(r"```python\n(.*?)```", README, flags=re.DOTALL)[1]
    printed = re.search(r"```python\n.*?```\n\n```\n(.*?)```", README, flags=re.DOTALL)[1]
    assert len(code.strip().splitlines()) <= 10
    (tmp_path / "examples").symlink_to(EXAMPLES)
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out == printed
