"""Any file that is handed in as a table."""

from collections.abc import Callable

from inventory.tables.cells import LARGEST_FILE, FileRefused, Table
from inventory.tables.csv_reading import read_csv
from inventory.tables.xlsx_reading import read_xlsx

_XLSX, _OLD_EXCEL, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"


def read_table(data: bytes, fits: Callable[[list[str]], int]) -> Table:
    """The table in `data`, by what it is and not by its name; `fits` says how many of a header's words are known.

    Raises `FileRefused`, also while its rows are read.
    """
    if len(data) > LARGEST_FILE:
        raise FileRefused(f"The file is larger than {LARGEST_FILE >> 20} MB. Import it in parts.")
    if not data.strip():
        raise FileRefused("The file is empty. Choose the one that holds the catalogue.")
    if data.startswith(_OLD_EXCEL):
        raise FileRefused("This is an old Excel file, or one with a password. Save it as XLSX or CSV.")
    if data.startswith(_PDF):
        raise FileRefused("This is a PDF. Ask for the list as XLSX or CSV.")
    return read_xlsx(data) if data.startswith(_XLSX) else read_csv(data, fits)
