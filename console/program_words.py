"""What the settings of a program are called, and how their values read.

A setting that is not listed goes by its name in the file, with spaces.
"""

from __future__ import annotations

from typing import Any, Final

from console.words import _, marked

SECTIONS: Final[dict[str, str]] = {
    "": marked("program"),
    "basis": marked("what counts"),
    "caps": marked("caps"),
    "earn": marked("earning rule"),
    "multiply": marked("multiplier"),
    "campaign": marked("campaign"),
    "bonus": marked("bonus"),
    "reward": marked("reward"),
    "voucher": marked("voucher"),
    "rebate": marked("rebate"),
    "benefit": marked("benefit"),
    "cobrand": marked("co-branded card"),
    "redemption": marked("redemption"),
    "limits": marked("limits"),
    "expiry": marked("expiry"),
    "ladder": marked("ladder"),
    "tier": marked("tier"),
    "notices": marked("notices"),
    "rfm": marked("RFM"),
    "cards": marked("card numbers"),
    "phones": marked("phones"),
}
"""Section of the file -> what it is about."""

_SETTINGS: Final[dict[str, str]] = {
    "effective_from": marked("holds from"),
    "points_decimals": marked("decimals of points"),
    "upgrade_first": marked("earns under the card it reaches"),
    "available_after_days": marked("days until points can be spent"),
    "future_tolerance_minutes": marked("minutes ahead of the clock"),
    "return_window_days": marked("days to return"),
    "on_shortfall": marked("points that a return can't take"),
    "returns_lower_tier": marked("a return looks at the card"),
    "reversal_grace_days": marked("days for points given back late"),
    "hold_minutes": marked("minutes of a hold"),
    "frozen_earns": marked("a frozen account earns"),
    "tax": marked("tax"),
    "except_categories": marked("categories left out"),
    "except_tenders": marked("tenders left out"),
    "method": marked("how it earns"),
    "per": marked("for every"),
    "per_unit": marked("for each unit"),
    "factor": marked("times"),
    "starts_on": marked("first day"),
    "ends_on": marked("last day"),
    "days_of_month": marked("days of the month"),
    "min_amount": marked("purchases from"),
    "first_purchase": marked("first purchase only"),
    "stackable": marked("adds to others"),
    "enabled": marked("switched on"),
    "per_purchase": marked("most in a purchase"),
    "per_day": marked("most in a day"),
    "per_member": marked("most for a member"),
    "per_month": marked("most in a month"),
    "on": marked("given on"),
    "min_points": marked("points at the least"),
    "step_points": marked("in steps of"),
    "max_bill_percent": marked("percent of the bill at the most"),
    "measure": marked("measured by"),
    "window_months": marked("months of the window"),
    "threshold": marked("reached at"),
    "discount_percent": marked("discount in percent"),
    "valid": marked("valid"),
    "valid_months": marked("months valid"),
    "invitation": marked("by invitation"),
    "upgrade": marked("a card comes"),
    "review": marked("a review lowers"),
    "grace_days": marked("days of grace"),
    "recovery_days": marked("days to win a card back"),
    "recovery_percent": marked("percent to win a card back"),
    "value": marked("worth"),
    "min_bill": marked("for bills from"),
    "min_spend": marked("for net spend from"),
    "valid_days": marked("days valid"),
    "on_return": marked("when goods come back"),
    "window_days": marked("days of the window"),
}

_VALUES: Final[dict[str, str]] = {
    "at_once": marked("at once"),
    "by_balance": marked("to what counts"),
    "calendar_year": marked("calendar year"),
    "end_of_next_year": marked("until the end of next year"),
    "end_of_year": marked("end of the year"),
    "for_ever": marked("for ever"),
    "half_up": marked("half up"),
    "membership_year": marked("year of membership"),
    "net_spend": marked("net spend"),
    "next_purchase": marked("with the next purchase"),
    "one_down": marked("by one tier"),
    "per_amount": marked("in proportion"),
    "per_block": marked("for whole blocks"),
    "points_earned": marked("points earned"),
    "rolling_months": marked("rolling months"),
    "same_day": marked("one day"),
}
"""Words of the file -> the same for a person. Ids and labels are not looked up."""
_NAMES: Final = frozenset({"id", "name", "label"})

CHANGES: Final[dict[str, str]] = {
    "added": marked("added"),
    "removed": marked("removed"),
    "changed": marked("changed"),
    "moved": marked("moved"),
}


def section_shown(section: str) -> str:
    """What a section of the file is called."""
    return _(SECTIONS[section]) if section in SECTIONS else _spaced(section)


def setting_shown(setting: str) -> str:
    """What a setting is called; the last part of `caps.per_day` says it."""
    name = setting.rpartition(".")[2]
    return _(_SETTINGS[name]) if name in _SETTINGS else _spaced(name)


def value_shown(value: Any, setting: str = "") -> str:
    """A value of a setting, as a person reads it; '' for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(value_shown(item, setting) for item in value)
    if isinstance(value, dict):
        return ", ".join(
            f"{setting_shown(name)} {value_shown(item, name)}" for name, item in value.items()
        )
    text = str(value)
    is_word = text in _VALUES and setting.rpartition(".")[2] not in _NAMES
    return _(_VALUES[text]) if is_word else text


def _spaced(name: str) -> str:
    return name.replace("_", " ")
