"""P2: the rules against a second, slow telling of them, by counting. Integers only."""

import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from inventory.compliance.facts import NeedleUseFacts, SessionFacts, Thresholds
from inventory.compliance.rules import judge, large_area, needles_required

CASES = 10_000


def _boxes(things: int, size: int) -> int:
    """How many boxes of `size` hold all the things, by filling them."""
    filled = 0
    while things > 0:
        things -= size
        filled += 1
    return filled


def _grid(area_cm2: int, spacing_mm: int) -> int:
    whole, rest = divmod(area_cm2 * 100, spacing_mm * spacing_mm)
    return whole + 1 if 2 * rest >= spacing_mm * spacing_mm else whole


def _made(use: NeedleUseFacts, facts: SessionFacts, policy: Thresholds) -> int:
    heads = use.pins if policy.count_pins else 1
    if use.shots is not None:
        return sum(use.shots for _ in range(heads))
    if use.area_cm2 is not None and facts.spacing_mm is not None:
        return _grid(use.area_cm2, facts.spacing_mm)
    if facts.shots_per_minute is not None:
        whole, rest = divmod(use.seconds * facts.shots_per_minute, 60)
        return (whole + 1 if rest >= 30 else whole) * heads
    return 0


def _limit(use: NeedleUseFacts, policy: Thresholds) -> int:
    """Punctures: the least of what is said of its head and of its preset, else the clinic's."""
    said = [policy.high_speed_overdue_punctures] if use.high_speed else []
    said += [policy.presets["multi_pin"]["overdue_punctures"]] if use.pins > 1 and "multi_pin" in policy.presets else []
    return sorted(said)[0] if said else policy.overdue_punctures


def _together(facts: SessionFacts, policy: Thresholds) -> list[tuple[int, int]]:
    """Punctures with their limit: estimates of needles alike are made of what they did together."""
    piles: list[tuple[int, int]] = []
    silent = [use for use in facts.needle_uses if use.shots is None]
    for use in facts.needle_uses:
        if use.shots is not None:
            piles.append((_made(use, facts, policy), _limit(use, policy)))
    for several in (False, True):
        for fast in (False, True):
            alike = [use for use in silent if (use.pins > 1) is several and use.high_speed is fast]
            measured = [use for use in alike if use.area_cm2 is not None and facts.spacing_mm is not None]
            if measured:
                one = replace(measured[0], area_cm2=sum(use.area_cm2 or 0 for use in measured))
                piles.append((_made(one, facts, policy), _limit(one, policy)))
            for pins in {use.pins for use in alike}:
                timed = [use for use in alike if use not in measured and use.pins == pins]
                if timed:
                    one = replace(timed[0], area_cm2=None, seconds=sum(use.seconds for use in timed))
                    piles.append((_made(one, facts, policy), _limit(one, policy)))
    return piles


def _session_made(facts: SessionFacts, policy: Thresholds) -> int:
    total = 0
    for punctures, _ in _together(facts, policy):
        total += punctures
    if facts.punctures is not None:
        return total
    if [use for use in facts.needle_uses if use.shots is not None and not use.estimated]:
        return total
    if facts.area_cm2 is None or facts.spacing_mm is None:
        return total
    return sorted([total, _grid(facts.area_cm2, facts.spacing_mm)])[-1]


