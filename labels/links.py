"""GS1 Digital Link URIs: the same elements as in a barcode, written as a web address (GS1 Digital Link 1.4)."""

import re
from urllib.parse import unquote, unquote_plus

from labels.elements import BadElement, Elements, check, check_repeats

_QUALIFIERS = {
    "00": (), "01": ("22", "10", "21", "235"), "253": (), "255": (), "401": (), "402": (),
    "414": ("254", "7040"), "415": ("8020",), "417": ("7040",), "8003": (), "8004": ("7040",),
    "8006": ("22", "10", "21"), "8010": ("8011",), "8013": (), "8017": ("8019",), "8018": ("8019",),
}  # fmt: skip
_SHAPE = re.compile(
    r"(?:https?|HTTPS?)://([A-Za-z0-9.\-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(/[^?#]*)(?:\?([^#]*))?(?:#.*)?"
)
_FORBIDDEN = re.compile(r"[\x00-\x20\"<>\\^`{|}\x7f-\uffff]")
_ATTRIBUTE = re.compile(r"\d{2,4}")


def looks_like_link(text: str) -> bool:
    return text[:7].lower() == "http://" or text[:8].lower() == "https://"


def read(text: str) -> Elements:
    """The elements of the path, then those of the query, in their order. Raises `BadElement`."""
    shape = _SHAPE.fullmatch(text)
    if shape is None or _FORBIDDEN.search(text):
        raise BadElement("This web address holds a character or a form that a GS1 link cannot have.")
    found = _path(shape[2])
    primary = found[0][0]
    named = {ai for ai, _ in found}
    for part in (shape[3] or "").split("&"):
        name, equals, value = part.partition("=")
        if not equals or not _ATTRIBUTE.fullmatch(name):
            continue
        if name in named:
            raise BadElement(f"({name}) stands twice in this web address.")
        if name in _QUALIFIERS[primary]:
            raise BadElement(
                f"({name}) belongs into the path of this web address, not after the question mark."
            )
        named.add(name)
        found.append((name, check(name, _decoded(unquote_plus(value)))))
    check_repeats(found)
    return tuple(found)


def _path(path: str) -> list[tuple[str, str]]:
    segments = path.rstrip("/").split("/")[1:] if not path.endswith("//") else []
    for start in range(len(segments)):
        if segments[start] in _QUALIFIERS and (len(segments) - start) % 2 == 0:
            pairs = list(zip(segments[start::2], segments[start + 1 :: 2], strict=True))
            if all(_ATTRIBUTE.fullmatch(ai) for ai, _ in pairs):
                return _checked(pairs, path)
    raise BadElement("This web address names no product: it has no GS1 key such as /01/ in its path.")


def _checked(pairs: list[tuple[str, str]], path: str) -> list[tuple[str, str]]:
    if path.endswith("/"):
        raise BadElement("The last part of this web address is empty.")
    primary, *qualifiers = (ai for ai, _ in pairs)
    allowed = _QUALIFIERS[primary]
    places = [allowed.index(ai) if ai in allowed else -1 for ai in qualifiers]
    if -1 in places:
        raise BadElement(f"({qualifiers[places.index(-1)]}) cannot follow ({primary}) in a web address.")
    if places != sorted(set(places)):
        raise BadElement(f"The parts after ({primary}) stand in a wrong order: {', '.join(qualifiers)}.")
    return [(ai, check(ai, _decoded(unquote(value)))) for ai, value in pairs]


def _decoded(value: str) -> str:
    if not value or any(ord(symbol) < 32 for symbol in value):
        raise BadElement("A part of this web address is empty or holds a control character.")
    return value
