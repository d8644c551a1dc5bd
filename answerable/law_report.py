"""Units of law, their history and their coverage, in words for a terminal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from rich.console import Console, Group
from rich.padding import Padding
from rich.text import Text

from answerable.doctrine import Point, Theory
from answerable.law import (
    Class,
    Condition,
    Coverage,
    Exempting,
    Fact,
    History,
    Mention,
    Penalty,
    Period,
    Ref,
    Row,
    Unit,
)
from answerable.report import citation, day, plain_table, render_table, trimmed

Line = str | tuple[str, int]


def spaced(kind: str) -> str:
    return kind.replace("-", " ")


def span(start: date | None, end: date | None) -> str:
    """Two days as people say them."""
    if start and end:
        return f"{day(start)} to {day(end)}"
    return f"from {day(start)}" if start else f"until {day(end)}" if end else ""


def reading(period: Period) -> str:
    """The reading that a contested period presupposes, in words, or nothing."""
    if period.reading is None:
        return ""
    return f"contested: only if {period.reading.position} is answered {'yes' if period.reading.answer else 'no'}"


def route(period: Period) -> str:
    """What a period covers, in words."""
    return ", ".join("everything" if c.name == "Matter" else c.label for c in period.route)


class _Page:
    """Prints titled sections; empty ones are left out."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def title(self, text: str) -> None:
        self.console.print()
        self.console.print(Text(text.upper(), style="bold"))

    def say(self, text: str, indent: int = 2, style: str = "") -> None:
        if text:
            self.console.print(Padding(Text(text, style=style), (0, 0, 0, indent), expand=False))

    def section(self, title: str, lines: Iterable[Line]) -> None:
        shown = [line if isinstance(line, tuple) else (line, 2) for line in lines if line]
        if shown:
            self.title(title)
        for text, indent in shown:
            self.say(text, indent)


class _Asked:
    """Conditions in lines; what a class means is said where it is met first."""

    def __init__(self) -> None:
        self.said: set[str] = set()

    def lines(self, conditions: Iterable[Condition], indent: int = 2) -> Iterator[tuple[str, int]]:
        for condition in conditions:
            inner = indent
            if condition.group is not None or len(condition.alternatives) > 1:
                yield f"one of{f' ({condition.group.label})' if condition.group else ''}:", indent
                inner += 2
            for one in condition.alternatives:
                yield from self._class(one, inner)

    def _class(self, one: Class, indent: int) -> Iterator[tuple[str, int]]:
        name = f"{one.label} ({one.name})"
        if one.name in self.said:
            yield f"{name}: see above", indent
            return
        self.said.add(one.name)
        yield (f"{name}: {one.definition}" if one.definition else name), indent
        if one.question:
            yield f"{one.asks}: {one.question}", indent + 2

    def lifting(self, found: Iterable[Exempting]) -> Iterator[tuple[str, int]]:
        for one in found:
            yield f"{one.ref.label} ({one.ref.id}): {one.ref.statement}".rstrip(": "), 2
            yield from ((f"{name} {day(d)}", 4) for name, d in one.days.items())
            yield from self.lines(one.conditions, 4)


def period_line(period: Period) -> str:
    """A period in one line."""
    known = span(period.known_from, period.known_until)
    parts = [span(period.begins, period.ends) or "no day stated", route(period), f"planned so {known}" if known else ""]
    set_by = ", ".join(citation(x) for x in period.set_by)
    parts += [f"set by {set_by}" if set_by else "", reading(period)]
    return f"{period.id}: " + "; ".join(p for p in parts if p)


def penalty_lines(penalty: Penalty) -> Iterator[tuple[str, int]]:
    """A penalty with its ceiling and what changes it."""
    yield f"{penalty.ref.label} ({penalty.ref.id}): {penalty.ceiling or penalty.ref.statement}", 2
    for one in penalty.modifiers:
        yield f"{one.ref.label} ({one.ref.id}): {one.ref.statement}", 4