def _required(facts: SessionFacts, policy: Thresholds) -> int:
    piles = _together(facts, policy)
    rest = _session_made(facts, policy) - sum(punctures for punctures, _ in piles)
    widest = sorted([policy.overdue_punctures, *(_limit(use, policy) for use in facts.needle_uses)])[-1]
    work = sum((Fraction(punctures, limit) for punctures, limit in piles), Fraction(rest, widest))
    minutes, area = [policy.overdue_minutes], [policy.overdue_area_cm2]
    for use in facts.needle_uses:
        said = policy.presets.get("multi_pin", {}) if use.pins > 1 else {}
        minutes.append(said.get("overdue_minutes", policy.overdue_minutes))
        area.append(said.get("overdue_area_cm2", policy.overdue_area_cm2))
    asked = [
        1,
        _boxes(facts.area_cm2 or 0, sorted(area)[-1]),
        0 if work == 0 else -(-work.numerator // work.denominator),
        _boxes(facts.seconds, sorted(minutes)[-1] * 60),
    ]
    if policy.new_needle_per_region:
        asked.append(len({*facts.regions}))
    if policy.new_needle_per_syringe:
        asked.append(facts.syringes)
    return sorted(asked)[-1]


def _large(facts: SessionFacts, policy: Thresholds) -> bool:
    if facts.area_cm2 is not None and not facts.area_cm2 < policy.large_area_cm2:
        return True
    if not len({*facts.regions}) < policy.large_regions:
        return True
    planned = 0 if facts.planned_punctures is None else facts.planned_punctures
    bound = policy.large_planned_punctures
    return not (planned < bound and _session_made(facts, policy) < bound)


def _of_needle(use: NeedleUseFacts, facts: SessionFacts, policy: Thresholds) -> Iterator[str]:
    made = _made(use, facts, policy)
    limit = _limit(use, policy)
    head = policy.presets.get("multi_pin", {}) if use.pins > 1 else {}
    area = 0 if use.area_cm2 is None else use.area_cm2
    longest = 60 * head.get("overdue_minutes", policy.overdue_minutes)
    if made > limit or use.seconds > longest or area > head.get("overdue_area_cm2", policy.overdue_area_cm2):
        yield "NEEDLE_OVERDUE"
    if len({*use.regions}) >= 2 and policy.new_needle_per_region:
        yield "REGION_CARRYOVER"
    if use.ended:
        counted = 0 if use.shots is None or use.estimated else use.shots * use.pins
        rate = facts.fastest_shots_per_minute
        if rate is not None and counted * 60 > rate * use.seconds * use.pins:
            yield "RATE_IMPLAUSIBLE"
        return
    if use.must_change is not None:
        yield "NEEDLE_CHANGE_DUE"
    if made >= policy.soon_punctures:
        if made <= limit:
            yield "NEEDLE_CHANGE_SOON"
    elif made >= policy.comfort_punctures and policy.comfort_advice and not facts.body_protocol:
        yield "NEEDLE_COMFORT"


def _expected(facts: SessionFacts, policy: Thresholds) -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = []
    if _large(facts, policy) and len(facts.needle_uses) < _required(facts, policy):
        found.append(("NEEDLE_CHANGE_TOO_FEW", None))
    for use in facts.needle_uses:
        found += [(code, use.needle_use) for code in _of_needle(use, facts, policy)]
    found += [("CONTACT_TIME_SHORT", None) for asked, kept in facts.contact_time if asked > kept]
    if facts.closed and facts.area_cm2 in (None, 0):
        found.append(("AREA_MISSING", None))
    return sorted(found, key=str)


def _policy(chance: random.Random) -> Thresholds:
    if chance.random() < 0.5:
        return Thresholds()
    overdue = chance.choice([20, 50, 100, 101, 500])
    head = {"overdue_punctures": chance.choice([500, 600, 999])}
    head |= chance.choice(
        [{}, {"overdue_minutes": chance.choice([5, 20]), "overdue_area_cm2": chance.choice([40, 300])}]
    )
    return Thresholds(
        comfort_advice=chance.random() < 0.5,
        comfort_punctures=chance.choice([1, 10, 60]),
        soon_punctures=chance.randint(1, overdue),
        overdue_punctures=overdue,
        overdue_minutes=chance.choice([1, 10, 15]),
        overdue_area_cm2=chance.choice([50, 200]),
        new_needle_per_region=chance.random() < 0.5,
        new_needle_per_syringe=chance.random() < 0.5,
        high_speed_overdue_punctures=chance.choice([80, 400]),
        count_pins=chance.random() < 0.5,
        large_area_cm2=chance.choice([100, 400]),
        large_regions=chance.choice([1, 2, 3]),
        large_planned_punctures=chance.choice([100, 200]),
        presets=chance.choice([{}, {"multi_pin": head}]),
    )


def _near(chance: random.Random, *bounds: int) -> int:
    """A number at, or one beside, one of the bounds; now and then any."""
    if chance.random() < 0.3:
        return chance.randint(0, 1000)
    return max(0, chance.choice(bounds) + chance.choice([-1, 0, 1]))


def _use(chance: random.Random, sequence: int) -> NeedleUseFacts:
    return NeedleUseFacts(
        needle_use=f"needle {sequence}",
        sequence=sequence,
        pins=chance.choice([1, 1, 1, 5]),
        shots=chance.choice([None, _near(chance, 0, 10, 50, 100, 400)]),
        estimated=chance.random() < 0.2,
        seconds=_near(chance, 0, 60, 600, 900),
        area_cm2=chance.choice([None, _near(chance, 0, 50, 200)]),
        regions=tuple(chance.choices(["a", "b"], k=chance.choice([0, 1, 2]))),
        high_speed=chance.random() < 0.3,
        must_change=chance.choice([None, None, "bent"]),
        ended=chance.random() < 0.5,
    )


def _session(chance: random.Random) -> SessionFacts:
    return SessionFacts(
        area_cm2=chance.choice([None, _near(chance, 0, 100, 200, 400, 800)]),
        regions=tuple(chance.choices(["a", "b", "c"], k=chance.choice([0, 1, 2, 3]))),
        planned_punctures=chance.choice([None, _near(chance, 100, 200)]),
        seconds=_near(chance, 0, 900, 1800, 2700),
        syringes=chance.choice([0, 1, 2, 4]),
        needle_uses=tuple(_use(chance, place + 1) for place in range(chance.choice([0, 1, 1, 2, 4]))),
        body_protocol=chance.random() < 0.5,
        contact_time=tuple((30, _near(chance, 30)) for _ in range(chance.choice([0, 1]))),
        fastest_shots_per_minute=chance.choice([None, 6, 540]),
        shots_per_minute=chance.choice([None, 7, 60]),
        closed=chance.random() < 0.5,
        spacing_mm=chance.choice([None, 3, 10, 20]),
    )


@pytest.mark.parametrize("seed", range(1, 11))
def test_two_tellings_of_the_rules_agree(seed: int) -> None:
    chance = random.Random(seed)
    seen: set[str] = set()
    for case in range(CASES):
        facts, policy = _session(chance), _policy(chance)
        told = f"seed {seed}, case {case}: {facts} {policy}"
        assert needles_required(facts, policy) == _required(facts, policy), told
        assert large_area(facts, policy) is _large(facts, policy), told
        found = sorted(((one.code.value, one.subject) for one in judge(facts, policy)), key=str)
        assert found == _expected(facts, policy), told
        seen |= {code for code, _ in found}
    assert len(seen) == 9, f"seed {seed} met only {sorted(seen)}"
