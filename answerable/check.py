"""What the dossiers of a case contain and lack, who owes it, and from which day.

The shapes judge the words of each document, on the settled and on the arguable record; whether the law asks for them
at all, of whom and from when, is decided here, for both validators alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from pydantic import Field

from answerable import rooms
from answerable.assessment import CompletenessItem, ItemStatus, Obligation, Part
from answerable.dossiers import Demand, Level, Profile, profile, profiles
from answerable.iris import ANS, LAW, SHACL
from answerable.terms import TYPE, Term, Triple, ans, iri, lexical, read_triple

if TYPE_CHECKING:
    from answerable.assess import Passes
    from answerable.cases import Case, Document, Item
    from answerable.engine import Run
    from answerable.shacl import Plan, Report

Engine = Literal["auto", "compiled", "pyshacl"]
_SETTLED = ("found", "undisputed")
_OWED = ("binding", "recommended", "applicable", "not_yet_applicable")


class Consistency(Part):
    """Whether the facts and the ontology can be true together."""

    consistent: bool
    unsatisfiable: list[str] = Field(default=[])


class CheckReport(Part):
    """What the documents of a case contain and lack."""

    case: str
    title: str = ""
    as_of: date
    profiles: list[str]
    completeness: list[CompletenessItem] = Field(default=[])
    consistency: Consistency | None = None
    labels: dict[str, str] = Field(default={}, description="a name for each party, document and dossier")

    @property
    def is_clean(self) -> bool:
        """Whether nothing that the law demands is missing and nothing contradicts itself."""
        contradicts = self.consistency is not None and not self.consistency.consistent
        return not contradicts and all(r.status != "missing" for r in self.completeness if r.level == "must")


class Dossier(NamedTuple):
    """One document, or one that somebody owes, with its rows."""

    id: str
    profile: str
    owner: str | None
    rows: tuple[CompletenessItem, ...]

    def count(self, *statuses: ItemStatus, level: Level = "must") -> int:
        return sum(row.status in statuses and row.level == level for row in self.rows)

    @property
    def asked(self) -> int:
        """How many items the law demands here, those that do not apply left out."""
        return self.count("present", "missing", "unknown")


def dossiers(rows: Iterable[CompletenessItem]) -> list[Dossier]:
    """Rows by document and by whoever owes it, in their order."""
    found: dict[tuple[str, str, str | None], list[CompletenessItem]] = {}
    for row in rows:
        found.setdefault((row.dossier, row.profile, row.owner), []).append(row)
    return [Dossier(*key, tuple(mine)) for key, mine in found.items()]


def to_do(rows: Iterable[CompletenessItem]) -> dict[str, list[CompletenessItem]]:
    """What is missing, by owner (else by role): what the law demands first, then what is due first."""
    found: dict[str, list[CompletenessItem]] = {}
    for row in rows:
        if row.status == "missing":
            found.setdefault(row.owner or " or ".join(row.roles) or "whoever keeps the document", []).append(row)
    for mine in found.values():
        mine.sort(key=lambda row: (row.level != "must", row.due is None, row.due))
    return found


class Owing(NamedTuple):
    """How a norm stands for one bearer."""

    bearer: str
    about: str
    status: str
    due: date | None


Owed = Mapping[str, Sequence[Owing]]
"""By norm."""


def owed(obligations: Iterable[Obligation]) -> Owed:
    """Whom each norm binds, will bind or exempts."""
    found: dict[str, list[Owing]] = {}
    for item in obligations:
        found.setdefault(item.norm, []).append(Owing(item.bearer, item.about, item.status, item.applies_from))
    return found


def completeness(
    passes: Passes,
    owing: Owed,
    names: Sequence[str] | None = None,
    levels: Sequence[Level] = ("must",),
    engine: Engine = "auto",
) -> list[CompletenessItem]:
    """What each document of a case contains and lacks.

    Args:
        passes: the case, on its day.
        owing: whom each norm binds: a document that the case does not state is asked for from them.
        names: dossiers to look at in any case; by default, those that are stated or owed.
        levels: what the law demands, what good practice advises, or both.
        engine: which validator judges the words.
    """
    if names is None and not _is_concerned(passes, owing):
        return []
    rows: list[CompletenessItem] = []
    for name in names if names is not None else profiles():
        rows += _Dossier(passes, owing, profile(name), names is not None, levels, engine).rows()
    return rows


def _is_concerned(passes: Passes, owing: Owed) -> bool:
    """Whether a document is stated or owed that a dossier looks into: the shapes are not read for nothing."""
    norms, documents = (passes.base.index.table(ans(name))[1] for name in ("isRequiredUnder", "isRequiredIn"))
    is_owed = any(iri(f"{LAW}{norm}") in norms and any(o.status in _OWED for o in owing[norm]) for norm in owing)
    return is_owed or any(ans(cls) in documents for d in passes.case.documents for cls in _classes(d.type))


class _Dossier:
    def __init__(
        self, passes: Passes, owing: Owed, asked: Profile, always: bool, levels: Sequence[Level], engine: Engine
    ) -> None:
        self.passes, self.owing, self.profile, self.always, self.engine = passes, owing, asked, always, engine
        self.demands = [demand for demand in asked.demands if demand.level in levels]
        self._failed: dict[tuple[str, str], frozenset[str]] = {}

    def rows(self) -> Iterator[CompletenessItem]:
        wanted = dict.fromkeys(demand.document for demand in self.demands)
        stated = {cls: [d for d in self.passes.case.documents if self.is_a(d, cls)] for cls in wanted}
        for demand in self.demands:
            bearers = [o for o in self.owing.get(demand.item.norm, ()) if o.status in _OWED]
            for document in stated[demand.document]:
                mine = [o for o in bearers if not document.of or o.about in document.of] or bearers
                yield self.row(demand, *self.judged(demand, document), document, mine)
            if not stated[demand.document] and (self.always or (bearers and self.is_owed(demand))):
                # What good practice advises is asked of a document that there is.
                if demand.level == "should" and any(stated.values()):
                    continue
                for owing in bearers or (None,):
                    yield self.row(demand, *self.unstated(demand, owing), None, [owing] if owing else [])

    def is_a(self, document: Document, cls: str) -> bool:
        day = document.on
        return cls in _classes(document.type) and not (day is not None and day > self.passes.as_of)

    def is_owed(self, demand: Demand) -> bool:
        """Whether the norm asks for a document of this kind, and not for one in another form."""
        evidence = self.passes.base.objects(iri(f"{LAW}{demand.item.norm}"), "isEvidencedBy")
        return not _classes(demand.document).isdisjoint(cls[1:-1].removeprefix(ANS) for cls in evidence)

    def row(
        self, demand: Demand, status: ItemStatus, message: str, document: Document | None, owing: Sequence[Owing]
    ) -> CompletenessItem:
        item = demand.item
        bearers, issuers = [o.bearer for o in owing], document.by if document else ()
        # Whoever issued a document is not always who owes it: a role may have passed to another.
        owners = (*(i for i in issuers if i in bearers), *bearers, *issuers)
        return CompletenessItem(
            profile=self.profile.name,
            dossier=document.id if document else demand.document,
            item=item.id,
            label=item.label,
            level=demand.level,
            status=status,
            owner=next(iter(owners), None),
            roles=list(item.roles),
            due=min((o.due for o in owing if o.due), default=None),
            provision=item.provision,
            message=demand.message() if status == "missing" and not message else message,
        )

    def judged(self, demand: Demand, document: Document) -> tuple[ItemStatus, str]:
        """How a document answers an item."""
        if why := self.inapplicable(demand, document.of):
            return "not_applicable", why
        standing = document.standing or self.passes.case.standing
        if standing == "denied":
            return "missing", f"The record says that there is no such document. {demand.message()}"
        if standing not in _SETTLED:
            return "unknown", f"Whether this document exists is {standing}."
        answers = [entry for entry in document.contains if entry.item == demand.item.id]
        if not self.fails("settled", document, demand):
            reason = "" if any(says(e.text) for e in answers) else _reason(answers)
            return ("not_applicable", reason) if reason else ("present", "")
        if not self.fails("arguable", document, demand):
            return "unknown", "Whether the document says so is not settled."
        silent = next((e.unknown for e in answers if e.unknown), None)
        if silent and not any(e.text for e in answers):
            return "unknown", silent
        if (condition := demand.item.required_where) and self.holds(condition, document.of) is None:
            return "unknown", self.question(condition, document.of)
        return "missing", ""

    def unstated(self, demand: Demand, owing: Owing | None) -> tuple[ItemStatus, str]:
        about = (owing.about,) if owing else tuple(a.id for a in self.passes.case.artefacts)
        if why := self.inapplicable(demand, about):
            return "not_applicable", why
        return "unknown", f"The case states no such document ({demand.dossier[0].lower()}{demand.dossier[1:]})."

    def fails(self, record: Literal["settled", "arguable"], document: Document, demand: Demand) -> bool:
        found = self._failed.get((record, document.id))
        if found is None:
            run = self.passes.settled if record == "settled" else self.passes.arguable
            node = self.passes.record(document.id)
            found = _failing(self.profile.name, _dossier_triples(run, node), node, self.engine)
            self._failed[record, document.id] = found
        return demand.shape in found

    # -- whether the law asks for it

    def inapplicable(self, demand: Demand, about: Sequence[str]) -> str:
        """Why the law does not ask for an item here; nothing if it does, or may."""
        item, day = demand.item, self.passes.as_of
        if item.last is not None and day > item.last:
            return f"The law asked for it until {item.last:%d %B %Y}, and asks no more."
        if item.first is not None and day < item.first:
            return f"The law asks for it from {item.first:%d %B %Y}."
        if item.required_where and self.holds(item.required_where, about) is False:
            return self.denied(about, [ans(item.required_where)])
        if not item.norm:
            return ""
        for condition, either in self.passes.conditions(iri(f"{LAW}{item.norm}")):
            classes = [c[1:-1].removeprefix(ANS) for c in either or (condition,)]
            if all(self.holds(cls, about) is False for cls in classes):
                return self.denied(about, either or (condition,))
        found = [o for o in self.owing.get(item.norm, ()) if not about or o.about in about]
        if found and all(o.status == "exempt" for o in found):
            return f"Exempt from {item.norm}."
        return ""

    def holds(self, cls: str, about: Sequence[str]) -> bool | None:
        """Whether one of the things is of a class; whether all are stated not to be; nothing if it is not known."""
        nodes = [self.passes.record(name) for name in about]
        if any(ans(cls) in self.passes.settled.objects(node, ans("hasClass")) for node in nodes):
            return True
        denied = nodes and all(ans(cls) in self.passes.settled.objects(node, ans("isNot")) for node in nodes)
        return False if denied else None

    def denied(self, about: Sequence[str], classes: Sequence[Term]) -> str:
        things = " and ".join(self.passes.words.name(self.passes.record(name)) for name in about)
        return f"It is stated of {things} that it is not: {' or '.join(map(self.passes.words.name, classes))}."

    def question(self, cls: str, about: Sequence[str]) -> str:
        things = ", ".join(about) or "the thing that it is about"
        name, ask = self.passes.words.name(ans(cls)), self.passes.asking(ans(cls))
        return f"It is asked for only where {things} is: {name}. {ask}"


@cache
def _classes(name: str) -> frozenset[str]:
    from answerable.casefile import vocabulary

    return vocabulary().supers.get(name, frozenset()) | {name}


def _reason(answers: Iterable[Item]) -> str:
    return next((e.not_applicable for e in answers if says(e.not_applicable)), None) or ""


def says(text: str | None) -> bool:
    """Whether words say something, as the shapes have it."""
    return text is not None and not _placeholder().search(text)


@cache
def _placeholder() -> re.Pattern[str]:
    words = map(read_triple, (quad.triple for quad in rooms.turtle(rooms.room("shapes") / "words.ttl")))
    patterns = [lexical(text) for _, predicate, text in words if predicate == f"<{SHACL}pattern>"]
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)", re.IGNORECASE)


# -- the words of a document, by its shapes


def _dossier_triples(run: Run, node: Term) -> frozenset[Triple]:
    """What the record says of a document and of its items, with the wider classes of the document."""
    own = run.stated.get(node, [])
    types = [o for _, p, o in own if p == TYPE]
    wider = [(node, TYPE, ans(cls)) for t in types for cls in _classes(lexical(t).removeprefix(ANS))]
    return frozenset((*own, *wider, *(t for _, p, o in own if p == ans("hasItem") for t in run.stated.get(o, ()))))


@lru_cache(maxsize=512)
def _failing(name: str, dossier: frozenset[Triple], node: Term, engine: Engine) -> frozenset[str]:
    """The shapes of a dossier that a document does not conform to."""
    report = _report(name, dossier, engine)
    return frozenset(result.shape for result in report.results if result.focus == node)


def _report(name: str, dossier: Iterable[Triple], engine: Engine) -> Report:
    from answerable.shacl import validate as run

    if engine == "pyshacl" or plan(name).uncompiled:
        return run(dossier, shapes(name), engine)
    return plan(name).run(dossier)


@cache
def plan(name: str) -> Plan:
    """The shapes of a dossier, compiled."""
    from answerable.shacl import Plan

    return Plan(shapes(name))


@cache
def shapes(name: str) -> tuple[Triple, ...]:
    """The shapes of a dossier, with those that all share."""
    files = (rooms.room("shapes") / "words.ttl", *profile(name).files)
    return tuple(read_triple(quad.triple) for path in files for quad in rooms.turtle(path))


def validate(
    case: Case | str | Path, names: Sequence[str] | None = None, as_of: date | None = None, engine: Engine = "auto"
) -> list[Report]:
    """The SHACL validation report of each dossier (by default of all), over the documents of the settled record."""
    from answerable.assess import Passes

    passes = Passes.of(case, as_of)
    nodes = [passes.record(document.id) for document in passes.case.documents]
    facts = frozenset().union(*(_dossier_triples(passes.settled, node) for node in nodes))
    return [_report(name, facts, engine) for name in (profiles() if names is None else names)]


def _labels(passes: Passes, names: Iterable[str]) -> dict[str, str]:
    case, words = passes.case, passes.words
    things = [record.id for section in (case.parties, case.artefacts, case.documents) for record in section]
    found = {name: words.label(passes.record(name)) for name in things}
    found = {name: label for name, label in found.items() if label}
    for name in names:
        found[name] = profile(name).label
        for demand in profile(name).demands:
            found[demand.document] = demand.dossier
            found |= {role: words.label(ans(role)) for role in demand.item.roles}
    return found


def check(
    case: Case | str | Path,
    profile: str | Sequence[str] | None = None,
    consistency: bool = False,
    as_of: date | None = None,
    engine: Engine = "auto",
) -> CheckReport:
    """What the documents of a case contain and lack, by the shapes, and whether its facts contradict each other.

    Args:
        case: a case, or the path of a case file.
        profile: one dossier or several; by default, those that are stated or owed.
        consistency: whether to ask a reasoner, too, if the facts and the ontology can be true together.
        as_of: the day of the question; by default the case's own.
        engine: which validator judges the words: the compiled shapes, pySHACL, or whichever can.

    Raises:
        InputError: for an unknown profile, or a case file that cannot be read.
    """
    from answerable.assess import Passes

    passes = Passes.of(case, as_of)
    names = [profile] if isinstance(profile, str) else list(profile) if profile is not None else None
    rows = completeness(passes, owed(passes.assessment.obligations), names, ("must", "should"), engine)
    used = names if names is not None else list(dict.fromkeys(row.profile for row in rows))
    return CheckReport(
        case=passes.case.id,
        title=passes.case.title or "",
        as_of=passes.as_of,
        profiles=used,
        completeness=rows,
        consistency=_consistency(passes.case) if consistency else None,
        labels=_labels(passes, used),
    )


def _consistency(case: Case) -> Consistency:
    from answerable.consistency import check_consistency
    from answerable.records import triples

    found = check_consistency(list(triples(case, "arguable")))
    return Consistency(consistent=found.consistent, unsatisfiable=sorted(found.unsatisfiable))


# -- one dossier, four readers


class Cell(NamedTuple):
    """What a reader asks on a topic."""

    asked: int
    said: int
    items: tuple[str, ...]


class MatrixRow(NamedTuple):
    """A topic: what each reader asks on it, and the documents that say something on it already."""

    topic: str
    label: str
    cells: dict[str, Cell]
    said_in: tuple[str, ...]


class Matrix(NamedTuple):
    """What the readers of a dossier ask, topic by topic."""

    title: str
    readers: dict[str, str]
    """Names of readers by id."""
    rows: tuple[MatrixRow, ...]


def matrix(case: Case | str | Path, as_of: date | None = None, engine: Engine = "auto") -> Matrix:
    """What each reader asks of the documents of a case on each topic, how much of it is said, and where.

    Only dossiers that are stated, or that somebody owes, count for a reader; a reader to whom none of these goes is
    taken to ask for all the dossiers that are written for them.
    """
    from answerable.assess import Passes
    from answerable.engine import knowledge

    passes, labels = Passes.of(case, as_of), knowledge().labels
    owing = owed(passes.assessment.obligations)
    stated = {row.profile for row in completeness(passes, owing, engine=engine)}
    readers = sorted({reader for name in profiles() for reader in profile(name).readers})
    asking: dict[str, list[str]] = {}
    for reader in readers:
        theirs = [name for name in profiles() if reader in profile(name).readers]
        asking[reader] = [name for name in theirs if name in stated] or theirs
    used = sorted({name for names in asking.values() for name in names})
    rows = [r for r in completeness(passes, owing, used, ("must",), engine) if r.status != "not_applicable"]
    topics = {demand.item.id: demand.item.topics for name in used for demand in profile(name).demands}
    found: list[MatrixRow] = []
    for topic in sorted({t for row in rows for t in topics[row.item]}, key=lambda t: labels.get(ans(t), t)):
        mine = [row for row in rows if topic in topics[row.item]]
        cells = {}
        for reader in readers:
            asks = dict.fromkeys(row.item for row in mine if row.profile in asking[reader])
            if asks:
                said = sum(any(r.status == "present" for r in mine if r.item == item) for item in asks)
                cells[reader] = Cell(len(asks), said, tuple(asks))
        documents = dict.fromkeys(row.dossier for row in mine if row.status == "present")
        found.append(MatrixRow(topic, labels.get(ans(topic), topic), cells, tuple(documents)))
    names = {reader: labels.get(ans(reader), reader).lower() for reader in readers}
    return Matrix(passes.case.title or passes.case.id, names, tuple(found))


# -- coverage

EXAMPLED: tuple[ItemStatus, ...] = ("present", "missing", "not_applicable")
TABLE = "doc_items"


class Covered(NamedTuple):
    """How much of a dossier is covered: items, items of the law tables, items with an example of each kind."""

    profile: str
    label: str
    items: int
    tabled: int
    exampled: dict[ItemStatus, int]
    whole: int
    """Items with an example of every kind."""
    lacking: tuple[str, ...]
    """Items without one of them."""


def coverage(engine: Engine = "auto") -> tuple[list[Covered], int, int]:
    """What the dossiers and their examples cover; how many items of the tables are whole, and how many there are."""
    wanted = tabled()
    found: list[Covered] = []
    whole: set[str] = set()
    for name in profiles():
        seen = exampled(name, engine)
        done = {item for item, statuses in seen.items() if statuses.issuperset(EXAMPLED)}
        whole |= done
        found.append(
            Covered(
                name,
                profile(name).label,
                len(seen),
                len(wanted & seen.keys()),
                {status: sum(status in statuses for statuses in seen.values()) for status in EXAMPLED},
                len(done),
                tuple(item for item in seen if item not in done),
            )
        )
    return found, len(whole & wanted), len(wanted)


def tabled() -> set[str]:
    """The documentation items of the law tables."""
    from answerable.law import registered

    return {gap.id for gap in registered() if gap.table == TABLE}


def exampled(name: str, engine: Engine = "auto") -> dict[str, set[ItemStatus]]:
    """The items that the law has in a dossier, demanded or optional, with the statuses that its examples show."""
    demands = [d for d in profile(name).demands if d.level == "must" or d.item.id in tabled()]
    seen: dict[str, set[ItemStatus]] = {demand.item.id: set() for demand in demands}
    for path in sorted((rooms.room("shapes") / name / "examples").glob("*.yaml")):
        for row in check(path, name, engine=engine).completeness:
            if row.item in seen:
                seen[row.item].add(row.status)
    return seen


class Asked(NamedTuple):
    """The documents that the norms of an article ask for, and the dossiers that look into them."""

    article: str
    norms: tuple[str, ...]
    documents: dict[str, tuple[str, ...]]
    """Dossiers by class of document; none where a document is only looked for, not into."""


def articles(instrument: str = "ai-act") -> list[Asked]:
    """Which articles of an instrument ask for documents, and which of these have a dossier."""
    from answerable.engine import knowledge
    from answerable.law import natural

    base = knowledge()
    looked_into: dict[str, list[str]] = {}
    for name in profiles():
        for document in dict.fromkeys(demand.document for demand in profile(name).demands):
            looked_into.setdefault(document, []).append(name)
    found: dict[str, tuple[list[str], dict[str, list[str]]]] = {}
    for norm, documents in base.index.table(ans("isEvidencedBy"))[0].items():
        if iri(f"{LAW}{instrument}") not in base.objects(norm, "isPartOf"):
            continue
        name = norm[1:-1].removeprefix(LAW)
        norms, asked = found.setdefault(name.split("_")[1], ([], {}))
        norms.append(name)
        for document in documents:
            cls = document[1:-1].removeprefix(ANS)
            asked[cls] = sorted({p for wider in _classes(cls) for p in looked_into.get(wider, ())})
    return [
        Asked(article, tuple(sorted(norms, key=natural)), {d: tuple(p) for d, p in sorted(asked.items())})
        for article, (norms, asked) in sorted(found.items(), key=lambda entry: natural(entry[0]))
    ]
