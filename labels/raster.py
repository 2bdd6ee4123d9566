"""Pages of a PDF as pictures, dot for dot as a printer of that resolution sees them."""

from collections.abc import Iterator
from io import BytesIO

import pypdfium2
from PIL.Image import Image


class NoSuchPage(ValueError):
    """The PDF has fewer pages."""

    def __init__(self, page: int, pages: int) -> None:
        super().__init__(f"This PDF has {pages} pages, no page {page + 1}.")
        self.page = page


def png(pdf: bytes, dpi: int, page: int = 0) -> bytes:
    """Page `page` (from 0) in grey as a PNG that states its resolution. Raises `NoSuchPage`."""
    with pypdfium2.PdfDocument(pdf) as document:
        if not 0 <= page < len(document):
            raise NoSuchPage(page, len(document))
        out = BytesIO()
        _image(document, page, dpi).save(out, "PNG", dpi=(dpi, dpi))
        return out.getvalue()


def images(pdf: bytes, dpi: int) -> Iterator[Image]:
    """Every page in grey, one at a time."""
    with pypdfium2.PdfDocument(pdf) as document:
        for page in range(len(document)):
            yield _image(document, page, dpi)


def _image(document: pypdfium2.PdfDocument, number: int, dpi: int) -> Image:
    page = document[number]
    try:
        image: Image = page.render(scale=dpi / 72, grayscale=True).to_pil()
    finally:
        page.close()
    return image
