"""What happens to a gun, step by step."""

from datetime import date, datetime, timedelta

import pytest

from inventory.audit.queries import entries_of
from inventory.disinfection import operations as disinfection
from inventory.disinfection import queries as disinfection_queries
from inventory.disinfection.models import Container, RinseWater
from inventory.errors import DomainError, Invalid, NotHere
from inventory.guns import operations as guns
from inventory.guns import queries
from inventory.guns.models import Gun, GunState
from inventory.people.actors import PersonAtWork
from tests.factories.disinfection import make_container
from tests.factories.guns import make_gun, make_ready_gun

TODAY = date(2026, 11, 23)


@pytest.fixture
def opa(nurse: PersonAtWork, now: datetime) -> Container:
    return make_container(nurse, now, name="OPA 0.55 %")


def actions(gun: Gun) -> list[str]:
    return [entry.action for entry in entries_of(gun.clinic_id, gun.id)]


def test_a_new_gun_must_be_disinfected_first(lead_nurse: PersonAtWork, now: datetime) -> None:
    gun = make_gun(lead_nurse, now)
    assert (gun.state, len(gun.code)) == (GunState.NEEDS_DISINFECTION, 17)
    assert actions(gun) == ["gun.added"]
    with pytest.raises(guns.GunNotDisinfected) as refused:
        guns.check_ready(gun, TODAY)
    assert refused.value.code == "GUN_NOT_DISINFECTED"


def test_a_serial_number_stands_for_one_gun(lead_nurse: PersonAtWork, now: datetime) -> None:
    make_gun(lead_nurse, now, serial_number="A-1")
    with pytest.raises(guns.SerialNumberTaken):
        make_gun(lead_nurse, now, serial_number="A-1")
    assert len(queries.guns_in(lead_nurse.clinic_id)) == 1


def test_two_clinics_may_have_the_same_serial_number(
    lead_nurse: PersonAtWork, strange_nurse: PersonAtWork, now: datetime
) -> None:
    ours = make_gun(lead_nurse, now, serial_number="A-1")
    theirs = make_gun(strange_nurse, now, serial_number="A-1")
    assert queries.guns_in(lead_nurse.clinic_id) == [ours]
    assert queries.guns_in(strange_nurse.clinic_id) == [theirs]


@pytest.mark.parametrize("water", [RinseWater.NONE, RinseWater.STERILE, RinseWater.FILTERED])
def test_a_disinfected_gun_is_available(nurse: PersonAtWork, now: datetime, opa: Container, water: RinseWater) -> None:
    gun = make_gun(nurse, now)
    done = guns.disinfect_gun(gun, opa, 300, water, nurse, now)
    assert gun.state is GunState.AVAILABLE
    assert disinfection_queries.last_of_gun(nurse.clinic_id, gun.id) is done
    assert (done.gun_id, done.rinse_water, done.by_name) == (gun.id, water, nurse.name)
    assert actions(gun) == ["gun.made_available", "gun.added"]
    assert [entry.action for entry in entries_of(nurse.clinic_id, done.id)] == ["gun.disinfected"]
    guns.check_ready(gun, TODAY)


def test_tap_water_takes_a_gun_out_of_service(nurse: PersonAtWork, now: datetime, opa: Container) -> None:
    gun = make_gun(nurse, now)
    guns.disinfect_gun(gun, opa, 300, RinseWater.TAP, nurse, now)
    assert (gun.state, gun.rinsed_with_tap_water) == (GunState.OUT_OF_SERVICE, True)
    assert gun.out_of_service_reason == "Rinsed with tap water on 2026-11-23; have it serviced"
    with pytest.raises(guns.TapWaterRinse) as refused:
        guns.take(gun, nurse, now)
    assert refused.value.code == "TAP_WATER_RINSE"


def test_another_rinse_does_not_undo_tap_water(nurse: PersonAtWork, now: datetime, opa: Container) -> None:
    gun = make_gun(nurse, now)
    guns.disinfect_gun(gun, opa, 300, RinseWater.TAP, nurse, now)
    guns.disinfect_gun(gun, opa, 300, RinseWater.STERILE, nurse, now)
    assert actions(gun)[0] == "gun.kept_out_of_service"
    with pytest.raises(guns.TapWaterRinse):
        guns.check_ready(gun, TODAY)


def test_a_service_clears_tap_water_and_asks_for_disinfection(
    lead_nurse: PersonAtWork, now: datetime, opa: Container
) -> None:
    gun = make_gun(lead_nurse, now)
    guns.disinfect_gun(gun, opa, 300, RinseWater.TAP, lead_nurse, now)
    service = guns.service_gun(gun, "Dismantled, cleaned, seals replaced", date(2027, 11, 23), lead_nurse, now)
    assert (gun.state, gun.rinsed_with_tap_water) == (GunState.NEEDS_DISINFECTION, False)
    assert (gun.out_of_service_reason, gun.service_due_on) == (None, date(2027, 11, 23))
    assert queries.services_of(gun) == [service]
    assert actions(gun)[0] == "gun.serviced"
    with pytest.raises(guns.GunNotDisinfected):
        guns.take(gun, lead_nurse, now)
    guns.disinfect_gun(gun, opa, 300, RinseWater.STERILE, lead_nurse, now)
    guns.take(gun, lead_nurse, now)


