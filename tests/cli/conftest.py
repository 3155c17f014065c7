"""The command line as a person has it: a folder, a store, what is printed, the exit status."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from console.root import run

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
DEPARTMENT_STORE = EXAMPLES / "department_store" / "program.toml"
CDNOW = EXAMPLES / "cdnow"
CLUB = Path(__file__).parent / "club.toml"


class Answer(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def record(self) -> dict[str, str]:
        """A record as a person sees it: label -> what is shown."""
        pairs = (line.strip().rpartition("  ") for line in self.out.splitlines())
        return {label.strip(): value for label, gap, value in pairs if gap}

    @property
    def said(self) -> dict[str, Any]:
        """What JSON has to say, without the nulls."""
        return {key: value for key, value in self.json.items() if value is not None}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, and no settings but the defaults."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("JIFEN_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("JIFEN_LANG", "en")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


Jifen = Callable[..., Answer]


@pytest.fixture
def jifen(folder: Path, capsys: pytest.CaptureFixture[str]) -> Jifen:
    """Run a command in this process."""

    def command(*words: object) -> Answer:
        capsys.readouterr()
        status = run([str(word) for word in words])
        out, err = capsys.readouterr()
        return Answer(status, out, err)

    return command


@pytest.fixture
def shop(jifen: Jifen) -> Jifen:
    """The same, with a department store's ledger and one member, m-001."""
    assert jifen("init", "--program", DEPARTMENT_STORE).status == 0
    assert jifen("enrol", "m-001", "--at", "2026-01-02").status == 0
    return jifen


Today = Callable[[str], None]


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> Today:
    """Say what day it is for commands in this process: 2026-06-30 first, always noon in China."""
    from ledger import Ledger

    def be(day: str) -> None:
        noon = dt.datetime.fromisoformat(f"{day}T12:00+08:00").astimezone(dt.UTC)

        def opened(url: str, **options: Any) -> Ledger:
            return Ledger(url, clock=lambda: noon, **options)

        monkeypatch.setattr("ledger.Ledger.open", opened)
        for module in ("console.options", "console.desk"):
            monkeypatch.setattr(f"{module}.now", lambda: noon)

    be("2026-06-30")
    return be


@pytest.fixture
def club(jifen: Jifen, today: Today) -> Jifen:
    """Run a command on the ledger of a club that has m-001 with 300 points, and m-002."""
    assert jifen("init", "--program", CLUB).status == 0
    for words in (
        ("enrol", "m-001", "--at", "2026-01-02"),
        ("enrol", "m-002", "--at", "2026-01-02"),
        ("purchase", "m-001", "300", "--receipt", "A-0", "--at", "2026-06-01"),
    ):
        assert jifen(*words).status == 0
    return jifen


def run_process(*words: object, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process of its own, in the current folder."""
    return subprocess.run(
        [sys.executable, "-m", "cli", *map(str, words)],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(EXAMPLES.parent), **environment},
    )
