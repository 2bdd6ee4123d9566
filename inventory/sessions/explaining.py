"""Why a session was judged as it was: plain sentences with the numbers in them. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from inventory.compliance.facts import NeedleUseFacts, SessionFacts, Thresholds
from inventory.compliance.needles import asked_for, said_if, wear_of, widest_limits
from inventory.compliance.punctures import punctures_in, session_punctures
from inventory.compliance.rules import large_area, needles_required


@dataclass(frozen=True)
class Explained:
    """One thing that was judged. `kept` says whether clinic policy was; None where it asks nothing."""

    about: str
    kept: bool | None
    sentence: str


def explained(facts: SessionFacts, thresholds: Thresholds) -> Iterator[Explained]:
    """The area, the number of needles, then each needle, the antiseptic last."""
    large = large_area(facts, thresholds)
    yield Explained("Treated area", None, _area(facts, thresholds, large))
    yield _needles(facts, thresholds, large)
    for use in facts.needle_uses:
        yield _needle(use, facts, thresholds)
    for required, kept in facts.contact_time:
        said = f"The antiseptic acted {kept} s before the first puncture; {required} s are asked for."
        yield Explained("Antiseptic", kept >= required, said)


def _area(facts: SessionFacts, thresholds: Thresholds, large: bool) -> str:
    punctures, estimated = session_punctures(facts, thresholds)
    punctures = max(punctures, facts.planned_punctures or 0)
    measured = (
        f"{facts.area_cm2 or 0} cm2 (large from {thresholds.large_area_cm2}), "
        f"{_many(len(set(facts.regions)), 'region')} (large from {thresholds.large_regions}), "
        f"{punctures} punctures{said_if(estimated)} (large from {thresholds.large_planned_punctures})"
    )
    if large:
        return f"A large area: {measured}. So the number of needles is judged."
    return f"No large area: {measured}. So the number of needles is not judged, only each needle."


def _needles(facts: SessionFacts, thresholds: Thresholds, large: bool) -> Explained:
    required, used = needles_required(facts, thresholds), len(facts.needle_uses)
    seconds, area_cm2 = widest_limits(facts, thresholds)
    punctures, estimated = session_punctures(facts, thresholds)
    for_what = {
        "area": f"{facts.area_cm2 or 0} cm2 at {area_cm2} cm2 a needle",
        "punctures": f"{punctures} punctures{said_if(estimated)}",
        "minutes": f"{-(-facts.seconds // 60)} min at {seconds // 60} min a needle",
        "regions": _many(len(set(facts.regions)), "region"),
        "syringes": _many(facts.syringes, "syringe"),
    }
    asked = ", ".join(f"{needles} for {for_what[name]}" for name, needles in asked_for(facts, thresholds) if needles)
    sentence = f"{_many(used, 'needle')} used. Clinic policy asks for {required}: {asked or 'one a session'}"
    sentence += "; the largest number counts." if asked else "."
    return Explained("Number of needles", used >= required if large else None, sentence)


def _needle(use: NeedleUseFacts, facts: SessionFacts, thresholds: Thresholds) -> Explained:
    punctures, estimated = punctures_in(use, facts, thresholds)
    wear = wear_of(use, punctures, thresholds)
    said = ", ".join(part.said(estimated) for part in wear)
    past = [part.measure.value for part in wear if part.past]
    regions = len(set(use.regions))
    sentence = f"{said}."
    if past:
        sentence += f" Past clinic policy by {' and '.join(past)}."
    carried = thresholds.new_needle_per_region and regions > 1
    if carried:
        sentence += f" Used on {regions} regions, where clinic policy asks for a new needle for each."
    return Explained(f"Needle {use.sequence}", not past and not carried, sentence)


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"
