"""Purchases, returns, redemptions, rewards and holds, as the till types them."""

from __future__ import annotations

import pytest

LINES = (
    *("purchase", "m-001", "1,000.00", "--receipt", "A-1", "--at", "2026-06-20"),
    *("--line", "sku=A1,qty=3,amount=600,category=cup", "--line", "category=tea,amount=400"),
)


def test_lines_and_tenders_decide_what_a_purchase_earns(club):
    bought = club(*LINES, "--tender", "voucher=500", "--tender", "card=500.00", "--json").json
    # Half of it was paid with money that earns; tea earns twice.
    assert bought["points"] == 500 + 200
    assert bought["tier_reached"] == "银卡"
    line = club("statement", "m-001", "--json").json[-1]
    assert (line["receipt"], line["points"]) == ("A-1", 700)


@pytest.mark.parametrize(
    ("words", "points"),
    [
        (("--channel", "online"), 10),
        (("--occasion", "birthday"), 10),
        (("--channel", "online", "--occasion", "rain", "--occasion", "birthday"), 30),
    ],
)
def test_a_rule_may_ask_for_channel_and_occasion(club, words, points):
    words = ("purchase", "m-001", "10", "--receipt", "A-1", *words, "--json")
    assert club(*words).json["points"] == points


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--line", "amount=9"), "invalid_command"),
        (("--tender", "cash=9"), "invalid_command"),
        (("--tender", "cash"), "unreadable_option"),
        (("--tender", "=10"), "unreadable_option"),
        (("--tender", "cash=ten"), "invalid_amount"),
        (("--line", "sku=A1"), "unreadable_option"),
        (("--line", "amount=1,280.50"), "unreadable_option"),
        (("--line", "amount=10,colour=red"), "unknown_part"),
        (("--line", "amount=10,amount=10"), "unreadable_option"),
        (("--line", "amount=10,sku="), "unreadable_option"),
        (("--line", "amount=10,qty=1.5"), "unreadable_option"),
        (("--line", "amount=10.005"), "invalid_amount"),
        (("--qualifying", "11"), "invalid_command"),
    ],
)
def test_a_receipt_that_can_not_be_right_is_refused(club, words, code):
    answer = club("purchase", "m-001", "10", "--receipt", "A-1", *words)
    assert answer.status == 2
    assert f"[{code}]" in answer.err
    assert club("balance", "m-001", "--json").json["balance"] == 300


# -- returns -------------------------------------------------------------------------------------


def test_a_return_by_line_takes_back_what_it_earned_and_the_card(club):
    club(*LINES)
    part = club(
        "return", "m-001", "A-1", "--line", "1=2", "--line", "2,amount=50", "--return-id", "R"
    )
    assert part.status == 0
    assert part.record["points"] == "-500"
    assert part.record["points due"] == "500"
    assert part.record["balance after"] == "1,200"
    assert "card lowered to" not in part.record

    rest = club("return", "m-001", "A-1")
    assert rest.record["points"] == "-900"
    assert rest.record["card lowered to"] == "no card"
    assert rest.record["lots"] == "2: -900"


def test_a_return_by_amount_and_what_the_statement_says_of_it(club):
    club(*LINES)
    assert club("return", "m-001", "A-1", "--amount", "500").record["points"] == "-700"
    bought, back = club("statement", "m-001", "--json").json[-2:]
    assert back["kind"] == "ReturnRecorded"
    assert back["refers_to"] == bought["position"]
    assert back["lots"] == "2: -700"


def test_points_that_were_spent_already_are_owed(club):
    club("redeem", "m-001", "250", "--bill", "1000")
    back = club("return", "m-001", "A-0")
    assert back.record["owed from now on"] == "250"
    assert back.record["balance after"] == "-250"
    assert club("balance", "m-001").record["owed"] == "250"
    assert club("award", "m-001", "300", "--reason", "x").record["debt repaid"] == "250"


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ("clamp", {"due": 300, "points": -50, "forgiven": 250}),
        ("cash", {"due": 300, "points": -50, "in_cash": 250, "cash_minor": 2500}),
    ],
)
def test_what_a_return_forgives_or_keeps_in_cash_is_told(jifen, folder, today, policy, told):
    from tests.cli.conftest import CLUB

    text = CLUB.read_text(encoding="utf-8").replace(
        "hold_min", f'on_shortfall = "{policy}"\nhold_min'
    )
    (folder / "p.toml").write_text(text, encoding="utf-8")
    jifen("init", "--program", "p.toml")
    jifen("enrol", "m")
    jifen("purchase", "m", "300", "--receipt", "A")
    jifen("redeem", "m", "250", "--bill", "1000")
    answer = jifen("return", "m", "A", "--json").said
    assert {key: answer[key] for key in told} == told
    assert "owed" not in answer


