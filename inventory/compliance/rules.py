"""The rules: facts and thresholds in, findings out. Pure.

A limit is what may still be reached: 100 punctures, 15 minutes and 200 cm2 are within policy; 101 punctures,
15 minutes and one second, and 201 cm2 are past it. Advice (N4, N5) and a large area begin at their number.
No rule speaks of contamination: a finding says that the clinic's own policy was not kept.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from inventory.compliance.facts import RULES_VERSION, SessionFacts, Thresholds
from inventory.compliance.needles import asked_for, is_past, limits_of, said_if, wear_of
from inventory.compliance.punctures import Needle, made_in, session_punctures


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


def large_area(facts: SessionFacts, thresholds: Thresholds) -> bool:
    """Area, regions, or the more of planned and made punctures, at or past the policy's bounds."""
    if (facts.area_cm2 or 0) >= thresholds.large_area_cm2 or len(set(facts.regions)) >= thresholds.large_regions:
        return True
    punctures = max(facts.planned_punctures or 0, session_punctures(facts, thresholds)[0])
    return punctures >= thresholds.large_planned_punctures


def needles_required(facts: SessionFacts, thresholds: Thresholds) -> int:
    """`max(1, ceil(area/N8), ceil(punctures/N6), ceil(minutes/N7), regions if N9, syringes if N10)`.

    Minutes are exact: 15 min 1 s asks for two needles. Punctures on a high-speed preset weigh against N11,
    all others against N6, summed before rounding up; so no extra swap can ever raise what is required.
    """
    return max(1, *[needles for _, needles in asked_for(facts, thresholds)])


def too_few_needles(facts: SessionFacts, thresholds: Thresholds) -> Iterator[Finding]:
    """N6 to N10 together, over a large area only. N10: asepsis consensus; the others are assumptions."""
    if not large_area(facts, thresholds):
        return
    required, used = needles_required(facts, thresholds), len(facts.needle_uses)
    if used >= required:
        return
    punctures, estimated = session_punctures(facts, thresholds)
    said = f", at {punctures} punctures (estimated)" if estimated else ""
    yield Finding(
        "N6-N10",
        FindingCode.NEEDLE_CHANGE_TOO_FEW,
        Severity.MAJOR,
        f"{used} of the {required} needles that clinic policy asks for were used{said}.",
        facts=(
            ("needles_used", used),
            ("needles_required", required),
            ("area_cm2", facts.area_cm2 or 0),
            ("punctures", punctures),
            ("seconds", facts.seconds),
            ("regions", len(set(facts.regions))),
            ("syringes", facts.syringes),
            ("estimated", "yes" if estimated else "no"),
        ),
    )


def overdue_needle(facts: SessionFacts, thresholds: Thresholds) -> Iterator[Finding]:
    """N6, N7, N8, N11: one needle past its punctures, minutes or area, large area or not. Assumptions."""
    for needle in made_in(facts, thresholds).needles:
        use, punctures, estimated = needle
        if is_past(use, punctures, thresholds):
            past = [wear for wear in wear_of(use, punctures, thresholds) if wear.past]
            said = ", ".join(wear.said(estimated) for wear in past)
            sentence = f"Needle {use.sequence} was past clinic policy: {said}."
            limits = tuple((f"limit_{wear.rule}", wear.limit) for wear in past)
            yield _of_needle(past[0].rule, FindingCode.NEEDLE_OVERDUE, sentence, needle, limits)


def change_was_due(facts: SessionFacts, thresholds: Thresholds) -> Iterator[Finding]:
    """N3: bone contact adds 9.6 % tip damage (Lopez Pineiro 2021); the rest is asepsis consensus."""
    for needle in made_in(facts, thresholds).needles:
        use = needle.use
        if use.must_change and not use.ended:
            happened = use.must_change.replace("_", " ")
            sentence = f"Needle {use.sequence} must be changed now by clinic policy: {happened}."
            also = (("happened", use.must_change),)
            yield _of_needle("N3", FindingCode.NEEDLE_CHANGE_DUE, sentence, needle, also)


def change_soon(facts: SessionFacts, thresholds: Thresholds) -> Iterator[Finding]:
    """N5: the fitted needle nears its limit. Linear extrapolation of measured tip wear; an assumption."""
    for needle in made_in(facts, thresholds).needles:
        use, punctures, estimated = needle
        if use.ended:
            continue
        limits = limits_of(use, thresholds)
        if limits.soon <= punctures <= limits.punctures:
            made = f"{punctures} punctures{said_if(estimated)}"
            sentence = f"Change needle {use.sequence} soon: {made}, clinic policy."
            yield _of_needle("N5", FindingCode.NEEDLE_CHANGE_SOON, sentence, needle, severity=Severity.SOON)


