"""What a file would make of the catalogue: what is new, what changes, what is refused. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from inventory.stock import kinds, trade_codes
from inventory.stock.catalogue_columns import SETTLED
from inventory.stock.catalogue_rows import Wanted, WantedPackage, WantedProduct
from inventory.stock.models import PackageLevel, ProductKind


@dataclass(frozen=True)
class KnownPackage:
    id: UUID
    product_id: UUID
    level: PackageLevel
    base_units: int


@dataclass(frozen=True)
class KnownProduct:
    id: UUID
    held: Mapping[str, object]
    """`kind`, `base_unit` and everything in `kinds.Details`."""


@dataclass(frozen=True)
class Known:
    """The catalogue as it is: products by name, packages by code."""

    products: Mapping[str, KnownProduct]
    packages: Mapping[str, KnownPackage]


@dataclass(frozen=True)
class Change:
    """One field, before and after, by its name."""

    field: str
    before: object
    after: object


@dataclass(frozen=True)
class PackageStep:
    """A package to add, or to change where `id` is known."""

    code: str
    level: PackageLevel
    base_units: int
    id: UUID | None = None
    before: str = ""


@dataclass(frozen=True)
class Step:
    """What happens to one product: `id` is None for a new one, `held` what it holds then."""

    row: int
    name: str
    id: UUID | None
    held: Mapping[str, object]
    changes: tuple[Change, ...]
    packages: tuple[PackageStep, ...]


@dataclass
class Plan:
    """`same` products are in the file and stay as they are."""

    wanted: Wanted
    steps: list[Step] = field(default_factory=list)
    same: int = 0

    @property
    def created(self) -> list[Step]:
        return [step for step in self.steps if step.id is None]

    @property
    def changed(self) -> list[Step]:
        return [step for step in self.steps if step.id is not None]


def planned(wanted: Wanted, known: Known) -> tuple[Plan, Iterator[int]]:
    """A plan that is filled while the iterator is used up; that gives the number of products looked at so far."""
    plan = Plan(wanted)
    return plan, _fill(plan, known)


def _fill(plan: Plan, known: Known) -> Iterator[int]:
    taken: dict[str, WantedProduct] = {}
    for number, product in enumerate(plan.wanted.products.values(), start=1):
        step = _step(product, plan.wanted, known, taken)
        if step.id is None or step.changes or step.packages:
            plan.steps.append(step)
        else:
            plan.same += 1
        yield number


def _step(product: WantedProduct, wanted: Wanted, known: Known, taken: dict[str, WantedProduct]) -> Step:
    there = known.products.get(product.name)
    before = {**kinds.BLANK, **there.held} if there else kinds.BLANK
    after = {**before, **product.given, "name": product.name}
    for name in SETTLED - {"name"}:
        if there is None and after.get(name) is None:
            wanted.refuse(product.row, name, "", "A new product needs it.")
        elif there and after[name] != before[name]:
            why = f"This is {before[name]} in the catalogue, and stays: what was booked is counted in it."
            wanted.refuse(product.rows[name], name, after[name], why)
    if isinstance(kind := after.get("kind"), ProductKind):
        for name, why in kinds.faults(kind, after):
            wanted.refuse(product.rows.get(name, product.row), name, product.given.get(name, ""), why)
    changes = tuple(
        Change(name, before.get(name), after[name]) for name in product.given if after[name] != before.get(name)
    )
    packages = tuple(_packages(product, wanted, known, there, taken))
    return Step(product.row, product.name, there.id if there else None, after, changes, packages)


def _packages(
    product: WantedProduct,
    wanted: Wanted,
    known: Known,
    there: KnownProduct | None,
    taken: dict[str, WantedProduct],
) -> Iterator[PackageStep]:
    for package in product.packages:
        if package.code in taken:
            other = taken[package.code]
            said = "twice" if other is product else f"for {other.name} too"
            wanted.refuse(package.row, "code", package.code, f"The file names this code {said}. A code is one package.")
            continue
        taken[package.code] = product
        held = known.packages.get(package.code)
        if held is not None and (there is None or held.product_id != there.id):
            wanted.refuse(package.row, "code", package.code, "This code belongs to another product of the catalogue.")
            continue
        step = _package(package, wanted, held)
        if step is not None:
            yield step


def _package(package: WantedPackage, wanted: Wanted, held: KnownPackage | None) -> PackageStep | None:
    given = package.given.get("base_units")
    pieces = given if isinstance(given, int) else held.base_units if held else None
    if pieces is None:
        wanted.refuse(package.row, "base_units", "", "Say how many single pieces this package holds.")
        return None
    said = package.given.get("level")
    level = said if isinstance(said, PackageLevel) else held.level if held else trade_codes.usual_level(pieces)
    if held is not None and (held.level, held.base_units) == (level, pieces):
        return None
    before = f"{held.level.value} of {held.base_units}" if held else ""
    return PackageStep(package.code, level, pieces, held.id if held else None, before)
