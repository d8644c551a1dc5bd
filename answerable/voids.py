"""Where nobody answers: the voids of a case, and the smallest change of facts after which a value chain has one.

The search tries each fact of a menu that it reads off the law: a defence of a theory that stands, a stated fact turned,
a defendant who cannot be made to pay, another kind of harm. What each takes away alone says which sets are worth a
try; the rules themselves confirm every one that is shown.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product, zip_longest
from typing import Any

from answerable.assess import record_of, short
from answerable.casefile import jurisdictions, position_names, vocabulary
from answerable.cases import Case, Circumstance, Clause, Contract, Harm
from answerable.engine import Knowledge, Run, drawing
from answerable.errors import InputError
from answerable.iris import DOCTRINE, POSITION
from answerable.terms import Term, ans, iri, lexical

SECONDS = 10.0
"""How long a search goes on looking for more."""
MOST = 5
"""How many witnesses are looked for unless another number is asked for."""
LARGEST = 4
"""How many facts a witness changes at most."""
ENDS = ("VOID_UNCOLLECTIBLE", "VOID_NO_OPEN_THEORY")
"""The voids in which nobody answers to the injured person."""
MERITS = "every claim is lost to a defence that the law allows, which the rules count as no void"
MERITS_CURE = "An exception to the defence, or proof that a fact of it fails."
VIABLE = (ans("Established"), ans("OpenTheory"))

Edit = Callable[[Case], Case]


@dataclass(frozen=True)
class Change:
    """One thing that could be otherwise: what it is in words, how many facts it takes, and the case with it."""

    kind: str
    says: str
    facts: int
    edit: Edit = field(compare=False)
    touches: frozenset[str] = field(default=frozenset(), compare=False)
    """Records that it turns; two changes of one record exclude each other."""
    asks: tuple[str, ...] = field(default=(), compare=False)
    """The questions that settle whether it is so."""


@dataclass(frozen=True)
class Answer:
    """A theory against somebody, and what became of it."""

    theory: str
    party: str
    harm: str
    status: str
    because: tuple[str, ...] = ()


@dataclass(frozen=True)
class Witness:
    """A set of facts after which nobody answers, confirmed by the rules."""

    changes: tuple[str, ...]
    facts: int
    void: str
    """The void that the rules find; empty where a defence defeats every claim on its merits."""
    label: str
    before: tuple[Answer, ...]
    after: tuple[Answer, ...]
    cures: tuple[str, ...]
    asks: tuple[str, ...]
    """Whether it is so: the questions that decide."""
    authorities: tuple[str, ...]
    """Who may still answer to an authority, which gives the injured person nothing."""
    case: Case = field(repr=False, compare=False)

    def plain(self) -> dict[str, Any]:
        """The witness as maps and lists."""
        shown = {k: v for k, v in vars(self).items() if k not in ("before", "after", "case")}
        return shown | {
            "before": [vars(a) for a in self.before],
            "after": [vars(a) for a in self.after],
        }


@dataclass(frozen=True)
class Search:
    """What a search found: the chain, who answers in it, and the smallest sets of facts that end that."""

    case: str
    title: str
    before: tuple[Answer, ...]
    silent: tuple[str, ...]
    """Parties of the chain against whom every theory is blocked as it stands."""
    witnesses: tuple[Witness, ...]
    tried: int
    seconds: float

    def plain(self) -> dict[str, Any]:
        """The search as maps and lists."""
        answers = {"before": [vars(a) for a in self.before], "witnesses": [w.plain() for w in self.witnesses]}
        return {"case": self.case, "title": self.title, "silent": self.silent, **answers, "tried": self.tried}


def search(
    case: Case, forum: str | None = None, as_of: date | None = None, most: int = MOST, seconds: float = SECONDS
) -> Search:
    """The smallest sets of facts, added to a chain or turned in it, after which nobody answers for its harm.

    Args:
        case: a chain in which somebody answers.
        forum: where the claim is heard; by default as the chain says.
        as_of: the day of the question.
        most: how many witnesses to look for, smaller ones first.
        seconds: after this time it shows what it has.

    Raises:
        InputError: for an unknown forum, or a chain in which nobody answers as it stands.
    """
    if forum is not None:
        if forum not in jurisdictions().values():
            raise InputError("--forum", "", forum, "a jurisdiction such as DE or US-TX")
        harms = tuple(h.model_copy(update={"forum": ()}) for h in case.harms)
        case = case.model_copy(update={"forum": (forum,), "harms": harms})
    begun = time.monotonic()
    with drawing() as draw:
        scene = _Scene(case, as_of, draw)
        found = list(_witnesses(scene, most, begun + seconds))
    title, spent = case.title or case.id, time.monotonic() - begun
    return Search(case.id, title, scene.before, scene.silent, tuple(found), scene.tried, spent)


class _Scene:
    """The chain, and what the rules say of it once something is changed."""

    def __init__(self, case: Case, as_of: date | None, draw: Callable[[Any], Run]) -> None:
        self.case, self.as_of, self._draw = case, as_of, draw
        self.tried = 0
        self.run = self.drawn(case, "arguable")
        self.base: Knowledge = self.run.base
        self.names = {r.id: r.name or r.id.replace("-", " ") for r in case.records()}
        self.viable = self.standing(self.run)
        if not self.viable:
            expected = "a chain in which somebody answers"
            hint = "state the harm and the facts of at least one theory; `answerable voids` says what is lacking"
            raise InputError(case.id, "", "nobody answers for the harm as it stands", expected, hint)
        self.before = tuple(self.answer(self.run, c) for c in sorted(self.viable))
        asked = {self.name(p) for _, p in self.run.pairs(ans("hasDefendant"))}
        self.silent = tuple(sorted(asked - {a.party for a in self.before}))

    def drawn(self, case: Case, record: Any) -> Run:
        self.tried += 1
        return self._draw(record_of(case, record, self.as_of))

    # -- who answers

    def standing(self, run: Run) -> frozenset[Term]:
        """Candidates of theories that give the injured person a claim and that nothing blocks."""
        return frozenset(c for c, s in run.pairs(ans("hasTheoryStatus")) if s in VIABLE and self.gives_claim(run, c))

    def gives_claim(self, run: Run, candidate: Term) -> bool:
        theory = run.objects(candidate, ans("testsTheory"))[0]
        regulatory = ans("RegulatoryLiability") in run.base.objects(theory, "hasFamily")
        return not regulatory and ans("AuxiliaryTheory") not in run.base.types(theory)

    def left(self, run: Run) -> frozenset[Term]:
        """The candidates through which somebody still answers: not blocked, and against one who can be made to pay."""
        lost, insured = run.read(ans("isUncollectibleAs")), run.read(ans("hasInsuredDefendant"))
        left = set()
        for candidate in self.standing(run):
            party = run.objects(candidate, ans("hasDefendant"))[0]
            harm = run.objects(candidate, ans("isAboutHarm"))[0]
            if party not in lost or party in insured.get(harm, ()):
                left.add(candidate)
        return frozenset(left)

    def answer(self, run: Run, candidate: Term) -> Answer:
        (theory, *_), (party, *_) = (run.objects(candidate, ans(n)) for n in ("testsTheory", "hasDefendant"))
        (harm, *_) = run.objects(candidate, ans("isAboutHarm"))
        statuses = {short(s) for s in run.objects(candidate, ans("hasTheoryStatus"))}
        status = next((s for s in ("Established", "OpenTheory", "Blocked") if s in statuses), "Blocked")
        because = [self.label(b) for b in sorted(run.objects(candidate, ans("isBlockedBy")))]
        because += [self.label(c) for c in sorted(run.objects(party, ans("isUncollectibleAs")))]
        words = {"Established": "established", "OpenTheory": "open", "Blocked": "blocked"}
        return Answer(self.label(theory), self.name(party), self.name(harm), words[status], tuple(because))

    def label(self, node: Term) -> str:
        return self.base.labels.get(node) or short(node)

    def name(self, node: Term) -> str:
        key = short(node)
        return self.names.get(key, key)

    def named(self, key: str) -> str:
        return self.names.get(key, key)

    # -- what could be otherwise

    def changes(self) -> Iterator[Change]:
        """The menu, one of each kind by turns."""
        claims = (self.defences(), self.turned(), self.escapes(), self.rebuttals())
        kinds = (*claims, self.kinds_of_harm(), self.positions())
        seen: set[tuple[str, str]] = set()
        for row in zip_longest(*kinds):
            for change in row:
                if change is not None and (change.kind, change.says) not in seen:
                    seen.add((change.kind, change.says))
                    yield change

    def defendants(self) -> list[tuple[str, str, Term]]:
        """Party and harm of each theory that stands, with its candidate."""
        found = []
        for c in sorted(self.viable):
            party, harm = (self.run.objects(c, ans(n))[0] for n in ("hasDefendant", "isAboutHarm"))
            found.append((short(party), short(harm), c))
        return found

    def defences(self) -> Iterator[Change]:
        """Each defence that the forum knows to a theory that stands and that would end it, with all its conditions."""
        for party, harm, candidate in self.defendants():
            for defence in sorted(self.run.objects(candidate, ans("weighs"))):
                kinds = self.base.types(defence)
                if ans("FullBar") not in kinds and ans("NegatingDefence") not in kinds:
                    continue
                choices = [
                    [f for a in self.base.objects(c, "hasAlternative") if (f := self.fact(short(a), party, harm))]
                    for c in self.base.objects(defence, "hasCondition")
                ]
                for facts in list(product(*choices))[:4] if choices and all(choices) else ():
                    yield self.joined("defence", facts)

    def rebuttals(self) -> Iterator[Change]:
        """What would rebut a presumption on which a theory rests."""
        for party, harm, candidate in self.defendants():
            for element in self.run.objects(candidate, ans("presumesElementMet")):
                for presumption in self.run.objects(candidate, ans("fulfils")):
                    if element in self.base.objects(presumption, "presumesElement"):
                        for cls in self.base.objects(presumption, "isRebuttedBy"):
                            if (fact := self.fact(short(cls), party, harm)) is not None:
                                yield self.joined("rebuttal", (fact,))

    def turned(self) -> Iterator[Change]:
        """Each stated circumstance, the other way round."""
        for record in self.case.circumstances:
            if record.standing == "denied":
                continue
            other = record.model_copy(update={"holds": not record.holds})

            def edit(case: Case, old: Circumstance = record, new: Circumstance = other) -> Case:
                kept = tuple(new if c.id == old.id else c for c in case.circumstances)
                return case.model_copy(update={"circumstances": kept})

            yield Change("turned", self.sentence(other), 1, edit, frozenset({record.id}), self.asking(record.is_))

    def escapes(self) -> Iterator[Change]:
        """Each reason for which a defendant cannot be made to pay."""
        for cls in sorted(self.base.objects(iri(f"{DOCTRINE}VOID_UNCOLLECTIBLE"), "hasEscape")):
            for party in sorted({p for p, _, _ in self.defendants()}):
                yield self.joined("collection", (_circumstance(self.id(cls, party), short(cls), party),))

    def kinds_of_harm(self) -> Iterator[Change]:
        """Each harm as one of another kind that the law tells apart."""
        void = iri(f"{DOCTRINE}VOID_PLD_HARM_TYPE")
        kinds = sorted({*self.base.objects(void, "hasHeadInside"), *self.base.objects(void, "hasHeadOutside")})
        for harm in self.case.harms:
            for kind in kinds:
                if short(kind) == harm.type:
                    continue

                def edit(case: Case, old: Harm = harm, new: str = short(kind)) -> Case:
                    kept = tuple(h.model_copy(update={"type": new}) if h.id == old.id else h for h in case.harms)
                    return case.model_copy(update={"harms": kept})

                says = f"{self.named(harm.id)} is of another kind: {self.label(kind).lower()}"
                yield Change("harm", says, 1, edit, frozenset({harm.id}))

    def positions(self) -> Iterator[Change]:
        """Each contested question of law that nobody has answered, answered no."""
        for name in sorted(position_names() - self.case.positions.keys()):

            def edit(case: Case, name: str = name) -> Case:
                return case.model_copy(update={"positions": {**case.positions, name: False}})

            yield Change("position", f"it is settled that not: {self.label(iri(f'{POSITION}{name}'))}", 1, edit)

    # -- making facts

    def fact(self, cls: str, party: str, harm: str) -> Circumstance | Contract | None:
        """The record that states a class where a theory against the party would look for it."""
        if cls not in vocabulary().supers:
            return None
        above = {cls, *vocabulary().supers[cls]}
        record = self.case.find(harm)
        assert isinstance(record, Harm)
        key = self.id(cls, party)
        if "Circumstance" in above:
            return _circumstance(key, cls, party, harm)
        if "Clause" in above:
            clause = Clause(id=f"{key}-clause", type=cls, protects=(party,), burdens=record.to)
            return Contract(id=key, between=(party, *record.to), of=record.through, clauses=(clause,))
        subjects = {"Party": (party,), "Harm": (harm,), "Artefact": record.through, "Activity": record.caused_by}
        subject = next((keys[0] for top, keys in subjects.items() if top in above and keys), None)
        return None if subject is None else _circumstance(self.id(cls, subject), cls, subject)

    def id(self, cls: str, subject: str) -> str:
        name = short(cls) if cls.startswith("<") else cls
        return "if-" + "".join(f"-{c.lower()}" if c.isupper() else c for c in name).strip("-") + f"-{subject}"

    def joined(self, kind: str, facts: Sequence[Circumstance | Contract]) -> Change:
        """Several facts as one change; a stated no about the same thing gives way."""

        def edit(case: Case) -> Case:
            for fact in facts:
                if isinstance(fact, Contract):
                    case = case.model_copy(update={"contracts": (*case.contracts, fact)})
                else:
                    said = (fact.is_, fact.of, fact.about)
                    kept = tuple(c for c in case.circumstances if (c.is_, c.of, c.about) != said and c.id != fact.id)
                    case = case.model_copy(update={"circumstances": (*kept, fact)})
            return case

        touches = frozenset(c.id for c in self.case.circumstances for f in facts if self.same(c, f))
        says = "; ".join(self.sentence(f) for f in facts)
        asks = [q for f in facts for q in self.asking(f.is_ if isinstance(f, Circumstance) else f.clauses[0].type)]
        return Change(kind, says, len(facts), edit, touches, tuple(asks))

    def asking(self, cls: str) -> tuple[str, ...]:
        """The question that settles whether a thing is of a class, and whom to ask."""
        node = ans(cls)
        who = next((f" (Ask: {lexical(w)})" for w in self.base.objects(node, "isAnsweredBy")), "")
        return tuple(f"{lexical(q)}{who}" for q in self.base.objects(node, "hasQuestion"))

    def same(self, record: Circumstance, fact: Circumstance | Contract) -> bool:
        one = (record.is_, record.of, record.about)
        return isinstance(fact, Circumstance) and (fact.is_, fact.of, fact.about) == one

    def sentence(self, fact: Circumstance | Contract) -> str:
        if isinstance(fact, Contract):
            between = " and ".join(self.named(p) for p in fact.between)
            return f"a contract between {between} holds: {self.words(fact.clauses[0].type)}"
        about = f", about {self.named(fact.about)}" if fact.about else ""
        return f"{'' if fact.holds else 'not so: '}{self.words(fact.is_)} (of {self.named(fact.of)}{about})"

    def words(self, cls: str) -> str:
        label = self.label(ans(cls))
        return label[0].lower() + label[1:] if label[1:2].islower() else label


def _circumstance(key: str, cls: str, of: str, about: str | None = None) -> Circumstance:
    return Circumstance.model_validate({"id": key, "is": cls, "of": of, "about": about})


def _witnesses(scene: _Scene, most: int, until: float) -> Iterator[Witness]:
    """Changes that end every answer, each confirmed by the rules, smaller ones first."""
    found: list[frozenset[Change]] = []
    takes: dict[Change, frozenset[Term]] = {}
    for change in scene.changes():
        if len(found) >= most or time.monotonic() > until:
            return
        left = scene.left(scene.drawn(change.edit(scene.case), "arguable"))
        takes[change] = scene.viable - left
        if not left and change.facts == 1 and (witness := _confirmed(scene, (change,))):
            found.append(frozenset({change}))
            yield witness
    useful = [c for c in takes if takes[c]]
    for size in range(2, LARGEST + 1):
        for group in _covers(useful, takes, scene.viable, size):
            if len(found) >= most or time.monotonic() > until:
                return
            if any(smaller <= group for smaller in found):
                continue
            if witness := _confirmed(scene, tuple(c for c in useful if c in group)):
                found.append(group)
                yield witness


def _covers(
    changes: Sequence[Change], takes: dict[Change, frozenset[Term]], goal: frozenset[Term], size: int
) -> Iterator[frozenset[Change]]:
    """Sets of changes of exactly this many facts that between them take away every answer, none of them idle."""
    seen: set[frozenset[Change]] = set()

    def grow(chosen: frozenset[Change], left: frozenset[Term], room: int) -> Iterator[frozenset[Change]]:
        if not left:
            if room == 0 and chosen not in seen and not _idle(chosen, takes, goal):
                seen.add(chosen)
                yield chosen
            return
        # The answer that the fewest changes take away leaves the fewest ways.
        hardest = min(left, key=lambda c: sum(c in takes[x] for x in changes))
        for change in changes:
            clash = any(change.touches & other.touches for other in chosen)
            if hardest in takes[change] and change.facts <= room and not clash:
                yield from grow(chosen | {change}, left - takes[change], room - change.facts)

    yield from grow(frozenset(), goal, size)


def _idle(chosen: frozenset[Change], takes: dict[Change, frozenset[Term]], goal: frozenset[Term]) -> bool:
    """Whether the others would do without one of them."""
    return any(goal <= frozenset().union(*(takes[o] for o in chosen if o is not one)) for one in chosen)


def _confirmed(scene: _Scene, changes: Sequence[Change]) -> Witness | None:
    """The witness, if on both records nobody answers; the void is the one that the rules find, if any."""
    case = scene.case
    for change in changes:
        case = change.edit(case)
    voids = [iri(f"{DOCTRINE}{name}") for name in ENDS]
    run = None
    for record in ("settled", "arguable"):
        run = scene.drawn(case, record)
        if scene.left(run):
            return None
        shown = {void for _, void in run.pairs(ans("isInstanceOf"))}
        voids = [v for v in voids if v in shown]
    assert run is not None
    void = voids[0] if voids else None
    tested = [c for c in sorted(scene.viable) if run.objects(c, ans("hasTheoryStatus"))]
    authorities = {
        scene.name(run.objects(a, ans("holdsAnswerable"))[0])
        for a, kind in run.pairs(ans("hasKind"))
        if kind == ans("Regulatory")
    }
    texts = [lexical(t) for t in scene.base.objects(void, "hasCure")] if void else [MERITS_CURE]
    return Witness(
        changes=tuple(c.says for c in changes),
        facts=sum(c.facts for c in changes),
        void=short(void) if void else "",
        label=scene.label(void) if void else MERITS,
        before=scene.before,
        after=tuple(scene.answer(run, c) for c in tested),
        cures=tuple(texts),
        asks=tuple(q for c in changes for q in c.asks),
        authorities=tuple(sorted(authorities)),
        case=case,
    )
