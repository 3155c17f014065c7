"""The seam to the catalogues: whose language, which words, and what an error says."""

import gettext
import io
import os
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from console import words
from schemas.errors import InvalidAmount, InvalidProgram, InvalidTime

HEADER = "Project-Id-Version: test"


@pytest.fixture(autouse=True)
def _english_again():
    yield
    words.use("en")


@pytest.fixture
def chinese(tmp_path: Path) -> Path:
    """A directory with a Chinese catalogue of a few words."""
    catalog = Catalog(locale="zh")
    catalog.add("read", "已读")
    catalog.add(("{count} row", "{count} rows"), ("{count} 行",))
    catalog.add(InvalidTime.template, "{text} 不是时间：{reason}")
    catalog.add(InvalidTime.hint, "请写 2026-06-30")
    catalog.add("it has no zone", "缺少时区")
    catalog.add("Show this message and exit.", "显示帮助并退出。")
    target = tmp_path / "zh" / "LC_MESSAGES" / "jifen.mo"
    target.parent.mkdir(parents=True)
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    target.write_bytes(buffer.getvalue())
    return tmp_path


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"JIFEN_LANG": "zh"}, "zh"),
        ({"JIFEN_LANG": "zh_CN", "LANG": "en_US.UTF-8"}, "zh"),
        ({"JIFEN_LANG": "en", "LC_ALL": "zh_CN.UTF-8"}, "en"),
        ({"JIFEN_LANG": "fr"}, "en"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_TW.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.GB18030"}, "zh"),
    ],
)
def test_jifen_lang_wins_over_the_locale_and_the_rest_is_english(environ, language):
    assert words.chosen_language(environ) == language


@pytest.mark.parametrize(
    ("name", "language"),
    [("Chinese (Simplified)_China", "zh"), ("zh_CN", "zh"), ("English_United States", "en")],
)
def test_windows_names_its_language_in_the_c_locale(name, language, monkeypatch):
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr("locale.getlocale", lambda: (name, "936"))
    assert words.chosen_language({}) == language


def test_without_a_catalogue_the_english_words_are_the_words(tmp_path):
    words.use("zh", directory=tmp_path)
    assert words._("read") == "read"
    assert words.ngettext("{count} row", "{count} rows", 1) == "{count} row"
    assert words.ngettext("{count} row", "{count} rows", 2) == "{count} rows"


def test_a_catalogue_in_place_is_spoken(chinese):
    assert words.use("zh", directory=chinese) == "zh"
    assert words._("read") == "已读"
    assert words._("not in the catalogue") == "not in the catalogue"
    assert words.ngettext("{count} row", "{count} rows", 1) == "{count} 行"
    assert words.ngettext("{count} row", "{count} rows", 2) == "{count} 行"


def test_the_environment_chooses_the_catalogue(chinese, monkeypatch):
    monkeypatch.setenv("JIFEN_LANG", "zh")
    words.use(directory=chinese)
    assert words._("read") == "已读"
    monkeypatch.setenv("JIFEN_LANG", "en")
    words.use(directory=chinese)
    assert words._("read") == "read"


def test_an_empty_text_stays_empty_and_does_not_become_the_catalogues_header(chinese):
    words.use("zh", directory=chinese)
    assert words._("") == ""


def test_an_error_is_explained_in_the_persons_language_its_reason_too(chinese):
    error = InvalidTime(text="noon", reason="it has no zone")
    assert words.explain(error) == "'noon' is not a time: it has no zone"
    words.use("zh", directory=chinese)
    assert words.explain(error) == "noon 不是时间：缺少时区"
    assert words.advice(error) == "请写 2026-06-30"
    assert error.code == "invalid_time"


def test_an_untranslated_error_keeps_its_english_line(chinese):
    words.use("zh", directory=chinese)
    error = InvalidAmount(text="1.234", currency="CNY", reason="it has more than 2 decimals")
    assert words.explain(error) == str(error)


def test_an_error_that_words_itself_is_explained_in_its_own_words():
    error = InvalidProgram(origin="p.toml", mistakes=("$.a: missing", "$.b:\nmissing"))
    assert words.explain(error) == (
        "p.toml: 2 mistake(s) in the program: $.a: missing; $.b: missing"
    )


def test_clicks_own_strings_come_from_the_same_catalogue(chinese, monkeypatch):
    monkeypatch.setenv("LANGUAGE", "")
    before = gettext.textdomain()
    words.use("zh", directory=chinese)
    try:
        words.share_with_click()
        assert os.environ["LANGUAGE"] == "zh"
        assert gettext.gettext("Show this message and exit.") == "显示帮助并退出。"
    finally:
        gettext.textdomain(before)
