"""The OWL 2 RL part of the ontology as layer-1 rules, so that one mechanism infers and explains.

Covered: subclass and subproperty, equivalent classes, intersections, unions, someValuesFrom, allValuesFrom and
hasValue restrictions, domain, range, inverse, symmetric and transitive properties, property chains.
Left to HermiT: disjointness, complements, cardinality, which give contradictions and no new members.
Source: OWL 2 Web Ontology Language Profiles, section 4.3, https://www.w3.org/TR/owl2-profiles/#OWL_2_RL
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count

from pyoxigraph import BlankNode, Literal, NamedNode, Store, Triple

from answerable.rules import RDF_TYPE, Branch, Pattern, Rule, with_keys

OWL = "http://www.w3.org/2002/07/owl#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SPECIFICATION = "https://www.w3.org/TR/owl2-profiles/#OWL_2_RL"
THING = f"<{OWL}Thing>"

Term = NamedNode | BlankNode | Literal | Triple


def compile_ontology(store: Store) -> list[Rule]:
    """Layer-1 rules for the OWL RL axioms in the store's default graph."""
    return list(_Compiler(store).rules())


class _Compiler:
    def __init__(self, store: Store) -> None:
        self.store = store

    def rules(self) -> Iterator[Rule]:
        yield from self._hierarchy("Class", f"{RDFS}subClassOf")
        yield from self._definitions()
        yield from self._properties()

    # -- reading

    def objects(self, subject: Term, predicate: str) -> list[Term]:
        if isinstance(subject, Literal):
            return []
        return [q.object for q in self.store.quads_for_pattern(subject, NamedNode(predicate), None, None)]

    def pairs(self, predicate: str) -> list[tuple[Term, Term]]:
        found = [(q.subject, q.object) for q in self.store.quads_for_pattern(None, NamedNode(predicate), None, None)]
        return sorted(found, key=lambda pair: (str(pair[0]), str(pair[1])))

    def instances(self, name: str) -> list[NamedNode]:
        quads = self.store.quads_for_pattern(None, NamedNode(f"{RDF}type"), NamedNode(f"{OWL}{name}"), None)
        return sorted({q.subject for q in quads if isinstance(q.subject, NamedNode)}, key=str)

    def members(self, head: Term) -> list[Term]:
        result: list[Term] = []
        while str(head) != f"<{RDF}nil>":
            result += self.objects(head, f"{RDF}first")
            rest = self.objects(head, f"{RDF}rest")
            if not rest:
                break
            head = rest[0]
        return result

    # -- classes

    def supers(self, node: NamedNode, predicate: str) -> set[NamedNode]:
        seen: set[NamedNode] = set()
        todo = [node]
        while todo:
            for parent in self.objects(todo.pop(), predicate):
                if isinstance(parent, NamedNode) and parent not in seen and str(parent) != THING:
                    seen.add(parent)
                    todo.append(parent)
        return seen - {node}

    def _hierarchy(self, kind: str, predicate: str) -> Iterator[Rule]:
        for node in sorted({s for s, _ in self.pairs(predicate) if isinstance(s, NamedNode)}, key=str):
            supers = sorted(str(s) for s in self.supers(node, predicate))
            if supers:
                heads = tuple(("?x", RDF_TYPE, s) for s in supers)
                yield _rule(f"subclass/{_local(node)}", heads, [("?x", RDF_TYPE, str(node))], str(node))

    def _definitions(self) -> Iterator[Rule]:
        for predicate, sufficient in ((f"{OWL}equivalentClass", True), (f"{RDFS}subClassOf", False)):
            for number, (subject, obj) in enumerate(self.pairs(predicate)):
                if isinstance(subject, NamedNode) and isinstance(obj, NamedNode):
                    if sufficient:
                        for one, other in ((subject, obj), (obj, subject)):
                            head = (("?x", RDF_TYPE, str(other)),)
                            name = f"equivalent/{_local(one)}-{_local(other)}"
                            yield _rule(name, head, [("?x", RDF_TYPE, str(one))], str(subject))
                    continue
                named, expression = (subject, obj) if isinstance(subject, NamedNode) else (obj, subject)
                if not isinstance(named, NamedNode) or not isinstance(expression, BlankNode):
                    continue
                label = f"{_local(named)}-{number}"
                if sufficient or expression is subject:
                    for arm, body in enumerate(self.membership(expression, "?x", count(1))):
                        head = (("?x", RDF_TYPE, str(named)),)
                        yield _rule(f"definition/{label}-{arm}", head, body, str(named))
                if sufficient or expression is obj:
                    yield from self.necessary(named, expression, label)

    def membership(self, node: Term, variable: str, fresh: Iterable[int]) -> list[list[Pattern]]:
        """Bodies, any of which makes ``variable`` a member of the class expression; none where RL has no rule."""
        if isinstance(node, NamedNode):
            return [[]] if str(node) == THING else [[(variable, RDF_TYPE, str(node))]]
        for head in self.objects(node, f"{OWL}intersectionOf"):
            bodies: list[list[Pattern]] = [[]]
            for member in self.members(head):
                bodies = [b + extra for b in bodies for extra in self.membership(member, variable, fresh)]
            return bodies
        for head in self.objects(node, f"{OWL}unionOf"):
            return [body for member in self.members(head) for body in self.membership(member, variable, fresh)]
        for prop in self.objects(node, f"{OWL}onProperty"):
            for value in self.objects(node, f"{OWL}hasValue"):
                return [[(variable, str(prop), str(value))]]
            for filler in self.objects(node, f"{OWL}someValuesFrom"):
                other = f"?y{next(iter(fresh))}"
                bodies = self.membership(filler, other, fresh)
                return [[(variable, str(prop), other), *body] for body in bodies]
        return []

    def necessary(self, named: NamedNode, node: Term, label: str) -> Iterator[Rule]:
        """What follows for a member of a named class from a class expression it is below."""
        body: list[Pattern] = [("?x", RDF_TYPE, str(named))]
        for head in self.objects(node, f"{OWL}intersectionOf"):
            for position, member in enumerate(self.members(head)):
                if isinstance(member, NamedNode):
                    conclusion = (("?x", RDF_TYPE, str(member)),)
                    yield _rule(f"necessary/{label}-{position}", conclusion, body, str(named))
                else:
                    yield from self.necessary(named, member, f"{label}-{position}")
        for prop in self.objects(node, f"{OWL}onProperty"):
            for value in self.objects(node, f"{OWL}hasValue"):
                yield _rule(f"necessary/{label}-value", (("?x", str(prop), str(value)),), body, str(named))
            for filler in self.objects(node, f"{OWL}allValuesFrom"):
                if isinstance(filler, NamedNode):
                    reach: list[Pattern] = [*body, ("?x", str(prop), "?y")]
                    yield _rule(f"necessary/{label}-all", (("?y", RDF_TYPE, str(filler)),), reach, str(named))

    # -- properties

    def _properties(self) -> Iterator[Rule]:
        for prop in sorted({s for s, _ in self.pairs(f"{RDFS}subPropertyOf") if isinstance(s, NamedNode)}, key=str):
            heads = tuple(("?x", str(p), "?y") for p in sorted(self.supers(prop, f"{RDFS}subPropertyOf"), key=str))
            if heads:
                yield _rule(f"subproperty/{_local(prop)}", heads, [("?x", str(prop), "?y")], str(prop))
        for predicate, name, variable in ((f"{RDFS}domain", "domain", "?x"), (f"{RDFS}range", "range", "?y")):
            for prop_term, cls in self.pairs(predicate):
                if not isinstance(prop_term, NamedNode) or not self._is_object_property(prop_term, name):
                    continue
                if isinstance(cls, NamedNode) and str(cls) != THING:
                    head = ((variable, RDF_TYPE, str(cls)),)
                    yield _rule(f"{name}/{_local(prop_term)}", head, [("?x", str(prop_term), "?y")], str(prop_term))
        for one, other in self.pairs(f"{OWL}inverseOf"):
            if isinstance(one, NamedNode) and isinstance(other, NamedNode):
                for a, b in ((one, other), (other, one)):
                    yield _rule(f"inverse/{_local(a)}", (("?y", str(b), "?x"),), [("?x", str(a), "?y")], str(one))
        for prop in self.instances("SymmetricProperty"):
            yield _rule(f"symmetric/{_local(prop)}", (("?y", str(prop), "?x"),), [("?x", str(prop), "?y")], str(prop))
        for prop in self.instances("TransitiveProperty"):
            body: list[Pattern] = [("?x", str(prop), "?y"), ("?y", str(prop), "?z")]
            yield _rule(f"transitive/{_local(prop)}", (("?x", str(prop), "?z"),), body, str(prop))
        for prop_term, chain in self.pairs(f"{OWL}propertyChainAxiom"):
            links = self.members(chain)
            steps: list[Pattern] = [(f"?x{n}", str(p), f"?x{n + 1}") for n, p in enumerate(links)]
            if isinstance(prop_term, NamedNode) and steps:
                head = (("?x0", str(prop_term), f"?x{len(links)}"),)
                yield _rule(f"chain/{_local(prop_term)}", head, steps, str(prop_term))

    def _is_object_property(self, prop: NamedNode, name: str) -> bool:
        kinds = {str(kind) for kind in self.objects(prop, f"{RDF}type")}
        if f"<{OWL}AnnotationProperty>" in kinds:
            return False
        return name == "domain" or f"<{OWL}DatatypeProperty>" not in kinds


def _local(node: Term) -> str:
    return str(node).strip("<>").replace("#", "/").rsplit("/", 1)[-1]


def _rule(name: str, heads: tuple[Pattern, ...], body: list[Pattern], term: str) -> Rule:
    text = " . ".join(" ".join(pattern) for pattern in body)
    rule_id = f"classes/owl/{name}"
    iri = term.strip("<>")
    return with_keys(
        Rule(
            id=rule_id,
            layer=1,
            path=f"1-{rule_id}",
            says=f"The ontology's definition of {_local(NamedNode(iri))}.",
            cites=(iri, SPECIFICATION),
            because="by definition",
            prologue="",
            template=heads,
            body=text,
            branches=(Branch(tuple(body), (), (), "", ()),),
        )
    )
