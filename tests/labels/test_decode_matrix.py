"""Every kind of label on every medium, printed at 203 and 300 dpi, read back by a decoder of other people.

Also turned by 7 degrees, blurred by 0.7 dots and with a white patch in the symbol: one patch, as a scratch or a drop
of disinfectant makes, for as many modules lost one by one would touch more than half of all codewords. Level M
restores about 15 % of the codewords, hence a patch of 10 % of the modules, and of 8 % where the printer's dots are
not those that the medium was laid out for. Of a DataMatrix of 18 x 18 modules 7 of 32 codewords are restored, but
they interlock: 5 %. Level L restores 7 % and is tried in test_small_labels.
"""

from collections.abc import Callable
from functools import cache
from io import BytesIO
from itertools import product
from random import Random

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter

from labels import codes, datamatrix
from labels.codes import CodeKind
from labels.kinds import LabelKind, label
from labels.layout import Face, Label, LabelTooSmall, Line, face
from labels.marks import Mark
from labels.media import MEDIA, Medium
from labels.pdf import write_pdf

REFUSED = {("avery-l4731", LabelKind.PACK), ("avery-l4731", LabelKind.CONTAINER)}
"""Two marks or three fields and a code do not stand on 10 mm."""
FORMATS = (zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.DataMatrix)
LOT, USE_BY = Line("A12042", Mark.BATCH), Line("2028-01-31", Mark.USE_BY)
USUAL: dict[LabelKind, tuple[CodeKind, str, tuple[str | Line, ...]]] = {
    LabelKind.PACK: (CodeKind.PACK, "5 x needle 30G x 4 mm", (LOT, USE_BY, "LOAD S1-2026-0042")),
    LabelKind.RECORD: (CodeKind.PACK, "5 x needle 30G x 4 mm", (LOT, USE_BY)),
    LabelKind.LOT: (CodeKind.CONTAINER, "Needle 30G x 4 mm", (LOT, USE_BY)),
    LabelKind.CONTAINER: (CodeKind.CONTAINER, "Chlorhexidine 2 %", (LOT, "OPENED 2026-11-23", "USE UNTIL 2026-12-21")),
    LabelKind.GUN: (CodeKind.GUN, "Gun 3", (Line("U225-00871", Mark.SERIAL),)),
    LabelKind.PART: (CodeKind.PART, "Drive of gun 3", (Line("D-77", Mark.SERIAL),)),
    LabelKind.ROOM: (CodeKind.ROOM, "Room 2", ()),
    LabelKind.BADGE: (CodeKind.BADGE, "An Peeters", ("Nurse",)),
    LabelKind.LOAD_SHEET: (CodeKind.LOAD, "Load S1-2026-0042", ("134 C, 4 min", "2026-11-23")),
}


def _label(kind: LabelKind) -> Label:
    code_kind, name, lines = USUAL[kind]
    code = codes.new_code(Random(kind.value).getrandbits)
    copy = 2 if kind is LabelKind.GUN else 1
    address = codes.address("sterilog.example.org", code_kind, code, copy=copy)
    return label(kind, address, codes.grouped(code, copy), name, lines)


def _kinds_on(medium: Medium) -> list[LabelKind]:
    return [kind for kind in LabelKind if (medium.key, kind) not in REFUSED]


@cache
def _printed(key: str, dpi: int) -> list[Image.Image]:
    """Each label of `_kinds_on` cut out of its page, with a little of what is beside it on none of them."""
    medium, out = MEDIA[key], BytesIO()
    write_pdf([_label(kind) for kind in _kinds_on(medium)], medium, out)
    scale = dpi / 25.4
    found = []
    with pypdfium2.PdfDocument(out) as document:
        for number, _ in enumerate(_kinds_on(medium)):
            page, position = divmod(number, medium.per_page)
            x, y = medium.corner(position + 1)
            whole = document[page].render(scale=dpi / 72, grayscale=True)
            edges = (x, y, x + medium.label_width, y + medium.label_height)
            found.append(whole.to_pil().crop(tuple(round(edge * scale) for edge in edges)))
    return found


def _read(image: Image.Image) -> list[str]:
    found = zxingcpp.read_barcodes(image, formats=FORMATS)
    return [code.text for code in found]


def _as_printed(image: Image.Image, _: Face, __: float) -> Image.Image:
    return image


def _turned(image: Image.Image, _: Face, __: float) -> Image.Image:
    return image.rotate(7, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def _blurred(image: Image.Image, _: Face, __: float) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(0.7))


def _patched(image: Image.Image, laid_out: Face, scale: float) -> Image.Image:
    """A white patch in the right half, clear of what finds and aligns the symbol."""
    size, module = laid_out.symbol.size, laid_out.module * scale
    if laid_out.symbol.quiet == datamatrix.QUIET_ZONE:
        share, width, left, top = 0.05, 4, size // 2, size // 2
    else:
        share, width, left, top = 0.10 if _is_whole(module) else 0.08, 8, size - 8, 10
    height = round(share * size * size / width)
    x, y = laid_out.qr_x * scale + left * module, laid_out.qr_y * scale + top * module
    patched = image.copy()
    ImageDraw.Draw(patched).rectangle((x, y, x + width * module - 1, y + height * module - 1), fill=255)
    return patched


def _is_whole(dots: float) -> bool:
    return abs(dots - round(dots)) < 0.01


TREATMENTS: tuple[Callable[[Image.Image, Face, float], Image.Image], ...] = (_as_printed, _turned, _blurred, _patched)
CASES = [
    pytest.param(key, dpi, treated, id=f"{key}-{dpi}{treated.__name__}")
    for key, dpi, treated in product(MEDIA, (203, 300), TREATMENTS)
]


@pytest.mark.parametrize(("key", "dpi", "treated"), CASES)
def test_every_kind_of_label_on_every_medium_is_read_back(
    key: str, dpi: int, treated: Callable[[Image.Image, Face, float], Image.Image]
) -> None:
    for kind, image in zip(_kinds_on(MEDIA[key]), _printed(key, dpi), strict=True):
        laid_out = face(_label(kind), MEDIA[key])
        [text] = _read(treated(image, laid_out, dpi / 25.4)) or [f"{kind} is not read"]
        read = codes.parse(text)
        sent = codes.parse(_label(kind).address)
        assert (read.code, read.copy) == (sent.code, sent.copy)


@pytest.mark.parametrize("key", MEDIA)
def test_only_the_kinds_named_are_refused(key: str) -> None:
    refused = set()
    for kind in LabelKind:
        try:
            face(_label(kind), MEDIA[key])
        except LabelTooSmall:
            refused.add((key, kind))
    assert refused == {pair for pair in REFUSED if pair[0] == key}
