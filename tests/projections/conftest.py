"""A log of its own for every test of the projections."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.projections.support import create_log


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """The path of an empty store."""
    return create_log(tmp_path / "shop.jifen")
