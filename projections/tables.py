"""The tables that hold the log's facts.

A table of schema `facts` holds one event type, one row per event, lists kept as lists:

    position, member, version, recorded_at    from the log's row
    every field of the Struct                 struct_types.py

`member` is the name of the account: a member's id, or `purse:<id>` for a purse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from projections.struct_types import (
    Column,
    columns_of,
    json_schema,
    parsed_expression,
    quoted,
    union_columns,
)
from schemas.events import (
    ALLIANCE_EVENTS,
    MEMBER_EVENTS,
    MEMBER_PREFIX,
    PROGRAM_EVENTS,
    BenefitUseCancelled,
    BenefitUsed,
    CardIssued,
    CardStopped,
    CardUnblocked,
    CobrandAccrued,
    DisputeDecided,
    Event,
    ExpiryUndone,
    HoldReleased,
    LineDisputed,
    LotsExtended,
    MemberAbsorbed,
    MemberClosed,
    MemberEnrolled,
    MemberFrozen,
    MemberMerged,
    MemberRestored,
    MemberUnfrozen,
    MergeUndone,
    PartnerJoined,
    PartnerLeft,
    PartnerResumed,
    PartnerSuspended,
    PartnerTermsChanged,
    PeriodSettled,
    PhoneLinked,
    PhoneUnlinked,
    PointsAdjusted,
    PointsAwarded,
    PointsBlockBought,
    PointsExpired,
    PointsForfeited,
    PointsHeld,
    PointsReceived,
    PointsRedeemed,
    PointsSent,
    ProgramPublished,
    PurchaseRecorded,
    PurseJoined,
    PurseLeft,
    PurseOpened,
    RebateGranted,
    RedemptionReversed,
    ReturnRecorded,
    TierChanged,
    TierFloorEnded,
    TierKept,
    TierSet,
    TransferConfirmed,
    TransferDeclined,
    TransferReceived,
    TransferRejected,
    TransferSent,
    TransferTimedOut,
    VoucherCancelled,
    VoucherGivenBack,
    VoucherIssued,
    VoucherLapsed,
    VoucherUsed,
)

BATCH: Final = "incoming"
"""The name that a batch of the log's rows goes by while it is taken in."""

_NAMES: Final[dict[type[Event], str]] = {
    MemberEnrolled: "enrolments",
    PurchaseRecorded: "purchases",
    PointsAwarded: "awards",
    PointsRedeemed: "redemptions",
    TierChanged: "tier_changes",
    ReturnRecorded: "returns",
    PointsAdjusted: "adjustments",
    PointsHeld: "holds",
    HoldReleased: "releases",
    RedemptionReversed: "reversals",
    PointsExpired: "expiries",
    ExpiryUndone: "undone_expiries",
    LotsExtended: "extensions",
    PointsSent: "sent",
    PointsReceived: "received",
    PointsForfeited: "forfeits",
    MemberFrozen: "freezes",
    MemberUnfrozen: "unfreezes",
    MemberClosed: "closings",
    MemberMerged: "merges",
    MemberAbsorbed: "absorptions",
    MergeUndone: "unmerges",
    MemberRestored: "restorations",
    PurseOpened: "purses",
    PurseJoined: "purse_joins",
    PurseLeft: "purse_leaves",
    TierKept: "tiers_kept",
    TierSet: "tiers_set",
    TierFloorEnded: "tier_floors_ended",
    CardIssued: "card_issues",
    CardStopped: "card_stops",
    CardUnblocked: "card_unblocks",
    PhoneLinked: "phone_links",
    PhoneUnlinked: "phone_unlinks",
    VoucherIssued: "vouchers",
    VoucherUsed: "voucher_uses",
    VoucherGivenBack: "voucher_give_backs",
    VoucherLapsed: "voucher_lapses",
    VoucherCancelled: "voucher_cancellations",
    RebateGranted: "rebate_grants",
    BenefitUsed: "benefit_uses",
    BenefitUseCancelled: "benefit_cancellations",
    CobrandAccrued: "cobrand_accruals",
    ProgramPublished: "programs",
    TransferSent: "transfers_sent",
    TransferConfirmed: "transfers_confirmed",
    TransferRejected: "transfers_rejected",
    TransferTimedOut: "transfers_timed_out",
    TransferReceived: "transfers_received",
    TransferDeclined: "transfers_declined",
    PartnerJoined: "partner_joins",
    PartnerTermsChanged: "partner_terms",
    PartnerSuspended: "partner_suspensions",
    PartnerResumed: "partner_resumptions",
    PartnerLeft: "partner_leaves",
    PointsBlockBought: "blocks",
    PeriodSettled: "settlements",
    LineDisputed: "disputes",
    DisputeDecided: "dispute_decisions",
}
# The program file as a whole is in `content`; its nested form has no columns. Hashes of phones are
# for finding a member, which the warehouse does not do: that there is one is enough.
_LEFT_OUT: Final[dict[type[Event], frozenset[str]]] = {
    ProgramPublished: frozenset({"program"}),
    PhoneLinked: frozenset({"phone", "ending", "key_check"}),
    PhoneUnlinked: frozenset({"phone"}),
}

