"""What the rows of a catalogue file say: products with their packages, or why a cell cannot be used. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from inventory.stock.catalogue_columns import EMPTIED, NEVER_EMPTY, OF_PACKAGE, Column, column_of, shown
from inventory.tables.cells import FileRefused, Row, Table, Unusable, visible
from inventory.tables.csv_export import as_entered

MOST_FAULTS = 1_000
_PACKAGE = frozenset(column.field for column in OF_PACKAGE)


@dataclass(frozen=True)
class Fault:
    """`row` counts as a spreadsheet does; `column` is the file's own header, "" for the whole row."""

    row: int
    column: str
    text: str
    why: str


@dataclass
class WantedPackage:
    row: int
    code: str
    given: dict[str, object]


@dataclass
class WantedProduct:
    """`given` holds what the file says of it and nothing else; `rows` where each was said first."""

    row: int
    name: str
    given: dict[str, object] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    packages: list[WantedPackage] = field(default_factory=list)


@dataclass
class Wanted:
    """What a file asks for. `ignored` are headers that mean nothing here, `width` is how many there are."""

    form: str
    ignored: tuple[str, ...]
    headers: dict[str, str]
    width: int
    products: dict[str, WantedProduct] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    rows: int = 0
    _refused: set[tuple[int, str]] = field(default_factory=set)

    def refuse(self, row: int, name: str, text: object, why: str) -> None:
        """Note a fault in the column that holds `name`, where nothing is said of that cell yet."""
        cell = (row, self.headers.get(name, ""))
        if len(self.faults) < MOST_FAULTS and cell not in self._refused:
            self._refused.add(cell)
            self.faults.append(Fault(row, self.headers.get(name, ""), str(text)[:80], why))


class NoSuchHeader(FileRefused):
    def __init__(self, missing: str) -> None:
        super().__init__(
            f"The first row names no column {missing}. Put the names of the columns there, or begin with an export."
        )


def wanted_in(table: Table) -> tuple[Wanted, Iterator[int]]:
    """What is filled while the iterator is used up; that gives the number of rows read so far."""
    placed: dict[int, Column] = {}
    headers: dict[str, str] = {}
    ignored: list[str] = []
    for place, word in enumerate(table.header.cells):
        column = column_of(word.removeprefix("\ufeff"))
        if column is None:
            ignored += [visible(word)[:80]] if word else []
        elif column.field in headers:
            raise FileRefused(f"Two columns say {column.header}: {headers[column.field]} and {word}. Leave one out.")
        else:
            placed[place], headers[column.field] = column, word
    if "name" not in headers:
        raise NoSuchHeader("Name")
    wanted = Wanted(table.form, tuple(ignored), headers, len(table.header.cells))
    return wanted, _taken(table, placed, wanted)


def _taken(table: Table, placed: dict[int, Column], wanted: Wanted) -> Iterator[int]:
    for row in table.rows:
        wanted.rows += 1
        _take(row, placed, wanted)
        yield wanted.rows


def _take(row: Row, placed: dict[int, Column], wanted: Wanted) -> None:
    given, before = dict[str, object](), len(wanted.faults)
    for place, column in placed.items():
        text = row.cells[place] if place < len(row.cells) else ""
        if text:
            _read(row.number, column, text, given, wanted)
    for text in row.cells[wanted.width :]:
        if text:
            wanted.refuse(row.number, "", text, "There is no column above it. A separator inside a cell needs quotes.")
    name = given.pop("name", None)
    if name is not None:
        _add(row.number, str(name), given, wanted)
    elif len(wanted.faults) == before:
        wanted.refuse(row.number, "name", "", "The name is missing. Every row names its product.")


def _add(row: int, name: str, given: dict[str, object], wanted: Wanted) -> None:
    product = wanted.products.setdefault(name, WantedProduct(row, name))
    package = {key: given.pop(key) for key in tuple(given) if key in _PACKAGE}
    for key, value in given.items():
        if product.given.setdefault(key, value) != value:
            wanted.refuse(row, key, shown(value), f"Row {product.rows[key]} says something else of this product.")
        product.rows.setdefault(key, row)
    if "code" in package:
        product.packages.append(WantedPackage(row, str(package.pop("code")), package))
    elif package:
        key, value = next(iter(package.items()))
        wanted.refuse(row, key, shown(value), "The code of this package is missing.")


def _read(row: int, column: Column, text: str, given: dict[str, object], wanted: Wanted) -> None:
    """Puts one cell's value into `given`, or its fault into `wanted`."""
    if isinstance(text, Unusable):
        wanted.refuse(row, column.field, text, text.why)
    elif text == EMPTIED and column.field in NEVER_EMPTY:
        wanted.refuse(row, column.field, text, "This cannot be emptied. Leave the cell blank to keep what is known.")
    elif text == EMPTIED:
        given[column.field] = None
    elif text.startswith("="):
        why = "It is a formula. Put its result there, or an apostrophe before it to keep it as text."
        wanted.refuse(row, column.field, text, why)
    else:
        try:
            given[column.field] = column.read(as_entered(text))
        except ValueError as fault:
            wanted.refuse(row, column.field, text, str(fault))
