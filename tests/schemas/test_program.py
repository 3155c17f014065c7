"""The program file: every mistake is told, with its path."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from schemas.errors import InvalidProgram
from schemas.program import Program
from schemas.program_file import load_program, parse_threshold
from tests.scenario import BASIC, LADDER

COBRAND = BASIC + '[[cobrand]]\nid = "bank"\npartner = "cmb"\n'
EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*/program.toml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_the_examples_are_sound(path):
    assert load_program(path.read_text(encoding="utf-8")).earn


def test_the_department_stores_ladder_is_the_handbooks():
    (path,) = [path for path in EXAMPLES if path.parent.name == "department_store"]
    program = load_program(path.read_text(encoding="utf-8"))
    ladder = [
        (tier.label, tier.window, parse_threshold(tier, program) // 100, tier.discount_percent)
        for tier in program.tiers
    ]
    assert ladder == [
        ("积分卡", "same_day", 1_500, "0"),
        ("普卡", "calendar_year", 3_000, "5"),
        ("金卡", "calendar_year", 10_000, "10"),
        ("金钻卡", "calendar_year", 80_000, "15"),
    ]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("this is not toml", "not TOML"),
        ("foo = 1\n" + BASIC, "$.foo: unknown setting"),
        (BASIC.replace('name = "Test"', ""), "$.name: missing"),
        (BASIC.replace("CNY", "yuan"), "$.currency"),
        ('zone = "Mars/North"\n' + BASIC, "$.zone"),
        ("points_decimals = 9\n" + BASIC, "$.points_decimals"),
        ('rounding = "up"\n' + BASIC, "$.rounding"),
        (BASIC.replace('per = "1.00"', "per = 1.5"), "$.earn[0].per"),
        (BASIC.replace('per = "1.00"', 'per = "0"'), "$.earn[0].per"),
        (BASIC.replace('per = "1.00"', 'per = "1.001"'), "$.earn[0].per"),
        (BASIC.replace("points = 1", 'points = "1.5"'), "$.earn[0].points"),
        (BASIC.replace("points = 1", "points = 0"), "$.earn[0].points"),
        (BASIC + "starts_on = 2026-02-01\nends_on = 2026-01-01", "$.earn[0].ends_on"),
        (BASIC + BASIC[BASIC.index("[[earn]]") :], "$.earn[1].id: 'base' is there twice"),
        (BASIC + '[expiry]\npolicy = "months"', "$.expiry.months"),
        (BASIC + "[expiry]\nmonths = 5", "$.expiry.months"),
        (LADDER.replace('threshold = "5000.00"', ""), "$.tier[1].threshold"),
        (LADDER.replace("5000.00", "lots"), "$.tier[1].threshold"),
        (LADDER.replace('"1.5"', '"-1"'), "$.tier[1].multiplier"),
        (LADDER + 'window = "rolling_months"', "$.tier[1].window_months"),
        (LADDER + 'valid = "months"', "$.tier[1].valid_months"),
        (LADDER + 'discount_percent = "101"', "$.tier[1].discount_percent"),
        (LADDER + '[rfm]\nmonetary = "x"', "$.rfm.monetary"),
        (LADDER + "[rfm]\nfrequency = 0", "$.rfm.frequency"),
        (BASIC.replace('id = "base"', 'id = " "'), "$.earn[0].id"),
        (COBRAND.replace('partner = "cmb"', ""), "$.cobrand[0].partner: missing"),
        (COBRAND.replace('"cmb"', '" "'), "$.cobrand[0].partner: not an identifier"),
        (COBRAND + "points = 0", "$.cobrand[0].points"),
        (COBRAND + 'per = "0.001"', "$.cobrand[0].per"),
        (COBRAND + 'per_month = "1.5"', "$.cobrand[0].per_month"),
        (COBRAND + "starts_on = 2026-02-01\nends_on = 2026-01-01", "$.cobrand[0].ends_on"),
        (COBRAND + COBRAND[len(BASIC) :], "$.cobrand[1].id: 'bank' is there twice"),
        (
            "available_after_days = 40\n" + BASIC + '[expiry]\npolicy = "months"\nmonths = 1',
            "$.available_after_days",
        ),
        (
            "available_after_days = 1\n" + BASIC + '[expiry]\npolicy = "end_of_year"\nyears = 0',
            "$.available_after_days",
        ),
    ],
)
def test_a_mistake_is_told_with_its_path(text, mistake):
    with pytest.raises(InvalidProgram) as caught:
        load_program(text)
    assert [m for m in caught.value.mistakes if m.startswith(mistake)], caught.value.mistakes


def test_all_mistakes_are_told_at_once():
    with pytest.raises(InvalidProgram) as caught:
        load_program('id = 1\nfoo = 2\ncurrency = "x"\n[[tier]]\nthreshold = 1.5\nbar = 1\n')
    paths = {mistake.partition(":")[0] for mistake in caught.value.mistakes}
    assert paths == {
        *("$.id", "$.foo", "$.currency", "$.name", "$.effective_from"),
        *("$.tier[0].id", "$.tier[0].threshold", "$.tier[0].bar"),
    }


def test_a_program_in_the_log_reads_back_as_it_was():
    program = load_program(LADDER)
    assert msgspec.json.decode(msgspec.json.encode(program), type=Program) == program
