"""Between the events of a stream and the rows of the log, for the eventsourcing library."""

from __future__ import annotations

from typing import Any

from eventsourcing.persistence import Mapper, StoredEvent
from msgspec import Struct

from schemas.codec import decode_event, encode_event
from schemas.events import Event


class StreamEvent(Struct, frozen=True, gc=False):
    """An event with its place in its stream: what the library calls a domain event."""

    originator_id: str
    originator_version: int
    event: Event


class EventMapper(Mapper[str]):
    """Maps by topic tags and msgspec JSON instead of class paths and transcodings."""

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """A row from a StreamEvent."""
        event = domain_event.event
        return StoredEvent(
            domain_event.originator_id,
            domain_event.originator_version,
            event.topic,
            encode_event(event),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """A StreamEvent from a row."""
        return StreamEvent(
            str(stored_event.originator_id),
            stored_event.originator_version,
            decode_event(stored_event.topic, stored_event.state),
        )
