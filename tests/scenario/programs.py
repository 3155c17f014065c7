"""Small programs, as the text of a program file."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from ledger.rules import Rules, make_rules
from schemas.program_file import load_program

HEAD = """
id = "test"
name = "Test"
currency = "CNY"
effective_from = 2000-01-01
"""

BASIC = (
    HEAD
    + """
[[earn]]
id = "base"
points = 1
per = "1.00"
"""
)

LADDER = (
    BASIC
    + """
[[tier]]
id = "silver"
threshold = "1000.00"

[[tier]]
id = "gold"
threshold = "5000.00"
multiplier = "1.5"
"""
)


def entry(section: str, **settings: Any) -> str:
    """A table of a program file; a day is written as a date, a dict as a table of its own line."""
    lines = [f"{name} = {_toml(value)}" for name, value in settings.items()]
    return "\n".join(["", f"[[{section}]]", *lines, ""])


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_toml(item)}" for name, item in value.items()) + "}"
    return value.isoformat() if isinstance(value, dt.date) else json.dumps(value)


def rules_of(text: str) -> Rules:
    """A program text made ready."""
    return make_rules(load_program(text), 1)