def comfort(facts: SessionFacts, thresholds: Thresholds) -> Iterator[Finding]:
    """N4: mean tip deformation 14.8 / 19.6 / 29.2 % at 3 / 5 / 10 passes (Akintilo 2024).

    Off for body protocols, and silent once N5 speaks.
    """
    if not thresholds.comfort_advice or facts.body_protocol:
        return
    for needle in made_in(facts, thresholds).needles:
        use, punctures, estimated = needle
        if use.ended:
            continue
        limits = limits_of(use, thresholds)
        if limits.comfort <= punctures < limits.soon:
            made = f"{punctures} punctures{said_if(estimated)}"
            sentence = f"Needle {use.sequence} has {made}: a new one may hurt less (clinic policy, advice)."
            yield _of_needle("N4", FindingCode.NEEDLE_COMFORT, sentence, needle, severity=Severity.ADVICE)


def region_carryover(facts: SessionFacts, thresholds: Thresholds) -> Iterator[Finding]:
    """N9: a new needle for each region or side. An assumption."""
    if not thresholds.new_needle_per_region:
        return
    for needle in made_in(facts, thresholds).needles:
        use = needle.use
        regions = len(set(use.regions))
        if regions > 1:
            sentence = f"Needle {use.sequence} was used on {regions} regions; clinic policy asks for one."
            yield _of_needle("N9", FindingCode.REGION_CARRYOVER, sentence, needle, (("regions", regions),))


def contact_time(facts: SessionFacts, _thresholds: Thresholds) -> Iterator[Finding]:
    """C1: the antiseptic's contact time before the first puncture, as its manufacturer asks."""
    for required, kept in facts.contact_time:
        if kept < required:
            yield Finding(
                "C1",
                FindingCode.CONTACT_TIME_SHORT,
                Severity.MAJOR,
                f"The antiseptic acted {kept} s before the first puncture; clinic policy asks {required} s.",
                facts=(("required_seconds", required), ("kept_seconds", kept)),
            )


def implausible_rate(facts: SessionFacts, thresholds: Thresholds) -> Iterator[Finding]:
    """RATE: more punctures counted than the gun's fastest rate x seconds x pins can make. Arithmetic."""
    if facts.fastest_shots_per_minute is None:
        return
    for needle in made_in(facts, thresholds).needles:
        use = needle.use
        fastest = facts.fastest_shots_per_minute * use.seconds * use.pins // 60
        punctures = (use.shots or 0) * use.pins
        if use.ended and not use.estimated and punctures > fastest:
            made = f"{punctures} punctures in {use.seconds} s"
            sentence = (
                f"Needle {use.sequence}: {made} is more than the gun can make ({fastest}). "
                "Check the count: clinic policy judges it as entered."
            )
            also = (("fastest", fastest),)
            yield _of_needle("RATE", FindingCode.RATE_IMPLAUSIBLE, sentence, needle, also, severity=Severity.WARNING)


def missing_area(facts: SessionFacts, _thresholds: Thresholds) -> Iterator[Finding]:
    """AREA: none, or zero, entered at close, so nobody can tell whether the area was large. Arithmetic."""
    if facts.closed and not facts.area_cm2:
        sentence = "No treated area was entered; clinic policy cannot be judged without it."
        yield Finding("AREA", FindingCode.AREA_MISSING, Severity.WARNING, sentence)


@dataclass(frozen=True)
class RuleRow:
    """A rule and the first and last set of rules it belongs to; one that was replaced keeps its row."""

    rule: Rule
    since: int = 1
    until: int = RULES_VERSION


RULES: tuple[RuleRow, ...] = (
    RuleRow(too_few_needles),
    RuleRow(overdue_needle),
    RuleRow(change_was_due),
    RuleRow(change_soon),
    RuleRow(comfort),
    RuleRow(region_carryover),
    RuleRow(contact_time),
    RuleRow(implausible_rate),
    RuleRow(missing_area),
)
"""N1 and N2 are decided at the scan, by `packs.lifecycle.needle_reuse` and `packs.lifecycle.needle_unfit`."""


def judge(facts: SessionFacts, thresholds: Thresholds, rules: Sequence[RuleRow] = RULES) -> tuple[Finding, ...]:
    """Everything the policy's set of `rules` says, in their order, then of the needles' sequence."""
    uses = tuple(sorted(facts.needle_uses, key=lambda use: (use.sequence, use.needle_use)))
    ordered = facts if uses == facts.needle_uses else replace(facts, needle_uses=uses)
    found: list[Finding] = []
    for row in rules:
        if row.since <= thresholds.rules_version <= row.until:
            found.extend(row.rule(ordered, thresholds))
    return tuple(found)


def _of_needle(
    rule: str,
    code: FindingCode,
    sentence: str,
    needle: Needle,
    also: tuple[tuple[str, int | str], ...] = (),
    *,
    severity: Severity = Severity.MAJOR,
) -> Finding:
    judged: tuple[tuple[str, int | str], ...] = (
        ("needle", needle.use.sequence),
        ("punctures", needle.punctures),
        ("seconds", needle.use.seconds),
        ("area_cm2", needle.use.area_cm2 or 0),
        ("estimated", "yes" if needle.estimated else "no"),
        *also,
    )
    return Finding(rule, code, severity, sentence, needle.use.needle_use, judged)
