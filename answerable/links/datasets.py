"""What is asked of the Publications Office, Wikidata and the Global LEI Foundation, and how the answers read.

Queries are files with a header, below `queries/`; their parameters are bound as terms. Rows are sorted here: the
servers compare strings, and some of them typed and untyped literals apart.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from pydantic import BaseModel, ValidationError

from answerable import rooms
from answerable.errors import InputError
from answerable.identifiers import Celex, Ecli, Eli, IdentifierError, Lei, Qid
from answerable.links.client import SPARQL_JSON, Answer, Client, Service
from answerable.queries import Query, read

CELLAR = Service("EU Publications Office", "https://publications.europa.eu/webapi/rdf/sparql")
RESOURCES = Service("EU Publications Office", "https://publications.europa.eu/resource/celex/")
WIKIDATA = Service("Wikidata query service", "https://query.wikidata.org/sparql")
WIKIDATA_SEARCH = Service("Wikidata", "https://www.wikidata.org/w/api.php")
GLEIF = Service("Global LEI Foundation", "https://api.gleif.org/api/v1/lei-records")
LANGUAGE = "http://publications.europa.eu/resource/authority/language/"
COUNTRY = "http://publications.europa.eu/resource/authority/country/"
XHTML = "application/xhtml+xml, text/html;q=0.9"
FOUND = 20
"""How many results of a search by name are asked for."""


@dataclass(frozen=True)
class Table:
    """Rows of text, and what must be known to read them."""

    columns: Sequence[str]
    rows: list[list[str]]
    notes: tuple[str, ...] = ()


@dataclass
class Asker:
    """Asks questions through a client, or only prints them."""

    client: Client
    endpoint: str = ""
    dry_run: bool = False
    printed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.endpoint and not re.fullmatch(r"https?://[^\s/]+\S*", self.endpoint):
            raise InputError("--endpoint", "", self.endpoint, "an address that begins with http:// or https://")

    def sparql(self, service: Service, name: str, **values: str) -> list[dict[str, str]]:
        """The rows that a query gives, as maps; nothing where it is only printed."""
        query = queries()[name]
        text = without_header(query.bound(values))
        url = self.endpoint or service.url
        if self.dry_run:
            self.printed.append(f"# {url}\n{text}")
            return []
        answer = self.client.get(service, url, {"query": text}, SPARQL_JSON)
        self._noted(service, answer)
        rows = solutions(service, answer)
        limit = re.search(r"^LIMIT (\d+)$", query.text, re.MULTILINE)
        if (limit and len(rows) >= int(limit[1])) or answer.headers.get("X-SQL-State"):
            self.notes.append(f"{service.name} cut the answer at {len(rows)} rows: there may be more")
        return rows

    def document(
        self, service: Service, path: str = "", missing_is: tuple[int, ...] = (), **asked: Any
    ) -> Answer | None:
        """The document at an address below a service; nothing where the address is only printed."""
        url = (self.endpoint or service.url).rstrip("/") + path
        if self.dry_run:
            params = asked.get("params")
            self.printed.append(f"{asked.get('method', 'GET')} {url}{'?' + urlencode(params) if params else ''}")
            self.printed += [
                f"{k}: {v}"
                for k, v in (("Accept", asked.get("accept")), ("Accept-Language", asked.get("language")))
                if v
            ]
            return None
        answer = self.client.get(service, url, missing_is=missing_is, **asked)
        self._noted(service, answer)
        return answer

    def _noted(self, service: Service, answer: Answer) -> None:
        if answer.from_cache:
            stale = "; the service could not be asked" if answer.stale and not self.client.offline else ""
            note = f"{service.name}: as retrieved on {answer.retrieved:%Y-%m-%d}{stale}"
            if note not in self.notes:
                self.notes.append(note)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
        """Rows without doubles, with the notes that asking left."""
        return Table(columns, [list(row) for row in dict.fromkeys(map(tuple, rows))], tuple(self.notes))


@cache
def queries() -> dict[str, Query]:
    """The queries that are sent to others, by name."""
    return {path.stem: read(path) for path in sorted((Path(__file__).parent / "queries").glob("*.rq"))}


def without_header(text: str) -> str:
    """A query as it is sent."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("#+")) + "\n"


def solutions(service: Service, answer: Answer) -> list[dict[str, str]]:
    """The solutions in an answer of SPARQL 1.1 Query Results JSON.

    Raises:
        InputError: for JSON that is something else.
    """
    try:
        said = answer.json()
        return [{name: str(term["value"]) for name, term in row.items()} for row in said["results"]["bindings"]]
    except (KeyError, TypeError, AttributeError, ValueError):
        raise InputError(
            service.name,
            answer.url,
            "JSON that holds no solutions",
            "results of a SELECT query",
            "is --endpoint a SPARQL endpoint?",
        ) from None


