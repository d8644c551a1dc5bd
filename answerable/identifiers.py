"""Identifiers of law, judgments and organisations as values: read, checked, in normal form, converted, as IRIs.

Each type has ``parse``, which takes the forms that are met in the wild, ``str()``, which is the normal form, and
``iri``. All are hashable and ordered by their normal form, and are fields of pydantic models as they are.
"""

from __future__ import annotations

import csv
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self
from urllib.parse import quote, unquote

from answerable.errors import InputError
from answerable.iris import BASE

if TYPE_CHECKING:
    from pydantic_core import CoreSchema

CELEX_BASE = "http://publications.europa.eu/resource/celex/"
ELI_BASE = "http://data.europa.eu/eli/"
ECLI_BASE = "https://e-justice.europa.eu/ecli/"
LEI_BASE = "https://api.gleif.org/api/v1/lei-records/"
AUTHORITY = f"{BASE}authority/"
WIKIDATA_BASE = "http://www.wikidata.org/entity/"
_PAD = 4
_LITERAL = re.compile(r'"(?P<text>[^"]*)"(?:\^\^.*|@.*)?')


class IdentifierError(InputError, ValueError):
    """A text that is no identifier of the kind that was asked for."""


class Identifier(ABC):
    """What every identifier can do."""

    name: ClassVar[str]
    expected: ClassVar[str]

    @classmethod
    @abstractmethod
    def parse(cls, text: str) -> Self:
        """The identifier that a text writes.

        Raises:
            IdentifierError: saying what was expected.
        """

    @property
    @abstractmethod
    def iri(self) -> str:
        """The IRI by which others know it."""

    @classmethod
    def _wrong(cls, text: str, why: str = "") -> NoReturn:
        raise IdentifierError(cls.name, "", text or "nothing", cls.expected, why) from None

    def __lt__(self, other: object) -> bool:
        return str(self) < str(other) if type(other) is type(self) else NotImplemented

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> CoreSchema:
        from pydantic_core import core_schema

        return core_schema.json_or_python_schema(
            json_schema=core_schema.no_info_after_validator_function(cls.parse, core_schema.str_schema()),
            python_schema=core_schema.no_info_plain_validator_function(
                lambda value: value if isinstance(value, cls) else cls.parse(str(value))
            ),
            serialization=core_schema.to_string_ser_schema(),
        )


def _bare(text: str) -> str:
    """A text without blanks around it, and without the quotes and the datatype of a literal."""
    text = text.strip()
    literal = _LITERAL.fullmatch(text)
    return literal["text"].strip() if literal else text


# -- law of the European Union


