"""Seals: a hash over every commit, chained to the one before (RULES 32).

The format is that of docs/log.md: leaves and inner nodes as in RFC 6962, section 2.1, so that one
event can be proved to be part of a commit with a few hashes.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from msgspec import Struct

NO_SEAL: Final = "0" * 64
_EMPTY_ROOT: Final = sha256(b"").digest()


class Seal(Struct, frozen=True, gc=False):
    """One row of `seals`; the hashes are hex."""

    last_position: int
    count: int
    root: str
    previous: str
    seal: str


def leaf(
    position: int, stream: str, version: int, topic: str, recorded_at: int, state: bytes
) -> bytes:
    """The leaf hash of a row of `events`; no column but the last can hold a line end."""
    head = f"\0{position}\n{version}\n{recorded_at}\n{topic}\n{stream}\n"
    return sha256(head.encode() + state).digest()


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash of RFC 6962 over leaf hashes in order.

    Pairing level by level and carrying an odd last node up gives the same tree as splitting at
    the largest power of two.
    """
    if not leaves:
        return _EMPTY_ROOT
    level = list(leaves)
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [sha256(b"\x01" + left + right).digest() for left, right in pairs] + odd
    return level[0]


def make_seal(last_position: int, count: int, root: bytes, previous: str) -> Seal:
    """The seal of a commit of `count` events that ends at `last_position`."""
    text = f"jifen-seal:1\n{last_position}\n{count}\n{root.hex()}\n{previous}"
    return Seal(last_position, count, root.hex(), previous, sha256(text.encode()).hexdigest())