def fact_line(fact: Fact) -> str:
    """A further fact in one line."""
    shown = (f"{v.label} ({v.id})" if isinstance(v, Ref) else v for v in fact.values)
    return f"{fact.label}: {', '.join(shown)}"


def render_unit(unit: Unit, console: Console | None = None) -> None:
    """Print a unit with all that hangs on it."""
    with trimmed(console) as out:
        page = _Page(out)
        page.say(f"{unit.id}: {unit.label}", 0, "bold")
        about = [spaced(unit.kind), unit.instrument.label if unit.instrument else unit.title, unit.celex]
        page.say(", ".join(x for x in about if x), 0)
        page.say(unit.statement or unit.comment, 0)
        for bearer in unit.bearers:
            page.say(f"Addressed to: {bearer.label} ({bearer.name})", 0)
        if unit.in_force_from:
            page.say(f"In force from {day(unit.in_force_from)}", 0)
        if unit.due_by:
            page.say(f"When: {'; '.join(unit.due_by)}", 0)
        if unit.owed_to:
            page.say(f"Owed to: {'; '.join(unit.owed_to)}", 0)
        page.section("Milestones", (f"{day(e.on)}: {e.ref.label}" for e in unit.milestones))
        asked = _Asked()
        page.section("Conditions", asked.lines(unit.conditions))
        page.section("Exceptions", asked.lifting(unit.exceptions))
        whole = (f"{x.ref.label} ({x.ref.id}): {x.ref.statement}" for x in unit.exceptions_of_instrument)
        page.section("Exceptions of the whole instrument", whole)
        page.section("Transitional rules", asked.lifting(unit.transitional_rules))
        title = "Periods, of what it belongs to" if unit.periods_inherited else "Periods"
        page.section(title, map(period_line, unit.periods))
        page.section("Evidence", (f"{e.label} ({e.name}): {e.definition}" for e in unit.evidence))
        penalties = (*unit.penalties, *([unit.own_penalty] if unit.own_penalty else []))
        page.section("Penalty", (line for p in penalties for line in penalty_lines(p)))
        page.section("Versions", (f"{v.id}: {v.label}" for v in unit.versions))
        page.section("Amended by", (f"{a.id}: {a.label}" for a in unit.amended_by))
        page.section("Further", map(fact_line, (*unit.further, *unit.used_by)))
        page.section("Rules", _rules(unit.rules))
        page.section("Shapes", (f"{m.file}: {m.says}" for m in unit.shapes))
        sources = [f"{citation(p)} <{p}>" for p in unit.provisions]
        checked = f"{unit.verification} ({unit.verified_against})" if unit.verified_against else unit.verification
        page.section("Source", [*sources, *unit.citations, unit.source, f"Checked: {checked}" if checked else ""])


def _rules(rules: Sequence[Mention]) -> Iterator[str]:
    citing = [m.id for m in rules if m.how == "cites"]
    yield from (f"{m.file}: {m.says}" for m in rules if m.how == "names")
    if citing:
        yield f"cited by: {', '.join(citing)}"


LIST_COLUMNS = ("id", "modality", "bearer", "says", "status", "since", "contested")


def cells(row: Row) -> list[str]:
    """The cells of a list, for CSV."""
    since = row.since.isoformat() if row.since else ""
    return [row.id, row.modality, " ".join(row.bearers), row.label, row.status, since, row.contested]


def render_rows(rows: Sequence[Row], on: date, console: Console | None = None) -> None:
    """Print a list of norms and what each is on the day."""
    with trimmed(console) as out:
        out.print(Text(f"On {day(on)}, where its conditions are met", style="bold"))
        table = plain_table(header_style="bold")
        for column in ("id", "modality", "says", "bearer", "status"):
            table.add_column(column, no_wrap=column == "id", overflow="fold")
        for row in rows:
            table.add_row(row.id, spaced(row.modality), row.label, ", ".join(row.bearers), _status(row))
        out.print(Group(table, Text(f"{len(rows)} {'norm' if len(rows) == 1 else 'norms'}", style="dim")))


