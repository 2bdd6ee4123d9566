"""Pages of a PDF as pictures, dot for dot as a printer of that resolution sees them."""

from collections.abc import Iterator
from io import BytesIO
from threading import Lock

import pypdfium2
from PIL.Image import Image

# PDFium crashes where two threads of a server are in it at once.
_ONE_AT_A_TIME = Lock()


class NoSuchPage(ValueError):
    """The PDF has fewer pages."""

    def __init__(self, page: int, pages: int) -> None:
        super().__init__(f"This PDF has {pages} pages, no page {page + 1}.")
        self.page = page


def png(pdf: bytes, dpi: int, page: int = 0) -> bytes:
    """Page `page` (from 0) in grey as a PNG that states its resolution. Raises `NoSuchPage`."""
    with _ONE_AT_A_TIME, pypdfium2.PdfDocument(pdf) as document:
        if not 0 <= page < len(document):
            raise NoSuchPage(page, len(document))
        image = _image(document, page, dpi)
    out = BytesIO()
    image.save(out, "PNG", dpi=(dpi, dpi))
    return out.getvalue()


def images(pdf: bytes, dpi: int) -> Iterator[Image]:
    """Every page in grey, one at a time."""
    with _ONE_AT_A_TIME:
        document = pypdfium2.PdfDocument(pdf)
        pages = len(document)
    try:
        for page in range(pages):
            with _ONE_AT_A_TIME:
                image = _image(document, page, dpi)
            yield image
    finally:
        with _ONE_AT_A_TIME:
            document.close()


def _image(document: pypdfium2.PdfDocument, number: int, dpi: int) -> Image:
    """A copy: PDFium's own memory is given back here, not when and where the picture is collected."""
    page = document[number]
    bitmap = page.render(scale=dpi / 72, grayscale=True)
    try:
        image: Image = bitmap.to_pil().copy()
    finally:
        bitmap.close()
        page.close()
    return image
