"""The gift shop whose sales the Online Retail set has."""

from __future__ import annotations

import pytest

from tests.cli.online_retail.sales import ONLINE_RETAIL, write


@pytest.fixture
def shop(jifen):
    """The gift shop's ledger, without a member."""
    assert jifen("init", "--program", ONLINE_RETAIL / "program.toml").status == 0
    return jifen


@pytest.fixture
def feed(shop, folder):
    """Import rows; gives the answer."""

    def run(rows, *words, name="sales.parquet"):
        return shop("import", "online-retail", write(folder / name, rows), "--quiet", *words)

    return run
