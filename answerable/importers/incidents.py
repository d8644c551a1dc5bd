"""Tables of incidents as a folder of cases, one an incident.

Who deployed, developed or was harmed is alleged, with the record that says so, and never a legal role. Titles and
descriptions are not taken over, since they name people; nor are the names of people. What a table does not say stays
open.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from answerable.casefile import dump, from_data, jurisdictions
from answerable.errors import InputError
from answerable.identities import Match, Register, matches_csv
from answerable.importers import names
from answerable.importers.names import Kind, Named
from answerable.importers.source import Ids, Source, slug
from answerable.importers.words import settings

MATCHES, NOTICE = "matches.csv", "README.md"
_SHOWN = 5
Row = dict[str, str]


@dataclass(frozen=True)
class Incident:
    """What a record alleges, as it writes it; `harms` are classes, and empty where no kind is said."""

    number: str
    on: date | None = None
    said: str = ""
    """When it was, where that is no day."""
    deployers: tuple[str, ...] = ()
    developers: tuple[str, ...] = ()
    harmed: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    harms: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    forum: tuple[str, ...] = ()
    came: bool | None = None
    """Whether harm came; None where the table does not say."""
    happened: bool = True
    """Whether it is about something that happened, and not about a weakness."""


@dataclass(frozen=True)
class Skipped:
    """A record that is none, and where it stands; with `read` false it does not count as one."""

    place: str
    reason: str
    read: bool = True


Found = Iterator[Incident | Skipped]


class Reader(Protocol):
    """The module of a kind."""

    def read(self, table: Table) -> Sequence[Callable[[], Incident | Skipped]]: ...


class Table:
    """A file of incidents, or a folder of them, with the settings of its kind."""

    def __init__(self, kind: str, path: Path) -> None:
        self.kind, self.path = kind, Path(path)

    @property
    def settings(self) -> dict[str, Any]:
        return settings(self.kind)

    @cached_property
    def source(self) -> Source:
        return Source(self.kind, self.path)

    @cached_property
    def rows(self) -> list[tuple[int, list[str]]]:
        """The rows of a CSV with their numbers, from 1.

        Raises:
            InputError: naming the line, for what is no CSV that is whole.
        """
        reader = csv.reader(io.StringIO(self.source.text, newline=""), strict=True)
        found: list[tuple[int, list[str]]] = []
        try:
            for row in reader:
                found.append((len(found) + 1, row))
        except csv.Error as error:
            last = f"after row {len(found)}, line {reader.line_num}"
            raise self.source.wrong(last, str(error), "CSV that is whole and well-formed") from None
        return found

    def header(self, row: Sequence[str], number: int, wanted: Mapping[str, str]) -> dict[str, int]:
        """Where each wanted column stands.

        Raises:
            InputError: a column is missing, or there twice.
        """
        cells = [cell.strip() for cell in row]
        for column in wanted.values():
            if cells.count(column) != 1:
                found = (
                    f"the column {column} {cells.count(column)} times" if column in cells else ", ".join(cells)[:120]
                )
                expected = f"the column {column}, once" if cells else f"a {self.kind} file"
                raise self.source.wrong(f"row {number}", found or "nothing", expected)
        return {key: cells.index(column) for key, column in wanted.items()}

    def beside(self, file: str) -> Table | None:
        """A file beside this one, if there is one."""
        path = self.path.parent / file
        return Table(self.kind, path) if path.is_file() else None

    def codes(self, countries: Sequence[str]) -> tuple[str, ...]:
        """The jurisdictions that names of countries stand for; none for a name that is unknown."""
        own, known = self.settings.get("where", {}), jurisdictions()
        return tuple(dict.fromkeys(code for name in countries if (code := known.get(own.get(name, name)))))


def day(text: str) -> date | None:
    """The day that a text writes as YYYY-MM-DD; nothing for what is no such day."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None


def year(text: str) -> str:
    """A year, a month or a span of years, as it is written; nothing for other words."""
    found = re.fullmatch(r"[0-9]{4}(-[0-9]{2}|\s*-\s*([0-9]{4})?)?", text.strip())
    return found[0] if found else ""


