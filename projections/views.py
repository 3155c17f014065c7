"""The views: one `.sql` file each in `views/`, with columns, units and meaning in its header.

A file holds one CREATE VIEW or CREATE MACRO of the file's name. The header line `-- Reads: a, b`
names the views that it stands on, which gives the order in which they are made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from graphlib import TopologicalSorter
from hashlib import sha256
from importlib.resources import files
from typing import Final

from projections.derived import derived_views
from projections.tables import Family, create_tables

FORMAT: Final = 1
"""Raised when the warehouse's file changes in a way that no statement shows."""

_READS = re.compile(r"^-- Reads: (.*?)\.?$", re.MULTILINE)


@cache
def written_views() -> dict[str, str]:
    """Name -> statement of every file, each after those that it reads."""
    texts = {
        entry.name.removesuffix(".sql"): entry.read_text(encoding="utf-8")
        for entry in files("projections").joinpath("views").iterdir()
        if entry.name.endswith(".sql")
    }
    order = TopologicalSorter({name: _reads(text) & texts.keys() for name, text in texts.items()})
    return {name: texts[name] for name in order.static_order()}


def _reads(text: str) -> set[str]:
    found = _READS.search(text)
    return {name.strip() for name in found[1].split(",")} if found else set()


def layout(known: Sequence[Family]) -> list[str]:
    """Every statement that makes an empty warehouse, in order."""
    written = written_views()
    return [
        *create_tables(known),
        "CREATE TABLE facts.progress"
        " (layout VARCHAR NOT NULL, position BIGINT NOT NULL, fingerprint VARCHAR)",
        *derived_views(known, frozenset(written)),
        *written.values(),
    ]


def layout_fingerprint(known: Sequence[Family]) -> str:
    """Names a layout: a warehouse of another one is built again."""
    text = "\n".join([str(FORMAT), *layout(known)])
    return sha256(text.encode()).hexdigest()
