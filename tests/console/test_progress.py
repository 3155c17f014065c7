"""Progress: to a terminal only, and never into anyone's output."""

import io

import pytest

from console.progress import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class GbkTerminal(Terminal):
    encoding = "cp936"


@pytest.mark.parametrize(("stream", "quiet"), [(io.StringIO(), False), (Terminal(), True)])
def test_nothing_is_written_without_a_terminal_or_when_quiet(stream, quiet):
    with progress("Importing", 100, "rows", quiet=quiet, stream=stream) as bar:
        bar.advance(50)
    assert stream.getvalue() == ""


@pytest.mark.parametrize("kind", [Terminal, GbkTerminal])
@pytest.mark.parametrize("total", [2000, None])
def test_a_terminal_sees_label_amount_and_unit(kind, total, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")
    stream = kind()
    with progress("导入✓", total, "rows", stream=stream) as bar:
        bar.advance(1500)
        bar.advance()
    text = stream.getvalue()
    assert "导入" in text
    assert ("1,501/2,000 rows" if total else "1,501 rows") in text
    text.encode(getattr(stream, "encoding", None) or "utf-8")


def test_an_error_in_the_work_passes_through():
    with pytest.raises(ValueError, match="broke"), progress("x", 1, "rows", stream=Terminal()):
        raise ValueError("broke")
