"""The command that puts a program in force."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from schemas.commands.base import Command


class PublishProgram(Command, frozen=True, kw_only=True):
    """Put a version of the program in force from its `effective_from` on."""

    content: Annotated[str, Meta(max_length=1_000_000)]
