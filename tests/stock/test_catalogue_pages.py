"""The pages of the catalogue: found, filtered, put right, documented, exported and imported."""

import io
from collections.abc import Callable
from contextvars import Context
from datetime import datetime

import pytest
from sqlalchemy import func, select

from inventory.db import db
from inventory.people.actors import PersonAtWork
from inventory.stock import operations, queries
from inventory.stock.models import CatalogueImport, CodeScheme, Product, ProductKind
from tests.factories.stock import make_product, make_trade_item
from tests.pages import Page, PageClient

Clients = Callable[[PersonAtWork | None], PageClient]
GOOD = b"Name,Kind,Counted in,REF\nNeedle,needle,needle,M1\nWipes,disinfectant,tub,W1\n"
BOX, CARTON = "19521101530008", "29521101530005"


def _handed_in(client: PageClient, data: bytes, name: str = "list.csv") -> Page:
    return client.open("/stock/catalogue/import").submit("Check the file", file=(io.BytesIO(data), name))


def _products() -> int:
    return db.session.scalar(select(func.count()).select_from(Product)) or 0


def test_a_file_is_checked_then_imported_and_a_second_time_there_is_nothing_to_do(
    manager: PersonAtWork, client_for: Clients
) -> None:
    client = client_for(manager)
    checked = _handed_in(client, GOOD)
    assert checked.has("progress") and "Nothing has changed yet" in checked.main
    assert [row[0] for row in checked.rows()] == ["Needle", "Wipes"]
    assert _products() == 0
    done = checked.submit("Import 2 products")
    assert "2 products are new, 0 changed" in done.main
    assert _products() == 2
    again = checked.submit("Import 2 products")
    assert "list.csv was applied" in again.main and _products() == 2
    assert "There is nothing to import" in _handed_in(client, GOOD).main


def test_a_bad_file_names_row_column_and_reason_and_changes_nothing(manager: PersonAtWork, client_for: Clients) -> None:
    page = _handed_in(client_for(manager), GOOD.replace(b"disinfectant", b"spoon") + b"New,,,<b>\n")
    assert ["Row 3", "Kind", "spoon"] in [row[:3] for row in page.rows()]
    assert not [button for button in page.all("button") if "Import" in "".join(button.itertext())]
    assert _products() == 0


def test_a_file_that_became_wrong_before_it_was_applied_changes_nothing(
    manager: PersonAtWork, client_for: Clients, now: datetime
) -> None:
    page = _handed_in(client_for(manager), GOOD)
    make_product(manager, now, name="Wipes", kind=ProductKind.OTHER, base_unit="tub")
    db.session.commit()
    refused = page.submit("Import 2 products")
    assert ["Row 3", "Kind"] in [row[:2] for row in refused.rows()]
    assert _products() == 1


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b"PK\x03\x04", b'Name\n"A', b"hello", b"\xff\xfeN"])
def test_what_is_no_table_is_answered_with_a_sentence(manager: PersonAtWork, client_for: Clients, data: bytes) -> None:
    page = _handed_in(client_for(manager), data, "x.xlsx")
    assert page.messages and _products() == 0


def test_an_upload_without_a_file_is_refused_at_its_field(manager: PersonAtWork, client_for: Clients) -> None:
    page = client_for(manager).open("/stock/catalogue/import").submit("Check the file", status=422)
    assert page.errors()


def test_a_page_closed_while_the_import_runs_does_not_undo_it(manager: PersonAtWork, client_for: Clients) -> None:
    client = client_for(manager)
    page = _handed_in(client, b"Name,Kind,Counted in\n" + b"".join(b"N%d,needle,needle\n" % n for n in range(600)))
    kept = db.session.scalars(select(CatalogueImport.id)).one()
    sent = {"csrf_token": page.all("input", name="csrf_token")[-1].get("value"), "event_id": str(kept)}
    db.session.rollback()

    def begun_and_left() -> None:
        answer = client.http.post(f"/stock/catalogue/imports/{kept}/apply", data=sent)
        chunks = iter(answer.response)
        while b"Reading rows" not in next(chunks):
            pass
        assert _products() == 0
        answer.close()

    Context().run(begun_and_left)
    db.session.rollback()
    assert _products() == 600


def test_the_file_of_another_clinic_is_not_there(manager: PersonAtWork, stranger: PersonAtWork, client_for) -> None:
    _handed_in(client_for(manager), GOOD)
    kept = db.session.scalars(select(CatalogueImport.id)).one()
    client_for(stranger).open(f"/stock/catalogue/imports/{kept}", status=404)


