"""The CDNOW sample against two published summaries of it, all 2,357 members."""

from __future__ import annotations

import csv
import gzip
import math
from pathlib import Path
from typing import Any

import pytest

from tests.projections.support import answers
from tests.projections.test_cases_lifetimes import ROOT, cdnow

__all__ = ["cdnow"]

REFERENCE = ROOT / "examples/cdnow/reference"
CALIBRATED_ON, OBSERVED_ON = "1997-09-30", "1998-06-30"


def published(name: str) -> list[dict[str, str]]:
    with gzip.open(REFERENCE / name, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def members(cdnow: Path) -> dict[int, dict[str, Any]]:
    columns = (
        "frequency_cal",
        "recency_cal",
        "t_cal",
        "monetary_cal",
        "frequency_holdout",
        "duration_holdout",
    )
    rows = answers(
        cdnow,
        f"SELECT member::INTEGER, {', '.join(columns)} FROM holdout_summary(?, ?, 'day')",
        [CALIBRATED_ON, OBSERVED_ON],
    )
    return {row[0]: dict(zip(columns, row[1:], strict=True)) for row in rows}


def test_every_member_agrees_with_the_lifetimes_summary(
    members: dict[int, dict[str, Any]],
) -> None:
    rows = published("lifetimes_cdnow_customers_summary.csv.gz")

    assert len(rows) == len(members) == 2357
    for row in rows:
        own = members[int(row["ID"])]
        assert own["frequency_cal"] == int(row["frequency"]), row
        assert abs(own["recency_cal"] / 7 - float(row["recency"])) <= 0.0051, row
        assert abs(own["t_cal"] / 7 - float(row["T"])) <= 0.0051, row


def test_every_member_agrees_with_the_lifetimes_money(members: dict[int, dict[str, Any]]) -> None:
    for row in published("lifetimes_cdnow_customers_summary_with_monetary.csv.gz"):
        own = members[int(row["ID"])]
        assert abs(own["monetary_cal"] / 100 - float(row["zbar"])) <= 0.0051, row


def test_every_member_agrees_with_btyd_exactly(members: dict[int, dict[str, Any]]) -> None:
    rows = published("btyd_cdnowSummary_cbs.csv.gz")

    assert len(rows) == 2357
    for row in rows:
        own = members[int(row["cust"])]
        assert own["frequency_cal"] == float(row["x"]), row
        assert own["recency_cal"] == round(7 * float(row["t.x"]), 9), row
        assert own["t_cal"] == round(7 * float(row["T.cal"]), 9), row
        assert own["frequency_holdout"] == float(row["x.star"]), row
        assert math.isclose(own["monetary_cal"] / 100, float(row["m.x"]), rel_tol=1e-9), row
