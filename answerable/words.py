"""Names, labels and sources of the graph's nodes, for people."""

from __future__ import annotations

import re

from answerable.engine import Run
from answerable.iris import ANS, BASE, CASE
from answerable.terms import LABEL, TYPE, Term, Triple, ans, iri, is_iri, is_literal, lexical

SOURCE = "<http://purl.org/dc/terms/source>"
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
CARRIERS_FURTHER = ("hasAlternative", "hasContestedReading", "hasApplicationPeriod", "presumesElement", "governsTheory")


class Words:
    """Reads labels and citations from the knowledge and from one run's facts."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._cited = run.base.cited

    def label(self, term: Term) -> str:
        """The English label, from the case or the knowledge, or nothing."""
        stated = self.run.objects(term, LABEL)
        return lexical(stated[0]) if stated else self.run.base.labels.get(term, "")

    def name(self, term: Term) -> str:
        """What a person would call the node: an id of the law, a label, a value."""
        if is_literal(term):
            return lexical(term)
        if not is_iri(term):
            return "something"
        text = lexical(term)
        if text.startswith(CASE):
            return self._case_name(text)
        if text.startswith(BASE) and not text.startswith(ANS):
            return text.rsplit("/", 1)[-1]
        return self.label(term) or re.split(r"[#/]", text.rstrip("/"))[-1]

    def _case_name(self, text: str) -> str:
        case, _, path = text.removeprefix(CASE).partition("/")
        match = MINTED.match(path)
        if match is None:
            return self.label(iri(text)) or path
        about = self._case_name(f"{CASE}x/{match['about']}")
        first, _, second = match["rest"].partition("/")
        second = self._case_name(f"{CASE}{case}/{second}")
        return MINTED_NAMES[match["kind"]].format(about=about, first=first, second=second)

    def statement(self, triple: Triple) -> str:
        """A triple in words."""
        subject, predicate, obj = triple
        verb = self.label(predicate) or re.split(r"[#/]", lexical(predicate))[-1]
        if predicate == TYPE:
            verb = "is a"
        return f"{self.name(subject)} {verb} {self.name(obj)}"

    def sentence(self, template: str, bindings: dict[str, Term]) -> str:
        """A rule's sentence with its variables named."""

        def put(match: re.Match[str]) -> str:
            term = bindings.get(f"?{match.group(1)}")
            return self.name(term) if term is not None else match.group(0)

        return re.sub(r"\{(\w+)\}", put, template)

    def standing(self, subject: Term) -> str:
        found = self.run.objects(subject, ans("hasStanding"))
        return lexical(found[0]).removeprefix(ANS).lower() if found else ""

    def source(self, subject: Term) -> str:
        found = self.run.objects(subject, ans("isStatedIn"))
        return lexical(found[0]) if found else ""

    def objects(self, subject: Term, *names: str) -> list[str]:
        """Values of ontology properties of a node of the knowledge."""
        return sorted({lexical(value) for name in names for value in self.run.base.objects(subject, name)})

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
        base = self.run.base
        own = sorted(lexical(source) for source in base.index.objects(subject, SOURCE))
        if own or not is_iri(subject):
            return own
        instrument = self.objects(subject, "isPartOf")
        if instrument and depth < 2:
            return self._citations(iri(instrument[0]), depth + 1)
        if depth < 2:
            for name in (*CARRIERS, *CARRIERS_FURTHER):
                for carrier in base.index.subjects(ans(name), subject):
                    above = self._citations(carrier, depth + 1)
                    if above:
                        return above
        return []
