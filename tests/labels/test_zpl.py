"""What a Zebra printer is sent: pictures of labels, and never a word of theirs as a command."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from random import Random

import pytest
import zxingcpp
from PIL import Image

from labels import codes, raster
from labels.codes import CodeKind
from labels.kinds import LabelKind, label
from labels.layout import Label
from labels.media import MEDIA, Medium
from labels.pdf import write_pdf
from labels.raster import NoSuchPage
from labels.zpl import CopiesOutOfRange, zpl, zpl_pages

ROLL = MEDIA["roll-2x1in"]
HOSTILE = ["^XZ^FO0,0^FDX^FS", "~DGR:A,1,1,FF", "^XA~JR", "~JA", "\x10^PQ999"]
FIELD = re.compile(r"\^XA\n\^PW(\d+)\n\^LL(\d+)\n\^FO0,0\^GFA,(\d+),\3,(\d+),([^^~]*)\^FS\n(?:\^PQ(\d+)\n)?\^XZ\n")


def _packs(count: int, lot: str = "A123") -> list[Label]:
    source = Random(1)
    made = []
    for _ in range(count):
        code = codes.new_code(source.getrandbits)
        address = codes.address("sterilog.example.org", CodeKind.PACK, code)
        made.append(label(LabelKind.PACK, address, codes.grouped(code), "5 x needle", (f"LOT {lot}",)))
    return made


def _pdf(labels: list[Label], medium: Medium = ROLL) -> bytes:
    out = BytesIO()
    write_pdf(labels, medium, out)
    return out.getvalue()


def _pictures(sent: str) -> Iterator[tuple[Image.Image, int]]:
    """The graphic of each label and how often it is printed; everything sent must be one."""
    assert FIELD.sub("", sent) == ""
    for width, height, _, stride, data, copies in FIELD.findall(sent):
        rows = bytes.fromhex("".join(_rows(data, 2 * int(stride))))
        image = Image.frombytes("1", (8 * int(stride), int(height)), bytes(255 - byte for byte in rows))
        yield image.crop((0, 0, int(width), int(height))).convert("L"), int(copies or 1)


def _rows(data: str, digits: int) -> Iterator[str]:
    """ZPL's shorter hexadecimal: G to Y and g to z repeat a digit, a comma and ! fill a row, a colon repeats one."""
    row, before, repeat = "", "", 0
    for symbol in data.replace("\n", ""):
        if "G" <= symbol <= "Y":
            repeat += ord(symbol) - ord("F")
        elif "g" <= symbol <= "z":
            repeat += 20 * (ord(symbol) - ord("f"))
        elif symbol in ",!":
            row = row.ljust(digits, "0" if symbol == "," else "F")
        elif symbol == ":":
            row = before
        else:
            row, repeat = row + symbol * (repeat or 1), 0
        if len(row) == digits:
            yield row
            row, before = "", row


@pytest.mark.parametrize("key", ["roll-2x1in", "roll-54x25", "roll-57x32", "roll-25x25"])
def test_every_code_is_read_back_from_what_the_printer_is_sent(key: str) -> None:
    packs = _packs(3)
    pictures = list(_pictures(zpl(_pdf(packs, MEDIA[key]), 203)))
    assert [zxingcpp.read_barcodes(image)[0].text for image, _ in pictures] == [pack.address for pack in packs]


def test_a_label_is_as_large_as_on_its_roll() -> None:
    [(image, copies)] = _pictures(zpl(_pdf(_packs(1)), 203))
    assert image.size == (406, 203)
    assert copies == 1


def test_copies_are_printed_by_the_printer_itself() -> None:
    pictures = list(_pictures(zpl(_pdf(_packs(2)), 203, copies=3)))
    assert [copies for _, copies in pictures] == [3, 3]


def test_pages_are_sent_one_by_one() -> None:
    pdf = _pdf(_packs(3))
    assert "".join(zpl_pages(pdf, 203)) == zpl(pdf, 203)
    assert [len(FIELD.findall(page)) for page in zpl_pages(pdf, 203)] == [1, 1, 1]


@pytest.mark.parametrize("copies", [0, -1, 1000])
def test_a_roll_is_not_emptied_by_a_slip_of_the_keyboard(copies: int) -> None:
    with pytest.raises(CopiesOutOfRange):
        zpl_pages(_pdf(_packs(1)), 203, copies)


@pytest.mark.parametrize("lot", HOSTILE)
def test_a_lot_number_commands_no_printer(lot: str) -> None:
    sent = zpl(_pdf(_packs(1, lot)), 203)
    [(image, _)] = _pictures(sent)
    assert zxingcpp.read_barcodes(image)[0].text == _packs(1)[0].address
    assert re.findall(r"[\^~][A-Z]{2}", sent) == ["^XA", "^PW", "^LL", "^FO", "^GF", "^FS", "^XZ"]


def test_a_picture_of_a_page_states_its_resolution() -> None:
    image = Image.open(BytesIO(raster.png(_pdf(_packs(2)), 203, page=1)))
    assert image.size == (406, 203)
    assert image.info["dpi"] == pytest.approx((203, 203), abs=0.1)
    assert zxingcpp.read_barcodes(image)[0].text == _packs(2)[1].address


@pytest.mark.parametrize("page", [1, -1])
def test_a_page_that_is_not_there_is_named(page: int) -> None:
    with pytest.raises(NoSuchPage, match=r"has 1 pages"):
        raster.png(_pdf(_packs(1)), 203, page=page)


def test_several_people_may_print_at_once() -> None:
    pdf = _pdf(_packs(3))
    expected = [raster.png(pdf, 300, page) for page in range(3)]
    with ThreadPoolExecutor(4) as people:
        printed = list(people.map(lambda number: raster.png(pdf, 300, number % 3), range(60)))
    assert printed == expected * 20
