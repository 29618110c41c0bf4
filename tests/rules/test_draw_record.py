"""The record of an order: what was packed comes out again, and nothing else is taken for a record."""

from __future__ import annotations

import hashlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impfzentrum.rules.draw_record import CHUNK, Packer, RecordedPlace, read_line, unpack

LINES = [f"1\t2\t31\t20\t{n}\t{n:032x}\t1\t\t7\t".encode() for n in range(3)]


def pack(lines: list[bytes]) -> Packer:
    packer = Packer()
    for line in lines:
        packer.write(line + b"\n")
    return packer


@given(st.lists(st.binary(max_size=80).filter(lambda line: b"\n" not in line)))
def test_what_was_packed_comes_out_again(lines: list[bytes]) -> None:
    packer = pack(lines)
    compressed = packer.close()
    assert packer.count == len(lines)
    assert packer.digest == hashlib.sha256(b"".join(line + b"\n" for line in lines)).hexdigest()
    assert list(unpack(compressed)) == lines


def test_more_than_one_chunk_comes_out_again() -> None:
    many = [b"%d" % number for number in range(CHUNK)]
    assert list(unpack(pack(many).close())) == many


@pytest.mark.parametrize(
    "broken",
    [b"", b"nothing of the kind", pack(LINES).close()[:-8], zlib.compress(b"no end of line")],
    ids=["empty", "something else", "cut off", "half a line"],
)
def test_what_is_no_record_is_refused(broken: bytes) -> None:
    with pytest.raises(ValueError):
        list(unpack(broken))


def test_a_line_is_read() -> None:
    assert read_line(LINES[2]) == RecordedPlace(1, 2, 31, 20, 2, f"{2:032x}", True, 0, 7, 0)
    assert read_line(b"1\t2\t31\t20\t-5\tab\t0\t1619262000\t7\t").rests_until == 1619262000


@pytest.mark.parametrize("line", [b"", b"1\t2", b"a\t2\t31\t20\t5\tab\t1\t"])
def test_a_broken_line_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError):
        read_line(line)
