"""A peer's cases (tests/cases/setono_sylius_loyalty.json), and which of them are run.

Each of the 60 is run here, or listed with the rule that decides it otherwise. None may be in two
places, none may be left out.
"""

from __future__ import annotations

import json
from pathlib import Path

CASES = {
    case["id"]: case
    for case in json.loads(
        (Path(__file__).resolve().parents[2] / "cases" / "setono_sylius_loyalty.json").read_text(
            encoding="utf-8"
        )
    )["cases"]
}
LOTS = ("SET-LOT-01", "SET-LOT-02", "SET-LOT-03", "SET-LOT-04", "SET-LOT-05", "SET-LOT-08")
CALCULATED = (
    "SET-CAL-02",
    "SET-CAL-03",
    "SET-CAL-04",
    "SET-CAL-05a",
    "SET-CAL-05b",
    "SET-CAL-05c",
    "SET-CAL-06",
)
LAPSES = ("SET-EXP-01", "SET-EXP-02", "SET-EXP-03", "SET-EXP-05", "SET-EXP-06", "SET-EXP-07")
CLAWBACKS = ("SET-CLW-01", "SET-CLW-02", "SET-CLW-03", "SET-CLW-04")
ROLLBACKS = ("SET-RED-06", "SET-RED-07")
REDEEMABLE = ("SET-RDC-01", "SET-RDC-02", "SET-RDC-03", "SET-RDC-04", "SET-RDC-05")
HERE = {
    *LOTS,
    *CALCULATED,
    *LAPSES,
    *CLAWBACKS,
    *ROLLBACKS,
    *REDEEMABLE,
    *("SET-LOT-06", "SET-LOT-07", "SET-EXP-08", "SET-EXP-09", "SET-EXP-10", "SET-CLW-08"),
    *("SET-LED-01", "SET-LED-02", "SET-LED-05", "SET-LED-06", "SET-LED-07"),
    *("SET-RED-01", "SET-RED-03", "SET-RDC-06", "SET-RDC-07"),
    *("SET-CAL-01", "SET-CAL-07"),
    *("SET-AMT-01", "SET-AMT-02", "SET-AMT-03", "SET-BAS-01"),
}
DECIDED_OTHERWISE = {
    "SET-RED-02": "RULES 11: more than is available is refused, not clamped",
    "SET-EXP-04": "RULES 8: an empty lot gives no event",
    "SET-LED-03": "RULES 5 and 31: no hook changes a decision before it is written",
    "SET-LED-04": "RULES 5 and 31: no hook changes a decision before it is written",
    "SET-RED-04": "RULES 5 and 31: no hook changes a decision before it is written",
    "SET-RED-05": "RULES 11: no hook, and more than was asked is never taken",
    "SET-CLW-05": "RULES 14: no hook changes what a return takes back",
    "SET-CLW-06": "RULES 14: no hook changes what a return takes back",
    "SET-CLW-07": "RULES 14: no hook changes what a return takes back",
}
"""What the rule says instead is tested beside them, or with the command that it is about."""
