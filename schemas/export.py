"""Writes `schemas/json/`: a JSON Schema for each event, each command and the program file.

python -m schemas.export            write them
python -m schemas.export --check    exit with 1 when one of them is not fresh
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from schemas.commands import COMMANDS
from schemas.events import TOPICS
from schemas.program import Program

FOLDER = Path(__file__).parent / "json"


def documents() -> dict[str, str]:
    """File name -> content, for every schema."""
    kinds: dict[str, Any] = {
        **{f"events/{topic}.json": kind for topic, kind in TOPICS.items()},
        **{f"commands/{kind.__name__}.json": kind for kind in COMMANDS},
        "program.json": Program,
    }
    return {name: _document(kind) for name, kind in kinds.items()}


def _document(kind: Any) -> str:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **msgspec.json.schema(kind),
    }
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def stale(folder: Path = FOLDER) -> list[str]:
    """Names that are missing, differ, or should not be there."""
    wanted = documents()
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*.json")}
    return sorted(
        name
        for name in wanted.keys() | there
        if name not in wanted
        or name not in there
        or (folder / name).read_text(encoding="utf-8") != wanted[name]
    )


def write(folder: Path = FOLDER) -> None:
    """Bring the folder up to date."""
    wanted = documents()
    for path in folder.rglob("*.json"):
        if path.relative_to(folder).as_posix() not in wanted:
            path.unlink()
    for name, content in wanted.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def main(arguments: list[str]) -> int:
    """The command."""
    if "--check" not in arguments:
        write()
        return 0
    names = stale()
    for name in names:
        sys.stderr.write(f"schemas/json/{name} is not fresh: run python -m schemas.export\n")
    return 1 if names else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
