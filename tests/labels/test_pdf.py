"""The PDF as a printer sees it: rendered at 300 dpi, every code read back, every line found."""

from dataclasses import replace
from io import BytesIO
from random import Random

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from labels import codes
from labels.layout import Label, LabelTooSmall, StartOutOfRange
from labels.media import MEDIA, Medium
from labels.pdf import NothingToPrint, write_pdf

L7160, L7651 = MEDIA["avery-l7160"], MEDIA["avery-l7651"]
POINTS_A_MM = 72 / 25.4


def _packs(count: int, seed: int = 1) -> list[Label]:
    source = Random(seed)
    return [
        Label(
            codes.address("sterilog.example.org", codes.CodeKind.PACK, code),
            codes.grouped(code),
            "5 x needle 30G x 4 mm",
            (f"LOT A{number // 10:03d}(B)\\é", "USE BY 2028-01-31", f"LOAD S1-2026-{number:04d}"),
        )
        for number, code in enumerate(codes.new_code(source.getrandbits) for _ in range(count))
    ]


def _printed(labels: list[Label], medium: Medium, start: int = 1, offset: tuple[float, float] = (0, 0)) -> BytesIO:
    out = BytesIO()
    pages = write_pdf(labels, medium, out, start=start, offset_mm=offset)
    assert len(pypdfium2.PdfDocument(out)) == pages
    return out


def _images(out: BytesIO, dpi: int = 300) -> list[Image.Image]:
    with pypdfium2.PdfDocument(out) as document:
        return [page.render(scale=dpi / 72, grayscale=True).to_pil() for page in document]


def _read(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)]


def _texts(out: BytesIO) -> list[str]:
    with pypdfium2.PdfDocument(out) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


@pytest.mark.parametrize(
    ("key", "count", "start", "pages"),
    [
        ("avery-l7160", 50, 17, 4),
        ("avery-l7651", 50, 17, 2),
        ("avery-l7651", 65, 1, 1),
        ("avery-l7159", 9, 24, 2),
        ("avery-l7163", 15, 14, 2),
        ("avery-5160", 31, 1, 2),
    ],
)
def test_every_code_on_every_page_is_read_back(key: str, count: int, start: int, pages: int) -> None:
    labels = _packs(count)
    images = _images(_printed(labels, MEDIA[key], start))
    assert len(images) == pages
    found = [text for image in images for text in _read(image)]
    assert sorted(found) == sorted(label.address for label in labels)


@pytest.mark.parametrize("start", range(1, 22, 4))
def test_from_any_first_label_the_codes_are_whole_and_in_their_places(start: int) -> None:
    [image, *_] = _images(_printed(_packs(3), L7160, start), dpi=150)
    x, y = L7160.corner(start)
    edges = (x, y, x + L7160.label_width, y + L7160.label_height)
    label = image.crop(tuple(round(edge / 25.4 * 150) for edge in edges))
    assert _read(label) == [_packs(3)[0].address]


@pytest.mark.parametrize("medium", [L7160, L7651], ids=lambda medium: medium.key)
def test_every_line_is_found_in_the_page_text(medium: Medium) -> None:
    labels = _packs(50)
    text = "\n".join(_texts(_printed(labels, medium, 17)))
    lines = text.splitlines()
    for label in labels:
        for line in (label.code, *label.lines):
            assert line in lines
    # The contents may be broken at a space.
    assert " ".join(lines).count(labels[0].title) == len(labels)


def test_the_page_has_the_size_of_the_sheet() -> None:
    for medium in MEDIA.values():
        label = replace(_packs(1)[0], lines=())
        with pypdfium2.PdfDocument(_printed([label], medium)) as document:
            width, height = document[0].get_size()
        assert width == pytest.approx(medium.page_width * POINTS_A_MM, abs=0.01)
        assert height == pytest.approx(medium.page_height * POINTS_A_MM, abs=0.01)


def test_the_same_labels_give_the_same_bytes() -> None:
    assert _printed(_packs(30), L7160, 5).getvalue() == _printed(_packs(30), L7160, 5).getvalue()
    assert _printed(_packs(30), L7160, 5).getvalue() != _printed(_packs(30, seed=2), L7160, 5).getvalue()


def test_a_printer_that_prints_too_high_and_left_is_corrected() -> None:
    [plain] = _images(_printed(_packs(1), L7160))
    [moved] = _images(_printed(_packs(1), L7160, offset=(2.54, 1.27)))
    inked = [image.point(lambda value: 255 - value).getbbox() for image in (plain, moved)]
    assert inked[0] is not None and inked[1] is not None
    assert [after - before for before, after in zip(*inked, strict=True)] == pytest.approx([30, 15, 30, 15], abs=1)


def test_the_document_says_what_it_is_for() -> None:
    with pypdfium2.PdfDocument(_printed(_packs(1), L7160)) as document:
        assert document.get_metadata_dict()["Title"] == "Labels: Avery L7160, 63.5 x 38.1 mm"


def test_a_label_that_does_not_fit_leaves_nothing_half_written() -> None:
    out = BytesIO()
    with pytest.raises(LabelTooSmall):
        write_pdf([*_packs(3), Label("A", "", "", ("W" * 80,))], L7651, out)
    with pytest.raises(StartOutOfRange):
        write_pdf(_packs(3), L7651, out, start=66)
    with pytest.raises(NothingToPrint):
        write_pdf([], L7651, out)
    assert out.getvalue() == b""


def test_labels_may_come_one_by_one() -> None:
    assert write_pdf(iter(_packs(22)), L7160, BytesIO()) == 2


def test_a_field_cannot_write_operators_into_the_page() -> None:
    field = "LOT ) Tj ET Q (\\051 x"
    out = _printed([Label("HTTPS://H/P/1", "1", "", (field,))], L7160)
    assert field in _texts(out)[0]
