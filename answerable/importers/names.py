"""Whom a value of an incident table names: an organisation, a product, a group of people, nobody, or a natural person.

A person's name must not get into a case, so an organisation is only what gives evidence of being one: a name of the
register, a reviewer's word, words that persons do not carry, or a brand's spelling. What has none is dropped. A group
is reduced to one word of the data, so that a name within it is lost. Words are `data/organisations/names.yaml`; the
second opinion on weak evidence is probablepeople, a parser trained on names of persons and companies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise

from answerable import rooms
from answerable.casefile import jurisdictions, read_yaml
from answerable.identities import Match, Register, plain
from answerable.importers.words import excerpt

_LONGEST = 120
_INITIALS = re.compile(r"(?<![\w.])(?:[^\W\d_]\.){1,3}(?=\s|$)")
_DOMAIN = re.compile(r"[a-z0-9-]{3,}\.(?:ai|com|io|net|org|app|tv|in|me)", re.IGNORECASE)
_BRAND = re.compile(r"[^\W\d_]*[a-z][A-Z][^\W_]*")


class Kind(StrEnum):
    organisation = "organisation"
    authority = "authority"
    product = "product"
    group = "group"
    nobody = "nobody"
    person = "person"
    unsure = "unsure"


@dataclass(frozen=True)
class Named:
    """What a value names; only an organisation has a match, and a person or what is unsure has no name here."""

    kind: Kind
    name: str = ""
    match: Match | None = None

    @property
    def is_of_persons(self) -> bool:
        """Whether the group is one of natural persons, and not of bodies."""
        return self.kind is Kind.group and self.name in _words()["groups"]

    @property
    def is_body(self) -> bool:
        return self.kind in (Kind.organisation, Kind.authority)


@cache
def _words() -> dict[str, frozenset[str]]:
    path = rooms.room("data") / "organisations" / "names.yaml"
    data: dict[str, list[str]] = read_yaml(path.read_text(encoding="utf-8"), str(path))
    return {name: frozenset(words) for name, words in data.items()}


@cache
def _places() -> frozenset[str]:
    return frozenset(word for label in jurisdictions() for word in plain(label).split())


@cache
def _given() -> frozenset[str]:
    """Given names, without those that are also places of the data."""
    from probablepeople.gender import gender_names

    return frozenset(gender_names) - _places()


@cache
def _seems_company(name: str) -> bool:
    import probablepeople

    try:
        kind: str = probablepeople.tag(name)[1]
    except probablepeople.RepeatedLabelError:
        return False
    return kind == "Corporation"


def spelled(value: str) -> str:
    """A name from the small letters and hyphens of a slug; what is no slug stays as it is."""
    if " " in value or value != value.lower():
        return value
    words = _words()
    tokens = [token for token in value.split("-") if token]
    shown = []
    for number, token in enumerate(tokens):
        bare = token.strip("().,")
        if bare in words["capitals"]:
            shown.append(token.upper())
        elif bare in words["small"] and number:
            shown.append(token)
        else:
            shown.append(re.sub(r"[^\W\d_]", lambda m: m[0].upper(), token, count=1))
    return " ".join(shown)


def pieces(value: str, separators: str, register: Register) -> list[str]:
    """The names in one value; a comma separates them only where each part is a name of the register."""
    found: list[str] = []
    for part in re.split(f"[{re.escape(separators)}]", value) if separators else [value]:
        parts = [p.strip() for p in part.split(",")]
        found += parts if len(parts) > 1 and all(map(register.exact, parts)) else [part.strip()]
    return [name for name in dict.fromkeys(found) if name]


def named(value: str, register: Register) -> Named:
    """Whom a value names. It is given as the table writes it, as a slug or in full."""
    value = excerpt(re.sub(r"\s+", " ", value), _LONGEST)
    words, spoken = _words(), spelled(value)
    if not plain(value) or set(plain(value).split()) <= words["nobody"] or value.lower() in words["nobody"]:
        return Named(Kind.nobody)
    reviewed = register.reviewed.get(plain(spoken))
    if reviewed is not None:
        return _body(spoken, reviewed)
    exact = register.exact(spoken)
    if exact is not None:
        match = register.match(spoken)
        return Named(Kind.product, exact.name) if exact.kind == "product" else _body(spoken, match)
    outer = re.sub(r"\s+", " ", re.sub(r"\([^()]*\)?", " ", spoken)).strip(" ,;")
    tokens = plain(outer).split()
    if "@" in value or not tokens:
        return Named(Kind.person)
    group = _group(tokens)
    if group:
        return Named(Kind.group, group)
    if tokens[0] in words["nameless"]:
        return Named(Kind.nobody)
    initials = {found.lower() for found in _INITIALS.findall(outer)} - words["initials"]
    if set(tokens) & words["person"] or initials or _given_then_family(outer):
        return Named(Kind.person)
    if _is_body(outer, tokens):
        return _body(outer, register.settle(outer))
    return Named(Kind.person if tokens[0] in _given() else Kind.unsure)


def _body(name: str, match: Match) -> Named:
    if match.same:
        if match.same.kind == "product":
            return Named(Kind.product, match.same.name)
        kind = (
            Kind.authority
            if match.same.kind == "authority" or _is_authority(plain(name).split())
            else Kind.organisation
        )
        return Named(kind, match.same.name, match)
    return Named(Kind.authority if _is_authority(plain(name).split()) else Kind.organisation, name, match)


def _is_authority(tokens: Iterable[str]) -> bool:
    words, found = _words(), {*tokens}
    strong = words["authority"] - words["weak_authority"]
    return bool(found & strong) and not found & (words["forms"] | words["commercial"])


def _group(tokens: list[str]) -> str:
    """The word for the people of a group; empty where the name is none of a group."""
    words = _words()
    people = words["groups"] | words["collectives"]
    if tokens[-1] in people:
        return tokens[-1]
    pairs = pairwise(tokens)
    return next((token for token, following in pairs if token in people and following in words["links"]), "")


def _given_then_family(name: str) -> bool:
    """Whether a given name stands before a word that no organisation has in its name."""
    words, given = _words(), _given()
    evidence = (words["organisation"], words["authority"], words["small"], _places())
    for part in re.split(r"[,;/]| and | & ", name):
        tokens = plain(part).split()
        for token, following in pairwise(tokens):
            if token in given and not any(following in known for known in evidence):
                return True
    return False


def _is_body(name: str, tokens: list[str]) -> bool:
    words, found = _words(), {*tokens}
    strong = found & (words["forms"] | words["strong"] | (words["authority"] - words["weak_authority"]))
    weak = found & (words["organisation"] | words["weak_authority"])
    if found & words["groups"]:
        return False
    if strong or len(weak) > 1:
        return len(tokens) > 1
    if weak:
        return len(tokens) > 1 and _seems_company(name)
    if len(tokens) == 1 or _DOMAIN.fullmatch(name):
        return _is_brand(name)
    return False


def _is_brand(name: str) -> bool:
    start = plain(name).split()[0]
    if any(start[:end] in _given() for end in range(4, len(start) + 1)):
        return False
    if _DOMAIN.fullmatch(name):
        return True
    family = any(name.startswith(prefix) and name[len(prefix) :][:1].isupper() for prefix in _prefixes())
    return bool(_BRAND.fullmatch(name)) and not family


@cache
def _prefixes() -> tuple[str, ...]:
    return tuple(sorted(_words()["family_prefixes"]))
