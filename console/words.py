"""What is said to a person, in their language.

English is written in the code and is the msgid; `console/locale/<language>/LC_MESSAGES/jifen.mo`
holds the other languages. Error codes and the keys of JSON and CSV are never translated.

    _("read")                      the words of the person's language, else "read"
    ngettext("row", "rows", 3)     by number
    explain(error), advice(error)  an error's line and its hint
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gettext import NullTranslations

    from schemas.errors import JifenError

DOMAIN: Final = "jifen"
LANGUAGES: Final = ("en", "zh")
DIRECTORY: Final = Path(__file__).parent / "locale"

_directory = DIRECTORY
_language: str | None = None
_catalogue: NullTranslations | None = None


def chosen_language(environ: Mapping[str, str] = os.environ) -> str:
    """'zh' or 'en': by JIFEN_LANG, else by the first of LC_ALL, LC_MESSAGES, LANG that is set.

    >>> chosen_language({"LANG": "zh_CN.UTF-8"})
    'zh'
    >>> chosen_language({"LANG": "zh_CN.UTF-8", "JIFEN_LANG": "en"})
    'en'
    """
    for variable in ("JIFEN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(variable):
            return "zh" if value.lower().startswith("zh") else "en"
    return _language_of_windows() if sys.platform == "win32" else "en"


def _language_of_windows() -> str:
    """Windows sets none of the variables; its C locale names the language in one of two ways."""
    import locale

    name = (locale.getlocale()[0] or "").lower()
    return "zh" if name.startswith(("zh", "chinese")) else "en"


def use(language: str | None = None, *, directory: Path | None = None) -> str:
    """Speak `language` from now on (None: ask the environment), from catalogues in `directory`.

    Gives the language back. A language without a catalogue speaks English.
    """
    global _language, _catalogue, _directory
    _directory = directory or DIRECTORY
    _language = language or chosen_language()
    _catalogue = None
    # The import of gettext is spared to whoever has no catalogue to read.
    if (_directory / _language / "LC_MESSAGES" / f"{DOMAIN}.mo").is_file():
        import gettext

        _catalogue = gettext.translation(DOMAIN, _directory, [_language], fallback=True)
    return _language


def share_with_click() -> None:
    """Let click's own strings come from our catalogue too.

    click asks gettext's global domain, which reads the language from the environment alone; so
    this sets LANGUAGE for the process. To be called by the program, not by a library.
    """
    import gettext

    os.environ["LANGUAGE"] = _language or use()
    gettext.bindtextdomain(DOMAIN, str(_directory))
    gettext.textdomain(DOMAIN)


def _(msgid: str) -> str:
    """The words for `msgid` in the person's language."""
    if _language is None:
        use()
    # An empty msgid would give the catalogue's own header.
    if _catalogue is None or not msgid:
        return msgid
    return _catalogue.gettext(msgid)


def ngettext(singular: str, plural: str, number: int) -> str:
    """The words for so many."""
    if _language is None:
        use()
    if _catalogue is None:
        return singular if number == 1 else plural
    return _catalogue.ngettext(singular, plural, number)


def marked(msgid: str) -> str:
    """`msgid` itself: marks words for the catalogue that are looked up later."""
    return msgid


def explain(error: JifenError) -> str:
    """The error in one line, in the person's language; its code is not part of it.

    The field `reason` is prose and is looked up as well, the other fields stay as they are.
    """
    fields = dict(error.fields)
    if isinstance(reason := fields.get("reason"), str):
        fields["reason"] = _(reason)
    try:
        line = _(error.template).format(**fields)
    except (KeyError, IndexError):
        # The error puts its line together from other fields than it shows: keep its own words.
        line = str(error)
    return " ".join(line.split()) or error.code


def advice(error: JifenError) -> str:
    """What to do about the error, in the person's language; may be empty."""
    return _(error.hint)
