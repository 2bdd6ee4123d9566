"""A label printed again voids the one before it, so that a copied QR is caught."""

from collections.abc import Callable
from datetime import datetime

import pytest

from inventory.packs import operations as packs
from inventory.packs import parts
from inventory.packs.labelling import label_of
from inventory.people.actors import PersonAtWork
from inventory.scanning.queries import LabelVoid, resolve
from inventory.sessions.admission import scan_in
from inventory.sterilising.models import LoadState
from labels.layout import Line
from labels.marks import Mark
from tests.factories.packs import decide, make_load, make_packs
from tests.factories.sessions import make_ready, open_session
from tests.pages import PageClient

URL = "https://sterilog.example"


@pytest.mark.parametrize("typed", [False, True])
def test_only_the_newest_label_of_a_pack_is_taken(lead_nurse: PersonAtWork, now: datetime, typed: bool) -> None:
    (pack,) = make_packs(lead_nurse, now)
    seen = [label_of(pack, URL)]
    for _ in range(2):
        packs.mark_labelled([pack], "avery-l7160", 1, lead_nurse, now, reason="Smeared")
        seen.append(label_of(pack, URL))
    texts = [label.code if typed else label.address for label in seen]
    for copy, old in enumerate(texts[:2], 1):
        with pytest.raises(LabelVoid) as refused:
            resolve(old, lead_nurse.clinic_id, now.date())
        assert refused.value.scanned == copy
    assert resolve(texts[2], lead_nurse.clinic_id, now.date()) is pack


def test_a_copy_that_was_never_printed_is_void_too(lead_nurse: PersonAtWork, now: datetime) -> None:
    (pack,) = make_packs(lead_nurse, now)
    with pytest.raises(LabelVoid):
        resolve(f"{pack.code}.2", lead_nurse.clinic_id, now.date())


def test_a_void_label_opens_no_pack_in_a_session(lead_nurse: PersonAtWork, now: datetime) -> None:
    ready = make_ready(lead_nurse, now)
    treatment = open_session(lead_nurse, now, ready)
    pack = ready.packs[0]
    old = label_of(pack, URL).address
    packs.mark_labelled([pack], "avery-l7160", 1, lead_nurse, now, reason="Torn label")
    assert scan_in(treatment, old, lead_nurse, now).code == "LABEL_VOID"
    assert scan_in(treatment, label_of(pack, URL).address, lead_nurse, now).code == "ACCEPTED"


def test_a_part_is_looked_up_by_its_label_and_opens_nothing_without_its_pack(
    lead_nurse: PersonAtWork, now: datetime, client_for: Callable[[PersonAtWork | None], PageClient]
) -> None:
    part = parts.add_part("Holder", "H-1", None, lead_nurse, now)
    treatment = open_session(lead_nurse, now, make_ready(lead_nurse, now))
    scan = scan_in(treatment, f"{URL}/T/{part.code}", lead_nurse, now)
    assert scan.code != "ACCEPTED" and "without its pack" in scan.sentence
    assert client_for(lead_nurse).open(f"/t/{part.code}").h1 == "Holder H-1"


def test_no_date_stands_on_a_label_before_its_load_is_released(lead_nurse: PersonAtWork, now: datetime) -> None:
    load = make_load(lead_nurse, now, now.replace(hour=now.hour + 1))
    later = now.replace(hour=now.hour + 2)
    (pack,) = make_packs(lead_nurse, later, load=load)
    before = label_of(pack, URL)
    assert "Not sterile before its release" in before.lines
    assert not any(isinstance(line, Line) and line.mark is Mark.USE_BY for line in before.lines)
    decide(load, LoadState.RELEASED, lead_nurse, later)
    after = label_of(pack, URL)
    assert Line(pack.use_by.isoformat(), Mark.USE_BY) in after.lines and f"LOAD {load.number}" in after.lines
    (bought,) = make_packs(lead_nurse, later)
    assert Line(bought.use_by.isoformat(), Mark.USE_BY) in label_of(bought, URL).lines
