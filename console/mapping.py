"""Which column of a file fills which field of a command.

A column that bears the field's own name fills it, else the one that bears one of its usual names;
`--map field=column` says it outright, and `--map field=` leaves the field out. Names are compared
in narrow forms, without regard to case, space or hyphen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from console.file_errors import (
    AmbiguousColumn,
    MalformedMapping,
    MissingColumn,
    UnknownColumn,
    UnknownField,
)
from console.tabular import clean_name
from console.words import marked

ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "member": ("member_id", "customer", "customer_id", "会员", "会员号", "会员编号", "卡号"),
    "card": ("card_number", "card_no", "会员卡号"),
    "phone": ("phone_number", "mobile", "手机", "手机号", "手机号码", "电话"),
    "purchase_id": ("purchase", "receipt", "receipt_no", "小票", "小票号", "单号", "流水号"),
    "amount": ("金额", "消费金额", "实付金额", "交易金额"),
    "reference": ("ref", "reference_no", "参考号", "交易参考号", "流水号", "交易流水号"),
    "posted_on": ("posted", "posting_date", "date", "入账日", "入账日期", "记账日期", "日期"),
    "qualifying": ("qualifying_amount", "积分金额", "可积分金额"),
    "points": ("积分", "积分数"),
    "occurred_at": ("date", "time", "datetime", "日期", "消费日期", "交易时间", "时间"),
    "expires_on": ("expires", "有效期", "到期日", "有效期至"),
    "partner": ("合作方", "联盟商户", "商户"),
    "store": ("shop", "门店", "店铺"),
    "till": ("register", "收银机", "机号"),
    "operator": ("cashier", "收银员", "营业员", "操作员"),
    "reason": ("原因", "事由", "备注"),
    "request_id": ("请求号",),
}
"""Field -> the usual names of its column, beside the field's own. Amounts are in whole units."""

_NO_EQUALS = marked("there is no = in it")
_NO_FIELD = marked("there is no field before the =")
_TWICE = marked("the field is mapped already")


def parse_mapping(
    pairs: Iterable[str],
    known_fields: Collection[str],
    columns: Sequence[str],
    *,
    required: Collection[str] = (),
    instead: Mapping[str, Collection[str]] = {},
) -> dict[str, str]:
    """Field -> column, for the fields that have one, in the order of `known_fields`.

    `pairs` are the values of --map, `columns` those of the Table. Raises a MappingProblem:
    AmbiguousColumn where two columns bear usual names of a field, MissingColumn for a `required`
    field without a column, unless one of those that do `instead` of it has one.
    """
    wanted: dict[str, str | None] = {}
    for pair in pairs:
        field, column = _parse_pair(pair, known_fields, columns)
        if field in wanted:
            raise MalformedMapping(text=pair, reason=_TWICE)
        wanted[field] = column
    found = {
        field: wanted[field] if field in wanted else _default(field, columns)
        for field in known_fields
    }
    mapping = {field: column for field, column in found.items() if column is not None}
    for field in required:
        if mapping.keys().isdisjoint({field, *instead.get(field, ())}):
            raise MissingColumn(
                field=field,
                columns=", ".join(columns),
                aliases=(field, *ALIASES.get(field, ())),
            )
    return mapping


def _parse_pair(
    pair: str, known_fields: Collection[str], columns: Sequence[str]
) -> tuple[str, str | None]:
    """One --map: the field and its column, None to leave it out."""
    name, equals, wanted = (part.strip() for part in pair.partition("="))
    if not equals:
        raise MalformedMapping(text=pair, reason=_NO_EQUALS)
    if not name:
        raise MalformedMapping(text=pair, reason=_NO_FIELD)
    field = {_folded(known): known for known in known_fields}.get(_folded(name))
    if field is None:
        near = _near(name, known_fields)
        raise UnknownField(field=name, near=near, fields=", ".join(near or known_fields))
    if not wanted:
        return field, None
    if clean_name(wanted) in columns:
        return field, clean_name(wanted)
    alike = [column for column in columns if _folded(column) == _folded(wanted)]
    if len(alike) == 1:
        return field, alike[0]
    raise UnknownColumn(
        field=field,
        column=wanted,
        near=", ".join(alike or _near(wanted, columns)) or "-",
        columns=", ".join(columns),
    )


def _default(field: str, columns: Sequence[str]) -> str | None:
    """The column that bears the field's own name, else the only one that bears a usual name."""
    for names in ({_folded(field)}, {_folded(alias) for alias in ALIASES.get(field, ())}):
        found = [column for column in columns if _folded(column) in names]
        if len(found) > 1:
            raise AmbiguousColumn(field=field, columns=", ".join(found))
        if found:
            return found[0]
    return None


def _folded(name: str) -> str:
    return clean_name(name).casefold().replace(" ", "_").replace("-", "_")


def _near(name: str, names: Collection[str]) -> list[str]:
    """At most three of `names` that `name` may have been meant for, the nearest first."""
    from difflib import get_close_matches

    by_fold = {_folded(known): known for known in names}
    return [by_fold[match] for match in get_close_matches(_folded(name), by_fold, cutoff=0.5)]
