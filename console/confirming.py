"""Asking before something is done that is hard to take back: a person at a terminal alone."""

from __future__ import annotations

import sys

import click

from console.words import marked
from console.writing import is_terminal
from schemas.errors import InvalidInput


class NotConfirmed(InvalidInput):
    """Something final, and nobody to ask."""

    code = "not_confirmed"
    template = marked("this can't be taken back, and there is nobody to ask")
    hint = marked("say it with --yes")


def confirm(question: str, *, yes: bool, final: bool = False) -> None:
    """Go on, or raise click.Abort: --yes is an answer, and so is a person's.

    Without a terminal nobody is asked: what is not `final` goes on, else NotConfirmed is raised.
    """
    if yes:
        return
    if is_terminal(sys.stdin) and is_terminal(sys.stderr):
        # The answer's own stream stays clean.
        click.confirm(question, abort=True, err=True)
    elif final:
        raise NotConfirmed
