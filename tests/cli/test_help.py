"""Help: examples, 80 columns as a terminal counts, and nothing heavy loaded for it (EASE 13)."""

from __future__ import annotations

import os
import subprocess
import sys

import click
import pytest

from console.reference import FILE, commands, text
from console.root import COMMANDS
from console.writing import width
from tests.cli.conftest import EXAMPLES, run_process

ALL = {name: (command, ctx) for name, command, ctx in commands()}


@pytest.mark.parametrize("name", ALL)
def test_help_fits_80_columns_and_shows_an_example(name):
    command, ctx = ALL[name]
    help_text = command.get_help(ctx)
    assert max(map(width, help_text.splitlines())) <= 80
    if not isinstance(command, click.Group):
        assert "Example" in help_text
        assert f"\n    {name}" in help_text or name in ("jifen demo",)
        assert command.get_short_help_str(60)[-3:] != "..."


def test_every_command_stands_under_a_subject_and_none_is_cut_short():
    help_text = ALL["jifen"][0].get_help(ALL["jifen"][1])
    listed = [line.split()[0] for line in help_text.splitlines() if line.startswith("  ")]
    assert set(COMMANDS) <= set(listed)
    assert not [line for line in help_text.splitlines()[1:] if line.endswith("...")]


def test_every_option_of_every_command_says_what_it_is():
    for name, (command, _ctx) in ALL.items():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, (name, parameter.name)


def test_the_reference_is_fresh():
    assert FILE.read_text(encoding="utf-8") == text()


@pytest.mark.parametrize("words", [("--help",), *[(name, "--help") for name in COMMANDS]])
def test_help_loads_neither_the_rooms_below_nor_anything_heavy(words):
    code = (
        "import sys; from console.root import run\n"
        f"run({list(words)!r})\n"
        "heavy = {'duckdb', 'pyarrow', 'rich', 'eventsourcing', 'ledger', 'projections', "
        "'xlsxwriter', 'python_calamine'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


LIGHT = [
    *(("balance", "m-001"), ("tier", "m-001"), ("statement", "m-001"), ("enrol", "m-9")),
    *(("purchase", "m-001", "5", "--receipt", "A"), ("return", "m-001", "A")),
    *(("redeem", "m-001", "1"), ("redeemable", "m-001"), ("rewards", "m-001")),
    *(("hold", "m-001", "1"), ("reverse", "m-001", "r"), ("lots", "m-001")),
    *(("award", "m-001", "5", "--reason", "x"), ("gift", "m-001", "m-9", "1")),
    ("adjust", "m-001", "5", "--reason", "x", "--operator", "Li"),
    *(
        ("find", "m-001"),
        ("card", "issue", "m-001", "C"),
        ("phone", "link", "m-001", "13800138000"),
    ),
    *(("voucher", "list", "m-001"), ("benefit", "list", "m-001"), ("vouchers", "lapse")),
    *(("freeze", "m-001", "--reason", "x"), ("purse", "show", "x"), ("expire", "--dry-run")),
    ("program", "list"),
]


@pytest.mark.parametrize("words", LIGHT, ids=lambda words: words[0])
def test_a_command_about_members_loads_neither_duckdb_nor_arrow(shop, words):
    code = (
        "import sys; from console.root import run\n"
        f"status = run({list(words)!r})\n"
        "heavy = {'duckdb', 'pyarrow', 'projections', 'rich'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(EXAMPLES.parent)},
    )
    assert done.returncode in (0, 3), done.stderr


def test_the_module_is_the_command(folder):
    done = run_process("--version")
    assert done.returncode == 0
    assert done.stdout.startswith(b"jifen ")
