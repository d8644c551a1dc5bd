"""The law as a static site: a page for each norm, class, role, instrument, amendment and period, and a search."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from answerable import __version__
from answerable.errors import InputError
from answerable.iris import ANS
from answerable.law import (
    OWL_CLASS,
    RDFS,
    Class,
    Law,
    Mention,
    Period,
    Ref,
    Unit,
    law,
    natural,
)
from answerable.law_report import reading, route, spaced, span
from answerable.pages import environment
from answerable.report import citation, day
from answerable.terms import TYPE, lexical

DEFAULT = Path("build") / "docs"
ASSETS = ("style.css", "search.js")
DCT_IDENTIFIER = "http://purl.org/dc/terms/identifier"
DCT_SOURCE = "http://purl.org/dc/terms/source"
DEFINED_BY = f"{RDFS}isDefinedBy"


@dataclass(frozen=True)
class Term:
    """A class or role with what the law does with it."""

    word: Class
    key: str
    source: str
    module: str
    broader: tuple[Class, ...]
    narrower: tuple[Class, ...]
    tested_by: tuple[Ref, ...]
    addressed: tuple[Ref, ...]
    covered_by: tuple[Ref, ...]
    evidence_of: tuple[Ref, ...]
    defined_in: tuple[Ref, ...]
    doctrine: tuple[Ref, ...]
    rules: tuple[Mention, ...]
    shapes: tuple[Mention, ...]


def slug(id: str) -> str:
    """An id as the name of a file."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", id).strip("-.") or "unit"


