"""The log as a report to print: a cover, then tables, each page under the newest signed checkpoint as a QR code.

Written page by page in constant memory: the number of pages and the code stand in the file once, and every page shows
them. Pure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from inventory.sterility.filters import Shape
from inventory.sterility.report_cells import TABLES, Cells
from labels import document, qr
from labels.document import FONTS
from labels.fonts import Used
from labels.lettering import BOLD, REGULAR, clipped, measured, printable, wrapped

WIDTH, HEIGHT = 841.89, 595.28
"""A4 across, in points."""
MARGIN, BAND = 28.0, 84.0
"""The band on top holds the title and the code, 30 mm with the white around it."""
SIZE, LEADING = 6.5, 7.9
COVER_SIZE, COVER_LEADING = 10.0, 15.0
GAP = 5.0
BOTTOM = MARGIN + 12
LINES = int((HEIGHT - BAND - MARGIN - BOTTOM) / LEADING) - 2
"""Of a row that is as high as a page: what is longer ends with an ellipsis."""


@dataclass(frozen=True)
class Cover:
    """What the first page says. `note` is the signed checkpoint, or None with the reason in `unsigned`."""

    clinic: str
    zone: str
    shape: Shape
    range: str
    facts: Sequence[tuple[str, str]]
    made_at: datetime
    note: str | None
    unsigned: str = ""

    @property
    def title(self) -> str:
        return f"Sterility log of {self.clinic}"


@dataclass
class Page:
    """Operators of one page, from the top down; `y` is where the next line stands."""

    used: Used
    y: float
    operators: list[str] = field(default_factory=list)

    def say(self, text: str, x: float, y: float, font: str = REGULAR, size: float = SIZE) -> None:
        self.operators.append(
            f"BT {FONTS[font]} {size:.2f} Tf 1 0 0 1 {x:.2f} {y:.2f} Tm {self.used.shown(text, font)} Tj ET"
        )

    def rule(self, y: float, weight: float = 0.4) -> None:
        self.operators.append(f"{weight} w {MARGIN} {y:.2f} m {WIDTH - MARGIN:.2f} {y:.2f} l S")


def report_chunks(cover: Cover, header: Sequence[str], rows: Iterator[Sequence[object]]) -> Iterator[tuple[bytes, int]]:
    """The file in pieces, each with the number of rows that came to stand in it."""
    used = Used()
    report = _Report(cover, used, Cells(header, cover.zone))
    done = 0
    pages = report.pages(rows)
    for chunk in document.chunks(pages, used, WIDTH, HEIGHT, cover.title, report.shared):
        yield chunk, report.rows - done
        done = report.rows


class _Report:
    def __init__(self, cover: Cover, used: Used, cells: Cells) -> None:
        self.cover, self.used, self.cells = cover, used, cells
        self.columns = TABLES[cover.shape](cells)
        free = WIDTH - 2 * MARGIN - GAP * (len(self.columns) - 1)
        total = sum(column.weight for column in self.columns)
        self.widths = [free * column.weight / total for column in self.columns]
        self.rows = 0
        self.number = 0

    def pages(self, rows: Iterator[Sequence[object]]) -> Iterator[str]:
        yield self._first()
        page = None
        for row in rows:
            lines = [
                self._lines(column.said(row), width) for column, width in zip(self.columns, self.widths, strict=True)
            ]
            height = max(map(len, lines)) * LEADING + 4
            if page is None or page.y - height < BOTTOM:
                if page is not None:
                    yield "\n".join(page.operators)
                page = self._table()
            self._row(page, lines, height)
            self.rows += 1
        if page is not None:
            yield "\n".join(page.operators)

    def shared(self, pages: int) -> dict[str, str]:
        count = Page(self.used, 0)
        count.say(str(pages), WIDTH - MARGIN - 25, MARGIN - 8)
        return {"Of": "\n".join(count.operators), "Code": self._code()}

    def _code(self) -> str:
        if self.cover.note is None:
            return ""
        symbol = qr.matrix(self.cover.note)
        side = BAND - 10
        module = side / symbol.size_with_quiet_zone
        left, top = WIDTH - MARGIN - side + symbol.quiet * module, HEIGHT - 12 - symbol.quiet * module
        runs = "".join(f"{run.start} {run.row} {run.length} 1 re\n" for run in qr.runs(symbol))
        return f"q {module:.4f} 0 0 {-module:.4f} {left:.3f} {top:.3f} cm\n{runs}f Q"

    def _begun(self) -> Page:
        """With what stands on every page."""
        self.number += 1
        page = Page(self.used, HEIGHT - BAND - 6)
        page.say(self._fit(self.cover.title, BOLD, 12, 560), MARGIN, HEIGHT - 34, BOLD, 12)
        page.say(self._fit(self.cover.range, REGULAR, 9, 560), MARGIN, HEIGHT - 50, size=9)
        page.say(f"Times of {printable(self.cover.zone)}", MARGIN, HEIGHT - 63, size=9)
        said = "Newest signed checkpoint of the record" if self.cover.note else printable(self.cover.unsigned)
        page.say(self._fit(said, REGULAR, 8, 300), MARGIN, HEIGHT - 76, size=8)
        number = f"Page {self.number} of"
        page.say(number, WIDTH - MARGIN - 27 - measured(number, REGULAR).ems * SIZE, MARGIN - 8)
        page.operators.append("/Of Do /Code Do")
        page.rule(HEIGHT - BAND)
        return page

    def _first(self) -> str:
        page = self._begun()
        page.y -= 14
        for name, value in self.cover.facts:
            page.say(printable(name), MARGIN, page.y, BOLD, COVER_SIZE)
            room = (WIDTH - 2 * MARGIN - 170) / COVER_SIZE
            for line in wrapped(measured(printable(value) or "-", REGULAR), room, 8, clip=True):
                page.say(line.text, MARGIN + 170, page.y, size=COVER_SIZE)
                page.y -= COVER_LEADING
        return "\n".join(page.operators)

    def _table(self) -> Page:
        page = self._begun()
        page.y -= LEADING
        x = MARGIN
        for column, width in zip(self.columns, self.widths, strict=True):
            page.say(self._fit(column.title, BOLD, SIZE, width), x, page.y, BOLD)
            x += width + GAP
        page.y -= 4
        page.rule(page.y, 0.8)
        return page

    def _row(self, page: Page, lines: list[list[str]], height: float) -> None:
        x = MARGIN
        for said, width in zip(lines, self.widths, strict=True):
            for place, line in enumerate(said):
                page.say(line, x, page.y - LEADING * (place + 1) + 1)
            x += width + GAP
        page.y -= height
        page.rule(page.y + 1, 0.2)

    @staticmethod
    def _lines(paragraphs: Sequence[str], width: float) -> list[str]:
        """At most `LINES`; a word too long for its column is broken, so that no code is cut."""
        ems = width / SIZE
        found: list[str] = []
        for paragraph in paragraphs:
            words = " ".join(_broken(word, ems) for word in printable(paragraph).split())
            rest = LINES - len(found)
            if rest <= 0:
                break
            found += [line.text for line in wrapped(measured(words, REGULAR), ems, rest, clip=True)]
        return found

    @staticmethod
    def _fit(text: str, font: str, size: float, width: float) -> str:
        return clipped(measured(printable(text), font), width / size).text


def _broken(word: str, ems: float) -> str:
    if measured(word, REGULAR).ems <= ems:
        return word
    parts, part = [], ""
    for character in word:
        if part and measured(part + character, REGULAR).ems > ems:
            parts.append(part)
            part = ""
        part += character
    return " ".join([*parts, part])