def test_points_spent_on_the_receipt_come_back_with_it(club):
    club("redeem", "m-001", "100", "--receipt", "A-1", "--bill", "1000")
    club(*LINES)
    back = club("return", "m-001", "A-1")
    assert back.record["given back"] == "100"
    assert back.record["points"] == "-1,300"
    assert back.record["balance after"] == "300"


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("A-9",), 3, "unknown_purchase"),
        (("A-0", "--at", "2026-06-30", "--line", "2"), 3, "return_exceeds_purchase"),
        (("A-0", "--amount", "300.01"), 3, "return_exceeds_purchase"),
        (("A-0", "--line", "x"), 2, "unreadable_option"),
        (("A-0", "--line", "1,units=2"), 2, "unknown_part"),
        (("A-0", "--line", "1=1,amount=2"), 2, "invalid_command"),
        (("A-0", "--line", "1", "--amount", "2"), 2, "invalid_command"),
        (("A-0", "--amount", "0"), 2, "invalid_command"),
    ],
)
def test_a_return_that_can_not_be_is_refused(club, words, status, code):
    answer = club("return", "m-001", *words)
    assert answer.status == status
    assert f"[{code}]" in answer.err


def test_the_window_for_returns_closes(club, today):
    today("2026-08-01")
    answer = club("return", "m-001", "A-0")
    assert answer.status == 3
    assert "until 2026-07-31 [return_window_closed]" in answer.err


# -- redemptions and rewards -----------------------------------------------------------------------


def test_a_redemption_says_its_worth_its_lots_and_how_to_take_it_back(club):
    spent = club("redeem", "m-001", "50", "--bill", "10.00", "--request-id", "r-1")
    assert spent.record["worth at the till (CNY)"] == "5.00"
    assert spent.record["balance before"] == "300"
    assert spent.record["balance after"] == "250"
    assert spent.record["lots"] == "1: -50"
    assert spent.record["to give it back"] == "jifen reverse m-001 r-1"
    words = spent.record["to give it back"].split()[1:]
    assert club(*words).record["balance after"] == "300"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("50",), "bill_needed"),
        (("50", "--bill", "9.99"), "redemption_policy"),
        (("4", "--bill", "10"), "redemption_policy"),
        (("301", "--bill", "1000"), "insufficient_points"),
    ],
)
def test_a_redemption_against_the_policy_is_refused(club, words, code):
    answer = club("redeem", "m-001", *words)
    assert answer.status == 3
    assert f"[{code}]" in answer.err


def test_redeemable_says_how_much_and_why_no_more(club):
    full = club("redeemable", "m-001", "--bill", "20.00")
    assert full.record["may be spent"] == "100"
    assert full.record["worth at the till (CNY)"] == "10.00"
    assert full.record["limited by"] == "max_bill_percent"
    asked = club("redeemable", "m-001", "--bill", "20.00", "--points", "40", "--json").said
    assert asked == {
        "member": "m-001",
        "bill_minor": 2000,
        "asked": 40,
        "points": 40,
        "value_minor": 400,
    }
    assert club("redeemable", "m-001", "--bill", "9999").record["may be spent"] == "300"
    club("freeze", "m-001", "--reason", "x")
    assert club("redeemable", "m-001", "--bill", "20").record["limited by"] == "account_frozen"


def test_rewards_are_listed_and_redeemed(club):
    assert [
        (row["reward"], row["offered"], row["affordable"], row["missing"])
        for row in club("rewards", "m-001", "--json").json
    ] == [("cup", True, True, 0), ("car", True, False, 99_700), ("fan", False, False, 0)]
    catalogue = club("rewards").out
    assert "杯子" in catalogue
    assert "can be had" not in catalogue

    cups = club("reward", "m-001", "cup", "--quantity", "2")
    assert cups.record["spent"] == "200"
    assert cups.record["to pay beside (CNY)"] == "10.00"
    assert club("reward", "m-001", "car").status == 3
    assert "[unknown_reward]" in club("reward", "m-001", "bus").err


