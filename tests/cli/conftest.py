"""The command line as a person has it: a folder, a store, what is printed, the exit status."""

from __future__ import annotations

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


class Answer(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


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


def run_process(*words: object, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process of its own, in the current folder."""
    return subprocess.run(
        [sys.executable, "-m", "cli", *map(str, words)],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(EXAMPLES.parent), **environment},
    )