# Lists that most events have. The others are looked at apart, which costs nothing where they are
# missing and a quarter more where they are there.
_USUAL: Final = frozenset({"lots", "movements", "breakdown"})

# Columns of the log's row: name, type, value.
_ENVELOPE: Final = (
    ("position", "BIGINT", "position"),
    (
        "member",
        "VARCHAR",
        f"CASE WHEN starts_with(stream, '{MEMBER_PREFIX}')"
        f" THEN substr(stream, {len(MEMBER_PREFIX) + 1}) ELSE stream END",
    ),
    ("version", "BIGINT", "version"),
    ("recorded_at", "TIMESTAMP", "make_timestamp(recorded_at)"),
)
# Text that hardly repeats: looking for a way to compress it costs more than it saves.
_UNCOMPRESSED: Final = frozenset({"member", "request_id", "purchase_id"})
# Named, so that DuckDB does not try every way on every column at each checkpoint.
_COMPRESSION: Final = {
    "VARCHAR": "dict_fsst",
    "BIGINT": "bitpacking",
    "DATE": "bitpacking",
    "TIMESTAMP": "bitpacking",
}


@dataclass(frozen=True)
class Family:
    """One event type and its table."""

    kind: type[Event]
    topic: str
    name: str
    columns: tuple[Column, ...]

    @property
    def table(self) -> str:
        return f"facts.{quoted(self.name)}"

    @property
    def envelope(self) -> tuple[tuple[str, str, str], ...]:
        """The log's columns; a program has no member, and its own field `version`."""
        own = {column.name for column in self.columns}
        if not self.of_member:
            own.add("member")
        return tuple(entry for entry in _ENVELOPE if entry[0] not in own)

    @property
    def of_member(self) -> bool:
        return self.kind in MEMBER_EVENTS

    @property
    def flat(self) -> tuple[str, ...]:
        """The names of the columns that hold no list of Structs."""
        own = (column.name for column in self.columns if not column.item or not self.of_member)
        return (*(name for name, _, _ in self.envelope), *own)

    @property
    def lists(self) -> dict[str, Column]:
        """The columns that hold a list of Structs, by name."""
        return {column.name: column for column in self.columns if column.item}


def family_of(kind: type[Event], topic: str) -> Family:
    """The family of an event type; one without a name of its own goes by its topic's."""
    name = _NAMES.get(kind) or _snake_case(topic.split(".", maxsplit=1)[0])
    return Family(kind, topic, name, columns_of(kind, _LEFT_OUT.get(kind, frozenset())))


def families() -> dict[str, Family]:
    """Topic -> family of every event type. Raises TypeError where a field name has two types."""
    union_columns(MEMBER_EVENTS)
    kinds = (*MEMBER_EVENTS, *PROGRAM_EVENTS, *ALLIANCE_EVENTS)
    return {kind.topic: family_of(kind, kind.topic) for kind in kinds}


def _snake_case(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


def create_tables(known: Sequence[Family]) -> list[str]:
    """The statements that make the empty tables."""
    return ["CREATE SCHEMA facts", *(_create_table(family) for family in known)]


def _create_table(family: Family) -> str:
    columns = [_column_definition(name, kind, required=True) for name, kind, _ in family.envelope]
    columns += [
        _column_definition(c.name, c.sql_type, required=c.default != "NULL") for c in family.columns
    ]
    return f"CREATE TABLE {family.table} ({', '.join(columns)})"


def _column_definition(name: str, sql_type: str, *, required: bool) -> str:
    constraint = " NOT NULL" if required else ""
    method = "uncompressed" if name in _UNCOMPRESSED else _COMPRESSION.get(sql_type)
    compression = f" USING COMPRESSION {method}" if method else ""
    return f"{quoted(name)} {sql_type}{constraint}{compression}"


def insert_statement(family: Family) -> str:
    """The statement that takes the family's rows out of the batch, each payload parsed once."""
    values = [value for _, _, value in family.envelope]
    values += [parsed_expression(column, "parsed", "state", _USUAL) for column in family.columns]
    return (
        f"INSERT INTO {family.table} SELECT {', '.join(values)} FROM"
        f" (SELECT *, from_json(state, {json_schema(family.columns, _USUAL)}) AS parsed"
        f" FROM {BATCH} WHERE topic = '{family.topic}')"
    )


def broken_lists_query(family: Family) -> str | None:
    """The first position behind `?` whose lists lack a required value; None without lists."""
    checks = [
        f"SELECT position FROM (SELECT position, unnest({quoted(column.name)}) AS item"
        f" FROM {family.table} WHERE position > $after) WHERE "
        + " OR ".join(f"item.{quoted(c.name)} IS NULL" for c in column.item if c.required)
        for column in family.columns
        if column.item
    ]
    return f"SELECT min(position) FROM ({' UNION ALL '.join(checks)})" if checks else None