class Site:
    """Renders the catalogue into a folder."""

    def __init__(self, read: Law, out: Path) -> None:
        self.law = read
        self.out = out
        self.paths: dict[str, str] = {}
        self._taken: set[str] = set()
        for folder, nodes in self._pages().items():
            for node in nodes:
                self.paths[node] = self._path(folder, node)
        self.env = environment("catalogue")
        self.env.filters |= {"day": day, "citation": citation, "spaced": spaced, "route": route, "reading": reading}
        self.env.globals |= {"href": self.href, "span": span, "version": __version__, "linked": self.linked}

    # -- what has a page

    def _pages(self) -> dict[str, list[str]]:
        law = self.law
        classes = (n for n in law.subjects(OWL_CLASS, lexical(TYPE)) if n.startswith(ANS))
        return {
            "norms": law.norms(),
            "items": self._sorted(law.members("DocumentationItem")),
            "periods": self._sorted(law.members("ApplicationPeriod")),
            "amendments": self._sorted(law.members("Amendment")),
            "instruments": self._sorted(law.members("LegalInstrument")),
            "judgments": self._sorted(n for n in law.members("Judgment") if law.first(n, DCT_IDENTIFIER)),
            "roles": self._sorted(law.members("Role")),
            "classes": self._sorted(classes),
        }

    def _sorted(self, nodes: Iterable[str]) -> list[str]:
        return sorted(nodes, key=lambda n: natural(self.law.id(n)))

    def _path(self, folder: str, node: str) -> str:
        name = f"{folder}/{slug(self.law.id(node))}"
        # Some file systems take upper and lower case for the same.
        while name.casefold() in self._taken:
            name += "-"
        self._taken.add(name.casefold())
        return f"{name}.html"

    def href(self, id: str) -> str:
        """The page of a unit or term, from the top of the site; nothing if it has none."""
        return self.paths.get(self.law.ids.get(id, ""), "") or self.paths.get(ANS + id, "")

    def linked(self, thing: Ref | Class, root: str) -> Markup:
        """The label of a thing, as a link where it has a page."""
        id = thing.name if isinstance(thing, Class) else thing.id
        path = self.href(id)
        return Markup('<a href="{}{}">{}</a>').format(root, path, thing.label) if path else escape(thing.label)

    # -- pages

    def write(self) -> int:
        """Write every page; how many there are."""
        for asset in ASSETS:
            source = self.env.loader.get_source(self.env, asset)[0] if self.env.loader else ""
            self._put(asset, source)
        count = 0
        for path, template, values in self._all():
            root = "../" * path.count("/")
            self._put(path, self.env.get_template(template).render(root=root, **values))
            count += 1
        return count

    def _put(self, path: str, text: str) -> None:
        file = self.out / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def _all(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        law, pages = self.law, self._pages()
        yield "index.html", "index.html", self._index(pages["norms"])
        for folder in ("norms", "items", "judgments"):
            for node in pages[folder]:
                yield self.paths[node], "unit.html", {"unit": self._unit(node)}
        for node in pages["periods"]:
            refs = law.refs(law.subjects(node, "hasApplicationPeriod"))
            values = {"unit": self._unit(node), "period": law.period(node), "groups": self._by_instrument(refs)}
            yield self.paths[node], "period.html", values
        for node in pages["amendments"]:
            yield self.paths[node], "amendment.html", {"unit": self._unit(node)}
        for node in pages["instruments"]:
            yield self.paths[node], "instrument.html", {"unit": self._unit(node), "articles": self._articles(node)}
        for node in pages["roles"]:
            yield self.paths[node], "role.html", self._role(node)
        for node in pages["classes"]:
            yield self.paths[node], "class.html", {"term": self._term(node)}
        yield "calendar.html", "calendar.html", {"days": self._calendar(pages["periods"])}
        yield "amendments.html", "amendments.html", {"units": [self._unit(n) for n in pages["amendments"]]}
        yield "instruments.html", "instruments.html", self._instruments(pages)
        yield "roles.html", "roles.html", {"groups": self._roles(pages["roles"])}
        yield "classes.html", "classes.html", {"groups": self._classes(pages["classes"])}

    def _unit(self, node: str) -> Unit:
        # Two units may share an id only if they are one, so the id finds it again.
        return self.law.unit(self.law.id(node))

    def _index(self, norms: Sequence[str]) -> dict[str, Any]:
        law = self.law
        units = [self._unit(node) for node in norms]
        roles = {b.name: b.label for unit in units for b in unit.bearers}
        binding = {name: self._narrower(name) for name in roles}
        roles |= {name: law.label(ANS + name) for names in binding.values() for name in names}
        entries = [
            {
                "text": " ".join([u.id, u.label, u.statement, *(citation(p) for p in u.provisions)]).lower(),
                "instrument": u.instrument.id if u.instrument else "",
                "bearers": sorted({n for b in u.bearers for n in binding[b.name]}),
                "kinds": list(u.kinds),
                "periods": [_entry(p) for p in u.periods],
            }
            for u in units
        ]
        return {
            "units": units,
            "entries": Markup(json.dumps(entries, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")),
            "instruments": sorted({(u.instrument.id, u.instrument.label) for u in units if u.instrument}),
            "bearers": sorted(roles.items(), key=lambda item: item[1]),
            "modalities": sorted({kind for u in units for kind in u.kinds}),
        }

    def _narrower(self, role: str) -> set[str]:
        """A role and every one whose holders hold it, too."""
        roles = self.law.members("Role")
        return {self.law.id(r) for r in roles if ANS + role in self.law.wider(r)}

    def _term(self, node: str) -> Term:
        law = self.law
        groups = law.subjects(node, "hasAlternative")
        testing = {*law.subjects(node, "hasCondition"), *(n for g in groups for n in law.subjects(g, "hasCondition"))}
        named = self._sorted(n for n in testing if n in self.paths)
        # Elements, defences and presumptions of doctrine have no page, but are named.
        other = self._sorted(n for n in {*testing, *groups} if n not in self.paths and law.label(n) and n not in groups)
        elements = [n for n in groups if not law.subjects(n, "hasCondition")]
        return Term(
            word=law.class_(node),
            key=law.first(node, DCT_IDENTIFIER),
            source=law.first(node, DCT_SOURCE),
            module=law.first(node, DEFINED_BY).rsplit("/", 1)[-1],
            broader=self._terms([*law.values(node, f"{RDFS}subClassOf"), *law.values(node, "isSubsumedByRole")]),
            narrower=self._terms([*law.subjects(node, f"{RDFS}subClassOf"), *law.subjects(node, "isSubsumedByRole")]),
            tested_by=law.refs(named),
            addressed=law.refs(law.subjects(node, "hasBearerRole")),
            covered_by=law.refs(law.subjects(node, "covers")),
            evidence_of=law.refs(law.subjects(node, "isEvidencedBy")),
            defined_in=law.refs(n for n in law.subjects(node, "http://purl.org/dc/terms/subject") if n in self.paths),
            doctrine=law.refs(self._sorted({*other, *elements})),
            rules=law.rules(node),
            shapes=law.shapes(node),
        )

    def _terms(self, nodes: Iterable[str]) -> tuple[Class, ...]:
        found = (self.law.class_(n) for n in nodes if n.startswith(ANS) and n in self.paths)
        return tuple(sorted(found, key=lambda c: c.label))

    def _role(self, node: str) -> dict[str, Any]:
        law = self.law
        through = {r: law.refs(law.subjects(r, "hasBearerRole")) for r in self._sorted(law.wider(node) - {node})}
        wider = [(law.class_(r), self._by_instrument(refs)) for r, refs in through.items() if refs]
        term = self._term(node)
        return {"term": term, "groups": self._by_instrument(term.addressed), "wider": wider}

    def _by_instrument(self, refs: Iterable[Ref]) -> list[tuple[Ref | None, list[Ref]]]:
        law = self.law
        groups: dict[str, list[Ref]] = defaultdict(list)
        for ref in refs:
            node = law.ids.get(ref.id)
            groups[law.instrument(node) if node else ""].append(ref)
        return [(law.ref(node) if node else None, found) for node, found in sorted(groups.items())]

    def _articles(self, node: str) -> list[tuple[str, list[Unit]]]:
        """The norms of an instrument under the headings of its articles and annexes."""
        law = self.law
        groups: dict[str, list[Unit]] = defaultdict(list)
        for norm in law.norms():
            if law.instrument(norm) == node:
                unit = self._unit(norm)
                groups[_heading(unit)].append(unit)
        return sorted(groups.items(), key=lambda item: (item[0].startswith("Annex"), natural(item[0])))

    def _calendar(self, nodes: Iterable[str]) -> list[tuple[date | None, list[tuple[Unit, Period, int]]]]:
        law = self.law
        days: dict[date | None, list[tuple[Unit, Period, int]]] = defaultdict(list)
        for node in nodes:
            period = law.period(node)
            number = len(law.subjects(node, "hasApplicationPeriod"))
            days[period.begins].append((self._unit(node), period, number))
        return sorted(days.items(), key=lambda item: item[0] or date.max)

    def _instruments(self, pages: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        numbers: dict[str, int] = defaultdict(int)
        for norm in pages["norms"]:
            numbers[self.law.instrument(norm)] += 1
        units = [(self._unit(n), numbers[n]) for n in pages["instruments"]]
        return {"units": units, "judgments": [self._unit(n) for n in pages["judgments"]]}

    def _roles(self, nodes: Iterable[str]) -> list[tuple[str, list[Term]]]:
        groups: dict[str, list[Term]] = defaultdict(list)
        for node in nodes:
            groups[self.law.kinds(node)[0]].append(self._term(node))
        return [(spaced(kind).capitalize() + "s", terms) for kind, terms in sorted(groups.items())]

    def _classes(self, nodes: Iterable[str]) -> list[tuple[str, list[Class]]]:
        groups: dict[str, list[Class]] = defaultdict(list)
        for node in nodes:
            word = self.law.class_(node)
            groups[word.label[:1].upper()].append(word)
        return [(letter, sorted(words, key=lambda w: w.label.lower())) for letter, words in sorted(groups.items())]


def _entry(period: Period) -> list[str | bool]:
    days = (period.begins, period.ends, period.known_from, period.known_until)
    return [*(d.isoformat() if d else "" for d in days), period.reading is not None]


def _heading(unit: Unit) -> str:
    """The article or annex that a unit is of, from the provision, else from its id."""
    for provision in unit.provisions:
        named = re.search(r"/(art|anx)_([0-9A-Za-z]+)", provision)
        if named:
            return f"{'Article' if named[1] == 'art' else 'Annex'} {named[2]}"
    numbered = re.search(r"_(?:Art|Anx|Annex)?(\d+[a-z]*|[IVX]+)(?=[_.(]|$)", unit.id)
    by_article = any("/eli/" in p for p in unit.provisions)
    if numbered and by_article:
        return f"{'Article' if numbered[1][0].isdigit() else 'Annex'} {numbered[1]}"
    return "Provisions"


def build(out: Path, read: Law | None = None) -> int:
    """Write the catalogue into a folder; the number of pages.

    Raises:
        InputError: where the folder cannot be written.
    """
    try:
        return Site(read or law(), out).write()
    except OSError as error:
        raise InputError(str(out), "", str(error.strerror or error), "a folder that can be written") from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the catalogue into the folder named, by default build/docs."""
    parser = argparse.ArgumentParser(prog="python -m answerable.catalogue", description=__doc__)
    parser.add_argument("out", nargs="?", type=Path, default=DEFAULT, help=f"the folder (default: {DEFAULT})")
    out = parser.parse_args(arguments).out
    try:
        pages = build(out)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"Wrote {pages} pages. Open {out / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
