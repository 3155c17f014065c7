"""Published cases of repeat-purchase summaries (tests/cases/lifetimes_rfm.json).

The cases' `pareto_nbd_*` expectations are those of a model that is not part of this room; they
are named in `NOT_HERE` so that none goes missing unseen.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.projections.support import answers, append, bought, create_log

ROOT = Path(__file__).parents[2]
BOOK = json.loads((ROOT / "tests/cases/lifetimes_rfm.json").read_text(encoding="utf-8"))
CASES = {case["id"]: case for case in BOOK["cases"]}
NOT_HERE = {
    ("LT-TRK-01", "pareto_nbd_expected_cumulative"),
    ("LT-TRK-01", "pareto_nbd_expected_incremental"),
}


def transactions(case: dict[str, Any]) -> list[list[Any]]:
    listed = case["transactions"]
    rows: list[list[Any]] = BOOK["meta"]["BIG"] if listed == "BIG" else listed
    return rows


def log_of(store: Path, rows: Iterable[list[Any]]) -> Path:
    """A log of the transactions; money is written in whole units of 100, 0 where none is given."""
    append(
        store,
        *((str(who), bought(day, 100 * (rest[0] if rest else 0))) for who, day, *rest in rows),
    )
    return store


def summary(store: Path, observed_on: str, period: str) -> list[tuple[Any, ...]]:
    return answers(
        store,
        "SELECT member::INTEGER, frequency, recency, t, monetary_minor / 100"
        " FROM repeat_summary(?, ?) ORDER BY 1",
        [observed_on, period],
    )


def holdout(store: Path, case: dict[str, Any], columns: str, period: str) -> list[Any]:
    return answers(
        store,
        f"SELECT {columns} FROM holdout_summary(?, ?, ?) ORDER BY member::INTEGER",
        [case["calibration_end"], case["observation_end"], period],
    )


@pytest.mark.parametrize(
    ("case_id", "period"), [("LT-RFM-01", "day"), ("LT-RFM-02", "week"), ("LT-RFM-03", "day")]
)
def test_summaries_agree(store: Path, case_id: str, period: str) -> None:
    case = CASES[case_id]
    log_of(store, transactions(case))

    rows = summary(store, case["observation_end"], period)

    width = len(case["expect_columns"])
    assert [list(row[:width]) for row in rows] == case["expect"]


def test_calibration_and_holdout_agree_by_week(store: Path) -> None:
    case = CASES["LT-RFM-04"]
    log_of(store, transactions(case))

    rows = holdout(
        store,
        case,
        "member::INTEGER, frequency_cal, recency_cal, t_cal, frequency_holdout, duration_holdout",
        "week",
    )

    assert [list(row) for row in rows] == case["expect"]


def test_what_came_after_the_observations_end_is_in_neither_window(store: Path) -> None:
    case = CASES["LT-RFM-05"]
    log_of(store, transactions(case))

    found = dict(holdout(store, case, "member, frequency_holdout", "day"))

    expected = case["expect"]["frequency_holdout"]
    assert {member: found[member] for member in expected} == expected


def test_money_of_calibration_and_holdout_agrees(store: Path) -> None:
    case = CASES["LT-RFM-06"]
    log_of(store, transactions(case))

    rows = holdout(store, case, "monetary_cal / 100, monetary_holdout / 100", "day")

    assert [row[0] for row in rows] == case["expect"]["monetary_value_cal"]
    assert [row[1] for row in rows] == case["expect"]["monetary_value_holdout"]


def test_two_purchases_in_one_period_count_once(store: Path) -> None:
    case = CASES["LT-RFM-07"]
    log_of(store, transactions(case))

    assert summary(store, "2015-02-07", "week")[0][1] == case["expect"]["frequency"]["1"]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_the_first_purchase_is_left_out_in_whatever_order_they_stand(
    store: Path, order: tuple[int, ...]
) -> None:
    case = CASES["LT-RFM-08"]
    rows = transactions(case)
    log_of(store, [rows[place] for place in order])

    assert summary(store, "2014-06-01", "day")[0][4] == case["expect"]["monetary_value"]["2"]


@pytest.fixture(scope="module")
def cdnow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of the CDNOW sample: 6,919 purchases of 2,357 members, dollars in cents."""
    store = create_log(tmp_path_factory.mktemp("cdnow") / "cdnow.jifen")
    with gzip.open(ROOT / "examples/cdnow/cdnow_sample.csv.gz", "rt", encoding="utf-8") as file:
        append(
            store,
            *(
                (row["sample_customer_id"], bought(row["date"], cents(row["dollar_value"])))
                for row in csv.DictReader(file)
            ),
        )
    return store


def cents(text: str) -> int:
    whole, fraction = text.split(".")
    return int(whole + fraction.ljust(2, "0"))


def test_the_sample_has_the_statistics_of_hardies_paper(cdnow: Path) -> None:
    expected = CASES["LT-RFM-09"]["expect"]

    rows = answers(
        cdnow,
        "SELECT monetary_minor / 100 FROM repeat_summary('1997-09-30', 'day') WHERE frequency > 0",
    )
    values = [row[0] for row in rows]

    assert len(values) == expected["repeat_buyers"]
    assert {
        "monetary_mean": round(statistics.fmean(values)),
        "monetary_std": round(statistics.stdev(values)),
        "monetary_min": round(min(values)),
        "monetary_median": round(statistics.median(values)),
        "monetary_max": round(max(values)),
    } == {name: value for name, value in expected.items() if name != "repeat_buyers"}


REPEATS = """
WITH bought AS (SELECT DISTINCT member, occurred_on FROM purchases),
repeats AS (
    SELECT occurred_on
    FROM bought
    QUALIFY row_number() OVER (PARTITION BY member ORDER BY occurred_on) > 1
)
SELECT count(*) FROM repeats WHERE occurred_on < ?
"""


def test_the_samples_repeat_purchases_add_up_week_by_week(cdnow: Path) -> None:
    case = CASES["LT-TRK-01"]["expect"]
    first = dt.date(1997, 1, 1)

    def until(week: int) -> int:
        return int(answers(cdnow, REPEATS, [first + dt.timedelta(weeks=week)])[0][0])

    weeks = case["weeks"]
    assert [until(week) for week in weeks] == case["actual_cumulative_repeat"]
    assert [until(week) - until(week - 1) for week in weeks] == case["actual_incremental"]


def test_no_case_is_left_out_unseen() -> None:
    here = {f"LT-RFM-0{number}" for number in range(1, 10)} | {"LT-TRK-01"}
    models = {
        (case_id, name)
        for case_id, case in CASES.items()
        if isinstance(case["expect"], dict)
        for name in case["expect"]
        if name.startswith("pareto")
    }

    assert CASES.keys() == here
    assert models == NOT_HERE
