"""Files of our own: what stands where they are to go."""

from __future__ import annotations

import os

import pytest

from console.cells import Column
from console.file_errors import UnwritableFile
from console.output import write_rows

COLUMNS = [Column("member", "member", "identifier")]
ROW = {"member": "m-002"}


@pytest.mark.parametrize("start", [b"SQLite format 3\0", b"checksum" + b"DUCK" + b"\0\0\0\0"])
@pytest.mark.parametrize("fmt", ["table", "json", "csv", "xlsx"])
def test_a_store_or_a_warehouse_is_never_written_over(tmp_path, fmt, start):
    path = tmp_path / "shop.db"
    path.write_bytes(start + b"all there is")
    with pytest.raises(UnwritableFile, match="it is a database"):
        write_rows([ROW], COLUMNS, fmt, out=path)
    assert path.read_bytes() == start + b"all there is"
    assert [file.name for file in tmp_path.iterdir()] == ["shop.db"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_written_to_and_stays_one(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_rows([ROW], COLUMNS, "csv", out=path)
        assert b"m-002" in os.read(reading, 10_000)
    finally:
        os.close(reading)
    assert path.is_fifo()


def test_a_link_stays_a_link_and_what_it_leads_to_is_written(tmp_path):
    real, link = tmp_path / "june.csv", tmp_path / "latest.csv"
    real.write_text("before")
    link.symlink_to(real)
    write_rows([ROW], COLUMNS, "csv", out=link)
    assert link.is_symlink()
    assert "m-002" in real.read_text(encoding="utf-8-sig")
