"""Disinfecting rooms and guns, and what is kept of it."""

from datetime import datetime

import pytest

from inventory.audit.queries import entries_of
from inventory.db import db
from inventory.disinfection import operations as disinfection
from inventory.disinfection import queries
from inventory.disinfection.models import Container, Disinfection, DisinfectionOf, RinseWater
from inventory.errors import Invalid
from inventory.people.actors import PersonAtWork
from inventory.stock.models import ProductKind
from tests.factories.disinfection import make_container, make_room

GUN, ROOM, SKIN = DisinfectionOf.GUN, DisinfectionOf.ROOM_SURFACE, DisinfectionOf.SKIN_SITE


def use_on_room(container: Container, by: PersonAtWork, now: datetime, seconds: int = 300) -> Disinfection:
    return disinfection.disinfect(ROOM, container, seconds, RinseWater.NONE, by, now, room_id=make_room(by, now).id)


def test_a_surface_needs_the_whole_contact_time(nurse: PersonAtWork, now: datetime) -> None:
    container = make_container(nurse, now, contact_seconds=300)
    with pytest.raises(disinfection.ContactTimeTooShort) as refused:
        use_on_room(container, nurse, now, 299)
    assert (refused.value.kept, refused.value.required, refused.value.field) == (299, 300, "contact_seconds")
    assert not queries.uses_of(container)
    use_on_room(container, nurse, now, 300)
    assert [done.contact_seconds for done in queries.uses_of(container)] == [300]


def test_a_contact_time_longer_than_a_day_is_a_slip(nurse: PersonAtWork, now: datetime) -> None:
    with pytest.raises(Invalid):
        use_on_room(make_container(nurse, now), nurse, now, 86_401)


def test_a_disinfected_room_is_in_the_record(nurse: PersonAtWork, now: datetime) -> None:
    container = make_container(nurse, now)
    room = make_room(nurse, now, name="Room A")
    done = disinfection.disinfect(ROOM, container, 400, RinseWater.NONE, nurse, now, room_id=room.id)
    assert [entry.action for entry in entries_of(nurse.clinic_id, done.id)] == ["room_surface.disinfected"]
    assert [(found.id, place.name) for found, place in queries.room_disinfections(nurse.clinic_id)] == [
        (done.id, "Room A")
    ]


@pytest.mark.parametrize(
    ("kind", "of"),
    [(ProductKind.ANTISEPTIC, ROOM), (ProductKind.INJECTABLE, ROOM), (ProductKind.ANTISEPTIC, GUN)],
)
def test_only_a_disinfectant_disinfects_guns_and_rooms(
    nurse: PersonAtWork, now: datetime, kind: ProductKind, of: DisinfectionOf
) -> None:
    container = make_container(nurse, now, kind=kind)
    with pytest.raises(disinfection.WrongAgent):
        disinfection.disinfect(of, container, 300, RinseWater.NONE, nurse, now)


def test_a_disinfectant_never_touches_skin(nurse: PersonAtWork, now: datetime) -> None:
    container = make_container(nurse, now)
    with pytest.raises(disinfection.WrongAgent):
        disinfection.disinfect(SKIN, container, 300, RinseWater.NONE, nurse, now)


def test_a_disinfection_is_never_changed(nurse: PersonAtWork, now: datetime) -> None:
    done = use_on_room(make_container(nurse, now), nurse, now)
    done.contact_seconds = 9_999
    with pytest.raises(Exception, match="append-only"):
        db.session.flush()
    db.session.rollback()
