"""The symbol itself: read back by a decoder of other people, as small as the standard allows, and its runs."""

from random import Random

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from labels import qr

ADDRESS = "HTTPS://STERILOG.EXAMPLE.ORG/P/7K2Q9XMD4WTN8B3CZ"
ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def _read(symbol: qr.Matrix, scale: int = 3) -> str:
    size = symbol.size_with_quiet_zone
    image = Image.new("L", (size, size), 255)
    for row, start, length in qr.runs(symbol):
        for column in range(start, start + length):
            image.putpixel((column + qr.QUIET_ZONE, row + qr.QUIET_ZONE), 0)
    [found] = zxingcpp.read_barcodes(image.resize((size * scale, size * scale), Image.Resampling.NEAREST))
    return found.text


def test_an_address_is_read_back() -> None:
    assert _read(qr.matrix(ADDRESS)) == ADDRESS


def test_every_length_up_to_version_9_is_read_back() -> None:
    random = Random(20261123)
    for length in range(1, 260, 7):
        text = "A" + "".join(random.choices(ALPHANUMERIC[:36], k=length))
        assert _read(qr.matrix(text)) == text


@pytest.mark.parametrize("text", ["0123456789", "https://sterilog.example.org/p/7k2q", "Nadel für Zoë", "%A B/C:"])
def test_other_texts_are_read_back(text: str) -> None:
    assert _read(qr.matrix(text)) == text


@pytest.mark.parametrize(
    ("length", "size"),
    # Alphanumeric capacities at level M, ISO/IEC 18004 table 7.
    [(20, 21), (21, 25), (38, 25), (39, 29), (61, 29), (62, 33), (90, 33), (91, 37), (3391, 177)],
)
def test_the_smallest_symbol_is_taken(length: int, size: int) -> None:
    assert qr.matrix("A" * length).size == size


def test_upper_case_is_what_keeps_an_address_small() -> None:
    assert qr.matrix(ADDRESS).size == 29
    assert qr.matrix(ADDRESS.lower()).size > 29


def test_a_text_too_long_for_any_symbol_is_refused() -> None:
    with pytest.raises(qr.Unencodable, match="3392 characters"):
        qr.matrix("A" * 3392)


def test_an_empty_text_is_refused() -> None:
    with pytest.raises(qr.Unencodable, match="needs an address"):
        qr.matrix("")


@given(st.text(ALPHANUMERIC, min_size=1, max_size=120))
def test_runs_are_the_dark_modules_each_once_and_as_long_as_can_be(text: str) -> None:
    symbol = qr.matrix(text)
    covered = [(run.row, run.start + step) for run in qr.runs(symbol) for step in range(run.length)]
    dark = [(row, column) for row in range(symbol.size) for column in range(symbol.size) if symbol.is_dark(row, column)]
    assert covered == dark
    for row, start, length in qr.runs(symbol):
        assert start == 0 or not symbol.is_dark(row, start - 1)
        assert start + length == symbol.size or not symbol.is_dark(row, start + length)


def test_the_same_text_gives_an_equal_symbol() -> None:
    assert qr.matrix(ADDRESS) == qr.matrix(ADDRESS)
    assert hash(qr.matrix(ADDRESS)) == hash(qr.matrix(ADDRESS))