def test_products_are_found_by_what_is_known_of_them(manager: PersonAtWork, nurse, client_for: Clients, now) -> None:
    operations.add_product(
        manager, now, name="CHX", kind=ProductKind.ANTISEPTIC, base_unit="bottle", agent="Chlorhexidine",
        skin_contact_seconds=30, manufacturer="Maker",
    )  # fmt: skip
    needle = make_trade_item(manager, now, product=make_product(manager, now, name="Needle"), code=BOX).product
    operations.change_product(needle, "No longer bought", manager, now, active=False)
    client = client_for(nurse)
    found = {
        query: [row[0] for row in client.open(f"/stock/catalogue?{query}").rows()]
        for query in ("", "text=chlorhex", f"text={BOX}", "kind=needle", "use=no", "use=yes", "kind=x&use=y")
    }
    both = ["CHX", "Needle"]
    assert found == {
        "": both, "text=chlorhex": ["CHX"], f"text={BOX}": ["Needle"], "kind=needle": ["Needle"], "use=no": ["Needle"],
        "use=yes": ["CHX"], "kind=x&use=y": both,
    }  # fmt: skip
    assert "skin 30 s" in client.open("/stock/catalogue").main
    assert client.open("/stock/catalogue").all("a", text="Import") == []


def test_a_long_catalogue_comes_in_pages(manager: PersonAtWork, client_for: Clients, now: datetime) -> None:
    for number in range(51):
        make_product(manager, now, name=f"Needle {number:02d}")
    first = client_for(manager).open("/stock/catalogue")
    second = first.follow("Next")
    assert (len(first.rows()), [row[0] for row in second.rows()]) == (50, ["Needle 50"])
    assert len(second.follow("From A").rows()) == 50


def test_a_carton_of_boxes_is_told_as_such_and_put_right(manager: PersonAtWork, client_for: Clients, now) -> None:
    needle = make_trade_item(manager, now, product=make_product(manager, now, name="Needle"), code=BOX).product
    client = client_for(manager)
    form = client.open(f"/stock/products/{needle.id}").follow("Add a package")
    page = form.submit("Add the package", product=needle.id, level="carton", code=CARTON, base_units=10, unit=100)
    assert ["Carton", CARTON, "GTIN", "1 000 x needle = 10 boxes of 100"] in [row[:4] for row in page.rows()]
    item = queries.trade_item_for(manager.clinic_id, CodeScheme.GTIN, CARTON)
    assert item is not None and item.base_units == 1000
    changed = client.open(f"/stock/packages/{item.id}/change").submit(
        "Save", base_units=5, unit=100, reason="Counted a carton"
    )
    assert ["Carton", CARTON, "GTIN", "500 x needle = 5 boxes of 100"] in [row[:4] for row in changed.rows()]
    taken = client.open(f"/stock/packages/{item.id}/change").submit("Save", status=422, code=BOX, reason="As printed")
    assert taken.errors()


def test_what_is_changed_of_a_product_shows_old_value_new_value_and_why(
    manager: PersonAtWork, client_for: Clients, now
) -> None:
    form = client_for(manager).open(f"/stock/products/{make_product(manager, now, name='Needel').id}/change")
    assert form.submit("Save", status=422, name="Needle", reason="").errors()
    page = form.submit("Save", name="Needle", reason="Misspelt")
    (row,) = [row for row in page.rows() if row[-1] == manager.name]
    assert row[1:] == ["name: Needel → Needle", "Misspelt", manager.name]


def test_versions_of_a_document_stay_and_the_newest_is_marked(manager: PersonAtWork, client_for: Clients, now) -> None:
    page = client_for(manager).open(f"/stock/products/{make_product(manager, now).id}")
    for version, day in (("1", "2024-01-02"), ("2", "2025-03-04")):
        page = page.follow("Add a document").submit(
            "Keep the version", version=version, issued_on=day, reference="https://maker.example/ifu.pdf"
        )
    rows = [row for row in page.rows() if row[0] == "Instructions for use"]
    assert [(row[1], row[4]) for row in rows] == [("2", "Newest"), ("1", "Earlier")]
    refused = page.follow("Add a document").submit(
        "Keep the version", status=422, version="2", issued_on="2026-01-01", reference="x"
    )
    assert refused.control("Version").get("aria-invalid") == "true"


def test_only_what_a_kind_is_asked_for_is_shown_and_kept(manager: PersonAtWork, client_for: Clients) -> None:
    client = client_for(manager)
    page = client.open("/stock/products/new").submit(
        "Add the product", status=422, name="CHX", kind="antiseptic", base_unit="bottle", needle_gauge=30
    )
    assert page.control("Gauge (optional)").get("aria-invalid") == "true"
    page = page.submit("Add the product", needle_gauge="", skin_contact_seconds=30)
    assert "Contact time on skin" in page.main and "Gauge" not in page.main
    change = page.follow("Change")
    assert not change.has("input", name="needle_gauge") and change.has("input", name="skin_contact_seconds")
    change.submit("Save", concentration="2 %", reason="As printed")
    product = db.session.scalars(select(Product)).one()
    assert (product.needle_gauge, product.concentration, product.skin_contact_seconds) == (None, "2 %", 30)


def test_files_of_the_catalogue_are_handed_out(nurse: PersonAtWork, manager, client_for: Clients, now) -> None:
    make_product(manager, now, name="Needle")
    client = client_for(nurse)
    assert b"Needle" in client.raw("GET", "/stock/catalogue.csv").data
    assert client.raw("GET", "/stock/catalogue.xlsx").data.startswith(b"PK")
