"""Which column fills which field: by its own name, by a usual name, or by --map."""

import pytest

from console.cobrand_file import FIELDS as COBRAND
from console.file_errors import (
    AmbiguousColumn,
    MalformedMapping,
    MissingColumn,
    UnknownColumn,
    UnknownField,
)
from console.mapping import ALIASES, parse_mapping
from console.purchases_file import FIELDS as PURCHASES

FIELDS = ("member", "purchase_id", "amount", "occurred_at", "store")


def test_columns_with_the_fields_own_names_fill_them():
    columns = ["amount", "Member", "purchase-id", "note"]
    assert parse_mapping([], FIELDS, columns) == {
        "member": "Member",
        "purchase_id": "purchase-id",
        "amount": "amount",
    }


def test_columns_with_usual_chinese_names_fill_them():
    columns = ["会员号", "小票号", "实付金额", "交易时间", "门店"]
    assert parse_mapping([], FIELDS, columns) == dict(zip(FIELDS, columns, strict=True))


def test_the_own_name_goes_before_the_usual_ones():
    assert parse_mapping([], FIELDS, ["卡号", "member"]) == {"member": "member"}


def test_two_usual_names_are_ambiguous_until_one_is_chosen():
    columns = ["日期", "时间", "会员号"]
    with pytest.raises(AmbiguousColumn) as refusal:
        parse_mapping([], FIELDS, columns)
    assert refusal.value.fields == {"field": "occurred_at", "columns": "日期, 时间"}
    assert "--map" in refusal.value.hint
    chosen = parse_mapping(["occurred_at=时间"], FIELDS, columns)
    assert chosen == {"member": "会员号", "occurred_at": "时间"}


def test_a_map_wins_over_every_name_and_can_leave_a_field_out():
    columns = ["member", "amount", "net = amount", "store"]
    mapping = parse_mapping(["amount=net = amount", "store="], FIELDS, columns)
    assert mapping == {"member": "member", "amount": "net = amount"}


def test_wide_forms_and_case_do_not_matter():
    assert parse_mapping([" Member = ＫＡ no"], FIELDS, ["KA No"]) == {"member": "KA No"}


def test_an_exact_column_goes_before_one_that_differs_in_case():
    columns = ["A", "a"]
    assert parse_mapping(["member=a"], FIELDS, columns) == {"member": "a"}


def test_an_unknown_field_names_the_nearest():
    with pytest.raises(UnknownField, match="member") as refusal:
        parse_mapping(["membr=a"], FIELDS, ["a"])
    assert refusal.value.fields["near"] == ["member"]
    with pytest.raises(UnknownField, match="member, purchase_id, amount"):
        parse_mapping(["zzz=a"], FIELDS, ["a"])


def test_an_unknown_column_names_the_nearest_and_all():
    with pytest.raises(UnknownColumn) as refusal:
        parse_mapping(["amount=金颏"], FIELDS, ["金额", "会员号"])
    assert refusal.value.fields["near"] == "金额"
    assert refusal.value.fields["columns"] == "金额, 会员号"


@pytest.mark.parametrize("pairs", [["amount"], ["=a"], ["amount=a", "amount=b"]])
def test_a_map_that_is_not_a_pair_or_comes_twice_is_refused(pairs):
    with pytest.raises(MalformedMapping) as refusal:
        parse_mapping(pairs, FIELDS, ["a", "b"])
    assert refusal.value.fields["text"] == pairs[-1]


def test_a_required_field_without_a_column_is_told_with_the_columns():
    with pytest.raises(MissingColumn, match=r"no column is amount; the file has: 会员号, 钱"):
        parse_mapping([], FIELDS, ["会员号", "钱"], required=("member", "amount"))


def test_no_usual_name_stands_for_two_fields():
    for fields in (PURCHASES, COBRAND):
        names = [name for field in fields for name in (field, *ALIASES.get(field, ()))]
        assert len(names) == len(set(names))
