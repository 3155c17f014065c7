"""RFM against a plain model of its definition, ties included."""

from __future__ import annotations

import datetime as dt
import statistics
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from projections import Warehouse
from tests.projections.support import append, bought, create_log, enrolled, program

LAST = dt.date(2026, 3, 31)

purchases = st.lists(
    st.tuples(
        st.sampled_from("abcdef"),
        st.integers(0, 12).map(lambda back: LAST - dt.timedelta(days=back)),
        st.sampled_from([0, 100, 100, 250]),
    ),
    max_size=20,
)
thresholds: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "rfm_recency_days": st.none() | st.integers(0, 10),
        "rfm_frequency": st.none() | st.integers(1, 4),
        "rfm_monetary_minor": st.none() | st.integers(1, 500),
    }
)


def model(
    bought_by: list[tuple[str, dt.date, int]], days: int, limits: dict[str, Any]
) -> dict[str, tuple[Any, ...]]:
    """Member -> recency, frequency, money, three scores, code; from the definitions alone."""
    first = LAST - dt.timedelta(days=days - 1)
    inside = [(who, on, money) for who, on, money in bought_by if first <= on <= LAST]
    whos = {who for who, _, _ in inside}
    measures = {
        who: (
            min((LAST - on).days for w, on, _ in inside if w == who),
            sum(w == who for w, _, _ in inside),
            sum(money for w, _, money in inside if w == who),
        )
        for who in whos
    }
    goodness = {who: (-r, f, m) for who, (r, f, m) in measures.items()}
    recency_limit = limits["rfm_recency_days"]
    at_least = (
        None if recency_limit is None else -recency_limit,
        limits["rfm_frequency"],
        limits["rfm_monetary_minor"],
    )
    answer = {}
    for who, own in goodness.items():
        scores, code = [], ""
        for place in range(3):
            values = [other[place] for other in goodness.values()]
            no_better = sum(value <= own[place] for value in values)
            scores.append(next(s for s in range(1, 6) if no_better <= Fraction(s * len(values), 5)))
            limit = at_least[place]
            good = own[place] > statistics.median(values) if limit is None else own[place] >= limit
            code += "2" if good else "1"
        answer[who] = (*measures[who], *scores, code)
    return answer


# An example builds a file; so fewer of them than where one is a function call.
@settings(max_examples=max(10, settings().max_examples // 2))
@given(purchases, st.integers(1, 15), thresholds)
def test_scores_and_codes_are_those_of_the_definition(
    bought_by: list[tuple[str, dt.date, int]], days: int, limits: dict[str, Any]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = create_log(Path(folder) / "shop.jifen")
        append(
            store,
            ("", program(**limits)),
            *((who, enrolled()) for who in "abcdefg"),
            *((who, bought(on, money)) for who, on, money in bought_by),
        )
        with Warehouse.open(store) as opened:
            opened.catch_up()
            rows = opened.query(
                "SELECT member, recency_days, frequency, monetary_minor, r_score, f_score, m_score,"
                " code, r::VARCHAR || f || m FROM rfm_at(?, ?)",
                [LAST, days],
            ).rows

    assert len(rows) == 7
    assert {row[0]: row[1:8] for row in rows if row[2] is not None} == model(
        bought_by, days, limits
    )
    assert all(row[7] == row[8] for row in rows)