def kinds(said: Sequence[str], mapping: Mapping[str, str]) -> tuple[str, ...]:
    """The classes of harm that words of a table stand for; words that are not mapped say no kind."""
    by_word = {word.casefold(): kind for word, kind in mapping.items()}
    return tuple(dict.fromkeys(kind for word in said if (kind := by_word.get(word.strip().casefold()))))


# -- what came of a table


@dataclass
class Summary:
    """Counts of an import: `read` is `imported` and `skipped`, and `dropped` are values that name nobody here."""

    kind: str
    read: int = 0
    imported: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    no_records: Counter[str] = field(default_factory=Counter)
    places: dict[str, list[str]] = field(default_factory=dict)
    dropped: Counter[Kind] = field(default_factory=Counter)
    matches: dict[str, Match] = field(default_factory=dict)

    def skip(self, skipped: Skipped) -> None:
        counter = self.skipped if skipped.read else self.no_records
        counter[skipped.reason] += 1
        self.read += skipped.read
        self.places.setdefault(skipped.reason, []).append(skipped.place)

    def lines(self) -> list[str]:
        """The summary as it is printed and kept; names of persons are counted and never listed."""
        found = [f"{self.read:,} records read = {self.imported:,} imported + {self.skipped.total():,} skipped"]
        found += [f"  {count:,} skipped: {self._at(reason)}" for reason, count in sorted(self.skipped.items())]
        if self.no_records:
            found.append(f"besides, {self.no_records.total():,} rows that are no records")
            found += [f"  {count:,}: {self._at(reason)}" for reason, count in sorted(self.no_records.items())]
        matched = [match for match in self.matches.values() if match.same]
        review = sum(match.decision == "review" for match in self.matches.values())
        unmatched = len(self.matches) - len(matched) - review
        found.append(
            f"{len(self.matches):,} names of organisations: {len(matched):,} matched, {review:,} to review, "
            f"{unmatched:,} unmatched ({MATCHES})"
        )
        persons, unsure = self.dropped[Kind.person], self.dropped[Kind.unsure]
        found.append(f"{persons:,} names dropped as natural persons, {unsure:,} because they could be ones")
        found.append(
            f"{self.dropped[Kind.group]:,} groups reduced to one word, "
            f"{self.dropped[Kind.nobody]:,} values that name nobody"
        )
        return found

    def _at(self, reason: str) -> str:
        places = self.places[reason]
        more = f" and {len(places) - _SHOWN:,} more" if len(places) > _SHOWN else ""
        return f"{reason} ({', '.join(places[:_SHOWN])}{more})"


# -- from a table to a folder


def portfolio(
    kind: str, path: Path, out: Path, register: Register, progress: Callable[[int, int], object] | None = None
) -> Summary:
    """Write one case file for each incident of a table into a new folder, with the match file and a notice.

    Args:
        kind: one of `INCIDENT_KINDS`.
        path: the table, or the folder of records.
        out: the folder to write; it may be there if it is empty.
        register: whom names are matched with; it learns the names of the table.
        progress: called with the number of records done, and of all.

    Raises:
        InputError: for a table that cannot be read, and a folder that is not empty; then nothing is written.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(str(out), "", "a folder that is not empty" if out.is_dir() else "a file", "a new folder")
    table = Table(kind, path)
    module: Reader = import_module(f"answerable.importers.{kind.replace('-', '_')}")
    records = module.read(table)
    summary, written = Summary(kind), dict[str, str]()
    for number, record in enumerate(records, 1):
        _add(table, record(), register, summary, written)
        if progress is not None:
            progress(number, len(records))
    if not summary.read:
        raise table.source.wrong("", "no record", f"records of {table.settings['title']}")
    written[MATCHES] = matches_csv(summary.matches.values())
    written[NOTICE] = _notice(table, summary)
    _write(out, written)
    return summary


def _add(
    table: Table, record: Incident | Skipped, register: Register, summary: Summary, written: dict[str, str]
) -> None:
    if isinstance(record, Skipped):
        summary.skip(record)
        return
    own, tally = case_id(table.kind, record.number), _Tally(register)
    name = f"{own}.yaml"
    if name in written:
        summary.skip(Skipped(record.number, "a number that another record has"))
        return
    try:
        text = dump(from_data(_case(table, record, own, tally), record.number), quick=True)
    except InputError as error:
        # What was found may be a name, so only what was expected is told.
        summary.skip(Skipped(record.number, f"no case can be made of it: expected {error.expected}"))
        return
    written[name] = text
    summary.read += 1
    summary.imported += 1
    summary.dropped.update(tally.dropped)
    summary.matches |= tally.matches


def case_id(kind: str, number: str) -> str:
    """The id of the case of a record: aiid-23, aiaaic-1234, aiel-2024-001."""
    base = slug(number)
    return base if base.startswith((f"{kind}-", "aiel-")) else slug(f"{kind} {number}")


def _notice(table: Table, summary: Summary) -> str:
    said, share = table.settings, table.settings["share_alike"] == "yes"
    terms = (
        "These cases are made from its rows: whoever passes them on gives credit and keeps them under that licence."
        if share
        else "These cases are made from its records: whoever passes them on keeps its terms and gives credit."
    )
    lines = "\n".join(f"- {line}" if not line.startswith("  ") else f"  - {line.strip()}" for line in summary.lines())
    return f"""# Cases from {said["title"]}

