"""The stories of this folder, told to a ledger (RULES 16, 18 to 22)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stories.reading import Teller, lines_of

STORIES = sorted(Path(__file__).parent.glob("*.txt"))


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_a_story_goes_as_it_is_told(path):
    first, *lines = lines_of(path)
    teller = Teller(first.removeprefix("program "))
    for line in lines:
        teller.tell(line)
    assert lines
    assert teller.ledger.verify(books=True).findings == ()


def test_a_story_that_goes_otherwise_is_found_out():
    teller = Teller("department_store")
    teller.tell("2025-03-01  joins  => no card")
    with pytest.raises(AssertionError, match=r"buys for 1,499\.00"):
        teller.tell("2025-03-08  buys for 1,499.00  => 积分卡 until 2026-12-31")
