"""Labels for a thermal printer that speaks ZPL II: each page of the PDF as one graphic.

No word of a label is ever sent as a command or a ZPL text field: a lot number cannot command the printer.
"""

from zebrafy.zebrafy_pdf import ZebrafyPDF

MOST_COPIES = 999


class CopiesOutOfRange(ValueError):
    def __init__(self, copies: int) -> None:
        super().__init__(f"Print 1 to {MOST_COPIES} copies, not {copies}.")
        self.copies = copies


def zpl(pdf: bytes, dpi: int, copies: int = 1) -> str:
    """One `^XA` to `^XZ` a page, of the page's own size, each printed `copies` times; `dpi` is the printer's.

    Dots are black or white, never dithered: the edges of modules stay whole. Raises `CopiesOutOfRange`.
    """
    if not 1 <= copies <= MOST_COPIES:
        raise CopiesOutOfRange(copies)
    labels = ZebrafyPDF(pdf, dpi=dpi, format="ASCII_COMPRESSED", dither=False, set_label_size=True).to_zpl()
    return labels if copies == 1 else labels.replace("^XZ", f"^PQ{copies}\n^XZ")
