"""Following the log: events as they are committed, whichever process commits them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from typing import Any

from eventsourcing.persistence import ApplicationRecorder, Notification, Subscription

_POLL_SECONDS = 0.05
_BATCH = 500


class PollingSubscription(Subscription[ApplicationRecorder]):
    """Asks the log for what is new, and waits a little when there is nothing."""

    def __init__(
        self, recorder: ApplicationRecorder, gt: int | None, topics: Sequence[str]
    ) -> None:
        super().__init__(recorder, gt=gt, topics=topics)
        self._position = gt or 0
        self._ready: deque[Notification] = deque()
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End the iteration, from any thread."""
        super().stop()
        self._stopped.set()

    def __next__(self) -> Notification:
        while not self._stopped.is_set():
            if not self._ready:
                self._ready.extend(self._select())
            if self._ready:
                notification = self._ready.popleft()
                self._position = notification.id
                return notification
            self._stopped.wait(_POLL_SECONDS)
        raise StopIteration

    def _select(self) -> Any:
        return self._recorder.select_notifications(
            self._position, _BATCH, topics=self._topics, inclusive_of_start=False
        )