Source: {said["title"]}, {said["address"].partition("{")[0]}

Licence of the source: {said["licence"]}. {terms} They were changed: facts were selected, names of organisations
matched, and names of natural persons, titles and descriptions left out.

What a case says is alleged by the source. Nothing in it is a finding, and nobody in it holds a legal role.

{lines}

`{MATCHES}` says which organisation each name was taken for. Correct `decision` (same, different, review) and
`matched_id`, put your name into `reviewer`, and give the file to the next import with `--matches`: what a reviewer
decided stands. A name that was dropped, and is that of an organisation, can be added there as a row.
"""


def _write(out: Path, written: Mapping[str, str]) -> None:
    """All files or none: they are written beside the folder, which then takes its name."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise InputError(str(out), "", str(error.strerror), "a folder that can be written") from None
    try:
        for name, text in written.items():
            (made / name).write_text(text, encoding="utf-8", newline="\n")
        made.chmod(0o755)
        if out.exists():
            out.rmdir()
        made.rename(out)
    except OSError as error:
        raise InputError(str(out), "", str(error.strerror), "a folder that can be written") from None
    finally:
        shutil.rmtree(made, ignore_errors=True)


# -- from a record to a case


@dataclass
class _Tally:
    register: Register
    dropped: Counter[Kind] = field(default_factory=Counter)
    matches: dict[str, Match] = field(default_factory=dict)

    def named(self, values: Sequence[str], separators: str) -> list[Named]:
        """Whom values name, each once; nobody, persons and what could be one are counted and left out."""
        found: dict[tuple[Kind, str], Named] = {}
        for value in values:
            for piece in names.pieces(value, separators, self.register):
                named = names.named(piece, self.register)
                if not named.is_body and named.kind is not Kind.product:
                    self.dropped[named.kind] += 1
                if named.match is not None:
                    self.matches[named.match.name] = named.match
                if named.name:
                    found.setdefault((named.kind, named.name), named)
        return list(found.values())