def _status(row: Row) -> str:
    words = {"upcoming": "from", "applies": "since"}
    since = f" {words[row.status]} {row.since.isoformat()}" if row.since and row.status in words else ""
    contested = f" ({row.contested} on a contested reading)" if row.contested else ""
    return f"{row.status}{since}{contested}"


def render_history(history: History, console: Console | None = None) -> None:
    """Print the versions, plans and amendments of a unit."""
    with trimmed(console) as out:
        page = _Page(out)
        page.say(f"History of {history.id}", 0, "bold")
        page.section("Versions", (line for unit in history.versions for line in _version_lines(unit)))
        for plan in history.plans:
            known = span(plan.known_from, plan.known_until) or "at all times"
            page.section(f"The plan {known}", (line for p in plan.periods for line in _plan_lines(p)))
        page.section("Amendments", (line for unit in history.amendments for line in _amendment_lines(unit)))
        if not history.plans:
            page.say("No period is stated.")


def _version_lines(unit: Unit) -> Iterator[tuple[str, int]]:
    days = "; ".join(dict.fromkeys(x for p in unit.periods if (x := span(p.begins, p.ends))))
    yield f"{unit.id}: {unit.label}{f' ({days})' if days else ''}", 2
    yield unit.statement, 4


def _plan_lines(period: Period) -> Iterator[tuple[str, int]]:
    yield f"{span(period.begins, period.ends) or 'no day stated'}: {period.label} ({period.id})", 2
    set_by = ", ".join(citation(x) for x in period.set_by)
    notes = [f"covers {route(period)}", f"set by {set_by}" if set_by else "", period.source, reading(period)]
    yield "; ".join(n for n in notes if n), 4


def _amendment_lines(unit: Unit) -> Iterator[tuple[str, int]]:
    since = next((p.begins for p in unit.periods if p.begins), None) or unit.in_force_from
    yield f"{unit.id}: {unit.label}{f' (since {day(since)})' if since else ''}", 2
    yield unit.statement, 4


def render_theory(theory: Theory, console: Console | None = None) -> None:
    """Print a theory of liability."""
    with trimmed(console) as out:
        page = _Page(out)
        out.print(Text(f"{theory.id}: {theory.label}", style="bold"))
        out.print(Text(theory.statement))
        page.section("Status", [theory.status])
        page.section("Where, and against whom", [", ".join(theory.forums), f"against: {', '.join(theory.against)}"])
        about = [theory.family, theory.fault, f"remedies: {', '.join(theory.remedies)}" if theory.remedies else ""]
        page.section("What it is", [line for line in (*about, *theory.periods) if line])
        for title, points in (
            ("Elements", theory.elements),
            ("Defences", theory.defences),
            ("Effects", theory.effects),
        ):
            page.section(title, (line for point in points for line in _point(point)))
        page.section("Authority", [*theory.citations, f"Checked: {theory.verification}" if theory.verification else ""])


def _point(point: Point) -> Iterator[Line]:
    burden = f", burden on the {point.burden}" if point.burden else ""
    yield f"{point.label} ({point.id}; {point.kind}{burden})"
    yield point.statement, 4
    if point.met_by:
        yield f"shown by: {', '.join(point.met_by)}", 4
    if point.contested:
        yield f"contested: {', '.join(point.contested)}", 4


def render_coverage(found: Sequence[Coverage], console: Console | None = None) -> None:
    """Print how much of each table is in the graph, and why the rest is not."""
    rows = [[c.table, str(c.rows), str(c.encoded), str(c.left_out), str(c.missing)] for c in found]
    sums = [str(sum(int(row[n]) for row in rows)) for n in range(1, 5)]
    render_table(COVERAGE_COLUMNS, [*rows, ["all", *sums]], console)
    with trimmed(console) as out:
        page = _Page(out)
        for one in found:
            reasons: dict[str, list[str]] = defaultdict(list)
            for gap in one.gaps:
                reasons[gap.note or "not encoded, and no reason is given"].append(gap.id)
            page.section(one.table, (f"{note}: {', '.join(ids)}" for note, ids in reasons.items()))


COVERAGE_COLUMNS = ("table", "rows", "encoded", "left out for a reason", "missing")