# -- EU Publications Office


@cache
def languages() -> Mapping[str, str]:
    """Languages of the Union: the code of two letters for each code of three."""
    with (rooms.room("data") / "links" / "languages.csv").open(encoding="utf-8", newline="") as file:
        return {row["authority"]: row["code"] for row in csv.DictReader(file)}


def wanted_languages(texts: Sequence[str]) -> list[str]:
    """Codes of three letters for codes of two or three, several in a text between commas.

    Raises:
        InputError: for a code that is none.
    """
    by_code = {code: authority for authority, code in languages().items()}
    found = []
    for code in (part.strip() for text in texts for part in text.split(",") if part.strip()):
        authority = code.upper() if code.upper() in languages() else by_code.get(code.lower(), "")
        if not authority:
            raise InputError("--lang", "", code, "a language of the Union: " + ", ".join(sorted(by_code)))
        found.append(authority)
    return found


def act_of(text: str) -> Celex:
    """The CELEX number that a user means, who may also write an ELI.

    Raises:
        IdentifierError: for anything else.
    """
    try:
        return Eli.parse(text).celex if "eli/" in text else Celex.parse(text)
    except IdentifierError as error:
        error.hint = error.hint or "an ELI is taken, too"
        raise


def _celex(text: str) -> str:
    """A CELEX number in normal form; what the service alone writes so stays as it is."""
    try:
        return str(Celex.parse(text))
    except IdentifierError:
        return text


def _tail(iri: str) -> str:
    return iri.rstrip("/").rpartition("/")[2]


WORK = ("celex", "eli", "ecli", "date", "in_force_from", "in_force_until", "in_force")


def work(asker: Asker, celex: Celex) -> Table:
    """What is known of an act or judgment."""
    merged = _merged(asker.sparql(CELLAR, "work", resource=celex.iri), WORK)
    merged["celex"] = [_celex(value) for value in merged["celex"]]
    # Virtuoso writes a boolean as 1 or 0.
    merged["in_force"] = [{"1": "true", "0": "false"}.get(value, value) for value in merged["in_force"]]
    return asker.table(WORK, _columns(merged, WORK))


def titles(asker: Asker, celex: Celex, wanted: Sequence[str] = ()) -> Table:
    """The titles of a work, in all languages or in those that are wanted (codes of three letters)."""
    rows = asker.sparql(CELLAR, "titles", resource=celex.iri)
    found = sorted({(_tail(row["language"]), row["title"]) for row in rows})
    kept = [(languages().get(code, code), title) for code, title in found if not wanted or code in wanted]
    missing = [languages().get(code, code) for code in wanted if code not in {code for code, _ in found}]
    if missing and not asker.dry_run:
        asker.notes.append(f"no title in {', '.join(missing)}")
    return asker.table(("language", "title"), sorted(kept))


def changes(asker: Asker, celex: Celex, later: bool) -> Table:
    """What amends, corrects or repeals an act (`later`), or what it does so to."""
    columns = ("relation", "celex", "date", "location", "starts")
    rows = asker.sparql(CELLAR, "amended-by" if later else "amends", resource=celex.iri)
    kept = [[_celex(row.get(c, "")) if c == "celex" else row.get(c, "") for c in columns] for row in rows]
    return asker.table(columns, sorted(kept, key=lambda row: (row[2], row[1], row[0], row[3], row[4])))


def consolidated(asker: Asker, celex: Celex, probe: bool = False) -> Table:
    """Consolidated texts, newest last; `servable` says whether a text is listed, or answers where it is probed."""
    rows = asker.sparql(CELLAR, "consolidated", resource=celex.act.iri, prefix=celex.consolidations)
    held: dict[Celex, set[str]] = {}
    for row in rows:
        try:
            number = Celex.parse(row["celex"])
        except IdentifierError:
            continue
        held.setdefault(number, set()).update(filter(None, [_tail(row.get("language", ""))]))
    columns = ("celex", "day", "eli", "servable")
    found = []
    for number in sorted(held, key=lambda n: (n.consolidated, str(n))):
        servable = "yes" if held[number] else "no: listed without a text"
        if probe and held[number]:
            answer = asker.document(
                RESOURCES,
                "/" + quote(str(number), safe=""),
                method="HEAD",
                accept=XHTML,
                language="eng",
                missing_is=(404, 406, 410),
            )
            servable = "yes" if answer and answer.status == 200 else f"no: {answer.status if answer else ''}"
        found.append([str(number), str(number.consolidated), _eli(number), servable])
    return asker.table(columns, found)


