"""Events to the log's text and back: JSON by msgspec, the type by its topic."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from schemas.errors import UndecodableEvent, UnknownTopic
from schemas.events import TOPICS, Event
from schemas.upcasts import UPCASTS, Upcasts

_encode = msgspec.json.Encoder().encode
_decoders: Final[dict[str, msgspec.json.Decoder[Any]]] = {
    topic: msgspec.json.Decoder(kind) for topic, kind in TOPICS.items()
}


def encode_event(event: Event) -> bytes:
    """The event's payload: compact JSON in UTF-8, fields at their default left out."""
    return _encode(event)


def decode_event(topic: str, state: bytes | str, upcasts: Upcasts = UPCASTS) -> Event:
    """The event of a row of the log; an old payload version is lifted to today's.

    Raises UnknownTopic, or UndecodableEvent where the payload does not fit its type.
    """
    decoder = _decoders.get(topic)
    try:
        if decoder is not None:
            event: Event = decoder.decode(state)
            return event
        if not upcasts.knows(topic):
            raise UnknownTopic(topic=topic)
        newest, payload = upcasts.lift(topic, msgspec.json.decode(state))
        lifted: Event = msgspec.convert(payload, TOPICS[newest])
        return lifted
    except (msgspec.MsgspecError, KeyError, TypeError, ValueError) as error:
        raise UndecodableEvent(topic=topic, reason=str(error)) from None
