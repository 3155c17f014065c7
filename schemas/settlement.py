"""What a closed period comes to: its lines, what each party owes over all, and who pays whom.

Shapes:
    Statement    a period's lines, nets and payments, and what of the log they were made from
    statement_of makes one from its lines
    mistake_of   why a statement does not hold together; None where it does

Money is in minor units. The house is the party ''.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Final, get_args

import msgspec
from msgspec import Struct

from schemas.events import LineKind, Net, Payment, StatementLine
from schemas.periods import Period, period_named

KINDS: Final[tuple[LineKind, ...]] = get_args(LineKind)
"""In the order in which a statement has them."""

MOST_EXACT: Final = 16
"""Up to so many parties the payments are the fewest there can be."""

_OWED_BY_THE_HOUSE: Final = frozenset({"returned", "redeemed", "sent", "breakage"})
_HOUSE: Final = ""


class Statement(Struct, frozen=True):
    """A period and what it comes to, as it is written down for ever."""

    period: str
    starts_on: dt.date
    ends_on: dt.date
    after_position: int
    through_position: int
    seal: str
    lines: tuple[StatementLine, ...]
    nets: tuple[Net, ...]
    payments: tuple[Payment, ...]

    @property
    def canonical(self) -> bytes:
        """Its JSON: keys in order, no spaces, what has its default left out of the lines."""
        return msgspec.json.encode(self, order="sorted")

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, in hex."""
        return sha256(self.canonical).hexdigest()


def statement_of(
    period: str,
    after_position: int,
    through_position: int,
    seal: str,
    lines: Iterable[StatementLine],
) -> Statement:
    """The statement that lines come to, in the order of statements."""
    days = month_named(period)
    ordered = tuple(sorted(lines, key=_place))
    nets = nets_of(ordered)
    return Statement(
        period=period,
        starts_on=days.start,
        ends_on=days.last,
        after_position=after_position,
        through_position=through_position,
        seal=seal,
        lines=ordered,
        nets=nets,
        payments=payments_of(nets),
    )


def month_named(period: str) -> Period:
    """The month of a name such as '2026-06'; ValueError for another."""
    found = period_named(period)
    if found.kind != "month":
        raise ValueError(f"{period!r} is not a month like 2026-06")
    return found


def worth(kind: LineKind, points: int, minor: int, per: int) -> int:
    """What a partner owes for points units, `minor` for every `per`: half up, away from zero.

    >>> worth("issued", 150, 1, 100), worth("redeemed", 150, 1, 100), worth("issued", 149, 1, 100)
    (2, -2, 1)
    """
    exact = points * minor
    rounded = (2 * abs(exact) + per) // (2 * per)
    return -rounded if (exact < 0) != (kind in _OWED_BY_THE_HOUSE) else rounded


def nets_of(lines: Iterable[StatementLine]) -> tuple[Net, ...]:
    """What each party owes over all its lines, the house the opposite of all others."""
    owed: dict[str, int] = {}
    for line in lines:
        owed[line.partner] = owed.get(line.partner, 0) + line.amount_minor
    owed[_HOUSE] = -sum(amount for partner, amount in owed.items() if partner != _HOUSE)
    return tuple(Net(partner, owed[partner]) for partner in sorted(owed))


def payments_of(nets: Iterable[Net]) -> tuple[Payment, ...]:
    """Who pays whom, so that nobody owes anything: nets that add up to zero.

    As few as there can be for up to MOST_EXACT parties with a net, else at most one less than
    parties. The same each time.
    """
    owing = sorted((net.partner, net.net_minor) for net in nets if net.net_minor)
    groups = _circles(owing) if len(owing) <= MOST_EXACT else [owing]
    found = [payment for group in groups for payment in _paid_within(dict(group))]
    return tuple(sorted(found, key=lambda payment: (payment.payer, payment.payee)))


def mistake_of(statement: Statement, digest: str) -> str | None:
    """Why a statement does not hold together: nets, payments or digest."""
    if sum(net.net_minor for net in statement.nets):
        return "the nets do not add up to zero"
    if statement.nets != nets_of(statement.lines):
        return "the nets are not what the lines add up to"
    left = {net.partner: net.net_minor for net in statement.nets}
    for payment in statement.payments:
        left[payment.payer] = left.get(payment.payer, 0) - payment.amount_minor
        left[payment.payee] = left.get(payment.payee, 0) + payment.amount_minor
    if any(left.values()) or any(payment.amount_minor <= 0 for payment in statement.payments):
        return "the payments do not settle the nets"
    if digest != statement.digest:
        return "the digest is another statement's"
    return None


def differences(one: Statement, other: Statement) -> list[tuple[StatementLine | None, ...]]:
    """The lines in which two statements differ: (of the one, of the other), None for no line."""
    ours, theirs = _by_key(one.lines), _by_key(other.lines)
    keys = sorted(ours.keys() | theirs.keys())
    return [(ours.get(k), theirs.get(k)) for k in keys if ours.get(k) != theirs.get(k)]


def _by_key(lines: Iterable[StatementLine]) -> Mapping[tuple[object, ...], StatementLine]:
    return {_place(line): line for line in lines}


def _place(line: StatementLine) -> tuple[str, int, str, int, int, str, int]:
    kind = KINDS.index(line.kind)
    same = line.amount_minor if line.dispute else 0
    return (line.partner, kind, line.month, line.minor, line.per, line.dispute, same)


Owing = list[tuple[str, int]]


def _circles(owing: Owing) -> list[Owing]:
    """The parties in as many groups as there can be that each add up to zero.

    A group of n needs n - 1 payments, so the more groups, the fewer payments. `most` counts for
    every set of parties, as bits, how often a sum of zero is passed when the set is taken apart
    one party at a time: with the whole set that is the number of groups.
    """
    count = len(owing)
    sums, most, last = [0] * (1 << count), [0] * (1 << count), [0] * (1 << count)
    for some in range(1, 1 << count):
        low = (some & -some).bit_length() - 1
        sums[some] = sums[some & (some - 1)] + owing[low][1]
        best, taken, rest = -1, low, some
        while rest:
            party = (rest & -rest).bit_length() - 1
            rest &= rest - 1
            if most[some ^ (1 << party)] > best:
                best, taken = most[some ^ (1 << party)], party
        most[some], last[some] = best + (sums[some] == 0), taken
    groups: list[Owing] = []
    some = (1 << count) - 1
    while some:
        if sums[some] == 0:
            groups.append([])
        groups[-1].append(owing[last[some]])
        some ^= 1 << last[some]
    return groups


def _paid_within(owing: dict[str, int]) -> list[Payment]:
    """Payments among a group, each of which settles one party at least."""
    payments = []
    while any(owing.values()):
        payer = max(owing, key=lambda party: (owing[party], party))
        payee = min(owing, key=lambda party: (owing[party], party))
        amount = min(owing[payer], -owing[payee])
        payments.append(Payment(payer, payee, amount))
        owing[payer] -= amount
        owing[payee] += amount
    return payments