def test_a_member_who_may_not_spend_can_have_no_reward(club):
    club("freeze", "m-001", "--reason", "x")
    assert [row["affordable"] for row in club("rewards", "m-001", "--json").json] == [False] * 3


# -- holds ---------------------------------------------------------------------------------------


def test_a_hold_is_captured_by_what_its_answer_names(club):
    held = club("hold", "m-001", "100", "--bill", "1000", "--minutes", "30", "--source", "till 7")
    assert held.record["on hold"] == "100"
    assert held.record["points"] == "0"
    assert held.record["hold lapses at"] == "2026-06-30 12:30:00 +08:00"
    assert club("balance", "m-001").record["available"] == "200"
    assert held.record["to spend it"].endswith("--of-source 'till 7'")

    request = held.record["request"]
    taken = club("capture", "m-001", request, "--of-source", "till 7", "--points", "60")
    assert taken.record["points"] == "-60"
    assert taken.record["released from hold"] == "40"
    assert taken.record["lots"] == "1: -60"
    assert club("capture", "m-001", request).status == 3
    assert club("balance", "m-001").record["available"] == "240"


@pytest.mark.parametrize("name", [("#{}",), ("＃{}",), ("--event", "{}")])
def test_an_event_of_the_statement_names_a_hold(club, name):
    club("hold", "m-001", "100", "--bill", "1000", "--source", "elsewhere")
    position = club("statement", "m-001", "--json").json[-1]["position"]
    given_up = club("release", "m-001", *(word.format(position) for word in name))
    assert given_up.record["released from hold"] == "100"
    assert given_up.record["lots"] == "1: +100"
    assert club("balance", "m-001").record["available"] == "300"


@pytest.mark.parametrize(
    ("words", "status", "words_of_error"),
    [
        (("capture", "m-001", "h"), 3, "[unknown_hold]"),
        (("capture", "m-001", "#1"), 3, "[unknown_event]"),
        (("release", "m-001", "--event", "999"), 3, "[unknown_event]"),
        (("reverse", "m-001", "#4"), 3, "[unknown_redemption]"),
        (("reverse", "m-001"), 2, "either by its request or with --event"),
        (("reverse", "m-001", "r-1", "--event", "4"), 2, "either by its request or with --event"),
        (("reverse", "nobody", "#4"), 3, "[unknown_member]"),
        (("hold", "m-001", "100", "--minutes", "0"), 2, "--minutes"),
    ],
)
def test_what_names_nothing_is_refused(club, words, status, words_of_error):
    answer = club(*words)
    assert answer.status == status
    assert words_of_error in answer.err


def test_a_hold_that_lapsed_is_told_with_the_next_command(club, today):
    club("hold", "m-001", "100", "--bill", "1000")
    today("2026-07-01")
    spent = club("redeem", "m-001", "300", "--bill", "1000", "--json").json
    assert spent["occurred_at"] == "2026-07-01T04:00:00Z"
    assert (spent["released"], spent["spent"], spent["lots"]) == (100, 300, "1: -300")


def test_a_redemption_is_reversed_in_parts_also_by_its_event(club):
    club("redeem", "m-001", "100", "--bill", "1000")
    event = club("statement", "m-001", "--json").json[-1]["position"]
    part = club("reverse", "m-001", "--event", event, "--points", "30", "--reason", "cup broken")
    assert part.record["given back"] == "30"
    assert club("reverse", "m-001", f"#{event}").record["given back"] == "70"
    assert "[already_reversed]" in club("reverse", "m-001", f"#{event}").err
    assert [line["refers_to"] for line in club("statement", "m-001", "--json").json[-2:]] == [
        event,
        event,
    ]


def test_points_given_back_past_their_day_expire_at_once_and_that_is_told(club, today):
    club("redeem", "m-001", "100", "--bill", "1000", "--request-id", "r")
    today("2027-06-30")
    back = club("reverse", "m-001", "r")
    assert (back.record["given back"], back.record["expired"]) == ("100", "100")
    assert back.record["points"] == "0"
    assert back.record["at"] == "2027-06-30 12:00:00 +08:00"
