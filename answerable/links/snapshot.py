"""The shipped snapshot: identifier and title of whatever the data cite, and where each was taken from.

`data/links/snapshot.csv` has one row for each act, provision and judgment. A title is `official`, where the act itself
or another act that cites it in full says it, or `ours`.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path

from answerable import rooms
from answerable.errors import InputError
from answerable.identifiers import AUTHORITY, ELI_BASE, Celex, Ecli, Eli, IdentifierError, identify
from answerable.iris import ANS
from answerable.links.asking import Asker, Table
from answerable.links.cellar import CELLAR, WORK, languages, titles, work

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
KINDS = {"LegalInstrument": "instrument", "Judgment": "judgment", "LegalAuthority": "authority"}
CITATIONS = ("hasReporterCitation", "hasNeutralCitation", "hasCodeCitation", "hasCitation")
"""How an authority is cited, the most exact first."""
TITLES = ("http://purl.org/dc/terms/title", "http://www.w3.org/2000/01/rdf-schema#label")
UNRESOLVED = "built by the form of ELI; whether it resolves was not checked"


@dataclass(frozen=True)
class Cited:
    """Something that the data cite: its IRI, what it is, and its identifiers."""

    id: str
    kind: str
    celex: str = ""
    eli: str = ""
    ecli: str = ""
    citation: str = ""


@dataclass(frozen=True)
class Entry(Cited):
    """A row of the snapshot."""

    title: str = ""
    language: str = ""
    title_is: str = ""
    source: str = ""
    verification: str = ""
    pinned: str = ""


FIELDS = tuple(f.name for f in fields(Entry))


@cache
def path() -> Path:
    """The file of the snapshot."""
    return rooms.room("data") / "links" / "snapshot.csv"


@cache
def entries() -> tuple[Entry, ...]:
    """The rows of the snapshot.

    Raises:
        InputError: for a file with other columns.
    """
    with path().open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != FIELDS:
            raise InputError(str(path()), "1", ",".join(reader.fieldnames or ()), ",".join(FIELDS))
        return tuple(Entry(**row) for row in reader)


Said = dict[str, list[str]]
"""What the data say of a node, by property."""


def cited() -> dict[str, Cited]:
    """What the data cite, by IRI.

    An act of the Union goes by its ELI, if it has one that follows from its CELEX number; anything else by the IRI that
    the data give it.
    """
    return {id: thing for id, (thing, _) in _cited().items()}


@cache
def _cited() -> dict[str, tuple[Cited, Said]]:
    """What the data cite, and what they say of it."""
    about: dict[str, Said] = defaultdict(lambda: defaultdict(list))
    elis: set[str] = set()
    for file in rooms.files("data", ".ttl"):
        for quad in rooms.turtle(file):
            subject, value = quad.subject.value, quad.object.value  # type: ignore[union-attr]
            about[subject][quad.predicate.value.removeprefix(ANS)].append(value)
            elis.update(iri for iri in (subject, value) if iri.startswith(ELI_BASE) and "#" not in iri)
    found: dict[str, tuple[Cited, Said]] = {}
    for iri in elis:
        eli = Eli.parse(iri)
        kind = "provision" if eli.parts else "instrument"
        found[iri] = Cited(iri, kind, _celex_of(eli), iri), {}
    matters: list[Said] = []
    for node, said in about.items():
        celex, ecli = (said[name][0] if said[name] else "" for name in ("hasCELEX", "hasECLI"))
        kinds = [KINDS[t.removeprefix(ANS)] for t in said[TYPE] if t.removeprefix(ANS) in KINDS]
        if act := _eli_of(celex):
            # A provision may name an act that it lists; what the act is called is said at the act.
            found[act] = Cited(act, "instrument", celex, act), said if kinds else found.get(act, (None, {}))[1]
        elif kinds or celex:
            citation = next((said[name][0] for name in CITATIONS if said[name]), "")
            found[node] = Cited(node, kinds[0] if kinds else "judgment", celex, "", ecli, citation), said
        elif said["hasECLI"] or said["hasReporterCitation"] or said["hasNeutralCitation"]:
            matters.append(said)
    # A matter may be cited by judgments that no authority stands for.
    known = {value for thing, _ in found.values() for value in (thing.ecli, thing.citation) if value}
    for said in matters:
        for ecli in said["hasECLI"]:
            if ecli not in known:
                found[AUTHORITY + ecli] = Cited(AUTHORITY + ecli, "judgment", "", "", ecli, ecli), said
        reported = [*said["hasReporterCitation"], *said["hasNeutralCitation"]]
        if reported and not known & {*said["hasECLI"], *reported}:
            iri = identify(reported[0]).iri
            found[iri] = Cited(iri, "judgment", "", "", "", reported[0]), said
    return dict(sorted(found.items()))


def draft() -> Table:
    """Rows for what is cited and not in the snapshot, as far as the data say them: a title of ours, and its source."""
    known = {entry.id for entry in entries()}
    today = date.today().isoformat()
    rows = []
    for id, (thing, said) in _cited().items():
        if id in known:
            continue
        title = next((said[name][0] for name in TITLES if said.get(name)), "")
        source = f"data: {'; '.join(said.get('isVerifiedAgainst', []))}" if title else UNRESOLVED
        level = said.get("hasVerification", [""])[0].removeprefix(ANS) or "UnverifiedMemory"
        entry = Entry(
            **vars(thing),
            title=title,
            language="en" if title else "",
            title_is="ours" if title else "",
            source=source,
            verification=level,
            pinned=today,
        )
        rows.append([getattr(entry, name) for name in FIELDS])
    return Table(FIELDS, rows)


def _celex_of(eli: Eli) -> str:
    try:
        return str(eli.celex)
    except IdentifierError:
        return ""


def _eli_of(celex: str) -> str:
    try:
        return str(Celex.parse(celex).eli) if celex else ""
    except IdentifierError:
        return ""


def find(identifier: Celex | Eli | Ecli) -> list[Entry]:
    """The rows about an act, its parts left out, a provision or a judgment."""
    wanted = str(identifier)
    column = {Celex: "celex", Eli: "eli", Ecli: "ecli"}[type(identifier)]
    return [e for e in entries() if getattr(e, column) == wanted and (column == "eli" or e.kind != "provision")]


def answer(identifier: Celex | Eli | Ecli, wanted: Sequence[str] = ()) -> Table | None:
    """What the snapshot says of an identifier, for want of the service; nothing where it does not know it.

    Of titles, only those in the languages that are wanted (codes of three letters), where any is.
    """
    codes = [languages()[authority] for authority in wanted]
    found = [entry for entry in find(identifier) if not codes or entry.language in codes]
    columns = ("celex", "eli", "ecli", "language", "title", "title_is", "verification", "source")
    if not found:
        return None
    note = f"from the shipped snapshot, pinned on {max(entry.pinned for entry in found)}"
    return Table(columns, [[getattr(entry, column) for column in columns] for entry in found], (note,))


CHECKED = ("kind", "id", "celex", "title", "title_is", "verification", "snapshot", "live")


def check(asker: Asker | None = None, provisions: bool = False) -> Table:
    """Each thing that is cited: whether the snapshot has its identifiers and title, and what the live service says.

    Without an asker nothing is sent. Only what has a CELEX number can be asked about, and no provision.
    """
    known = {entry.id: entry for entry in entries()}
    rows = []
    for id, thing in cited().items():
        entry = known.get(id)
        state = _state(thing, entry)
        if thing.kind == "provision" and not provisions and not state:
            continue
        live = _compared(asker, entry or thing) if asker and thing.celex and thing.kind != "provision" else ""
        rows.append(
            [
                thing.kind,
                id,
                thing.celex,
                entry.title if entry else "",
                entry.title_is if entry else "",
                entry.verification if entry else "",
                state,
                live,
            ]
        )
    for id in known.keys() - cited().keys():
        rows.append(
            [known[id].kind, id, known[id].celex, known[id].title, known[id].title_is, "", "no longer cited", ""]
        )
    return Table(CHECKED, sorted(rows), tuple(asker.notes) if asker else ())


def is_wrong(row: Sequence[str]) -> bool:
    """Whether a row of the check says that the snapshot must be put right."""
    said = dict(zip(CHECKED, row, strict=True))
    return bool(said["snapshot"]) or said["live"] not in ("", "agrees")


def _state(thing: Cited, entry: Entry | None) -> str:
    if entry is None:
        return "missing"
    differs = [f.name for f in fields(Cited) if getattr(thing, f.name) != getattr(entry, f.name)]
    if differs:
        return "differs: " + ", ".join(differs)
    return "" if entry.title or entry.kind == "provision" else "no title"


def _compared(asker: Asker, thing: Cited) -> str:
    celex = Celex.parse(thing.celex)
    rows = work(asker, celex).rows
    if asker.dry_run:
        return ""
    if not rows:
        return f"unknown to the {CELLAR.name}"
    said = dict(zip(WORK, rows[0], strict=True))
    differs = []
    if thing.eli and said["eli"] and thing.eli not in said["eli"].split("; "):
        differs.append(f"ELI {said['eli']}")
    if thing.ecli and said["ecli"] and thing.ecli not in said["ecli"].split("; "):
        differs.append(f"ECLI {said['ecli']}")
    if isinstance(thing, Entry) and thing.title_is == "official":
        there = [title for _, title in titles(asker, celex, ["ENG"]).rows]
        if there and _plain(thing.title) not in map(_plain, there):
            differs.append(f"title {there[0]}")
    return "; ".join(differs) or "agrees"


def _plain(title: str) -> str:
    """A title without what editions write differently: case, blanks, quotes, and the remark on the EEA at its end."""
    title = re.sub(r"\(?text with eea relevance\.?\)?", "", title.lower()).replace("\u2019", "'")
    return re.sub(r"[\s,.]+", " ", title).strip()
