"""The rules: facts and thresholds in, findings out. Pure.

Boundaries: a limit is what may still be reached. 100 punctures, 15 minutes and 200 cm2 are within policy, 101
punctures, 15 minutes and one second, and 201 cm2 are past it. Advice (N4, N5) begins when its number is reached.
No rule speaks of contamination: a finding says that the clinic's own policy was not kept.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from inventory.compliance.estimates import from_area
from inventory.compliance.facts import NeedleUseFacts, SessionFacts, Thresholds


class FindingCode(StrEnum):
    NEEDLE_CHANGE_TOO_FEW = "NEEDLE_CHANGE_TOO_FEW"
    NEEDLE_OVERDUE = "NEEDLE_OVERDUE"
    NEEDLE_CHANGE_DUE = "NEEDLE_CHANGE_DUE"
    NEEDLE_CHANGE_SOON = "NEEDLE_CHANGE_SOON"
    NEEDLE_COMFORT = "NEEDLE_COMFORT"
    REGION_CARRYOVER = "REGION_CARRYOVER"
    CONTACT_TIME_SHORT = "CONTACT_TIME_SHORT"
    RATE_IMPLAUSIBLE = "RATE_IMPLAUSIBLE"
    AREA_MISSING = "AREA_MISSING"


class Severity(StrEnum):
    ADVICE = "advice"
    SOON = "soon"
    WARNING = "warning"
    MAJOR = "major"


MUST_CHANGE = frozenset({"bone_contact", "dropped", "touched", "bent", "blocked"})
"""N3: what ends a needle at once."""


@dataclass(frozen=True)
class Finding:
    """What one rule says of one session or, where `subject` names it, of one needle use in it."""

    rule: str
    code: FindingCode
    severity: Severity
    sentence: str
    subject: str | None = None
    facts: tuple[tuple[str, int | str], ...] = ()


Rule = Callable[[SessionFacts, Thresholds], Iterator[Finding]]


def punctures_of(
    use: NeedleUseFacts, thresholds: Thresholds, spacing_mm: int | None = None
) -> tuple[int, bool]:
    """Punctures of one needle use and whether they are estimated.

    N12: a head with several pins makes pins x shots punctures (arithmetic). Without a count they follow from the
    needle's area and the technique's spacing; with neither they are taken as none, estimated.
    """
    if use.shots is not None:
        return use.shots * (use.pins if thresholds.count_pins else 1), use.estimated
    if use.area_cm2 is not None and spacing_mm:
        return from_area(use.area_cm2, spacing_mm), True
    return 0, True


def puncture_limit(use: NeedleUseFacts, thresholds: Thresholds) -> int:
    """N6, or N11 for a needle on a gun's high-speed preset (both assumptions of the default policy)."""
    return thresholds.high_speed_overdue_punctures if use.high_speed else thresholds.overdue_punctures


def large_area(facts: SessionFacts, thresholds: Thresholds) -> bool:
    """Treated area, regions or planned (else made) punctures at or past the policy's bounds."""
    punctures = max(facts.planned_punctures or 0, _all_punctures(facts, thresholds))
    return (
        (facts.area_cm2 or 0) >= thresholds.large_area_cm2
        or len(facts.regions) >= thresholds.large_regions
        or punctures >= thresholds.large_planned_punctures
    )


