"""Labels for a thermal printer that speaks ZPL II: each page of the PDF as one graphic.

No word of a label is ever sent as a command or a ZPL text field: a lot number cannot command the printer.
"""

from collections.abc import Iterator

from zebrafy.zebrafy_image import ZebrafyImage

from labels import raster

MOST_COPIES = 999


class CopiesOutOfRange(ValueError):
    def __init__(self, copies: int) -> None:
        super().__init__(f"Print 1 to {MOST_COPIES} copies, not {copies}.")
        self.copies = copies


def zpl(pdf: bytes, dpi: int, copies: int = 1) -> str:
    """One `^XA` to `^XZ` a page, of the page's own size, each printed `copies` times; `dpi` is the printer's.

    Dots are black or white, never dithered: the edges of modules stay whole. Raises `CopiesOutOfRange`.
    """
    return "".join(zpl_pages(pdf, dpi, copies))


def zpl_pages(pdf: bytes, dpi: int, copies: int = 1) -> Iterator[str]:
    """The same, page by page, so that the printer begins at once and no more than one picture is held.

    Raises `CopiesOutOfRange` at once.
    """
    if not 1 <= copies <= MOST_COPIES:
        raise CopiesOutOfRange(copies)
    ending = "^XZ" if copies == 1 else f"^PQ{copies}\n^XZ"
    # zebrafy's own reader of PDFs keeps the picture of every page: 1.6 GB for 20,000 labels.
    return (
        ZebrafyImage(image, format="ASCII_COMPRESSED", dither=False, set_label_size=True)
        .to_zpl()
        .replace("^XZ", ending)
        for image in raster.images(pdf, dpi)
    )