def test_a_service_is_not_due_in_the_past(lead_nurse: PersonAtWork, now: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        guns.service_gun(make_gun(lead_nurse, now), "Seals", date(2026, 11, 22), lead_nurse, now)
    assert refused.value.field == "next_due_on"


def test_a_refused_disinfection_leaves_the_gun_as_it_was(nurse: PersonAtWork, now: datetime, opa: Container) -> None:
    gun = make_gun(nurse, now)
    with pytest.raises(disinfection.ContactTimeTooShort):
        guns.disinfect_gun(gun, opa, 299, RinseWater.STERILE, nurse, now)
    assert gun.state is GunState.NEEDS_DISINFECTION
    assert disinfection_queries.last_of_gun(nurse.clinic_id, gun.id) is None


def test_a_gun_out_of_service_is_not_taken(nurse: PersonAtWork, now: datetime, opa: Container) -> None:
    gun = make_ready_gun(nurse, now, container=opa)
    guns.take_out_of_service(gun, "The trigger sticks", nurse, now)
    assert actions(gun)[0] == "gun.taken_out_of_service"
    with pytest.raises(guns.GunOutOfService, match="The trigger sticks") as refused:
        guns.take(gun, nurse, now)
    assert refused.value.code == "GUN_OUT_OF_SERVICE"
    with pytest.raises(guns.GunOutOfService):
        guns.take_out_of_service(gun, "Again", nurse, now)
    guns.disinfect_gun(gun, opa, 300, RinseWater.STERILE, nurse, now)
    with pytest.raises(guns.GunOutOfService):
        guns.take(gun, nurse, now)


def test_an_overdue_service_stops_a_gun_from_the_next_day_on(nurse: PersonAtWork, now: datetime) -> None:
    gun = make_ready_gun(nurse, now, service_due_on=TODAY)
    guns.check_ready(gun, TODAY)
    with pytest.raises(guns.GunOutOfService, match="service was due on 2026-11-23") as refused:
        guns.take(gun, nurse, now + timedelta(days=1))
    assert (refused.value.code, refused.value.due_on) == ("GUN_OUT_OF_SERVICE", TODAY)


def test_an_overdue_service_is_named_before_a_missing_disinfection(nurse: PersonAtWork, now: datetime) -> None:
    gun = make_gun(nurse, now, service_due_on=date(2026, 11, 22))
    with pytest.raises(guns.GunOutOfService):
        guns.take(gun, nurse, now, override_reason="No other gun")


def test_a_gun_taken_and_given_back_must_be_disinfected(nurse: PersonAtWork, now: datetime) -> None:
    gun = make_ready_gun(nurse, now)
    guns.take(gun, nurse, now)
    assert (gun.state, actions(gun)[0]) == (GunState.IN_USE, "gun.taken")
    with pytest.raises(guns.GunInUse) as refused:
        guns.take(gun, nurse, now)
    assert refused.value.code == "GUN_IN_USE"
    guns.give_back(gun, nurse, now)
    assert (gun.state, actions(gun)[0]) == (GunState.NEEDS_DISINFECTION, "gun.given_back")
    with pytest.raises(guns.GunNotDisinfected):
        guns.take(gun, nurse, now)
    with pytest.raises(guns.GunNotInUse):
        guns.give_back(gun, nurse, now)


def test_a_gun_in_use_is_left_alone(nurse: PersonAtWork, now: datetime, opa: Container) -> None:
    gun = make_ready_gun(nurse, now, container=opa)
    guns.take(gun, nurse, now)
    for step in (
        lambda: guns.disinfect_gun(gun, opa, 300, RinseWater.STERILE, nurse, now),
        lambda: guns.service_gun(gun, "Seals", None, nurse, now),
        lambda: guns.take_out_of_service(gun, "It drips", nurse, now),
    ):
        with pytest.raises(guns.GunInUse):
            step()
    assert gun.state is GunState.IN_USE


def test_an_undisinfected_gun_is_taken_only_with_a_reason(nurse: PersonAtWork, now: datetime) -> None:
    gun = make_gun(nurse, now)
    guns.take(gun, nurse, now, override_reason="No other gun")
    assert gun.state is GunState.IN_USE


def test_an_unused_gun_goes_back_as_it_came(nurse: PersonAtWork, now: datetime) -> None:
    ready, unclean = make_ready_gun(nurse, now), make_gun(nurse, now)
    guns.take(ready, nurse, now)
    guns.take(unclean, nurse, now, override_reason="No other gun")
    for gun in (ready, unclean):
        guns.put_back_unused(gun, nurse, now)
    assert (ready.state, unclean.state) == (GunState.AVAILABLE, GunState.NEEDS_DISINFECTION)
    with pytest.raises(guns.GunNotInUse):
        guns.put_back_unused(ready, nurse, now)


@pytest.mark.parametrize("refusal", [guns.GunInUse, guns.GunNotDisinfected, guns.TapWaterRinse])
def test_a_refusal_names_the_gun(nurse: PersonAtWork, now: datetime, refusal: type[DomainError]) -> None:
    gun = make_gun(nurse, now, model="Pistor 4", serial_number="A-1")
    assert "Pistor 4 A-1" in refusal(gun).sentence  # type: ignore[arg-type]


def test_a_gun_of_another_clinic_is_not_here(nurse: PersonAtWork, strange_nurse: PersonAtWork, now: datetime) -> None:
    gun = make_gun(nurse, now)
    assert queries.gun_coded(nurse.clinic_id, gun.code) is gun
    assert queries.gun_coded(strange_nurse.clinic_id, gun.code) is None
    with pytest.raises(NotHere):
        queries.gun_of(strange_nurse.clinic_id, gun.id)