def needles_required(facts: SessionFacts, thresholds: Thresholds) -> int:
    """`max(1, ceil(area/N8), ceil(punctures/N6), ceil(minutes/N7), regions if N9, syringes if N10)`.

    Punctures count against N11 instead of N6 only when every needle was on a high-speed preset.
    """
    fast = bool(facts.needle_uses) and all(use.high_speed for use in facts.needle_uses)
    limit = thresholds.high_speed_overdue_punctures if fast else thresholds.overdue_punctures
    return max(
        1,
        -(-(facts.area_cm2 or 0) // thresholds.overdue_area_cm2),
        -(-_all_punctures(facts, thresholds) // limit),
        -(-facts.seconds // (thresholds.overdue_minutes * 60)),
        len(facts.regions) if thresholds.new_needle_per_region else 0,
        facts.syringes if thresholds.new_needle_per_syringe else 0,
    )


def too_few_needles(facts: SessionFacts, thresholds: Thresholds) -> Iterator[Finding]:
    """N6 to N10 together, over a large area only. Basis: outbreaks followed sessions nobody could examine."""
    required, used = needles_required(facts, thresholds), len(facts.needle_uses)
    if large_area(facts, thresholds) and used < required:
        estimated = any(punctures_of(use, thresholds, facts.spacing_mm)[1] for use in facts.needle_uses)
        yield Finding(
            "N6-N10",
            FindingCode.NEEDLE_CHANGE_TOO_FEW,
            Severity.MAJOR,
            f"{used} of {required} needles that clinic policy asks for on this area{_said(estimated)}.",
            facts=(
                ("needles_used", used),
                ("needles_required", required),
                ("area_cm2", facts.area_cm2 or 0),
                ("punctures", _all_punctures(facts, thresholds)),
                ("seconds", facts.seconds),
                ("regions", len(facts.regions)),
                ("syringes", facts.syringes),
            ),
        )


def overdue_needle(facts: SessionFacts, thresholds: Thresholds) -> Iterator[Finding]:
    """N6, N7, N8, N11: one needle past its punctures, minutes or area, large area or not. Assumptions."""
    for use in facts.needle_uses:
        punctures, estimated = punctures_of(use, thresholds, facts.spacing_mm)
        limit = puncture_limit(use, thresholds)
        past = [
            (
                "N11" if use.high_speed else "N6",
                f"{punctures} punctures{_said(estimated)} (limit {limit})",
                punctures > limit,
            ),
            (
                "N7",
                f"{use.seconds // 60} min (limit {thresholds.overdue_minutes})",
                use.seconds > thresholds.overdue_minutes * 60,
            ),
            (
                "N8",
                f"{use.area_cm2} cm2 (limit {thresholds.overdue_area_cm2})",
                (use.area_cm2 or 0) > thresholds.overdue_area_cm2,
            ),
        ]
        reasons = [said for _, said, over in past if over]
        if reasons:
            rule = next(rule for rule, _, over in past if over)
            sentence = f"Needle {use.sequence} was past clinic policy: {', '.join(reasons)}."
            yield _of_needle(rule, FindingCode.NEEDLE_OVERDUE, Severity.MAJOR, sentence, use, punctures)


def change_was_due(facts: SessionFacts, thresholds: Thresholds) -> Iterator[Finding]:
    """N3: bone contact adds 9.6 % tip damage (Lopez Pineiro 2021); the rest is asepsis consensus."""
    for use in facts.needle_uses:
        if use.must_change in MUST_CHANGE and not use.ended:
            said = use.must_change.replace("_", " ")
            sentence = f"Needle {use.sequence} must be changed now by clinic policy: {said}."
            yield _of_needle("N3", FindingCode.NEEDLE_CHANGE_DUE, Severity.MAJOR, sentence, use, 0)


def change_soon(facts: SessionFacts, thresholds: Thresholds) -> Iterator[Finding]:
    """N5: the fitted needle nears its limit. Linear extrapolation of measured tip wear; an assumption."""
    for use in facts.needle_uses:
        punctures, estimated = punctures_of(use, thresholds, facts.spacing_mm)
        if not use.ended and thresholds.soon_punctures <= punctures <= puncture_limit(use, thresholds):
            sentence = (
                f"Change needle {use.sequence} soon: {punctures} punctures{_said(estimated)}, clinic policy."
            )
            yield _of_needle("N5", FindingCode.NEEDLE_CHANGE_SOON, Severity.SOON, sentence, use, punctures)


def comfort(facts: SessionFacts, thresholds: Thresholds) -> Iterator[Finding]:
    """N4: mean tip deformation 14.8 / 19.6 / 29.2 % at 3 / 5 / 10 passes (Akintilo 2024). Off for body protocols."""
    if not thresholds.comfort_advice or facts.body_protocol:
        return
    for use in facts.needle_uses:
        punctures, estimated = punctures_of(use, thresholds, facts.spacing_mm)
        if not use.ended and thresholds.comfort_punctures <= punctures < thresholds.soon_punctures:
            sentence = (
                f"Needle {use.sequence} has {punctures} punctures{_said(estimated)}: a new one hurts less "
                "(clinic policy, advice only)."
            )
            yield _of_needle("N4", FindingCode.NEEDLE_COMFORT, Severity.ADVICE, sentence, use, punctures)


def region_carryover(facts: SessionFacts, thresholds: Thresholds) -> Iterator[Finding]:
    """N9: one needle on two regions or sides carries flora between them. An assumption."""
    if not thresholds.new_needle_per_region:
        return
    for use in facts.needle_uses:
        if len(set(use.regions)) > 1:
            sentence = f"Needle {use.sequence} was used on {len(set(use.regions))} regions; clinic policy asks for one."
            yield _of_needle("N9", FindingCode.REGION_CARRYOVER, Severity.MAJOR, sentence, use, 0)


def contact_time(facts: SessionFacts, _thresholds: Thresholds) -> Iterator[Finding]:
    """C1: the antiseptic's contact time before the first puncture, as its manufacturer asks."""
    for required, kept in facts.contact_time:
        if kept < required:
            yield Finding(
                "C1",
                FindingCode.CONTACT_TIME_SHORT,
                Severity.MAJOR,
                f"The antiseptic acted {kept} s before the first puncture; clinic policy asks for {required} s.",
                facts=(("required_seconds", required), ("kept_seconds", kept)),
            )


def implausible_rate(facts: SessionFacts, thresholds: Thresholds) -> Iterator[Finding]:
    """More punctures than the gun's fastest rate x seconds x pins can make. Arithmetic."""
    if facts.fastest_shots_per_minute is None:
        return
    for use in facts.needle_uses:
        fastest = facts.fastest_shots_per_minute * use.seconds * use.pins // 60
        punctures = (use.shots or 0) * use.pins
        if use.ended and not use.estimated and punctures > fastest:
            sentence = (
                f"Needle {use.sequence}: {punctures} punctures in {use.seconds} s is more than the gun can make "
                f"({fastest}). Check the count; clinic policy keeps it as entered."
            )
            yield _of_needle("RATE", FindingCode.RATE_IMPLAUSIBLE, Severity.WARNING, sentence, use, punctures)


def missing_area(facts: SessionFacts, _thresholds: Thresholds) -> Iterator[Finding]:
    """Nothing entered at close: whether the area was large cannot be judged."""
    if facts.closed and not facts.area_cm2:
        sentence = "No treated area was entered; clinic policy cannot be judged without it."
        yield Finding("AREA", FindingCode.AREA_MISSING, Severity.WARNING, sentence)


RULES: tuple[Rule, ...] = (
    too_few_needles,
    overdue_needle,
    change_was_due,
    change_soon,
    comfort,
    region_carryover,
    contact_time,
    implausible_rate,
    missing_area,
)
"""N1 and N2 are decided at the scan: a pack opens once, and never when expired, recalled or unknown."""


def judge(facts: SessionFacts, thresholds: Thresholds) -> tuple[Finding, ...]:
    """Everything the rules say, in the order of `RULES` and of the needles."""
    return tuple(finding for rule in RULES for finding in rule(facts, thresholds))


def _all_punctures(facts: SessionFacts, thresholds: Thresholds) -> int:
    return sum(punctures_of(use, thresholds, facts.spacing_mm)[0] for use in facts.needle_uses)


def _of_needle(
    rule: str, code: FindingCode, severity: Severity, sentence: str, use: NeedleUseFacts, punctures: int
) -> Finding:
    facts: tuple[tuple[str, int | str], ...] = (
        ("needle", use.sequence),
        ("punctures", punctures),
        ("seconds", use.seconds),
        ("area_cm2", use.area_cm2 or 0),
        ("estimated", "yes" if use.estimated or use.shots is None else "no"),
    )
    return Finding(rule, code, severity, sentence, use.needle_use, facts)


def _said(estimated: bool) -> str:
    return " (estimated)" if estimated else ""
