"""The printed labels of guns and containers, read back as a scanner would."""

from collections.abc import Callable
from datetime import datetime

import pypdfium2
import pytest
import zxingcpp

from inventory.people.actors import PersonAtWork
from inventory.stock.models import LifeUnit
from labels import codes
from tests.factories.disinfection import make_container
from tests.factories.guns import make_gun
from tests.pages import PageClient

ClientFor = Callable[[PersonAtWork | None], PageClient]


def read(client: PageClient, url: str) -> tuple[list[str], str]:
    """What the codes on the sheet say, and its text."""
    answer = client.raw("GET", url)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    document = pypdfium2.PdfDocument(answer.get_data())
    page = document[0]
    found = [code.text for code in zxingcpp.read_barcodes(page.render(scale=4).to_pil())]
    text = page.get_textpage().get_text_bounded()
    document.close()
    return found, text


def test_a_guns_label_leads_to_the_gun(nurse: PersonAtWork, now: datetime, client_for: ClientFor) -> None:
    gun = make_gun(nurse, now, model="Pistor 4", serial_number="A-1")
    found, text = read(client_for(nurse), f"/print/gun/{gun.id}/label.pdf")
    assert found == [f"HTTPS://STERILOG.EXAMPLE/G/{gun.code}"]
    assert codes.parse(found[0]).code == gun.code
    assert "A-1" in text and "Pistor 4" in text


@pytest.mark.parametrize(
    ("life", "unit", "until"),
    [(14, LifeUnit.DAYS, "2026-12-07"), (24, LifeUnit.HOURS, "2026-11-24 10:00")],
)
def test_a_containers_label_says_until_when_it_is_good(
    nurse: PersonAtWork, now: datetime, client_for: ClientFor, life: int, unit: LifeUnit, until: str
) -> None:
    container = make_container(nurse, now, number="L7", opened_life=life, opened_life_unit=unit)
    found, text = read(client_for(nurse), f"/print/container/{container.id}/label.pdf")
    assert found == [f"HTTPS://STERILOG.EXAMPLE/C/{container.code}"]
    assert "L7" in text
    assert until in text


def test_another_clinic_prints_no_label(
    nurse: PersonAtWork, strange_nurse: PersonAtWork, now: datetime, client_for: ClientFor
) -> None:
    gun, container = make_gun(nurse, now), make_container(nurse, now)
    client = client_for(strange_nurse)
    client.open(f"/print/gun/{gun.id}/label.pdf", status=404)
    client.open(f"/print/container/{container.id}/label.pdf", status=404)
