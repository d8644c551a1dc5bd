"""An assessment, a proof, a check or a comparison, in words for a terminal."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

if TYPE_CHECKING:
    from answerable.assessment import (
        Accountable,
        Assessment,
        Element,
        Exposure,
        Liability,
        Obligation,
        OpenQuestion,
        Sanction,
    )
    from answerable.explain import MissingPremise
    from answerable.proofs import ProofNode
    from answerable.repair import Change, Repair
    from answerable.responsibility import Responsibility
    from answerable.timeline import Turn
    from answerable.voids import Answer, Search

_SHOWN = 8
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURE = {"established": "bold green", "arguable": "yellow", "open": "cyan", "blocked": "dim"}
_ELEMENT = {
    "established": "yes",
    "presumed": "presumed",
    "arguable": "arguable",
    "missing": "not shown",
    "not_defeated": "stands",
    "defeated": "defeated",
}
_LIABLE = {
    "sole": "alone, for the whole",
    "joint": "with others, for the whole",
    "several": "for its part",
    "hybrid": "for the whole of some heads, for its part of others",
    "open": "for a part that is open",
}
_DOUBT = {"verified_secondary": "law from a secondary source", "unverified_memory": "law from memory, not verified"}
_SURE_ENOUGH = ("established", "arguable")
_CLAUSE = {
    "binds_parties": "binds its parties",
    "void": "is void",
    "does_not_bind": "does not bind",
    "open_to_fairness_test": "may be unfair",
    "open_to_reasonableness_test": "stands as far as it is reasonable",
    "open_to_policy_test": "may be against public policy",
    "hangs_on_conditions": "waits for its conditions to be shown",
    "conditions_fail": "cannot be called on",
    "may_benefit": "may benefit a stranger to it",
}
_MOVES = {
    "pays_indemnity": ("pays an indemnity of", "to"),
    "insured": ("is paid for, with", "by"),
    "retained": ("bears a retention of", "under"),
    "bears": ("is left with", ""),
}
_INSTRUMENT = {"reg": "Reg.", "dir": "Dir.", "dec": "Dec."}


def render(assessment: Assessment, console: Console | None = None, proofs: Sequence[ProofNode] = ()) -> None:
    """Print an assessment: the answer first, then what it rests on."""
    with trimmed(console) as out:
        _Report(assessment, out).print()
        for node in proofs:
            out.print()
            out.print(_tree(node))


@contextmanager
def trimmed(console: Console | None) -> Iterator[Console]:
    """A console whose lines end where their words end."""
    out = console or Console(highlight=False, markup=False, emoji=False)
    with out.capture() as captured:
        yield out
    out.file.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def plain_table(gap: int = 0, **options: Any) -> Table:
    """A table without lines, its columns apart by spaces."""
    return Table(box=None, pad_edge=False, padding=(0, gap, 0, 0) if gap else (0, 1), **options)


def day(value: date | None) -> str:
    """A day as lawyers write it."""
    return f"{value.day} {value:%B} {value.year}" if value else ""


def money(amount: Decimal | None, currency: str | None) -> str:
    """An amount with its currency, or nothing."""
    if amount is None:
        return ""
    whole = amount == amount.to_integral_value()
    return f"{currency or ''} {amount:,.0f}".strip() if whole else f"{currency or ''} {amount:,.2f}".strip()


def _range(amount: Exposure) -> str:
    """An amount, its ends, or at least so much."""
    low, high = money(amount.low, amount.currency), money(amount.high, amount.currency)
    if amount.high is None:
        return f"{low} or more" if amount.low else "an amount that nobody stated"
    return high if amount.low == amount.high else f"{low} to {high}"


def citation(iri: str) -> str:
    """A provision as lawyers cite it, where the identifier is an ELI; else the identifier."""
    match = re.match(r"https?://data\.europa\.eu/eli/(reg|dir|dec)/(\d+)/(\d+)(/.*)?$", iri)
    if match is None:
        return iri
    kind, year, number, rest = match.groups()
    article = ""
    for unit, value in re.findall(r"/(art|anx|par|pnt|sub|rct)_([0-9A-Za-z]+)", rest or ""):
        if unit in ("art", "anx", "rct"):
            article = {"art": "Art. ", "anx": "Annex ", "rct": "Recital "}[unit] + value
        else:
            article += f"({value})"
    return f"{article} {_INSTRUMENT[kind]} {year}/{number}".strip()


class _Report:
    def __init__(self, assessment: Assessment, console: Console) -> None:
        self.a = assessment
        self.console = console

    def print(self) -> None:
        self.heading()
        self.answer()
        self.roles()
        self.obligations()
        self.rules()
        self.conflict_of_laws()
        self.liability()
        self.allocation()
        self.waterfall()
        self.exposure()
        self.organisation()
        self.voids()
        self.questions()
        self.completeness()
        self.assumptions()

    # -- helpers

    def name(self, key: str) -> str:
        return clean(self.a.label(key))

    def names(self, keys: Iterable[str]) -> str:
        return ", ".join(self.name(key) for key in keys)

    def title(self, text: str) -> None:
        self.console.print()
        self.console.print(Text(text.upper(), style="bold"))

    def say(self, text: RenderableType, indent: int = 2) -> None:
        self.console.print(Padding(text, (0, 0, 0, indent), expand=False))

    def line(self, *parts: tuple[str, str] | str, indent: int = 2) -> None:
        self.say(Text.assemble(*parts), indent)

    def bullet(self, *parts: tuple[str, str] | str, indent: int = 2) -> None:
        grid = Table.grid(padding=(0, 1))
        grid.add_row("-", Text.assemble(*parts))
        self.say(grid, indent)

    def more(self, count: int, what: str) -> None:
        if count > 0:
            self.line((f"and {count} more {what}: --format json", "dim"))

    def grounds(self, x: Accountable) -> str:
        """What a conclusion rests on, in names: each rule once, with its matters, those that are only arguable last."""
        ranked = sorted((not self.is_established(r, x), self.name(r), r) for r in x.because)
        shown = []
        for weaker, name, reason in ranked:
            duties = (o for o in self.a.obligations if (o.norm, o.bearer) == (reason, x.party))
            notes = [self.name(o.about) for o in duties if o.compliance == "breached"]
            notes += ["only arguable"] if weaker and x.standing == "established" else []
            shown.append(f"{name} ({', '.join(notes)})" if notes else name)
        return "; ".join(shown[:3]) + (f" and {len(shown) - 3} more" if len(shown) > 3 else "")

    def is_established(self, rule: str, x: Accountable) -> bool:
        """Whether a theory or norm that a party answers under is itself established."""
        theories = [
            t.status == "established"
            for t in self.a.liability
            if (t.theory, t.party, t.harm) == (rule, x.party, x.harm)
        ]
        norms = [o.standing == "established" for o in self.a.obligations if (o.norm, o.bearer) == (rule, x.party)]
        return any([*theories, *norms]) or not [*theories, *norms]

    def asked(self, question: OpenQuestion) -> str:
        """The question, and of which party it is asked where it is about one."""
        about = re.fullmatch(r".+ \((.+)\)", question.fact)
        party = f"{self.name(about[1])}: " if about and about[1] in self.a.labels else ""
        return party + clean(question.ask or self.name(question.fact))

    # -- sections

    def heading(self) -> None:
        self.console.print(Text(self.name(self.a.case), style="bold"))
        taken = "; ".join(f"{self.name(n)}: {'yes' if v else 'no'}" for n, v in self.a.positions.items())
        self.console.print(Text(f"As of {day(self.a.as_of)}" + (f". Positions taken: {taken}" if taken else "")))

    def answer(self) -> None:
        self.title("Who answers")
        answering = [x for x in self.a.accountable if x.kind != "organisational"]
        if not answering:
            self.line("Nobody, on the facts as stated.")
        rank = {x.party: min(_weight(y) for y in answering if y.party == x.party) for x in answering}
        for party in sorted(rank, key=lambda p: rank[p]):
            self.line((self.name(party), "bold"))
            for x in sorted((x for x in answering if x.party == party), key=_weight):
                proof = f" [{x.proof}]" if x.proof else ""
                words = f", {x.kind}, for {self.name(x.harm)}: {self.grounds(x) or 'see below'}"
                self.line((x.standing, _SURE[x.standing]), words, (proof, "dim"), indent=4)
        for level, words in _DOUBT.items():
            named = [
                self.name(x.theory) for x in self.a.liability if x.verification == level and x.status in _SURE_ENOUGH
            ]
            if named:
                self.line(("caution: ", "yellow"), f"{words}: {', '.join(dict.fromkeys(named))}")
        inside = dict.fromkeys(x.party for x in self.a.accountable if x.kind == "organisational")
        if inside:
            self.line(f"Inside the organisations (below): {self.names(inside)}")
        self.missing()

    def missing(self) -> None:
        counts = [
            (len(self.a.open_questions), "open question", "open questions"),
            (len({x.void for x in self.a.voids}), "void", "voids"),
            (
                sum(row.status == "missing" for row in self.a.completeness),
                "document item missing",
                "document items missing",
            ),
        ]
        text = "; ".join(f"{n} {one if n == 1 else many}" for n, one, many in counts if n)
        self.line("Missing: " + (text or "nothing that would change the answer"))
        # What bears on liability comes before what bears on duties: the page opens with who answers.
        theories = {x.theory for x in self.a.liability if x.status in ("arguable", "open")}
        nearest = sorted(self.a.open_questions, key=lambda q: theories.isdisjoint(q.would_change))
        for asked in list(dict.fromkeys(map(self.asked, nearest)))[:3]:
            self.bullet(asked, indent=4)

    def roles(self) -> None:
        if self.a.roles:
            self.title("Parties and roles")
            table = _table("party", "role", "in", "since", "")
            for role in sorted(self.a.roles, key=lambda r: (r.party, r.artefact, r.role)):
                until = f" to {role.until.isoformat()}" if role.until else ""
                since = (role.from_.isoformat() if role.from_ else "") + until
                mark = "" if role.standing == "established" else role.standing
                table.add_row(self.name(role.party), self.name(role.role), self.name(role.artefact), since, mark)
            self.say(table)
        if self.a.classifications:
            self.title("What the law calls it")
            grouped: dict[tuple[str, str], list[str]] = {}
            for x in self.a.classifications:
                grouped.setdefault((x.artefact, x.standing), []).append(self.name(x.class_))
            for (artefact, standing), classes in grouped.items():
                note = "" if standing == "established" else f" ({standing})"
                self.line(f"{self.name(artefact)}: {', '.join(classes)}{note}")
        for artefact in dict.fromkeys(x.artefact for x in self.a.screenings):
            mine = [x for x in self.a.screenings if x.artefact == artefact]
            self.line(("screened ", ""), (self.name(artefact), "bold"))
            for status, says in (
                ("within", "falls under"),
                ("exempt", "exempt from"),
                ("unknown", "not known yet for"),
            ):
                found = [x for x in mine if x.status == status]
                names = [x.norm + ("" if x.standing == "established" else " (arguable)") for x in found]
                self.listed(says, names, 4)
            outside = sum(x.status == "outside" for x in mine)
            if outside:
                self.line(f"outside {outside} other norms", indent=4)

    def obligations(self) -> None:
        if not self.a.obligations:
            return
        self.title("Duties")
        for party in sorted({o.bearer for o in self.a.obligations}):
            self.line((self.name(party), "bold"))
            mine = [o for o in self.a.obligations if o.bearer == party]
            self.binding([o for o in mine if o.status == "binding"])
            self.compact("recommended", [o for o in mine if o.status == "recommended"])
            self.compact("open", [o for o in mine if o.status == "open"])
            later = [o for o in mine if o.status == "not_yet_applicable"]
            for start in sorted({o.applies_from or date.max for o in later}):
                when = "starts later, day open" if start == date.max else f"from {day(start)}"
                self.compact(when, [o for o in later if (o.applies_from or date.max) == start])
            self.compact("exempt", [o for o in mine if o.status == "exempt"])

    def binding(self, duties: Sequence[Obligation]) -> None:
        if not duties:
            self.line("nothing binds today", indent=4)
            return
        self.line(f"binds today ({len(duties)})", indent=4)
        table = _pairs()
        rows: dict[tuple[str, str, str, str], list[str]] = {}
        for duty in sorted(duties, key=lambda o: (_RANK.get(o.compliance or "", 9), o.norm)):
            notes: list[str] = [duty.compliance] if duty.compliance and duty.compliance != "unknown" else []
            notes += ["arguable"] if duty.standing == "arguable" else []
            if duty.sanction and duty.compliance in ("breached", "undocumented"):
                notes.append(_penalty(duty.sanction))
            notes += [_DOUBT[duty.verification]] if duty.verification in _DOUBT else []
            key = (duty.norm, duty.label or self.name(duty.norm), duty.provision, "; ".join(notes))
            rows.setdefault(key, []).append(self.name(duty.about))
        for (norm, label, provision, note), matters in rows.items():
            about = "; ".join(filter(None, (citation(provision) if provision else "", ", ".join(matters))))
            words = Text.assemble(label, (f" ({about})", "dim"), (f": {note}" if note else "", "yellow"))
            table.add_row(Text(norm, style="cyan"), words)
        self.say(table, 6)

    def compact(self, what: str, duties: Sequence[Obligation]) -> None:
        self.listed(what, list(dict.fromkeys(o.norm for o in sorted(duties, key=lambda o: o.norm))), 4)

    def listed(self, what: str, names: Sequence[str], indent: int) -> None:
        if names:
            shown = _some(names)
            self.line(f"{what} ({len(names)}): ", (shown, "dim"), indent=indent)

    def rules(self) -> None:
        applying = [x for x in self.a.rules if x.status == "applicable"]
        if applying:
            self.title("Other rules that apply")
            for party in sorted({x.bearer for x in applying}):
                self.listed(self.name(party), sorted({x.norm for x in applying if x.bearer == party}), 2)

    def conflict_of_laws(self) -> None:
        if not self.a.conflict_of_laws:
            return
        self.title("Which law, which courts")
        for harm in dict.fromkeys(x.harm for x in self.a.conflict_of_laws):
            for kind, says in (
                ("applicable_law", "law of"),
                ("overriding_law", "besides, mandatory law of"),
                ("court", "courts of"),
            ):
                mine = [x for x in self.a.conflict_of_laws if (x.harm, x.kind) == (harm, kind)]
                for country in dict.fromkeys(x.country for x in mine):
                    rules = dict.fromkeys(x.rule for x in mine if x.country == country and x.rule)
                    sure = any(x.standing == "established" for x in mine if x.country == country)
                    note = "" if sure else ", arguable"
                    shown = f" ({', '.join(rules)}{note})" if rules or note else ""
                    self.line(f"{self.name(harm)}: {says} {self.name(country)}", (shown, "dim"))

    def liability(self) -> None:
        if not self.a.liability:
            return
        self.title("Theories of liability")
        order = ["established", "arguable", "open", "blocked"]
        for harm in dict.fromkeys(x.harm for x in self.a.liability):
            self.line(("for ", ""), (self.name(harm), "bold"))
            mine = sorted((x for x in self.a.liability if x.harm == harm), key=lambda x: order.index(x.status))
            live = [x for x in mine if x.status in ("established", "arguable") or (x.status == "open" and _is_begun(x))]
            for theory in live:
                self.theory(theory)
            idle = [x for x in mine if x.status == "open" and not _is_begun(x)]
            self.others("open, nothing stated yet", idle)
            self.others("blocked", [x for x in mine if x.status == "blocked"])

    def theory(self, theory: Liability) -> None:
        doubt = f" ({_DOUBT[theory.verification]})" if theory.verification in _DOUBT else ""
        self.line(
            (theory.status, _SURE[theory.status]),
            f": {self.name(theory.theory)}{doubt}, against ",
            (self.name(theory.party), "bold"),
            (f" [{theory.proof}]" if theory.proof else "", "dim"),
            indent=4,
        )
        table = _pairs()
        for element in theory.elements:
            table.add_row(Text(_ELEMENT[element.status], style=_style(element)), self.element(element))
        for defence in theory.defences:
            words = f"defence: {self.name(defence.defence)} ({defence.effect.replace('_', ' ')})"
            table.add_row(Text(defence.status, style=_SURE[defence.status]), words)
        self.say(table, 6)

    def element(self, element: Element) -> Text:
        evidence = ", ".join(element.evidence[:3])
        return Text.assemble(self.name(element.element), (f" ({evidence})" if evidence else "", "dim"))

    def others(self, what: str, theories: Sequence[Liability]) -> None:
        by_party: dict[str, list[str]] = {}
        for x in theories:
            by_party.setdefault(x.party, []).append(x.theory)
        for party, names in by_party.items():
            shown = _some(names)
            self.line(f"{what}, against {self.name(party)} ({len(names)}): ", (shown, "dim"), indent=4)

    def allocation(self) -> None:
        if not self.a.allocation:
            return
        self.title("Who pays what")
        for x in self.a.allocation:
            mark = "" if x.standing == "established" else f" ({x.standing})"
            doubt = f" ({_DOUBT[x.verification]})" if x.verification in _DOUBT else ""
            self.line((self.name(x.harm), "bold"), f": {self.name(x.regime)}{mark}{doubt}")
            for owed in x.exposures:
                share = f", share {owed.share:.0%}" if owed.share is not None else ""
                words = f"{self.name(owed.party)} {_LIABLE[owed.liability]}{share}: {self.amount(owed.amount)}"
                self.line(words, indent=4)
            for what, amount in (("can be collected in all", x.recoverable), ("stays with the injured", x.residual)):
                if amount is not None and amount.high != 0:
                    self.line(f"{what}: ", self.amount(amount), indent=4)
            claims: dict[tuple[str, str], list[str]] = {}
            for r in x.recourse:
                counted = r.amount is not None and not (r.amount.low == 0 and r.amount.high is None)
                shown = f" ({_range(r.amount)} [{r.amount.proof}])" if counted and r.amount is not None else ""
                if r.amount is None or r.amount.high != 0:
                    claims.setdefault((r.by, r.basis), []).append(self.name(r.against) + shown)
            for (by, basis), owing in claims.items():
                ground = f" ({self.name(basis)})" if basis else ""
                self.line(f"{self.name(by)} may recover from {', '.join(owing)}{ground}", indent=4)
            for cover in x.insurance:
                limit = money(cover.amount, cover.currency)
                words = f"insurance of {self.name(cover.holder)}, {self.name(cover.policy)}: {cover.status}"
                pays = f", pays {_range(cover.pays)} [{cover.pays.proof}]" if cover.pays is not None else ""
                self.line(words + (f", limit {limit}" if limit else "") + pays, indent=4)
        effects = {e.model_dump_json(): e for x in self.a.allocation for e in x.contract_effects}
        if effects:
            self.line(("contracts", "bold"))
        for e in effects.values():
            against = (
                f" against {self.name(e.against)}" if e.against else f" ({self.names(e.between)})" if e.between else ""
            )
            rule = f": {self.name(e.rule)}" if e.rule else ""
            doubt = " (arguable)" if e.standing == "arguable" else ""
            self.line(f"{self.name(e.clause)} {_CLAUSE.get(e.status, e.status)}{against}{rule}{doubt}", indent=4)

    def amount(self, amount: Exposure) -> str:
        """An amount with the id under which it is explained, and what it hangs on."""
        open_ = f"; hangs on {', '.join(map(clean, amount.open[:3]))}" if amount.open else ""
        return f"{_range(amount)} [{amount.proof}]{open_}"

    def exposure(self) -> None:
        """Statutory ranges and fines, each with its formula in words."""
        if not self.a.exposure:
            return
        self.title("Statutory amounts and fines")
        for x in self.a.exposure:
            doubt = f" ({_DOUBT[x.verification]})" if x.verification in _DOUBT else ""
            harm = f" for {self.name(x.harm)}" if x.harm else ""
            adds = f"; besides: {self.names(x.adds).lower()}" if x.adds else ""
            self.line((self.name(x.party), "bold"), f"{harm}: {self.name(x.rule)}, {x.status}{doubt}")
            formula = f" ({clean(x.amount.basis)})" if x.amount.basis else ""
            self.line(f"{self.amount(x.amount)}{formula}{adds}", indent=4)

    def waterfall(self) -> None:
        """What each is left with once contribution, contracts and insurance are through."""
        found = [w for w in self.a.waterfall if w.steps]
        if not found:
            return
        self.title("Who ends up paying")
        for fall in found:
            self.line((self.name(fall.harm), "bold"), f": {self.name(fall.regime)}")
            for step in fall.steps:
                if step.kind not in _MOVES or step.amount.high == 0:
                    continue
                other = f" {_MOVES[step.kind][1]} {self.name(step.other)}" if step.other else ""
                self.line(
                    f"{self.name(step.party)} {_MOVES[step.kind][0]} {_range(step.amount)}{other}",
                    (f" [{step.amount.proof}]", "dim"),
                    indent=4,
                )
            if fall.open:
                self.line(f"hangs on: {', '.join(fall.open[:_SHOWN])}", indent=4)
            for note in fall.notes:
                self.line((note, "dim"), indent=4)

    def organisation(self) -> None:
        if not self.a.organisation:
            return
        self.title("Inside the organisations, beside the law")
        table = _table("for", "who", "of", "what", "shown by", "")
        for x in self.a.organisation:
            mark = "" if x.standing == "established" else x.standing
            of = self.name(x.organisation) if x.organisation else ""
            table.add_row(self.name(x.harm), self.name(x.party), of, self.name(x.function), self.names(x.because), mark)
        self.say(table)

    def voids(self) -> None:
        if not self.a.voids:
            return
        self.title("Voids: where nobody answers")
        for key in dict.fromkeys(v.void for v in sorted(self.a.voids, key=lambda v: _SEVERITY.get(v.severity, 9))):
            found = [v for v in self.a.voids if v.void == key]
            void = min(found, key=lambda v: v.standing != "established")
            notes = [v for v in (void.severity, "arguable" if void.standing == "arguable" else "") if v]
            notes += [_DOUBT[void.verification]] if void.verification in _DOUBT else []
            proof = f" [{void.proof}]" if void.proof else ""
            self.line((self.name(key), "bold"), f" ({', '.join(notes)})" if notes else "", (proof, "dim"))
            if witnesses := list(dict.fromkeys(w for v in found for w in v.witnesses)):
                self.line(f"shown by: {self.names(witnesses)}", indent=4)
            if harms := list(dict.fromkeys(v.harm for v in found if v.harm)):
                self.line(f"for: {self.names(harms)}", indent=4)
            if void.cure:
                self.line(f"cure: {void.cure}", indent=4)
            if void.ask:
                self.line(f"ask: {void.ask}", indent=4)

    def questions(self) -> None:
        if not self.a.open_questions:
            return
        self.title("Open questions")
        # One question may be asked for several harms or norms.
        asked: dict[str, list[str]] = {}
        for question in self.a.open_questions:
            asked.setdefault(self.asked(question), []).extend(question.would_change)
        for text, changes in list(asked.items())[:_SHOWN]:
            named = list(dict.fromkeys(changes))
            change = ", ".join(named[:4]) + (f" and {len(named) - 4} more" if len(named) > 4 else "")
            words = f" It would change {change}." if change else ""
            self.bullet(text, (words, "dim"))
        self.more(len(asked) - _SHOWN, "questions")

    def completeness(self) -> None:
        if self.a.completeness:
            self.title("Documents")
            from answerable.check import dossiers

            for dossier in dossiers(self.a.completeness):
                owner = f" ({self.name(dossier.owner)})" if dossier.owner else ""
                counts = Counter(row.status.replace("_", " ") for row in dossier.rows)
                self.line(f"{self.name(dossier.id)}{owner}: " + ", ".join(f"{n} {s}" for s, n in counts.items()))
                lacking = [row.label for row in dossier.rows if row.status == "missing"]
                if lacking:
                    self.line("  missing: " + "; ".join(lacking))

    def assumptions(self) -> None:
        self.title("Assumed")
        for text in self.a.assumptions:
            self.bullet(text)
        self.console.print()
        self.console.print(Text(self.a.disclaimer, style="italic"))


def clean(text: str) -> str:
    """The text without control characters, by which a case file could steer the terminal."""
    return _CONTROL.sub(" ", text)


def _weight(x: Accountable) -> tuple[bool, int]:
    return x.standing != "established", _KINDS.index(x.kind)


def _pairs() -> Table:
    table = plain_table(show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    return table


_KINDS = ("legal", "regulatory", "contractual", "organisational")
_SEVERITY = {"critical": 0, "high": 1, "medium": 2, "low": 3}
_RANK = {"breached": 0, "undocumented": 1, "unknown": 2, "documented": 3, "fulfilled": 4}


def _style(element: Element) -> str:
    return {"missing": "cyan", "defeated": "red"}.get(element.status, _SURE.get(element.status, "green"))


def _is_begun(theory: Liability) -> bool:
    return any(e.status in ("established", "presumed", "arguable") for e in theory.elements)


def _table(*columns: str) -> Table:
    table = plain_table(header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column == "since")
    return table


def render_voids(assessment: Assessment, console: Console | None = None) -> None:
    """Print the voids of a case: what each is, which harm it leaves, what shows it, and what would close it."""
    with trimmed(console) as out:
        report = _Report(assessment, out)
        if assessment.voids:
            report.voids()
        else:
            out.print("No void is found on this record. What is unknown finds none.")


def render_search(search: Search, console: Console | None = None) -> None:
    """Print what lets everyone in a chain escape, as a story."""
    with trimmed(console) as out:
        out.print(Text(clean(search.title), style="bold"))
        for answer in search.before:
            out.print(Text(clean(f"As it stands, {_who(answer)}.")))
        if search.silent:
            out.print(Text(clean(f"Every theory against {', '.join(search.silent)} is blocked as it stands.")))
        out.print()
        if not search.witnesses:
            out.print(f"No set of facts was found in {search.tried} tries after which nobody answers.")
        for number, found in enumerate(search.witnesses, 1):
            facts = "one fact is" if found.facts == 1 else f"{found.facts} facts are"
            out.print(Text(f"{number}. Nobody answers if {facts} otherwise", style="bold"))
            for change in found.changes:
                _indented(out, f"- {change}")
            for answer in found.after:
                why = f": {', '.join(answer.because)}" if answer.because else ""
                left = "is blocked" if answer.status == "blocked" else "stands and brings nothing"
                _indented(out, f"{answer.theory} against {answer.party} {left}{why}.")
            named = f"That is the void: {found.label} ({found.void})." if found.void else f"So {found.label}."
            _indented(out, named)
            if found.authorities:
                _indented(out, f"An authority may still act against {', '.join(found.authorities)}.")
            for ask in found.asks:
                _indented(out, f"It turns on this: {ask}")
            for cure in found.cures:
                _indented(out, f"What would cure it: {cure}")
            out.print()
        out.print(f"Each was confirmed by the rules on both records; {search.tried} states were drawn.")


def _who(answer: Answer) -> str:
    sure = "answers" if answer.status == "established" else "may answer"
    return f"{answer.party} {sure} for {answer.harm} under {answer.theory}"


def _indented(out: Console, text: str) -> None:
    out.print(Padding(Text(clean(text)), (0, 0, 0, 3), expand=False))


def render_proof(node: ProofNode, console: Console | None = None) -> None:
    """Print a proof as a tree, from the conclusion down to facts and law."""
    with trimmed(console) as out:
        out.print(_tree(node))


def _tree(node: ProofNode, tree: Tree | None = None, seen: set[int] | None = None) -> Tree:
    seen = set() if seen is None else seen
    label = Text.assemble((f"{node.kind}: ", "dim"), clean(node.conclusion))
    notes = [n for n in (node.standing, node.source) if n]
    if notes:
        label.append(f" ({clean(', '.join(notes))})", style="yellow")
    again = id(node) in seen and bool(node.premises)
    if again:
        label.append(" (shown above)", style="dim")
    elif node.says:
        label.append(f"\nbecause {clean(node.says)}")
    if not again and node.cites:
        label.append("\n" + "; ".join(citation(c) for c in node.cites[:3]), style="cyan")
    branch = Tree(label) if tree is None else tree.add(label)
    if not again:
        seen.add(id(node))
        for premise in node.premises:
            _tree(premise, branch, seen)
    return branch


def _some(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")


def _penalty(sanction: Sanction) -> str:
    """What a breach costs: the ceiling where it can be counted, else how it is counted."""
    if sanction.set_by_national_law:
        fine = f"penalty set by national law ({sanction.norm})"
    elif sanction.max is not None:
        fine = f"fine up to {money(sanction.max, sanction.currency)}"
    else:
        fine = f"fine {sanction.formula}" if sanction.formula else f"fine under {sanction.norm}"
    return f"{fine}; {sanction.periodic}" if sanction.periodic else fine


def render_missing(premises: Sequence[MissingPremise], console: Console | None = None) -> None:
    """Print what stands between a party and a norm or theory."""
    with trimmed(console) as out:
        table = plain_table(header_style="dim")
        for column in ("premise", "as the record stands", "ask"):
            table.add_column(column, overflow="fold")
        for premise in premises:
            table.add_row(*(clean(text) for text in (premise.premise, premise.state, premise.ask)))
        out.print(table if premises else "Every premise is met.")


def render_repairs(repairs: Sequence[Repair], labels: Mapping[str, str], console: Console | None = None) -> None:
    """Print the smallest changes that would open or close a theory or norm."""
    with trimmed(console) as out:
        for harm, effect in dict.fromkeys((r.harm, r.effect) for r in repairs):
            mine = [r for r in repairs if (r.harm, r.effect) == (harm, effect)]
            does = "would open it" if effect == "opens" else "would close it"
            out.print()
            out.print(Text(f"{labels.get(harm, harm)}: each of these {does}", style="bold"))
            for repair in mine:
                grid = Table.grid(padding=(0, 1))
                for number, change in enumerate(repair.changes):
                    grid.add_row("and" if number else "-", _change(change, labels))
                out.print(Padding(grid, (0, 0, 0, 2), expand=False))


def _change(change: Change, labels: Mapping[str, str]) -> Text:
    """A change in words, with whom to ask for it."""

    def name(key: str) -> str:
        return clean(labels.get(key) or spaced(key))

    words = name(change.class_)
    if change.kind == "position":
        return Text.assemble(f"the position {change.class_} is answered {'yes' if change.holds else 'no'}")
    where = name(change.of) + (f", about {name(change.about)}" if change.about else "")
    verb = {"withdrawn": "no longer on record", "fact": "on record" if change.holds else "denied on the record"}
    says = f"{words} ({where}): {verb.get(change.kind, f'a {change.kind} on record')}"
    return Text.assemble(says, (f" (ask: {change.who})" if change.who and change.kind != "withdrawn" else "", "dim"))


def spaced(name: str) -> str:
    """A name like ThisOne in words."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)