def _eli(number: Celex) -> str:
    try:
        return str(number.eli)
    except IdentifierError:
        return ""


_FRAGMENT = re.compile(r"A(?:RT)?\.?\s*0*(?P<article>\d+[A-Z]?(?=$|[^A-Z0-9]|P|L|T))", re.IGNORECASE)


def article_of(fragment: str) -> str:
    """The article in a fragment as the Publications Office writes it: 22 for `A22P1`, 4 for `A04PT1`."""
    match = _FRAGMENT.match(fragment.strip())
    return match["article"].lower() if match else ""


def case_law(asker: Asker, celex: Celex, article: str = "") -> Table:
    """Judgments that interpret an act, or one of its articles."""
    columns = ("celex", "ecli", "date", "fragment")
    rows = asker.sparql(CELLAR, "case-law", resource=celex.iri)
    kept = [row for row in rows if not article or article_of(row.get("fragment", "")) == article.lower()]
    silent = {row["celex"] for row in rows if not row.get("fragment")}
    if article and silent:
        asker.notes.append(f"{len(silent)} further judgments are listed without the article that they interpret")
    found = [
        [_celex(row["celex"]), _ecli(row.get("ecli", "")), row.get("date", ""), row.get("fragment", "")] for row in kept
    ]
    return asker.table(columns, sorted(found, key=lambda row: (row[2], row[0], row[3])))


def _ecli(text: str) -> str:
    try:
        return str(Ecli.parse(text))
    except IdentifierError:
        return text


def transposition(asker: Asker, celex: Celex) -> Table:
    """National measures that transpose a directive."""
    columns = ("country", "celex", "date", "title")
    rows = asker.sparql(CELLAR, "transposition", resource=celex.iri)
    found = [
        [
            _tail(row.get("country", "")),
            _celex(row.get("celex", "")) or row["measure"],
            row.get("date", ""),
            row.get("title", ""),
        ]
        for row in rows
    ]
    return asker.table(columns, sorted(found))


def celex_of_eli(asker: Asker, eli: Eli) -> Table:
    """The CELEX number of an ELI: by rule, and as the Publications Office has it."""
    columns = ("eli", "celex", "by")
    rows = asker.sparql(CELLAR, "eli-to-celex", eli=str(eli.act))
    found = [[str(eli.act), str(eli.act.celex), "rule"]]
    found += [[str(eli.act), number, CELLAR.name] for number in sorted(_celex(row["celex"]) for row in rows)]
    return asker.table(columns, found)


def celex_of_ecli(asker: Asker, ecli: Ecli) -> Table:
    """The CELEX number of a judgment of the Union's courts."""
    rows = asker.sparql(CELLAR, "ecli-to-celex", ecli=str(ecli))
    return asker.table(
        ("ecli", "celex", "date"), sorted([str(ecli), _celex(r["celex"]), r.get("date", "")] for r in rows)
    )


def text(asker: Asker, celex: Celex, language: str = "ENG", out: Path | None = None) -> Table:
    """Write the text of a work, from the publications resource; the site for people refuses programs.

    A consolidated text carries no recitals.

    Raises:
        InputError: where the file cannot be written.
    """
    answer = asker.document(RESOURCES, "/" + quote(str(celex), safe=""), accept=XHTML, language=language.lower())
    if answer is None:
        return asker.table((), ())
    if celex.consolidated:
        asker.notes.append("a consolidated text carries no recitals: they are in the act as published")
    try:
        if out is None:
            sys.stdout.buffer.write(answer.body)
        else:
            out.write_bytes(answer.body)
    except OSError as error:
        raise InputError(str(out), "", str(error.strerror), "a file that can be written") from None
    asker.notes.append(f"{len(answer.body)} bytes of {answer.content_type}")
    return asker.table((), ())


# -- Wikidata and GLEIF


class _Name(BaseModel):
    name: str = ""


class _Address(BaseModel):
    country: str | None = None


class _LegalForm(BaseModel):
    id: str | None = None


class _Entity(BaseModel):
    legalName: _Name
    legalAddress: _Address = _Address()
    jurisdiction: str | None = None
    legalForm: _LegalForm = _LegalForm()
    status: str | None = None


class _Registration(BaseModel):
    status: str | None = None
    nextRenewalDate: str | None = None


class _Attributes(BaseModel):
    lei: Lei
    entity: _Entity
    registration: _Registration = _Registration()


class _Record(BaseModel):
    attributes: _Attributes

    def row(self) -> list[str]:
        said, entity, registration = self.attributes, self.attributes.entity, self.attributes.registration
        cells = (entity.legalAddress.country, entity.jurisdiction, entity.legalForm.id, entity.status)
        renewal = (registration.nextRenewalDate or "")[: len("YYYY-MM-DD")]
        return [str(said.lei), entity.legalName.name, *(c or "" for c in cells), registration.status or "", renewal]


