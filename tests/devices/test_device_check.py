"""The self-test of the morning: judged by the server from what arrived, named fault by fault, and kept."""

import json
from collections.abc import Callable
from uuid import uuid4

import pypdfium2
import pytest
import zxingcpp
from sqlalchemy import select

from inventory.audit.queries import entries_of, verify
from inventory.clock import utc_now
from inventory.db import db
from inventory.devices import checks, operations
from inventory.devices.models import DeviceCheck
from inventory.people.actors import PersonAtWork
from inventory.scanning.diagnosis import Fault
from inventory.scanning.samples import LABEL, SAMPLES, SUPPLIER
from tests.pages import PageClient

ClientFor = Callable[[PersonAtWork | None], PageClient]


def _typed(text: str, *ending: str, gap: int = 12) -> str:
    return json.dumps([[key, gap] for key in (*text, *ending)])


def _scan(client: PageClient, keys: str, *, device: str = "Room 1, wedge", event: str | None = None):
    sent = {
        "csrf_token": client.token(),
        "event_id": event or str(uuid4()),
        "device": device,
        "keys": keys,
        "gap": "50",
    }
    return client.raw("POST", "/devices/check", data={**sent, "typed": ""})


def _kept() -> list[tuple[str, str]]:
    return [
        (check.device_name, check.faults) for check in db.session.scalars(select(DeviceCheck).order_by(DeviceCheck.at))
    ]


@pytest.mark.parametrize(
    ("keys", "faults"),
    [
        (_typed(SUPPLIER.text, "Enter"), ""),
        (_typed(LABEL.text, "Enter"), ""),
        (_typed(SUPPLIER.text.replace("\x1d", ""), "Enter"), "SEPARATOR_LOST"),
        (_typed(LABEL.text), "MISSING_SUFFIX"),
        (_typed(LABEL.text.translate(str.maketrans("YZ:/", "ZYÖ-")), "Enter"), "QWERTZ"),
        (_typed(LABEL.text.swapcase(), "Enter"), "CAPS_LOCK"),
        (_typed(LABEL.text, "Enter", gap=90), "SLOW"),
    ],
)
def test_what_arrived_is_judged_and_kept(client_for: ClientFor, nurse: PersonAtWork, keys: str, faults: str) -> None:
    client = client_for(nurse)
    answer = _scan(client, keys)
    assert answer.status_code == 303
    page = client.open(answer.location)
    (verdict,) = [section for section in page.all("section") if section.get("data-verdict")]
    assert verdict.get("data-verdict") == (Fault[faults].tone if faults else "go")
    assert (Fault[faults].word if faults else "Set well") in "".join(verdict.itertext())
    assert _kept() == [("Room 1, wedge", faults)]
    (check,) = db.session.scalars(select(DeviceCheck))
    assert [entry.action for entry in entries_of(nurse.clinic_id, check.id)] == ["device.checked"]
    assert check.by_name == nurse.name and verify(nurse.clinic_id).whole


def test_the_same_check_sent_twice_is_kept_once(client_for: ClientFor, nurse: PersonAtWork) -> None:
    client, event, keys = client_for(nurse), str(uuid4()), _typed(LABEL.text, "Enter")
    first, second = (_scan(client, keys, event=event) for _ in range(2))
    assert first.location == second.location and len(_kept()) == 1


def test_a_check_without_a_name_or_with_unreadable_keys_is_not_kept(client_for: ClientFor, nurse: PersonAtWork) -> None:
    client = client_for(nurse)
    assert _scan(client, _typed(LABEL.text), device=" ").status_code == 422
    assert _scan(client, "no json").status_code == 422
    assert _kept() == []


def test_another_clinic_sees_none_of_it(
    client_for: ClientFor, nurse: PersonAtWork, strange_nurse: PersonAtWork
) -> None:
    _scan(client_for(nurse), _typed(LABEL.text, "Enter"))
    page = client_for(strange_nurse).open("/devices/check")
    assert not page.all("tbody")


def test_a_scanner_is_ready_once_both_labels_arrived_well(nurse: PersonAtWork) -> None:
    def check(device: str, text: str, faults: str = "") -> DeviceCheck:
        return operations.keep_check(device, text, faults, nurse, utc_now())

    separated = SUPPLIER.text.replace("\x1d", "␝")
    made = [
        check("A", LABEL.text),
        check("A", separated),
        check("B", LABEL.text),
        check("C", LABEL.text, "MISSING_SUFFIX"),
        check("C", LABEL.text),
        check("C", separated),
    ]
    ready = {device.device_name: device.well for device in checks.by_device(made)}
    assert ready == {"A": True, "B": False, "C": False}, "the newest result of a label counts"


def test_the_printed_test_labels_hold_exactly_what_is_tested(client_for: ClientFor, nurse: PersonAtWork) -> None:
    sheet = client_for(nurse).raw("GET", "/devices/check/labels?start=3").data
    picture = pypdfium2.PdfDocument(sheet)[0].render(scale=300 / 72).to_pil()
    read = {found.bytes.decode() for found in zxingcpp.read_barcodes(picture)}
    assert read == {sample.text for sample in SAMPLES}
    assert client_for(nurse).raw("GET", "/devices/check/labels?start=99").status_code == 422
