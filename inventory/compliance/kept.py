"""Facts as they are kept, so that what an old session was told can be found again. Pure."""

from collections.abc import Mapping
from dataclasses import fields
from hashlib import sha256

from inventory.compliance.facts import NeedleUseFacts, SessionFacts


def facts_as_mapping(facts: SessionFacts) -> dict[str, object]:
    """Every field under its name, as JSON holds it."""
    plain: dict[str, object] = {part.name: getattr(facts, part.name) for part in fields(facts)}
    plain["needle_uses"] = [{part.name: getattr(use, part.name) for part in fields(use)} for use in facts.needle_uses]
    return plain


def facts_from_mapping(given: Mapping[str, object]) -> SessionFacts:
    """Read back `facts_as_mapping`; a field that did not exist yet has its default."""
    uses = given.get("needle_uses")
    named: dict[str, object] = {name: _frozen(value) for name, value in given.items() if name != "needle_uses"}
    needles = tuple(_needle(use) for use in uses) if isinstance(uses, list) else ()
    return SessionFacts(needle_uses=needles, **named)  # type: ignore[arg-type]  # as it was written


def digest_of(facts: str, findings: str) -> str:
    return sha256(f"{facts}\n{findings}".encode()).hexdigest()


def _needle(given: Mapping[str, object]) -> NeedleUseFacts:
    return NeedleUseFacts(**{name: _frozen(value) for name, value in given.items()})  # type: ignore[arg-type]


def _frozen(value: object) -> object:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