def render_responsibility(
    found: Sequence[Responsibility], labels: Mapping[str, str], console: Console | None = None
) -> None:
    """Print degrees of responsibility, said to be analytic."""
    from answerable.responsibility import LABEL as caution

    with trimmed(console) as out:
        out.print(Text(caution, style="yellow"))
        if not found:
            out.print("Nobody answers in law on this record, so nothing hangs on anyone.")
        for harm in dict.fromkeys(r.harm for r in found):
            out.print()
            out.print(Text(f"for {labels.get(harm, harm)}", style="bold"))
            for r in (r for r in found if r.harm == harm):
                who = " with ".join(labels.get(p, p) for p in r.parties)
                others = " and ".join(labels.get(p, p) for p in r.others)
                if len(r.parties) > 1:
                    says = "only together: without all of them nobody would answer"
                else:
                    says = f"{r.degree}" + (f", once what {others} contributed is thought away" if others else "")
                out.print(Padding(Text(f"{who}: {says}"), (0, 0, 0, 2), expand=False))


def render_table(columns: Sequence[str], rows: Sequence[Sequence[str]], console: Console | None = None) -> None:
    """Print the rows of a query."""
    with trimmed(console) as out:
        # A column that says nothing would take its width from those that do.
        shown = [n for n in range(len(columns)) if not rows or any(row[n] for row in rows)]
        table = plain_table(header_style="bold")
        for n in shown:
            table.add_column(columns[n], overflow="fold")
        for row in rows:
            table.add_row(*(clean(row[n]) for n in shown))
        out.print(Group(table, Text(f"{len(rows)} {'row' if len(rows) == 1 else 'rows'}", style="dim")))


