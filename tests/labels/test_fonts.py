"""The letters of a label: in the PDF themselves, as wide as they were measured, and those of more than one alphabet."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from pypdfium2 import raw

import labels
from labels.grid import write_grid
from labels.items import POINT
from labels.layout import Label, face
from labels.lettering import REGULAR, measured, printable
from labels.media import MEDIA
from labels.pdf import write_pdf

L7160 = MEDIA["avery-l7160"]
CODE = "7K2Q-9XMD-4WTN-8B3CZ"
FILES = {
    "LiberationSans-Regular.ttf": "8d91388f1d3604b3b8ae0e3ee2d140e50cd6122f9214514f4aca772540a4076d",
    "LiberationSans-Bold.ttf": "ba0e0dc3f7aca5b0afbc31e800531ee43be3aa79ae35b2ef1f6470a9547765c4",
    "LiberationMono-Bold.ttf": "29534b0aad22fa386843365da6f04102df8d6a076e06a2a5ce270f83dd1bf351",
}
NAMES = [
    "Kanüle größe ½, naïve œuvre, 5 €",
    "Igła 30G łódź, Jehla čistá",
    "İğne 30G, şırınga",
    "Βελόνα μεσοθεραπείας",
    "Игла стерильная 30G",
    "Kim tiêm vô trùng ệ",
]


def _pdf(*names: str) -> bytes:
    out = BytesIO()
    write_pdf(map(_label, names), L7160, out)
    return out.getvalue()


def _label(name: str) -> Label:
    """The name as title and as field, in two fonts."""
    return Label("HTTPS://H/P/1", CODE, name, (name,))


def _texts(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(document[0].get_textpage().get_text_bounded().split())


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_printed_in_its_own_letters(name: str) -> None:
    assert printable(name) == name
    assert _texts(_pdf(name)).count(name) == 2


@pytest.mark.parametrize(
    ("name", "shown"), [("針 30G", "? 30G"), ("מחט", "???"), ("Ｎｏ １２", "No 12"), ("\ue000x", "?x")]
)
def test_what_has_no_letters_here_is_shown_as_missing(name: str, shown: str) -> None:
    assert printable(name) == shown
    assert shown in _texts(_pdf(name))


def test_every_letter_is_drawn_by_a_font_in_the_file() -> None:
    """Of labels and of a test page alike: no reader or printer puts one of its own in its place."""
    grid = BytesIO()
    write_grid(L7160, grid)
    for pdf in (_pdf(*NAMES), grid.getvalue()):
        with pypdfium2.PdfDocument(pdf) as document:
            words = [each for each in document[0].get_objects() if each.type == raw.FPDF_PAGEOBJ_TEXT]
            embedded = [raw.FPDFFont_GetIsEmbedded(raw.FPDFTextObj_GetFont(each.raw)) for each in words]
        assert embedded and set(embedded) == {1}


@pytest.mark.parametrize("name", NAMES)
def test_a_row_is_as_wide_as_it_was_measured(name: str) -> None:
    """Else it could leave its label though the arrangement says that it does not."""
    [row] = [row for row in face(_label(name), L7160).rows if (row.text, row.font) == (name, REGULAR)]
    with pypdfium2.PdfDocument(_pdf(name)) as document:
        page = document[0].get_textpage()
        found = page.get_text_range().rindex(name)
        left, right = (page.get_charbox(found + place, loose=True) for place in (0, len(name) - 1))
    assert right[2] - left[0] == pytest.approx(measured(name, row.font).ems * row.size, abs=0.1)
    assert left[0] == pytest.approx((L7160.corner(1)[0] + row.x) / POINT, abs=0.1)


def test_several_people_print_in_several_alphabets_at_once() -> None:
    expected = [_pdf(name) for name in NAMES]
    with ThreadPoolExecutor(4) as people:
        printed = list(people.map(lambda number: _pdf(NAMES[number % len(NAMES)]), range(60)))
    assert printed == expected * 10


def test_the_fonts_are_those_that_were_taken_with_their_licence() -> None:
    folder = Path(labels.__file__).parent / "liberation-2.1.5"
    found = {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.ttf")}
    assert found == FILES
    assert "SIL OPEN FONT LICENSE Version 1.1" in (folder / "LICENSE").read_text()
