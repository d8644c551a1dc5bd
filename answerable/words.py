"""Names, labels and sources of the graph's nodes, for people."""

from __future__ import annotations

import re
from functools import cached_property

from pyoxigraph import Literal, NamedNode, Store, Triple

from answerable.engine import LABEL, Run, Term
from answerable.iris import ANS, BASE, CASE

SOURCE = NamedNode("http://purl.org/dc/terms/source")
MINTED_NAMES = {
    "role": "the role of {second} as {first} in {about}",
    "norm": "{first} on {second} about {about}",
    "theory": "{first} against {second} for {about}",
    "inquiry": "the inquiry against {first} for {about}",
    "allocation": "the allocation of {about} under {first}",
    "accountable": "{first} accountability for {about}",
    "void": "{first} for {about}",
    "effect": "the effect of {about} under {first}",
    "exposure": "the exposure of {first} for {about}",
    "recourse": "the recourse of {first} for {about}",
}
MINTED = re.compile(rf"^(?P<about>.+?)/(?P<kind>{'|'.join(MINTED_NAMES)})/(?P<rest>.+)$")
CITING = ("hasProvision", "hasAuthority", "isSetBy")
CARRIERS = ("hasCondition", "hasException", "isSubjectTo", "hasElement", "hasDefence", "isSanctionedBy")
CARRIERS_FURTHER = ("hasAlternative", "hasApplicationPeriod", "presumesElement", "governsTheory")


class Words:
    """Reads labels and citations from the knowledge and from one run's facts."""

    def __init__(self, run: Run) -> None:
        self.store: Store = run.base.store
        self.run = run
        self._cited: dict[Term, list[str]] = {}

    @cached_property
    def _facts(self) -> dict[tuple[str, str], str]:
        found: dict[tuple[str, str], str] = {}
        for t in self.run.facts:
            value = t.object.value if isinstance(t.object, NamedNode | Literal) else str(t.object)
            found[(str(t.subject), t.predicate.value)] = value
        return found

    def label(self, term: Term) -> str:
        """The English label, from the case or the knowledge, or nothing."""
        return self._facts.get((str(term), LABEL.value)) or self.run.base.labels.get(term, "")

    def name(self, term: Term) -> str:
        """What a person would call the node: an id of the law, a label, a value."""
        if isinstance(term, Literal):
            return term.value
        if not isinstance(term, NamedNode):
            return "something"
        iri = term.value
        if iri.startswith(CASE):
            return self._case_name(iri)
        if iri.startswith(BASE) and not iri.startswith(ANS):
            return iri.rsplit("/", 1)[-1]
        return self.label(term) or re.split(r"[#/]", iri.rstrip("/"))[-1]

    def _case_name(self, iri: str) -> str:
        case, _, path = iri.removeprefix(CASE).partition("/")
        match = MINTED.match(path)
        if match is None:
            return self.label(NamedNode(iri)) or path
        about = self._case_name(f"{CASE}x/{match['about']}")
        first, _, second = match["rest"].partition("/")
        second = self._case_name(f"{CASE}{case}/{second}")
        return MINTED_NAMES[match["kind"]].format(about=about, first=first, second=second)

    def statement(self, triple: Triple) -> str:
        """A triple in words."""
        subject, predicate, obj = triple
        verb = self.label(predicate) or re.split(r"[#/]", predicate.value)[-1]
        if predicate.value.endswith("#type"):
            verb = "is a"
        return f"{self.name(subject)} {verb} {self.name(obj)}"

    def sentence(self, template: str, bindings: dict[str, Term]) -> str:
        """A rule's sentence with its variables named."""

        def put(match: re.Match[str]) -> str:
            term = bindings.get(f"?{match.group(1)}")
            return self.name(term) if term is not None else match.group(0)

        return re.sub(r"\{(\w+)\}", put, template)

    def standing(self, subject: Term) -> str:
        value = self._facts.get((str(subject), f"{ANS}hasStanding"), "")
        return value.removeprefix(ANS).lower()

    def source(self, subject: Term) -> str:
        return self._facts.get((str(subject), f"{ANS}isStatedIn"), "")

    def objects(self, subject: Term, *names: str) -> list[str]:
        """Values of ontology properties of a node of the knowledge."""
        if not isinstance(subject, NamedNode):
            return []
        found: list[str] = []
        for name in names:
            for value in self.run.base.objects(subject, name):
                found.append(value.value if isinstance(value, NamedNode | Literal) else str(value))
        return sorted(dict.fromkeys(found))

    def verification(self, subject: Term) -> str:
        return ", ".join(v.removeprefix(ANS) for v in self.objects(subject, "hasVerification"))

    def citations(self, subject: Term) -> list[str]:
        """The provision or authority of a node of law, its own or that of the norm it belongs to."""
        if subject not in self._cited:
            self._cited[subject] = self._citations(subject, 0)
        return self._cited[subject]

    def _citations(self, subject: Term, depth: int) -> list[str]:
        own = self.objects(subject, *CITING)
        if own:
            return own
        if isinstance(subject, NamedNode):
            own = sorted(
                q.object.value
                for q in self.store.quads_for_pattern(subject, SOURCE, None, None)
                if isinstance(q.object, NamedNode | Literal)
            )
            if own:
                return own
            instrument = self.objects(subject, "isPartOf")
            if instrument and depth < 2:
                return self._citations(NamedNode(instrument[0]), depth + 1)
            if depth < 2:
                for name in (*CARRIERS, *CARRIERS_FURTHER):
                    for quad in self.store.quads_for_pattern(None, NamedNode(f"{ANS}{name}"), subject, None):
                        above = self._citations(quad.subject, depth + 1)
                        if above:
                            return above
        return []
