"""`jifen partner`: joining, terms, pauses, leaving and blocks, as a person has them."""

from __future__ import annotations

import pytest

from tests.cli.conftest import EXAMPLES

ALLIANCE = EXAMPLES / "alliance"


@pytest.fixture
def alliance(jifen, today):
    """A ledger of the example's program with the cinema and the pharmacy; it is 2026-06-30."""
    assert jifen("init", "--program", ALLIANCE / "program.toml").status == 0
    for name in ("cinema", "pharmacy"):
        assert jifen("partner", "join", ALLIANCE / f"{name}.toml").status == 0
    assert jifen("enrol", "m-001", "--at", "2026-02-02").status == 0
    return jifen


def shown(answer, *labels):
    return [answer.record.get(label) for label in labels]


def test_joining_tells_what_is_agreed(alliance):
    joined = alliance("partner", "join", ALLIANCE / "tea_house.toml", "--operator", "Li")
    assert joined.out.startswith("Partner joined\n")
    assert shown(joined, "name", "pays for points issued", "at most", "share of issued") == [
        "山间茶馆",
        "1.00 CNY for 100 points",
        "500 points a purchase",
        "2 %",
    ]
    again = alliance("partner", "join", ALLIANCE / "tea_house.toml")
    assert (again.status, again.out) == (3, "")
    assert "[partner_exists]" in again.err


def test_a_terms_file_with_mistakes_is_refused_by_its_name(alliance, folder):
    (folder / "bad.toml").write_text('partner = "x"\neffective_from = 2026-01-01\nfee = 1\n')
    for name in ("bad.toml", "none.toml"):
        answer = alliance("partner", "join", name)
        assert answer.status == 2
        assert f"{name}: 1 mistake(s)" in answer.err
        assert "[invalid_terms]" in answer.err


def test_the_list_has_everyone_and_json_counts_smallest_units(alliance):
    table = alliance("partner", "list").out
    assert "光影影城" in table
    first, second = alliance("partner", "list", "--json").json
    assert (first["partner"], first["state"], first["prepaid_left"]) == (
        "cinema",
        "takes part",
        None,
    )
    assert (second["partner"], second["issued"], second["prepaid_left"]) == ("pharmacy", 0, 0)


def test_a_block_is_bought_and_drawn_on_at_the_till(alliance):
    refused = alliance("purchase", "m-001", "118", "--receipt", "A", "--partner", "pharmacy")
    assert refused.status == 3
    assert "'pharmacy' has prepaid 0 more points, 118 would be issued [block_empty]" in refused.err
    bought = alliance("partner", "buy", "pharmacy", "50000", "475", "--request-id", "b-1")
    assert shown(bought, "prepaid and left", "prepaid") == ["50,000", "refused when empty"]
    assert (
        alliance("partner", "buy", "pharmacy", "50000", "475", "--request-id", "b-1")
        .record["block 1"]
        .startswith("50,000 left of 50,000")
    )
    alliance("purchase", "m-001", "118", "--receipt", "A", "--partner", "pharmacy")
    state = alliance("partner", "show", "pharmacy", "--json").json
    assert (state["issued"], state["blocks"]) == (
        118,
        [
            {
                "block": 1,
                "bought_on": "2026-06-30",
                "points": 50_000,
                "price_minor": 47_500,
                "left": 49_882,
            }
        ],
    )


def test_a_pause_shows_and_ends(alliance):
    pause = ("partner", "suspend", "cinema", "--reason", "late", "--from", "2026-06-20")
    assert alliance(*pause).status == 2
    assert alliance(*pause, "--operator", "Li").record["suspended"] == "from 2026-06-20 on"
    sale = ("purchase", "m-001", "50", "--partner", "cinema", "--at", "2026-06-29", "--receipt")
    assert "[partner_paused]" in alliance(*sale, "A").err
    resumed = alliance("partner", "resume", "cinema", "--from", "2026-06-29")
    assert shown(resumed, "state", "suspended") == [
        "takes part",
        "from 2026-06-20 to before 2026-06-29",
    ]
    assert alliance(*sale, "A").status == 0


def test_terms_change_from_a_day_and_a_partner_leaves(alliance, folder):
    text = (ALLIANCE / "cinema.toml").read_text(encoding="utf-8")
    later = text.replace("2026-02-01", "2026-08-01").replace('"1.20"', '"1.10"')
    (folder / "later.toml").write_text(later, encoding="utf-8")
    changed = alliance("partner", "terms", "later.toml")
    assert shown(changed, "terms from", "pays for points issued", "other terms from") == [
        "2026-02-01",
        "1.20 CNY for 100 points",
        "2026-08-01",
    ]
    left = alliance("partner", "leave", "cinema", "--last-day", "2026-06-30", "--reason", "closed")
    assert left.record["last day"] == "2026-06-30"
    assert "[partner_not_member]" in alliance("partner", "leave", "cinema").err
    assert "[unknown_partner]" in alliance("partner", "show", "bakery").err


def test_a_limit_over_all_members_speaks_of_points_as_the_program_shows_them(alliance):
    alliance("award", "m-001", "20000", "--reason", "seed")
    refused = alliance("redeem", "m-001", "10001", "--partner", "cinema")
    assert "redeem_points_per_month of partner cinema of 10000: 0 used, 10001 asked" in refused.err


def test_a_rule_that_terms_name_gets_another_id_after_the_terms_name_both(alliance, folder):
    program = (ALLIANCE / "program.toml").read_text(encoding="utf-8")
    renamed = program.replace("2026-01-01", "2026-08-01", 1).replace('"ticket"\nm', '"film"\nm')
    (folder / "august.toml").write_text(renamed, encoding="utf-8")
    lines = [
        "error  $.earn  [program_lacks]",
        "  the terms of 'cinema' name 'ticket' on 2026-08-01, and here is nothing in its place: it"
        " can't be published",
    ]
    checked = alliance("program", "check", "august.toml")
    assert (checked.status, checked.out.splitlines()[:2]) == (1, lines)
    nowhere = alliance("program", "check", "august.toml", "--store", "none.db")
    assert "program_lacks" not in nowhere.out
    for words in (("--yes",), ("--dry-run",)):
        refused = alliance("program", "publish", "august.toml", *words)
        assert refused.status == 3
        assert "[program_has_errors]" in refused.err
        assert lines[0] in refused.out

    terms = (ALLIANCE / "cinema.toml").read_text(encoding="utf-8")
    both = terms.replace("2026-02-01", "2026-08-01").replace('"ticket"', '"ticket", "film"')
    (folder / "both.toml").write_text(both, encoding="utf-8")
    agreed = alliance("partner", "terms", "both.toml")
    assert agreed.status == 0
    assert agreed.err == "version 1 of the program has no [[earn]] 'film', from 2026-08-01 on\n"
    done = alliance("program", "publish", "august.toml", "--yes")
    assert done.status == 0
    assert "warning  $.earn  [named_by_terms]" in done.out


def test_terms_that_name_nothing_of_the_program_are_refused(alliance, folder):
    terms = (ALLIANCE / "tea_house.toml").read_text(encoding="utf-8")
    (folder / "tea.toml").write_text(terms.replace('["base"]', '["bsae"]'), encoding="utf-8")
    answer = alliance("partner", "join", "tea.toml")
    assert answer.status == 3
    assert (
        "the terms of 'tea-house' name [[earn]] 'bsae' on 2026-02-01, and version 1 of the program"
        " has nothing in its place [program_lacks]"
    ) in answer.err
