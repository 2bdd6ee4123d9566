"""The fonts of labels: Liberation 2.1.5, whose letters are as wide as those of Helvetica and Courier.

They lie beside this module (SIL Open Font License) and go into each PDF, cut down to the glyphs it uses: a printer or
reader without Helvetica prints the same label, and Latin, Greek and Cyrillic names need no code page. Text is shown by
the glyph numbers of the whole font, which a map in the PDF leads to those of the cut one, so that a page can leave
before anybody knows what later ones say.
"""

from functools import cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple
from unicodedata import bidirectional

from reportlab.pdfbase.ttfonts import TTFontFile

REGULAR, BOLD, CODE = "LiberationSans", "LiberationSans-Bold", "LiberationMono-Bold"
_FILES = {REGULAR: "LiberationSans-Regular", BOLD: "LiberationSans-Bold", CODE: "LiberationMono-Bold"}
_FOLDER = Path(__file__).parent / "liberation-2.1.5"
_A_BLOCK = 100
"""Entries in one block of a map to Unicode, at most (Adobe's technical note 5014)."""
_SYMBOLIC = 4
# The reader of a font keeps its place in the file: two threads cutting one font would read each other's bytes.
_ONE_AT_A_TIME = Lock()


class Embedded(NamedTuple):
    """A font's part in a PDF: the three streams, and what its dictionaries say in units of 1/1000 em."""

    file: bytes
    glyph_map: bytes
    to_unicode: bytes
    widths: str
    box: str
    ascent: int
    descent: int
    cap_height: int
    stem: int
    flags: int


class Used:
    """The characters that a document shows, by font."""

    def __init__(self) -> None:
        self.characters: dict[str, set[str]] = {}

    def shown(self, text: str, font: str) -> str:
        """`text`, which must be `lettering.printable`, as the operand of an operator that shows it."""
        self.characters.setdefault(font, set()).update(text)
        glyphs = _glyphs(font)
        return f"<{''.join([glyphs[character] for character in text])}>"


def covers(character: str) -> bool:
    """Whether it can be printed: it has a glyph, and is written from left to right."""
    known = ord(character) in _font(REGULAR).charToGlyph and ord(character) in _font(BOLD).charToGlyph
    return known and bidirectional(character) not in ("R", "AL", "AN")


def width(text: str, font: str) -> float:
    """Of `text` at size 1."""
    widths = _widths(font)
    return sum([widths[character] for character in text])


def embedded(font: str, characters: set[str]) -> Embedded:
    """`font` cut down to `characters`."""
    whole = _font(font)
    used = sorted(map(ord, characters))
    old = [whole.charToGlyph.get(code, 0) for code in used]
    # Glyph 0 stays; the others follow in order, one that serves two characters once.
    new = {glyph: place for place, glyph in enumerate(dict.fromkeys([0, *old]))}
    glyph_map = bytearray(2 * (max(old) + 1))
    for glyph in old:
        glyph_map[2 * glyph : 2 * glyph + 2] = new[glyph].to_bytes(2, "big")
    with _ONE_AT_A_TIME:
        file = whole.makeSubset(used)
    return Embedded(
        file,
        bytes(glyph_map),
        _to_unicode({glyph: code for code, glyph in zip(reversed(used), reversed(old), strict=True)}),
        " ".join(f"{glyph} [{whole.charWidths[code]:.4g}]" for glyph, code in sorted(zip(old, used, strict=True))),
        " ".join(f"{edge:.0f}" for edge in whole.bbox),
        round(whole.ascent),
        round(whole.descent),
        round(whole.capHeight),
        round(whole.stemV),
        # Which character a glyph stands for is told by the maps alone.
        (whole.flags & 1) | _SYMBOLIC,
    )


def _to_unicode(codes: dict[int, int]) -> bytes:
    """What a reader copies or searches for each glyph."""
    pairs = [f"<{glyph:04X}> <{chr(code).encode('utf-16-be').hex().upper()}>" for glyph, code in sorted(codes.items())]
    blocks = (pairs[first : first + _A_BLOCK] for first in range(0, len(pairs), _A_BLOCK))
    entries = "\n".join(f"{len(block)} beginbfchar\n{chr(10).join(block)}\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /Labels def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{entries}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")


@cache
def _font(font: str) -> TTFontFile:
    return TTFontFile(str(_FOLDER / f"{_FILES[font]}.ttf"))


class _Table(dict[str, str]):
    """Glyph numbers as hexadecimal digits, by character."""

    def __init__(self, font: str) -> None:
        super().__init__()
        self.font = font

    def __missing__(self, character: str) -> str:
        self[character] = found = f"{_font(self.font).charToGlyph.get(ord(character), 0):04X}"
        return found


class _Widths(dict[str, float]):
    def __init__(self, font: str) -> None:
        super().__init__()
        self.font = font

    def __missing__(self, character: str) -> float:
        whole = _font(self.font)
        self[character] = found = float(whole.charWidths.get(ord(character), whole.defaultWidth)) / 1000
        return found


@cache
def _glyphs(font: str) -> _Table:
    return _Table(font)


@cache
def _widths(font: str) -> _Widths:
    return _Widths(font)
