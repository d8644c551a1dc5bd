"""What dossiers contain and lack, for a terminal and as a page to hand over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from answerable import __version__
from answerable.assessment import DISCLAIMER, ItemStatus
from answerable.check import EXAMPLED, CheckReport, Covered, Dossier, Matrix, articles, dossiers, to_do
from answerable.pages import environment
from answerable.report import citation, clean, day, plain_table, spaced, trimmed

MARKS = {"present": "said", "missing": "MISSING", "not_applicable": "not applicable", "unknown": "unknown"}
STYLES = {"present": "green", "missing": "bold red", "not_applicable": "dim", "unknown": "cyan"}
BAR = 24
ASKED: tuple[ItemStatus, ...] = ("present", "missing", "unknown")
OTHERS: tuple[ItemStatus, ...] = ("missing", "unknown", "not_applicable")
SIGNS = {"present": "█", "missing": "░", "unknown": "·"}


class _Names:
    def __init__(self, labels: Mapping[str, str]) -> None:
        self.labels = labels

    def __call__(self, key: str | None) -> str:
        return clean(self.labels.get(key, "") or spaced(key)) if key else ""

    def title(self, dossier: Dossier) -> str:
        """The document, whose it is, and the dossier that it is measured by."""
        name, kind = self(dossier.id), self.labels.get(dossier.profile, dossier.profile)
        owner = f", of {self(dossier.owner)}" if dossier.owner else ""
        return f"{name}{owner}" if name == kind else f"{name}{owner}: {kind[0].lower()}{kind[1:]}"


def said(dossier: Dossier) -> str:
    """How far a document is, in words."""
    parts = [f"{dossier.count('present')} of {dossier.asked} said"]
    parts += [f"{n} {status.replace('_', ' ')}" for status in OTHERS if (n := dossier.count(status))]
    if n := dossier.count("missing", level="should"):
        parts.append(f"{n} advised and not there")
    return ", ".join(parts)


def bar(dossier: Dossier, width: int = BAR) -> Text:
    """Said, missing and unknown as lengths."""
    total = dossier.asked or 1
    text = Text()
    for status in ASKED:
        text.append(SIGNS[status] * round(width * dossier.count(status) / total), style=STYLES[status])
    return text


def render_checks(reports: Sequence[CheckReport], console: Console | None = None) -> None:
    """Print, for each report, a table for each dossier with its bar, and what is to be done, by owner."""
    with trimmed(console) as out:
        for report in reports:
            _one(report, out)
            out.print()
        if len(reports) > 1:
            _together(reports, out)
        out.print(verdict(reports))
        out.print(Text(DISCLAIMER, style="italic"))


def verdict(reports: Sequence[CheckReport]) -> str:
    """How things stand, in a sentence."""
    rows = [row for report in reports for row in report.completeness if row.level == "must"]
    missing, unknown = (sum(row.status == status for row in rows) for status in ("missing", "unknown"))
    if not all(report.is_clean for report in reports):
        return (
            f"Something that the law demands is missing, or contradicts itself: {missing} missing, {unknown} unknown."
        )
    return f"Nothing that the law demands is known to be missing; {unknown} unknown."


def _one(report: CheckReport, out: Console) -> None:
    names = _Names(report.labels)
    out.print(Text.assemble((clean(report.title or report.case), "bold"), f", on {day(report.as_of)}"))
    if not report.completeness:
        out.print("No document of this case has a dossier to check, and nobody is known to owe one.")
    for dossier in dossiers(report.completeness):
        out.print()
        out.print(Text(names.title(dossier), style="bold"))
        out.print(Text.assemble("  ", bar(dossier), f"  {said(dossier)}"))
        first = dossier.rows[0]
        if all((row.status, row.message) == (first.status, first.message) for row in dossier.rows):
            out.print(Text(f"  {clean(first.message)}", style=STYLES[first.status]))
        else:
            out.print(_items(dossier))
    _to_do(report, names, out)
    if report.consistency is not None:
        _consistency(report, out)


def _together(reports: Sequence[CheckReport], out: Console) -> None:
    """One line for each dossier of each case."""
    table = plain_table(gap=2)
    for column in ("case", "dossier", "said", "missing", "unknown", "n/a"):
        table.add_column(column, no_wrap=column == "case")
    for report in reports:
        for dossier in dossiers(report.completeness):
            counts = [str(dossier.count(status)) for status in OTHERS]
            share = f"{dossier.count('present')} of {dossier.asked}"
            table.add_row(report.case, dossier.profile, share, *counts)
    out.print(Text("ALL TOGETHER", style="bold"))
    out.print(table)
    out.print()


def render_coverage(found: Sequence[Covered], whole: int, items: int, console: Console | None = None) -> None:
    """Print what the dossiers and their examples cover."""
    with trimmed(console) as out:
        table = plain_table(gap=2)
        for column in ("dossier", "items", "of the tables", *EXAMPLED, "each kind"):
            table.add_column(column.replace("_", " "), no_wrap=column == "dossier")
        for one in found:
            counts = [str(one.exampled[status]) for status in EXAMPLED]
            table.add_row(one.profile, str(one.items), str(one.tabled), *counts, f"{one.whole} of {one.items}")
        out.print(table)
        for one in found:
            if one.lacking:
                out.print(Text(f"{one.profile}: without an example of each kind: {', '.join(one.lacking)}"))
        out.print(f"{whole} of {items} items of the law tables have a present, a missing and a not applicable example.")


def _items(dossier: Dossier) -> Table:
    table = plain_table(gap=2, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(ratio=2)
    table.add_column(ratio=3)
    for row in dossier.rows:
        status = "advised" if row.level == "should" and row.status == "missing" else MARKS[row.status]
        style = "yellow" if status == "advised" else STYLES[row.status]
        note = citation(row.provision) if row.status in ("present", "missing") else row.message
        table.add_row(
            Text(f"  {status}", style=style), Text(clean(row.label or row.item)), Text(clean(note), style="dim")
        )
    return table


def _to_do(report: CheckReport, names: _Names, out: Console) -> None:
    found = to_do(report.completeness)
    if found:
        out.print()
        out.print(Text("TO DO, BY OWNER", style="bold"))
    for owner, rows in found.items():
        out.print(Text(f"{names(owner)}", style="bold"), Text(f" ({len(rows)})"))
        grid = Table.grid(padding=(0, 1))
        for row in rows:
            when = f"from {day(row.due)}: " if row.due else ""
            advised = "advised: " if row.level == "should" else ""
            grid.add_row("  -", Text(f"{when}{advised}{clean(row.message)} ({names(row.dossier)})"))
        out.print(grid)


def _consistency(report: CheckReport, out: Console) -> None:
    assert report.consistency is not None
    out.print()
    if report.consistency.consistent:
        out.print("The facts and the ontology are consistent.")
    else:
        out.print("The facts contradict the ontology: something is stated to be of classes that exclude each other.")
    for name in report.consistency.unsatisfiable:
        out.print(Text(f"  nothing can be a {name}"))


def render_matrix(matrix: Matrix, console: Console | None = None) -> None:
    """Print what each reader asks on each topic, how much of it is said, and what can be said once for several."""
    with trimmed(console) as out:
        out.print(Text(f"{clean(matrix.title)}: one dossier, {len(matrix.readers)} readers", style="bold"))
        out.print("Said of asked; a dot where a reader does not ask.")
        table = plain_table(gap=2)
        for column in ("topic", *matrix.readers.values(), "said already in"):
            table.add_column(column)
        for row in matrix.rows:
            cells = [f"{c.said} of {c.asked}" if (c := row.cells.get(r)) else "·" for r in matrix.readers]
            table.add_row(row.label, *cells, ", ".join(row.said_in) or "nowhere")
        out.print(table)
        shared = [row for row in matrix.rows if len(row.cells) > 1]
        out.print(f"{len(shared)} of {len(matrix.rows)} topics are asked for by more than one reader.")
        reusable = [row for row in shared if row.said_in and any(c.said < c.asked for c in row.cells.values())]
        if reusable:
            out.print("Said already and asked for again: " + "; ".join(row.label for row in reusable) + ".")
        out.print(Text(DISCLAIMER, style="italic"))


def articles_table() -> str:
    """Which articles of the AI Act ask for documents, and which dossiers look into them, as Markdown."""
    lines = ["| article | documents that its norms ask for | looked into by |", "|---|---|---|"]
    for one in articles():
        into = sorted({name for names in one.documents.values() for name in names})
        documents = ", ".join(spaced(name).lower() for name in one.documents)
        lines.append(
            f"| {one.article} | {documents} | {', '.join(f'`{name}`' for name in into) or '(presence only)'} |"
        )
    return "\n".join(lines)


def html(reports: Sequence[CheckReport]) -> str:
    """A page to hand over: it stands alone, asks nothing of a network, and prints well."""
    names = _Names({key: label for report in reports for key, label in report.labels.items()})
    env = environment()
    env.filters |= {"day": day, "citation": citation, "named": names}
    env.globals |= {
        "title": names.title,
        "said": said,
        "marks": MARKS,
        "parts": _parts,
        "dossiers": dossiers,
        "to_do": to_do,
        "verdict": verdict,
    }
    return env.get_template("check.html").render(reports=reports, disclaimer=DISCLAIMER, version=__version__)


def _parts(dossier: Dossier) -> list[tuple[str, int, float]]:
    """The bar: status, number and share in per cent of what is asked."""
    total = dossier.asked or 1
    counted = [(status, dossier.count(status)) for status in ASKED]
    return [(status, n, round(100 * n / total, 2)) for status, n in counted if n]
