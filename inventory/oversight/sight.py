"""Measuring the closed sessions of some days: read in parts, judged by the policy each began under."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from inventory.clock import day_in, start_of_day
from inventory.compliance.queries import numbers_of, policies_of
from inventory.compliance.techniques import PolicyNumbers
from inventory.oversight import reading
from inventory.oversight.measures import By, Measured, measured
from inventory.oversight.reading import ReadSession
from inventory.sessions.bundle import Bundle
from inventory.sessions.bundle_queries import bundles_of
from inventory.sessions.facts import facts_in
from inventory.sessions.queries import key_of
from inventory.sessions.regions import label_of

MOST = 50_000
"""Sessions a page measures: the newest of the days asked for."""


@dataclass(frozen=True)
class Seen:
    """The sessions of some days; `left_out` where there were more than a page measures."""

    sessions: Sequence[Measured]
    left_out: int
    policies: Sequence[int] = ()
    """Numbers of the policy versions they were judged by."""


def seen_between(
    clinic_id: UUID, time_zone: str, first_day: date, last_day: date, *, with_people: bool, with_bundles: bool
) -> Seen:
    """Sessions closed on the clinic's days from `first_day` to `last_day`. Without `with_people` no practitioner
    leaves this function, without `with_bundles` no sterility bundle is read.
    """
    begin, end = start_of_day(time_zone, first_day), start_of_day(time_zone, last_day + timedelta(days=1))
    numbers = reading.numbers_between(clinic_id, begin, end)
    policies = {policy.number: numbers_of(policy.thresholds) for policy in policies_of(clinic_id)}
    found, judged_by = list[Measured](), set[int]()
    for part in reading.in_parts(clinic_id, numbers[-MOST:]):
        bundles = bundles_of(clinic_id, [session.id for session in part]) if with_bundles else {}
        found += [_measured(session, policies, time_zone, bundles, with_people=with_people) for session in part]
        judged_by |= {session.policy_number for session in part}
    return Seen(found, max(0, len(numbers) - MOST), sorted(judged_by))


def _measured(
    session: ReadSession,
    policies: Mapping[int, PolicyNumbers],
    time_zone: str,
    bundles: Mapping[UUID, Bundle],
    *,
    with_people: bool,
) -> Measured:
    technique = session.technique.value
    thresholds = policies[session.policy_number].of(technique)
    bundle = bundles.get(session.id)
    gun = f"{session.gun.model} {session.gun.serial_number}" if session.gun else "no gun"
    places: dict[By, Sequence[str]] = {
        By.TECHNIQUE: [technique.replace("_", " ").capitalize()],
        By.ROOM: [session.room],
        By.GUN: [gun],
        By.REGION: [label_of(key) for key in dict.fromkeys(map(key_of, session.areas))] or ["none entered"],
    }
    if with_people:
        places[By.PRACTITIONER] = [session.practitioner]
    return measured(
        facts_in(session, session, thresholds.spacing_mm.get(technique), session.closed_at),
        thresholds,
        treatment_id=session.id,
        number=session.number,
        day=day_in(time_zone, session.closed_at),
        places=places,
        bundle=bundle.score if bundle else None,
    )