_CELEX_PREFIX = re.compile(
    r"(?:https?://(?:publications\.europa\.eu/resource/celex/|eur-lex\.europa\.eu/\S*?uri=(?:celex:)?)|celex:)\s*",
    re.IGNORECASE,
)
_CELEX = re.compile(
    r"""(?P<sector>[0-9CE])(?P<year>(?:19|20)\d\d)(?P<type>[A-Z]{1,2})
    (?P<number>\d{3,5}|/[A-Z]{3})(?P<part>\(\d\d\))?
    (?:R\((?P<corrigendum>\d\d)\)|(?P<country>[A-Z]{3})_(?P<measure>\d+)|-(?P<consolidated>\d{8}))?""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Celex(Identifier):
    """A CELEX number of the Publications Office.

    Sector 3 is legislation, 5 preparatory acts, 6 case law, 7 national measures, 0 consolidated texts, which end in
    their day; a corrigendum ends in ``R(nn)``.
    https://eur-lex.europa.eu/content/help/eurlex-content/celex-number.html
    """

    sector: str
    year: int
    type: str
    number: str
    part: str = ""
    corrigendum: str = ""
    country: str = ""
    measure: str = ""
    consolidated: date | None = None

    name: ClassVar[str] = "CELEX"
    expected: ClassVar[str] = (
        "sector, year, type and four digits, such as 32024R1689; a corrigendum ends in R(01), a consolidated text "
        "begins with 0 and ends in its day, such as 02016R0679-20160504"
    )

    @classmethod
    def parse(cls, text: str) -> Self:
        bare = _bare(text)
        bare = unquote(_CELEX_PREFIX.sub("", bare, count=1)).upper()
        match = _CELEX.fullmatch(bare)
        if match is None:
            cls._wrong(text)
        found = match.groupdict()
        day = None
        if found["consolidated"]:
            try:
                day = date.fromisoformat(found["consolidated"])
            except ValueError:
                cls._wrong(text, "the day at its end does not exist")
        if (found["sector"] == "0") != (day is not None):
            cls._wrong(text, "consolidated texts, and only they, begin with 0 and end in a day")
        if found["country"] and found["sector"] != "7":
            cls._wrong(text, "only a national measure, in sector 7, names a country")
        short = not found["number"].startswith("/") and len(found["number"]) < _PAD
        if short and found["sector"] not in "01":
            cls._wrong(text, "the number has four digits, with zeros before it; three only for an article of a treaty")
        return cls(
            found["sector"],
            int(found["year"]),
            found["type"],
            found["number"],
            (found["part"] or "").strip("()"),
            found["corrigendum"] or "",
            found["country"] or "",
            found["measure"] or "",
            day,
        )

    def __str__(self) -> str:
        end = f"({self.part})" if self.part else ""
        if self.corrigendum:
            end += f"R({self.corrigendum})"
        if self.country:
            end += f"{self.country}_{self.measure}"
        if self.consolidated:
            end += f"-{self.consolidated:%Y%m%d}"
        return f"{self.sector}{self.year}{self.type}{self.number}{end}"

    @property
    def iri(self) -> str:
        """The resource of the Publications Office; brackets of a corrigendum are percent-encoded."""
        return CELEX_BASE + quote(str(self), safe="")

    @property
    def act(self) -> Celex:
        """The act that a corrigendum, a national measure or a consolidated text belongs to; else itself."""
        sector = "3" if self.sector in "07" else self.sector
        return replace(self, sector=sector, corrigendum="", country="", measure="", consolidated=None)

    @property
    def consolidations(self) -> str:
        """What the CELEX numbers of the consolidated texts of this act begin with."""
        return f"0{str(self.act)[1:]}-"

    @property
    def eli(self) -> Eli:
        """The ELI of a regulation, directive or decision.

        A delegated or implementing act has the same CELEX type as any other, so its ELI cannot be told from it.

        Raises:
            IdentifierError: for anything else.
        """
        kinds = {letter: kind for kind, letter in ELI_TYPES.items() if "_" not in kind}
        if self.act.sector != "3" or self.type not in kinds or self.part or self.corrigendum or self.country:
            raise IdentifierError(
                "CELEX", "", str(self), "a regulation, directive or decision: only these have an ELI that follows"
            )
        return Eli(kinds[self.type], str(self.year), str(int(self.number)), self.consolidated, oj=not self.consolidated)


ELI_TYPES = {
    kind + suffix: letter
    for kind, letter in {"reg": "R", "dir": "L", "dec": "D"}.items()
    for suffix in ("", "_impl", "_del")
}
_ELI_PREFIX = re.compile(r"(?:https?://data\.europa\.eu)?/?eli/", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_SUBDIVISION = re.compile(r"[a-z]{3}_[A-Za-z0-9.-]+")


@dataclass(frozen=True)
class Eli(Identifier):
    """A European Legislation Identifier of the Union: an act, or a part of it, as published or as consolidated.

    ``eli/reg/2024/1689/art_26/par_1/oj``; a treaty has no number. https://eur-lex.europa.eu/eli-register/about.html
    """

    type: str
    year: str
    """The year; of a treaty, its name."""
    number: str = ""
    consolidated: date | None = None
    parts: tuple[str, ...] = ()
    oj: bool = False
    language: str = ""

    name: ClassVar[str] = "ELI"
    expected: ClassVar[str] = (
        "http://data.europa.eu/eli/, the type, year and number, then, where wanted, a day, parts and oj, such as "
        "http://data.europa.eu/eli/reg/2024/1689/art_26/par_1/oj"
    )

    @classmethod
    def parse(cls, text: str) -> Self:
        path, prefixed = _ELI_PREFIX.subn("", _bare(text), count=1)
        kind, *steps = path.rstrip("/").split("/")
        kind = kind.lower()
        if not prefixed or not re.fullmatch(r"[a-z]+(_[a-z]+)?", kind) or not steps:
            cls._wrong(text)
        year, number = steps.pop(0), ""
        if kind != "treaty":
            if not re.fullmatch(r"(19|20)\d\d", year) or not steps or not re.fullmatch(r"0*[1-9]\d{0,4}", steps[0]):
                cls._wrong(text)
            number = str(int(steps.pop(0)))
        elif not re.fullmatch(r"[a-z]+_\d{4}", year):
            cls._wrong(text, "a treaty is written with its year, such as treaty/teu_2016")
        language = steps.pop() if len(steps) > 1 and steps[-2] == "oj" else ""
        oj = bool(steps) and steps[-1] == "oj"
        steps = steps[:-1] if oj else steps
        day = None
        if steps and _DAY.fullmatch(steps[0]):
            try:
                day = date.fromisoformat(steps.pop(0))
            except ValueError:
                cls._wrong(text, "its day does not exist")
        if not all(map(_SUBDIVISION.fullmatch, steps)) or (language and not re.fullmatch(r"[a-z]{3}", language)):
            cls._wrong(text)
        return cls(kind, year, number, day, tuple(steps), oj, language)

    def __str__(self) -> str:
        steps = [self.type, self.year, self.number, self.consolidated.isoformat() if self.consolidated else ""]
        return ELI_BASE + "/".join(
            step for step in (*steps, *self.parts, "oj" if self.oj else "", self.language) if step
        )

    @property
    def iri(self) -> str:
        """The ELI itself, which is an IRI."""
        return str(self)

    @property
    def act(self) -> Eli:
        """The act as it was published."""
        return replace(self, consolidated=None, parts=(), oj=True, language="")

    @property
    def celex(self) -> Celex:
        """The CELEX number of the act or of its consolidated text; its number is padded to four digits.

        Raises:
            IdentifierError: for a treaty or another type that has no number.
        """
        if self.type not in ELI_TYPES:
            raise IdentifierError("ELI", "", str(self), "a type with a CELEX number: " + ", ".join(ELI_TYPES))
        sector = "0" if self.consolidated else "3"
        number = self.number.zfill(_PAD)
        return Celex(sector, int(self.year), ELI_TYPES[self.type], number, consolidated=self.consolidated)


_ECLI = re.compile(
    r"(?:ECLI:)?(?P<country>[A-Z]{2}):(?P<court>[A-Z][A-Z0-9]{0,6}):(?P<year>\d{4}):(?P<number>[A-Z0-9][A-Z0-9.]{0,24})"
)


@dataclass(frozen=True)
class Ecli(Identifier):
    """A European Case Law Identifier: country or EU, court, year and number of a judgment.

    https://e-justice.europa.eu/topics/legislation-and-case-law/european-case-law-identifier-ecli_en
    """

    country: str
    court: str
    year: int
    number: str

    name: ClassVar[str] = "ECLI"
    expected: ClassVar[str] = (
        "five parts between colons: ECLI, a country of two letters or EU, the court, the year, and a number of at "
        "most 25 letters, digits and dots, such as ECLI:EU:C:2023:957"
    )

    @classmethod
    def parse(cls, text: str) -> Self:
        bare = unquote(_bare(text))
        bare = re.sub(r"https?://\S*?(?=ECLI:)", "", bare, flags=re.IGNORECASE)
        match = _ECLI.fullmatch(bare.upper())
        if match is None:
            cls._wrong(text)
        return cls(match["country"], match["court"], int(match["year"]), match["number"])

    def __str__(self) -> str:
        return f"ECLI:{self.country}:{self.court}:{self.year:04d}:{self.number}"

    @property
    def iri(self) -> str:
        """Where the e-Justice portal resolves it."""
        return ECLI_BASE + str(self)


# -- organisations


@dataclass(frozen=True)
class Lei(Identifier):
    """A Legal Entity Identifier: 18 letters and digits, and two check digits. ISO 17442, ISO 7064 MOD 97-10."""

    value: str

    name: ClassVar[str] = "LEI"
    expected: ClassVar[str] = (
        "20 letters and digits, of which the last two are check digits, such as 506700GE1G29325QX363"
    )
    _modulus: ClassVar[int] = 97

    @classmethod
    def parse(cls, text: str) -> Self:
        bare = re.sub(r"[\s-]", "", _bare(text).rpartition("/")[2]).upper()
        if not re.fullmatch(r"[A-Z0-9]{18}[0-9]{2}", bare):
            cls._wrong(text)
        if cls._number(bare) % cls._modulus != 1:
            cls._wrong(text, f"the check digits do not agree: the first 18 signs give {cls.check_digits(bare[:18])}")
        return cls(bare)

    @classmethod
    def check_digits(cls, first: str) -> str:
        """The two digits that complete 18 letters and digits."""
        return f"{cls._modulus + 1 - cls._number(first + '00') % cls._modulus:02d}"

    @staticmethod
    def _number(text: str) -> int:
        return int("".join(str(int(sign, 36)) for sign in text))

    def __str__(self) -> str:
        return self.value

    @property
    def iri(self) -> str:
        """The record of the Global LEI Foundation."""
        return LEI_BASE + self.value


_QID = re.compile(r"(?:https?://(?:www|m)\.wikidata\.org/(?:entity|wiki)/|wd:)?(?P<id>[Qq][1-9]\d*)")


@dataclass(frozen=True)
class Qid(Identifier):
    """An item of Wikidata."""

    value: str

    name: ClassVar[str] = "Wikidata"
    expected: ClassVar[str] = "Q and a number, such as Q42"

    @classmethod
    def parse(cls, text: str) -> Self:
        match = _QID.fullmatch(_bare(text))
        if match is None:
            cls._wrong(text)
        return cls(match["id"].upper())

    def __str__(self) -> str:
        return self.value

    @property
    def iri(self) -> str:
        """The item as Wikidata names it in RDF."""
        return WIKIDATA_BASE + self.value


# -- citations of common law countries


@dataclass(frozen=True)
class Series:
    """A reporter, code or register as it is cited: a row of `data/links/series.csv`."""

    abbreviation: str
    name: str
    shape: str
    jurisdiction: str
    variants: tuple[str, ...] = ()


_SECTION = r"(?P<section>\d+[A-Za-z]*(?:[.:-]\w+)*)(?P<parts>(?:\(\w+\))*)"
_SIGN = r"(?:\s*§§?\s*|\s+(?:sections?|sec\.|s\.)\s*|\s+)"
_SHAPES = {
    # shape: how it is written, and how it is read, with {} for the abbreviations
    "reporter": ("{volume} {series} {section}", r"(?P<volume>\d+)\s+{}\s+(?P<section>\d+)(?P<parts>)"),
    "title": ("{volume} {series} § {section}{parts}", rf"(?P<volume>\d+)\s+{{}}{_SIGN}{_SECTION}"),
    "act": (
        "{volume} {series} {section}{parts}",
        r"(?P<volume>\d+)\s+{}\s+(?P<section>\d+[A-Z]*/[\w.-]*\w)(?P<parts>(?:\(\w+\))*)",
    ),
    "code": ("{series} § {section}{parts}", rf"(?P<volume>){{}},?{_SIGN}{_SECTION}"),
    "chapter": ("{series} {volume}, § {section}{parts}", rf"{{}}\s*(?P<volume>\w+),?{_SIGN}{_SECTION}"),
    "law": ("{series} {volume}-{section}", r"{}\s*(?P<volume>\d+)-(?P<section>\d+)(?P<parts>)"),
}


@cache
def series() -> tuple[Series, ...]:
    """The series that American citations may name."""
    from answerable import rooms

    with (rooms.room("data") / "links" / "series.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Series(**{**row, "variants": tuple(filter(None, row["variants"].split("|")))})  # type: ignore[arg-type]
            for row in csv.DictReader(file)
        )


def _loosely(abbreviation: str) -> str:
    """A pattern of an abbreviation in which dots and the blanks after them may be left out."""
    signs = {" ": r"\s+", ".": r"\.?\s*", "'": "['\u2019]"}
    return "".join(signs.get(sign, re.escape(sign)) for sign in abbreviation.replace(". ", ".").strip())


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str], dict[str, Series]], ...]:
    found = []
    for shape, (_, pattern) in _SHAPES.items():
        written = {each: row for row in series() if row.shape == shape for each in (row.abbreviation, *row.variants)}
        longest_first = sorted(written, key=len, reverse=True)
        either = "|".join(map(_loosely, longest_first))
        known = {_folded(each): row for each, row in written.items()}
        found.append((shape, re.compile(rf"(?<![\w.]){pattern.format(f'(?P<series>{either})')}(?!\w)"), known))
    return tuple(found)


def _authority(citation: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", re.sub(r"[.']", "", citation.lower())).strip("-")
    return f"{AUTHORITY}{slug}"


def _folded(text: str) -> str:
    return re.sub(r"[\s.]", "", text.replace("\u2019", "'"))


@dataclass(frozen=True)
class USCitation(Identifier):
    """A citation of an American reporter, code, register or act: volume or title, series, page or section.

    In normal form a section stands behind the section sign: ``42 U.S.C. § 2000e-2(k)``.
    """

    shape: str
    volume: str
    series: str
    section: str
    parts: str = ""

    name: ClassVar[str] = "US citation"
    expected: ClassVar[str] = (
        "a reporter with volume and page, such as 598 U.S. 471, or a code or register with title and section, such as "
        "42 U.S.C. § 2000e-2; the series that are known are those of data/links/series.csv"
    )

    @classmethod
    def parse(cls, text: str) -> Self:
        bare = _bare(text)
        for shape, pattern, known in _patterns():
            match = pattern.fullmatch(bare)
            if match:
                return cls._of(shape, match, known)
        cls._wrong(text)

    @classmethod
    def find(cls, text: str) -> list[Self]:
        """The citations in a running text, in its order; of a list of sections, the first."""
        found = {
            match.start(): cls._of(shape, match, known)
            for shape, pattern, known in _patterns()
            for match in pattern.finditer(text)
        }
        return [found[place] for place in sorted(found)]

    @classmethod
    def _of(cls, shape: str, match: re.Match[str], known: dict[str, Series]) -> Self:
        abbreviation = known[_folded(match["series"])].abbreviation
        return cls(shape, match["volume"], abbreviation, match["section"], match["parts"])

    def __str__(self) -> str:
        return _SHAPES[self.shape][0].format(**vars(self))

    @property
    def jurisdiction(self) -> str:
        """Whose law or courts it is, such as US or US-CA."""
        return next(row.jurisdiction for row in series() if row.abbreviation == self.series)

    @property
    def iri(self) -> str:
        """Its authority in this knowledge graph: no registry of American citations gives out IRIs."""
        return _authority(str(self))


_NEUTRAL = re.compile(
    r"(?:\[(?P<bracketed>(?:19|20)\d\d)\]|(?P<plain>(?:19|20)\d\d)) (?P<court>[A-Z][A-Za-z.]+(?: (?:Civ|Crim))?) "
    r"(?P<number>\d+)(?: \((?P<division>[A-Za-z]+)\))?"
)


@dataclass(frozen=True)
class NeutralCitation(Identifier):
    """A citation that the court itself gives: ``[2018] UKSC 4``, ``[2025] EWHC 1383 (Admin)``, ``2023 IL 128004``."""

    year: int
    court: str
    number: int
    division: str = ""
    bracketed: bool = False

    name: ClassVar[str] = "neutral citation"
    expected: ClassVar[str] = "a year, a court and a number, such as [2018] UKSC 4 or 2023 IL 128004"

    @classmethod
    def parse(cls, text: str) -> Self:
        match = _NEUTRAL.fullmatch(re.sub(r"\s+", " ", _bare(text)))
        if match is None:
            cls._wrong(text)
        year = int(match["bracketed"] or match["plain"])
        return cls(year, match["court"], int(match["number"]), match["division"] or "", bool(match["bracketed"]))

    def __str__(self) -> str:
        year = f"[{self.year}]" if self.bracketed else str(self.year)
        return f"{year} {self.court} {self.number}" + (f" ({self.division})" if self.division else "")

    @property
    def iri(self) -> str:
        """Its authority in this knowledge graph: no registry covers all courts."""
        return _authority(str(self))


KINDS: tuple[type[Identifier], ...] = (Celex, Eli, Ecli, Lei, Qid, NeutralCitation, USCitation)


def identify(text: str) -> Identifier:
    """The identifier that a text is, of whichever kind.

    Raises:
        IdentifierError: for a text that is none.
    """
    for kind in KINDS:
        try:
            return kind.parse(text)
        except IdentifierError:
            continue
    kinds = ", ".join(kind.name for kind in KINDS)
    raise IdentifierError("identifier", "", text or "nothing", f"one of these kinds: {kinds}")
