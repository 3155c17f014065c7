"""Settings: flag over environment over file (EASE 17).

A `jifen.toml` beside the store, else in the user's configuration folder, may hold `store`,
`warehouse`, `operator`, `source` and `format`, for every command that has such an option; but the
`source` of an import is named with the command alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, NamedTuple

import click

from console.words import marked
from schemas.errors import InvalidInput

DEFAULT_STORE: Final = "jifen.db"
SETTINGS: Final[dict[str, str]] = {
    "store": "JIFEN_STORE",
    "warehouse": "JIFEN_WAREHOUSE",
    "operator": "JIFEN_OPERATOR",
    "source": "JIFEN_SOURCE",
    "format": "JIFEN_FORMAT",
}
"""Setting -> the environment variable that sets it too."""


class InvalidSettings(InvalidInput):
    """A settings file that can't be used. Fields: path, reason."""

    code = "invalid_settings"
    template = marked("the settings in {path} can't be used: {reason}")
    hint = marked("mend the file or take it away")


class Setting(NamedTuple):
    """A setting, its value, and where that comes from."""

    name: str
    value: str
    origin: str


def settings_path() -> Path | None:
    """The file in force: beside the store that the environment names, else the user's."""
    store = os.environ.get("JIFEN_STORE", DEFAULT_STORE).removeprefix("sqlite:///")
    beside = Path(store).parent / "jifen.toml"
    if beside.is_file():
        return beside
    from platformdirs import user_config_path

    users = user_config_path("jifen", appauthor=False) / "jifen.toml"
    return users if users.is_file() else None


def read_settings(path: Path | None) -> dict[str, str]:
    """The file's settings. Raises InvalidSettings."""
    if path is None:
        return {}
    import tomllib

    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidSettings(path=str(path), reason=str(error)) from None
    for name, value in found.items():
        if name not in SETTINGS:
            raise InvalidSettings(path=str(path), reason=f"there is no setting {name!r}")
        if not isinstance(value, str):
            raise InvalidSettings(path=str(path), reason=f"{name} must be text")
    return found


def settings_map(ctx: click.Context, commands: Iterable[str]) -> dict[str, Any]:
    """The file's settings as click's defaults, for each command and each command of a group."""
    if ctx.resilient_parsing:
        return {}
    found: dict[str, Any] = dict(read_settings(settings_path()))
    if not found:
        return {}
    if "format" in found:
        found["fmt"] = found.pop("format")
    # A file's rows are told apart under its source: only the command itself may name that.
    of_import = {name: value for name, value in found.items() if name != "source"}
    nested = {"purchases": of_import, "show": found}
    return {name: {**found, **nested} for name in commands}


def in_force(store: str | None) -> list[Setting]:
    """Every setting with its value and origin; `store` is what a flag says, if it does."""
    path = settings_path()
    found = read_settings(path)
    settings = []
    for name, variable in SETTINGS.items():
        if name == "store" and store is not None:
            settings.append(Setting(name, store, "--store"))
        elif value := os.environ.get(variable):
            settings.append(Setting(name, value, variable))
        elif name in found:
            settings.append(Setting(name, found[name], str(path)))
        else:
            default = {"store": DEFAULT_STORE, "format": "table"}.get(name, "")
            settings.append(Setting(name, default, "default"))
    return settings