def _case(table: Table, record: Incident, own: str, tally: _Tally) -> dict[str, Any]:
    said, common = table.settings, settings("incidents")
    title = said["record"].format(id=record.number)
    address = said["address"].format(id=record.number, slug=slug(record.number))
    separators = said.get("separators", "")
    ids = Ids()
    parties: dict[str, dict[str, Any]] = {}

    def stated(what: str) -> str:
        return f"{title} ({address}), {what}"

    def party(named: Named) -> str:
        key = f"{named.is_body}{named.name}"
        if key not in parties:
            kind = "PublicAuthority" if named.kind is Kind.authority else "Organisation"
            if named.kind is Kind.group:
                kind = "NaturalPerson" if named.is_of_persons else "Party"
            identity = named.match.same if named.match else None
            codes = (
                [f"Wikidata {identity.qid}"] * bool(identity.qid) + [f"LEI {identity.lei}"] * bool(identity.lei)
                if identity
                else []
            )
            name = f"{named.name} (not named)" if named.kind is Kind.group else named.name
            source = "; ".join([stated("as a party"), *([f"taken for {', '.join(codes)}"] if codes else [])])
            parties[key] = {"id": ids.new(named.name), "type": kind, "name": name, "source": source}
        return str(parties[key]["id"])

    deployers = tally.named(record.deployers, separators)
    developers = tally.named(record.developers, separators)
    harmed = [n for n in tally.named(record.harmed, separators) if n.kind is not Kind.product]
    products = [n.name for n in (*deployers, *developers) if n.kind is Kind.product]
    systems = [name for value in record.systems if (name := _system(value, tally.register))]
    systems = list(dict.fromkeys([*systems, *products])) or [f"The system of {title}"]
    system_ids = [ids.new("system" if n.startswith("The system of") else n) for n in systems]
    artefacts = [
        {"id": i, "type": common["system"], "name": n, "source": stated("the system")}
        for i, n in zip(system_ids, systems, strict=True)
    ]
    injured = [party(named) for named in harmed]
    when = {"on": record.on} if record.on else {}
    where = {"where": list(record.where)} if record.where else {}

    events: list[dict[str, Any]] = []
    classes, uses = common["events"], []
    for named in developers:
        if named.is_body:
            by = party(named)
            event = {"id": ids.new(f"development-{by}"), "type": classes["developer"], "by": by, "of": system_ids}
            events.append({**event, "source": stated("alleged developer")})
    for named in deployers:
        if named.kind is not Kind.product:
            by = party(named)
            kind = classes["deploying_group" if named.is_of_persons else "deployer"]
            event = {"id": ids.new(f"use-{by}"), "type": kind, "by": by, "of": system_ids, **when}
            events.append({**event, "source": stated("alleged deployer")})
            uses.append(event["id"])
    harms: list[dict[str, Any]] = []
    if record.happened:
        what = {"id": ids.new("incident"), "type": classes["incident"], "of": system_ids, **when, **where}
        events.append({**what, **({"affects": injured} if injured else {}), "source": stated("the incident")})
        around = {"caused_by": [what["id"], *uses], "through": system_ids, **when, **where}
        # Of several kinds of harm nobody says who suffered which.
        suffered = {"to": injured} if injured and (len(injured) == 1 or not record.harms) else {}
        found = record.harms or ((common["harm"],) if injured and record.came is not False else ())
        for kind in found if record.came is not False else ():
            harm = {"id": ids.new(f"harm-{kind}"), "type": kind, **suffered, **around}
            harms.append(
                {
                    **harm,
                    "source": stated("the kind of harm" if record.harms else "a harm of no stated kind, or nearly one"),
                }
            )
    return {
        "answerable": "1",
        "id": own,
        "title": title,
        "description": _described(said, record, tally),
        "source": {"title": f"{title}, {said['title']}, {said['licence'].partition(',')[0]}", "url": address},
        "standing": "alleged",
        **({"forum": list(record.forum)} if record.forum else {}),
        "parties": list(parties.values()),
        "artefacts": artefacts,
        "events": events,
        "harms": harms,
    }


def _described(said: Mapping[str, Any], record: Incident, tally: _Tally) -> str:
    about = "An incident" if record.happened else "A weakness"
    parts = [f"{about} recorded by {said['title']}; what it says of anybody is alleged."]
    if record.said:
        parts.append(f"It is said to be of {record.said}.")
    if record.came is False:
        parts.append("The annotation says that harm was near, and not that it came.")
    if left := tally.dropped[Kind.person] + tally.dropped[Kind.unsure]:
        are = "One name that is or could be" if left == 1 else f"{left} names that are or could be"
        parts.append(f"{are} that of a natural person {'is' if left == 1 else 'are'} left out.")
    return " ".join(parts)


def _system(value: str, register: Register) -> str:
    """The name of a system where it is a product of the register; other names may be those of people."""
    identity = register.exact(value)
    return identity.name if identity is not None and identity.kind == "product" else ""
