"""One label as SVG, and the page that shows how far a printer is off."""

import re
from io import BytesIO
from xml.etree import ElementTree

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageDraw

from labels import raster, svg
from labels.grid import write_grid
from labels.kinds import LabelKind, label
from labels.layout import Line
from labels.marks import Mark
from labels.media import MEDIA, Medium

ADDRESS = "HTTPS://STERILOG.EXAMPLE.ORG/P/7K2Q9XMD4WTN8B3CZ"
NAMESPACE = "{http://www.w3.org/2000/svg}"
PACK = label(
    LabelKind.PACK,
    ADDRESS,
    "7K2Q-9XMD-4WTN-8B3CZ",
    '5 x <script>alert("1")</script>',
    (Line("A&B", Mark.BATCH), "LOAD 'S1'"),
)
DPI = 254  # ten dots a millimetre


def _tree(medium: Medium = MEDIA["avery-l7160"]) -> ElementTree.Element:
    return ElementTree.fromstring(svg.label_svg(PACK, medium))  # noqa: S314 - our own text


def test_a_label_has_its_size_in_millimetres() -> None:
    tree = _tree()
    assert (tree.get("width"), tree.get("height"), tree.get("viewBox")) == ("63.5mm", "38.1mm", "0 0 63.5 38.1")


def test_every_word_of_a_label_stands_in_it_as_text_and_as_nothing_else() -> None:
    tree = _tree()
    shown = [text.text for text in tree.findall(f"{NAMESPACE}text")]
    assert " ".join(shown[:2]) == PACK.title
    assert {"A&B", "LOAD 'S1'", PACK.code} <= set(shown)
    assert {element.tag.removeprefix(NAMESPACE) for element in tree.iter()} == {"svg", "rect", "path", "text", "title"}


def test_marks_are_named_for_those_who_hear_a_page() -> None:
    titles = [title.text for title in _tree().iter(f"{NAMESPACE}title")]
    assert titles == ["LOT", "Do not re-use", "Do not use if damaged"]


def test_the_symbol_of_the_drawing_is_read_back() -> None:
    path = _tree().find(f"{NAMESPACE}path")
    assert path is not None
    image = Image.new("L", (37 * 4, 37 * 4), 255)
    for column, row, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path.get("d", "")):
        left, top = 4 * (int(column) + 4), 4 * (int(row) + 4)
        ImageDraw.Draw(image).rectangle((left, top, left + 4 * int(length) - 1, top + 3), fill=0)
    assert [found.text for found in zxingcpp.read_barcodes(image)] == [ADDRESS]


def _grid(medium: Medium, offset: tuple[float, float] = (0, 0)) -> bytes:
    out = BytesIO()
    write_grid(medium, out, offset_mm=offset)
    return out.getvalue()


def _inked(pdf: bytes) -> Image.Image:
    """254 dpi, ink as 255."""
    return Image.open(BytesIO(raster.png(pdf, DPI))).point(lambda value: 255 if value < 160 else 0)


@pytest.mark.parametrize("key", MEDIA)
def test_every_medium_has_a_test_page_that_says_how_to_print_it(key: str) -> None:
    medium = MEDIA[key]
    with pypdfium2.PdfDocument(_grid(medium)) as document:
        assert len(document) == 1
        text = " ".join(document[0].get_textpage().get_text_bounded().split())
        width, _ = document[0].get_size()
    assert width == pytest.approx(medium.page_width / 25.4 * 72, abs=0.01)
    assert text.startswith("Print at 100 % (actual size). The line above must measure")


def test_the_outlines_stand_where_the_labels_will() -> None:
    medium = MEDIA["avery-l7160"]
    image = _inked(_grid(medium))
    assert image.getbbox() == pytest.approx((57, 136, 2043, 2833), abs=2)  # the corners' crosses reach 1.5 mm beyond
    for position in (1, 3, 12, 21):
        x, y = medium.corner(position)
        edge = image.crop((int(10 * x) - 1, int(10 * y) + 20, int(10 * x) + 3, int(10 * y) + 40))
        assert edge.getbbox() is not None


def test_the_ruler_measures_50_mm_wherever_the_labels_are_moved() -> None:
    for offset in ((0, 0), (1.5, -2)):
        image = _inked(_grid(MEDIA["avery-l7160"], offset))
        middle = image.crop((600, 1300, 1500, 1500))
        rows = [middle.crop((0, row, 900, row + 1)).getbbox() for row in range(200)]
        longest = max(box[2] - box[0] for box in rows if box and box[2] - box[0] < 520)
        assert longest == pytest.approx(500, abs=3)


def test_the_outlines_move_by_the_offset() -> None:
    plain, moved = (_inked(_grid(MEDIA["avery-l7160"], offset)).getbbox() for offset in ((0, 0), (2, 1)))
    assert plain is not None and moved is not None
    assert [after - before for before, after in zip(plain, moved, strict=True)] == pytest.approx(
        [20, 10, 20, 10], abs=1
    )


def test_a_name_typed_by_a_person_writes_no_operators_into_the_page() -> None:
    medium = Medium("own", "Own) Tj ET Q (針", 100, 80, 1, 1, 90, 70, 5, 5, 90, 70)
    with pypdfium2.PdfDocument(_grid(medium)) as document:
        assert "Own) Tj ET Q (?" in document[0].get_textpage().get_text_bounded()
        assert document.get_metadata_dict()["Title"] == "Test page: Own) Tj ET Q (針, 90 x 70 mm"
