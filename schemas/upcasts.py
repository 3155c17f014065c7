"""Old payloads, read as today's.

An upcast turns the plain data of one payload version into that of the next. The log is never
rewritten: a payload keeps its version for ever and is lifted each time that it is read.

To change a type: bump the version in its topic, keep the old payload as a golden file in
`tests/golden/`, and write one function here under `@upcast("OldName.1", "OldName.2")`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Payload = dict[str, Any]
Upcast = Callable[[Payload], Payload]


class Upcasts:
    """A table of upcasts, each from one topic to the next."""

    def __init__(self) -> None:
        self._steps: dict[str, tuple[str, Upcast]] = {}

    def step(self, old: str, new: str) -> Callable[[Upcast], Upcast]:
        """Register a function that lifts payloads of topic `old` to topic `new`."""

        def register(function: Upcast) -> Upcast:
            if old in self._steps:
                raise ValueError(f"{old} has an upcast already")
            self._steps[old] = (new, function)
            return function

        return register

    def knows(self, topic: str) -> bool:
        """Whether a payload of this topic is an old one that can be lifted."""
        return topic in self._steps

    def target(self, topic: str) -> str:
        """The topic at the end of the chain."""
        while topic in self._steps:
            topic = self._steps[topic][0]
        return topic

    def lift(self, topic: str, payload: Payload) -> tuple[str, Payload]:
        """The newest topic and the payload as that topic has it."""
        while topic in self._steps:
            topic, function = self._steps[topic]
            payload = function(payload)
        return topic, payload

    def topics(self) -> tuple[str, ...]:
        """Every old topic."""
        return tuple(self._steps)


UPCASTS = Upcasts()
upcast = UPCASTS.step
