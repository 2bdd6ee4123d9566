"""A page of a PDF as a picture, dot for dot as a printer of that resolution sees it."""

from io import BytesIO

import pypdfium2


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
        document[page].render(scale=dpi / 72, grayscale=True).to_pil().save(out, "PNG", dpi=(dpi, dpi))
        return out.getvalue()