class _Pagination(BaseModel):
    total: int = 0


class _Meta(BaseModel):
    pagination: _Pagination = _Pagination()


class _OneRecord(BaseModel):
    data: _Record


class _Records(BaseModel):
    meta: _Meta = _Meta()
    data: list[_Record]


class _Hit(BaseModel):
    id: str
    label: str = ""
    description: str = ""


class _Problem(BaseModel):
    info: str = ""


class _Hits(BaseModel):
    error: _Problem | None = None
    search: list[_Hit] = []


Shape = TypeVar("Shape", bound=BaseModel)


def _shaped(service: Service, answer: Answer, shape: type[Shape]) -> Shape:
    try:
        return shape.model_validate_json(answer.body)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise InputError(service.name, place, first["msg"], "JSON in the documented shape") from None


def item_of(text: str) -> Qid | Lei | Celex:
    """What Wikidata can be asked for.

    Raises:
        IdentifierError: for a text that is neither.
    """
    for kind in (Qid, Lei, Celex):
        try:
            return kind.parse(text)
        except IdentifierError:
            continue
    raise IdentifierError(
        WIKIDATA.name, "", text, "an item such as Q42, a LEI or a CELEX number", "to search by label, give --name"
    )


_ITEM = ("item", "label", "official_name", "lei", "celex", "country", "parent", "website")


def wikidata(asker: Asker, wanted: Qid | Lei | Celex, language: str = "en") -> Table:
    """The item of Wikidata with an id, a LEI or a CELEX number."""
    kind = {Qid: "item", Lei: "lei", Celex: "celex"}[type(wanted)]
    value = {"item": wanted.iri} if isinstance(wanted, Qid) else {"value": str(wanted)}
    rows = asker.sparql(WIKIDATA, f"wikidata-{kind}", language=language, **value)
    by_item: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_item.setdefault(row["item"], []).append(row | {"item": _tail(row["item"])})
    found = [line for item in sorted(by_item) for line in _columns(_merged(by_item[item], _ITEM), _ITEM)]
    return asker.table(_ITEM, found)


def wikidata_search(asker: Asker, label: str, language: str = "en") -> Table:
    """Items with a label or alias."""
    params = {
        "action": "wbsearchentities",
        "search": label,
        "language": language,
        "uselang": language,
        "type": "item",
        "limit": str(FOUND),
        "format": "json",
    }
    answer = asker.document(WIKIDATA_SEARCH, params=params)
    if answer is None:
        return asker.table(("item", "label", "description"), [])
    said = _shaped(WIKIDATA_SEARCH, answer, _Hits)
    if said.error:
        raise InputError(WIKIDATA_SEARCH.name, "", said.error.info, "results of a search", "try again later")
    found = [[hit.id, hit.label, hit.description] for hit in said.search]
    return asker.table(("item", "label", "description"), found)


_RECORD = ("lei", "name", "country", "jurisdiction", "form", "status", "registration", "renewal")


def gleif(asker: Asker, lei: Lei) -> Table:
    """The record of a LEI."""
    answer = asker.document(GLEIF, f"/{lei}", accept="application/vnd.api+json", missing_is=(404,))
    if answer and answer.status == 404:
        asker.notes.append(f"{GLEIF.name} has no record of {lei}")
        return asker.table(_RECORD, [])
    return asker.table(_RECORD, [_shaped(GLEIF, answer, _OneRecord).data.row()] if answer else [])


def gleif_search(asker: Asker, name: str) -> Table:
    """Records of organisations by legal name."""
    params = {"filter[entity.legalName]": name, "page[size]": str(FOUND)}
    answer = asker.document(GLEIF, params=params, accept="application/vnd.api+json")
    if answer is None:
        return asker.table(_RECORD, [])
    found = _shaped(GLEIF, answer, _Records)
    if found.meta.pagination.total > FOUND:
        asker.notes.append(f"{found.meta.pagination.total} records match; the first {FOUND} are shown")
    return asker.table(_RECORD, [record.row() for record in found.data])


# -- rows


def _merged(rows: Sequence[Mapping[str, str]], columns: Sequence[str]) -> dict[str, list[str]]:
    """All values of each column, in order and once."""
    return {c: sorted({row[c] for row in rows if row.get(c)}) for c in columns}


def _columns(merged: Mapping[str, Sequence[str]], columns: Sequence[str]) -> list[list[str]]:
    return [["; ".join(merged[c]) for c in columns]] if any(merged.values()) else []
