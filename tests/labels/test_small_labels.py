"""Codes for labels that leave little room: DataMatrix, and QR at level L."""

from io import BytesIO
from itertools import pairwise
from random import Random

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter

from labels import codes, datamatrix, qr, raster
from labels.codes import CodeKind
from labels.layout import Face, Label, LabelTooSmall, face
from labels.media import MEDIA, Medium
from labels.pdf import write_pdf
from labels.qr import Correction, Matrix, Unencodable

CODE = codes.new_code(Random(7).getrandbits)
LABEL = Label(
    codes.address("sterilog.example", CodeKind.PACK, CODE),
    codes.grouped(CODE),
    "5 x needle 30G",
    ("LOT A123", "USE BY 2028-01-31"),
)


def _roll(width: float, height: float) -> Medium:
    return Medium("own", "Own", width, height, 1, 1, width, height, 0, 0, width, height, False, 203)


def _drawn(symbol: Matrix, scale: int = 4) -> Image.Image:
    side, quiet = symbol.size_with_quiet_zone * scale, symbol.quiet
    image = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(image)
    for row, start, length in qr.runs(symbol):
        left, top = (start + quiet) * scale, (row + quiet) * scale
        draw.rectangle((left, top, left + length * scale - 1, top + scale - 1), fill=0)
    return image


def _read(image: Image.Image) -> tuple[str, zxingcpp.BarcodeFormat]:
    [found] = zxingcpp.read_barcodes(image)
    return found.text, found.format


@settings(max_examples=60)
@given(st.integers(0, 2**80 - 1), st.integers(1, 999))
def test_every_code_and_copy_is_read_from_a_datamatrix(bits: int, copy: int) -> None:
    text = codes.OwnCode(None, codes.new_code(lambda _: bits), copy=copy).bare
    symbol = datamatrix.matrix(text)
    assert symbol.size == datamatrix.size(text) <= 20
    assert _read(_drawn(symbol)) == (text, zxingcpp.BarcodeFormat.DataMatrix)


@settings(max_examples=40)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=120))
def test_other_texts_are_read_from_a_datamatrix(text: str) -> None:
    assert _read(_drawn(datamatrix.matrix(text)))[0] == text


def test_a_code_needs_18_modules_and_a_reprint_20() -> None:
    assert datamatrix.size("ABCDEFGHJKMNPQRST") == 18
    assert datamatrix.size("ABCDEFGHJKMNPQRST.99") == 20


@pytest.mark.parametrize(
    ("text", "sentence"), [("", "needs an address"), ("é", "plain letters"), ("A" * 175, "175 characters")]
)
def test_what_a_datamatrix_cannot_hold_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(Unencodable, match=sentence):
        datamatrix.matrix(text)


@pytest.mark.parametrize("correction", Correction)
@pytest.mark.parametrize("length", [10, 40, 48, 80])
def test_a_size_is_known_before_its_symbol_is_made(correction: Correction, length: int) -> None:
    symbol = qr.matrix("A" * length, correction)
    assert symbol.size == qr.size("A" * length, correction)
    assert _read(_drawn(symbol))[0] == "A" * length


def test_level_l_is_smaller_and_restores_a_patch_of_four_in_a_hundred_modules() -> None:
    symbol = qr.matrix(LABEL.address, Correction.L)
    assert (symbol.size, qr.size(LABEL.address)) == (25, 29)
    image = _drawn(symbol)
    ImageDraw.Draw(image).rectangle((4 * 25, 4 * 16, 4 * 29 - 1, 4 * 22 - 1), fill=255)
    assert _read(image)[0] == LABEL.address


def _symbols(width: float) -> dict[float, str]:
    """Which symbol a label of each height carries, every half millimetre."""
    found = {}
    for step in range(20, 61):
        try:
            found[step / 2] = _name(face(LABEL, _roll(width, step / 2)))
        except LabelTooSmall:
            found[step / 2] = "none"
    return found


def _name(laid_out: Face) -> str:
    return {18: "DataMatrix", 25: "L", 29: "M"}[laid_out.symbol.size]


def test_the_higher_the_label_the_better_its_symbol() -> None:
    """None where nothing is legible, a DataMatrix below 15 mm, level L only where M does not fit."""
    ranks = [["none", "DataMatrix", "L", "M"].index(name) for name in _symbols(22.2).values()]
    assert all(lower <= higher for lower, higher in pairwise(ranks))
    assert set(ranks) == {0, 1, 2, 3}


@pytest.mark.parametrize(("height", "name", "dots"), [(14.5, "DataMatrix", 3), (16.5, "L", 2), (20, "M", 2)])
def test_the_finest_modules_are_read_turned_and_blurred(height: float, name: str, dots: int) -> None:
    medium, out = _roll(22.2, height), BytesIO()
    laid_out = face(LABEL, medium)
    assert (_name(laid_out), round(laid_out.module / medium.dot)) == (name, dots)
    write_pdf([LABEL], medium, out)
    image = Image.open(BytesIO(raster.png(out.getvalue(), 203)))
    for treated in (
        image,
        image.rotate(7, Image.Resampling.BICUBIC, expand=True, fillcolor=255),
        image.filter(ImageFilter.GaussianBlur(0.7)),
    ):
        assert codes.parse(_read(treated)[0]).code == CODE


def test_below_15_mm_a_datamatrix_of_the_bare_code_stands_for_the_address() -> None:
    medium, out = MEDIA["avery-5167"], BytesIO()
    address = codes.address("sterilog.example", CodeKind.PACK, CODE, copy=2)
    write_pdf([Label(address, codes.grouped(CODE, 2), "Needles", ("LOT A1",))], medium, out)
    from_page = Image.open(BytesIO(raster.png(out.getvalue(), 300)))
    assert _read(from_page) == (f"{CODE}.2", zxingcpp.BarcodeFormat.DataMatrix)
    assert codes.parse(f"{CODE}.2").copy == 2


def test_an_address_that_is_none_of_ours_stands_in_the_datamatrix_whole() -> None:
    laid_out = face(Label("HTTPS://ELSEWHERE/1", "1", "Thing"), MEDIA["avery-5167"])
    assert _read(_drawn(laid_out.symbol))[0] == "HTTPS://ELSEWHERE/1"


def test_a_code_too_wide_for_one_row_stands_on_two() -> None:
    label = Label(codes.address("h.example", CodeKind.GUN, CODE, copy=12), codes.grouped(CODE, 12), "Gun 3")
    rows = [row.text for row in face(label, MEDIA["roll-25x25"]).rows]
    assert rows[-2:] == [f"{CODE[:4]}-{CODE[4:8]}-", f"{CODE[8:12]}-{CODE[12:]}.12"]