def render_changes(before: Assessment, after: Assessment, console: Console | None = None) -> None:
    """Print what another day changes."""
    from answerable.timeline import changes

    with trimmed(console) as out:
        out.print(Text(f"{before.label(before.case)}: {day(before.as_of)} and {day(after.as_of)}", style="bold"))
        found = changes(before, after)
        _changes(out, found, {**before.labels, **after.labels})
        if not found:
            out.print("Nothing changes.")


def render_calendar(turns: Sequence[Turn], console: Console | None = None) -> None:
    """Print the coming days on which duties change."""
    with trimmed(console) as out:
        for turn in turns:
            out.print(Text(day(turn.day), style="bold"))
            _changes(out, turn.changes, turn.labels)
            out.print()
        if not turns:
            out.print("No duty changes on any day that the law or the case names.")


def _changes(out: Console, found: Sequence[Mapping[str, Any]], labels: Mapping[str, str]) -> None:
    for section in dict.fromkeys(c["section"] for c in found):
        mine = [c for c in found if c["section"] == section]
        out.print()
        out.print(Text(section.replace("_", " ").upper(), style="bold"))
        grouped: dict[tuple[str, str, str], list[str]] = {}
        for c in mine:
            keys = [v for k, v in c.items() if k not in ("section", "before", "after")]
            states = tuple(str(c[k] or "not there").replace("_", " ") for k in ("before", "after"))
            head, rest = labels.get(keys[0], keys[0]), keys[1:]
            by_norm = section in ("obligations", "rules")
            shown = rest[0] if by_norm else ", ".join(labels.get(r, r) for r in rest if r)
            grouped.setdefault((head, *states), []).append(shown)
        for (head, old, new), names in grouped.items():
            names = list(dict.fromkeys(n for n in names if n))
            shown = _some(names)
            line = Text.assemble((head, "bold"), f": {old} -> {new}" + (f" ({len(names)}): {shown}" if names else ""))
            out.print(Padding(line, (0, 0, 0, 2), expand=False))
