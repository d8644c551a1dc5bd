"""The command line. Heavy modules are imported by the command that needs them, so that help comes at once."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from answerable.law import Coverage
    from answerable.proofs import ProofNode

app = typer.Typer(
    name="answerable",
    help="When an AI system harms someone: who answers, under which law, on which day, and the proof.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class AssessFormat(StrEnum):
    text = "text"
    json = "json"
    turtle = "turtle"
    jsonld = "jsonld"


class CheckFormat(StrEnum):
    text = "text"
    json = "json"
    html = "html"
    turtle = "turtle"


class CheckEngine(StrEnum):
    auto = "auto"
    compiled = "compiled"
    pyshacl = "pyshacl"


class RowFormat(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"


GARBAGE = 100_000
"""New objects before a collection."""


class TextFormat(StrEnum):
    text = "text"
    json = "json"


CaseFile = Annotated[Path, typer.Argument(metavar="CASE", help="A case file (YAML).")]
AsOf = Annotated[str | None, typer.Option(metavar="DAY", help="The day that the question is asked of: YYYY-MM-DD.")]
KnownOn = Annotated[
    str | None,
    typer.Option("--known-on", metavar="DAY", help="Take the law as it was known and planned on this earlier day."),
]
Positions = Annotated[
    list[str] | None, typer.Option("--position", metavar="N=yes|no", help="A side taken on a contested question.")
]


@app.command()
def assess(
    case: CaseFile,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    position: Positions = None,
    format: Annotated[AssessFormat, typer.Option(help="How to print it.")] = AssessFormat.text,
    with_proofs: Annotated[bool, typer.Option("--with-proofs", help="Print the proof of each answer, too.")] = False,
) -> None:
    """Say who answers for the harm of a case, and what is missing."""
    from answerable.assess import Passes
    from answerable.explain import proofs

    passes = Passes.of(case, _day(as_of), _positions(position), _day(known_on, "--known-on"))
    assessment = passes.assessment
    if format is AssessFormat.text:
        from answerable.report import render

        shown = proofs(passes, (x.proof for x in assessment.accountable if x.proof)) if with_proofs else {}
        render(assessment, proofs=list(shown.values()))
    elif format is AssessFormat.json:
        data = assessment.model_dump(mode="json", by_alias=True)
        if with_proofs:
            data["proofs"] = {key: _plain(node) for key, node in proofs(passes, passes.conclusions).items()}
        _print_json(data)
    else:
        from answerable.export import serialise

        typer.echo(serialise(passes, format.value, with_proofs))


@app.command()
def explain(
    case: CaseFile,
    proof: Annotated[str, typer.Argument(metavar="PROOF", help="The id beside a conclusion of `assess`.")],
    as_of: AsOf = None,
    known_on: KnownOn = None,
    position: Positions = None,
    format: Annotated[TextFormat, typer.Option(help="How to print it.")] = TextFormat.text,
) -> None:
    """Prove one conclusion, down to stated facts and provisions."""
    import answerable

    days = (_day(as_of), _positions(position), _day(known_on, "--known-on"))
    node = answerable.explain(case, proof.strip("[]"), *days)
    if format is TextFormat.json:
        _print_json(_plain(node))
    else:
        from answerable.report import render_proof

        render_proof(node)


@app.command("why-not")
def why_not(
    case: CaseFile,
    party: Annotated[str, typer.Option(metavar="P", help="The id of a party of the case.")],
    norm: Annotated[str | None, typer.Option(metavar="N", help="The id of a norm, such as AIA_26_1.")] = None,
    theory: Annotated[str | None, typer.Option(metavar="T", help="The id of a theory of liability.")] = None,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    position: Positions = None,
    format: Annotated[TextFormat, typer.Option(help="How to print it.")] = TextFormat.text,
) -> None:
    """Say which premise of a norm or a theory is missing against a party, and the least that would open or close it."""
    import answerable

    if (norm is None) == (theory is None):
        raise answerable.InputError(
            "why-not", "", "both --norm and --theory" if norm else "neither --norm nor --theory", "one of the two"
        )
    days = (_day(as_of), _positions(position), _day(known_on, "--known-on"))
    missing = answerable.why_not(case, party, norm, theory, *days)
    found = answerable.repairs(case, party, norm, theory, *days)
    if format is TextFormat.json:
        from dataclasses import asdict

        premises = [{"premise": m.premise, "state": m.state, "ask": m.ask} for m in missing]
        _print_json({"premises": premises, "repairs": [asdict(repair) for repair in found]})
    else:
        from answerable.engine import knowledge
        from answerable.report import render_missing, render_repairs

        render_missing(missing)
        render_repairs(found, knowledge().names | answerable.assess(case, *days).labels)


@app.command("what-if")
def what_if(
    case: CaseFile,
    change: Annotated[Path, typer.Argument(metavar="FILE", help="A change to lay over the case (YAML).")],
    as_of: AsOf = None,
    known_on: KnownOn = None,
    position: Positions = None,
    format: Annotated[TextFormat, typer.Option(help="How to print it.")] = TextFormat.text,
) -> None:
    """Lay a change over a case and say what it does to the answer."""
    import answerable

    found = answerable.what_if(case, change, _day(as_of), _positions(position), _day(known_on, "--known-on"))
    if format is TextFormat.json:
        _print_json(found.changes)
    else:
        from answerable.report import render_changes

        render_changes(found.before, found.after)


@app.command()
def responsibility(
    case: CaseFile,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    position: Positions = None,
    format: Annotated[TextFormat, typer.Option(help="How to print it.")] = TextFormat.text,
) -> None:
    """Say how far the answer hangs on what each party contributed: analytic, not legal."""
    import answerable

    days = (_day(as_of), _positions(position), _day(known_on, "--known-on"))
    found = answerable.responsibility(case, *days)
    if format is TextFormat.json:
        _print_json(
            [{"harm": r.harm, "parties": r.parties, "degree": str(r.degree), "others": r.others} for r in found]
        )
    else:
        from answerable.report import render_responsibility

        render_responsibility(found, answerable.assess(case, *days).labels)


@app.command()
def check(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="A case file (YAML), or a file to import; `coverage` says what the dossiers cover."
        ),
    ],
    profile: Annotated[
        list[str] | None, typer.Option(metavar="P", help="A dossier, such as annex-iv; may be given several times.")
    ] = None,
    as_of: AsOf = None,
    import_: Annotated[
        str | None, typer.Option("--import", metavar="KIND", help="Import the file first; see `answerable import`.")
    ] = None,
    matrix: Annotated[
        bool, typer.Option("--matrix", help="Show what regulator, insurer, claimant and buyer ask, and what overlaps.")
    ] = False,
    consistency: Annotated[bool, typer.Option("--consistency", help="Ask a reasoner whether the facts agree.")] = False,
    engine: Annotated[CheckEngine, typer.Option(help="Which validator judges the words.")] = CheckEngine.auto,
    format: Annotated[CheckFormat, typer.Option(help="How to print it.")] = CheckFormat.text,
) -> None:
    """Say what the documents of a case lack, who owes it and from when. Status 1 if something is missing."""
    from answerable import check_report
    from answerable.casefile import load
    from answerable.check import check as run
    from answerable.check import coverage, validate
    from answerable.check import matrix as compare

    if str(file) == "coverage" and not file.exists():
        found = coverage(engine.value)
        if format is CheckFormat.json:
            _print_json({"dossiers": [c._asdict() for c in found[0]], "whole": found[1], "items": found[2]})
        else:
            check_report.render_coverage(*found)
        raise typer.Exit(0 if found[1] == found[2] else 1)
    if import_ is not None:
        from answerable import importers

        cases = importers.read(import_, file, profile or ())
    else:
        cases = [load(file)]
    day = _day(as_of)
    if matrix:
        matrices = [compare(case, day, engine.value) for case in cases]
        if format is CheckFormat.json:
            _print_json(matrices[0] if len(matrices) == 1 else matrices)
        for one in matrices if format is not CheckFormat.json else ():
            check_report.render_matrix(one)
        return
    reports = [run(case, profile, consistency, day, engine.value) for case in cases]
    if format is CheckFormat.json:
        plain = [report.model_dump(mode="json") for report in reports]
        _print_json(plain[0] if len(plain) == 1 else plain)
    elif format is CheckFormat.html:
        typer.echo(check_report.html(reports), nl=False)
    elif format is CheckFormat.turtle:
        for case, report in zip(cases, reports, strict=True):
            for validation in validate(case, report.profiles, day, engine.value):
                typer.echo(validation.turtle())
    else:
        check_report.render_checks(reports)
    if not all(report.is_clean for report in reports):
        raise typer.Exit(1)


@app.command(name="import")
def import_file(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="model-card, spdx, cyclonedx, croissant or fmti.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to import.")],
    profile: Annotated[
        list[str] | None, typer.Option(metavar="P", help="A dossier to fill; by default all that the kind can fill.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write one case file for each case here; by default, print.")
    ] = None,
) -> None:
    """Turn a document that you have into a case file. What it does not say is unknown."""
    from answerable import InputError, importers
    from answerable.casefile import dump

    cases = importers.read(kind, file, profile or ())
    if out is None:
        typer.echo("---\n".join(dump(case) for case in cases), nl=False)
        return
    paths = {out / f"{case.id}.yaml": dump(case) for case in cases}
    for path in paths:
        if path.exists():
            raise InputError(str(path), "", "a file that is there already", "a new file", "choose another --out")
    out.mkdir(parents=True, exist_ok=True)
    for path, text in paths.items():
        path.write_text(text, encoding="utf-8")
    typer.echo(f"{len(cases)} case file{'s' if len(cases) != 1 else ''} in {out}")


@app.command()
def query(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The name of a query; see --list.")] = None,
    case: Annotated[Path | None, typer.Option(metavar="CASE", help="A case file; without one, the law alone.")] = None,
    param: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="A parameter of the query.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the queries and their parameters.")] = False,
    as_of: AsOf = None,
    position: Positions = None,
    format: Annotated[RowFormat, typer.Option(help="How to print the rows.")] = RowFormat.table,
) -> None:
    """Ask one of the competency questions."""
    from answerable import InputError, queries

    columns: Sequence[str]
    if list_:
        columns, rows = ("query", "asks", "parameters"), [[q.name, q.summary, q.usage] for q in queries.catalogue()]
    elif name is None:
        raise InputError("query", "", "no name", "the name of a query", "`answerable query --list` shows them")
    else:
        values = dict(_pair("--param", text) for text in param or ())
        columns, rows = queries.run(name, case, values, _day(as_of), _positions(position))
    _print_rows(columns, rows, format)


@app.command()
def alignments(
    vocabulary: Annotated[
        str | None, typer.Option(metavar="NAME", help="The mappings to this vocabulary, such as dpv.")
    ] = None,
    unmapped: Annotated[bool, typer.Option("--unmapped", help="Our terms that have no counterpart.")] = False,
    format: Annotated[RowFormat, typer.Option(help="How to print the rows.")] = RowFormat.table,
) -> None:
    """Show how our terms map to other vocabularies, and which have no counterpart there."""
    from answerable import alignments as found

    if unmapped:
        _print_rows(found.UNMAPPED_COLUMNS, found.unmapped_rows(vocabulary), format)
    elif vocabulary is None:
        _print_rows(found.SET_COLUMNS, found.set_rows(), format)
    else:
        _print_rows(found.MAPPING_COLUMNS, found.mapping_rows(vocabulary), format)


@app.command()
def new(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Where to write it; by default, print it.")
    ] = None,
) -> None:
    """Write a commented case file to fill in."""
    from answerable import InputError
    from answerable.casefile import template

    if file is None:
        typer.echo(template(), nl=False)
        return
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(template())
    except FileExistsError:
        raise InputError(str(file), "", "a file that is there already", "a new file", "it is left as it is") from None
    except OSError as error:
        raise InputError(str(file), "", str(error.strerror), "a file that can be written") from None
    typer.echo(f"Wrote {file}. Next: answerable assess {file}")


@app.command()
def diff(
    case: CaseFile,
    as_of: Annotated[list[str] | None, typer.Option(metavar="DAY", help="Give it twice: the two days.")] = None,
    position: Positions = None,
    format: Annotated[TextFormat, typer.Option(help="How to print it.")] = TextFormat.text,
) -> None:
    """Say what another day changes."""
    import answerable

    if as_of is None or len(as_of) != 2:
        raise answerable.InputError("diff", "--as-of", f"{len(as_of or ())} days", "two days", "--as-of A --as-of B")
    loaded = answerable.load(case)
    before, after = (answerable.assess(loaded, _day(text), _positions(position)) for text in as_of)
    if format is TextFormat.json:
        from answerable.timeline import changes

        _print_json(changes(before, after))
    else:
        from answerable.report import render_changes

        render_changes(before, after)


@app.command()
def calendar(
    case: CaseFile,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    position: Positions = None,
    format: Annotated[TextFormat, typer.Option(help="How to print it.")] = TextFormat.text,
) -> None:
    """List the coming days on which the duties of a case change."""
    import answerable

    turns = answerable.calendar(case, _day(as_of), _positions(position), _day(known_on, "--known-on"))
    if format is TextFormat.json:
        _print_json([{"day": str(turn.day), "changes": turn.changes} for turn in turns])
    else:
        from answerable.report import render_calendar

        render_calendar(turns)


@app.command()
def voids(
    case: CaseFile,
    search: Annotated[
        bool, typer.Option("--search", help="Take CASE as a value chain, and look for facts that let everyone escape.")
    ] = False,
    forum: Annotated[
        str | None, typer.Option(metavar="F", help="With --search: where the claim is heard, such as DE or US-TX.")
    ] = None,
    as_of: AsOf = None,
    position: Positions = None,
    most: Annotated[int, typer.Option(metavar="N", min=1, help="With --search: how many ways out to look for.")] = 5,
    format: Annotated[TextFormat, typer.Option(help="How to print it.")] = TextFormat.text,
) -> None:
    """List the voids of a case, through which nobody answers; or search a value chain for one."""
    import answerable

    loaded = answerable.load(case)
    if search:
        from answerable.voids import search as run

        if position:
            loaded = loaded.model_copy(update={"positions": {**loaded.positions, **(_positions(position) or {})}})
        found = run(loaded, forum, _day(as_of), most)
        if format is TextFormat.json:
            _print_json(found.plain())
        else:
            from answerable.report import render_search

            render_search(found)
        return
    assessment = answerable.assess(loaded, _day(as_of), _positions(position))
    if format is TextFormat.json:
        _print_json([v.model_dump(mode="json") for v in assessment.voids])
    else:
        from answerable.report import render_voids

        render_voids(assessment)


law_app = typer.Typer(
    name="law", help="Read the law that is encoded: units, lists, history, coverage.", no_args_is_help=True
)
app.add_typer(law_app)

UnitId = Annotated[str, typer.Argument(metavar="ID", help="The id of a unit of law, such as AIA_26_1.")]


class TableFormat(StrEnum):
    table = "table"
    json = "json"


@law_app.command("show")
def law_show(
    id: UnitId, format: Annotated[TextFormat, typer.Option(help="How to print it.")] = TextFormat.text
) -> None:
    """Print a norm with its conditions, exceptions, periods, penalty, source, and the rules that use it."""
    from answerable.law import law
    from answerable.law_report import render_unit

    _show(law().unit(id), format, render_unit)


@law_app.command("list")
def law_list(
    bearer: Annotated[
        str | None, typer.Option(metavar="ROLE", help="Whom it addresses: deployer, AIActDeployer.")
    ] = None,
    on: Annotated[
        str | None, typer.Option(metavar="DAY", help="The day that the status is of; by default today.")
    ] = None,
    instrument: Annotated[str | None, typer.Option(metavar="I", help="The instrument, such as ai-act.")] = None,
    modality: Annotated[str | None, typer.Option(metavar="M", help="What it is, such as obligation.")] = None,
    status: Annotated[str | None, typer.Option(metavar="S", help="applies, upcoming or superseded.")] = None,
    format: Annotated[RowFormat, typer.Option(help="How to print it.")] = RowFormat.table,
) -> None:
    """List the norms, and what each is on a day."""
    from answerable.law import law, plain
    from answerable.law_report import LIST_COLUMNS, cells, render_rows

    asked = _day(on, "--on") or date.today()
    rows = law().rows(bearer, asked, instrument, modality, status)
    if format is RowFormat.json:
        _print_json([plain(row) for row in rows])
    elif format is RowFormat.csv:
        _print_rows(LIST_COLUMNS, [cells(row) for row in rows], format)
    else:
        render_rows(rows, asked)


@law_app.command("history")
def law_history(
    id: UnitId, format: Annotated[TextFormat, typer.Option(help="How to print it.")] = TextFormat.text
) -> None:
    """Print the versions of a unit, what was planned when, and what amended it."""
    from answerable.law import law
    from answerable.law_report import render_history

    _show(law().history(id), format, render_history)


@law_app.command("coverage")
def law_coverage(
    format: Annotated[TableFormat, typer.Option(help="How to print it.")] = TableFormat.table,
) -> None:
    """Say how much of each law table is in the graph, and why the rest is not."""
    from answerable.law import coverage

    _print_coverage(coverage(), format)


doctrine_app = typer.Typer(
    name="doctrine", help="Read the theories of liability that are encoded, and what is covered.", no_args_is_help=True
)
app.add_typer(doctrine_app)


@doctrine_app.command("show")
def doctrine_show(
    id: Annotated[str, typer.Argument(metavar="ID", help="The id of a theory, such as TORT_NEG.")],
    format: Annotated[TextFormat, typer.Option(help="How to print it.")] = TextFormat.text,
) -> None:
    """Print a theory of liability with its elements, defences, remedies and authorities."""
    from answerable.doctrine import doctrine
    from answerable.law_report import render_theory

    _show(doctrine().theory(id), format, render_theory)


@doctrine_app.command("list")
def doctrine_list(
    forum: Annotated[str | None, typer.Option(metavar="F", help="A jurisdiction, such as DE or US-TX.")] = None,
    format: Annotated[RowFormat, typer.Option(help="How to print it.")] = RowFormat.table,
) -> None:
    """List the theories of liability."""
    from answerable.doctrine import COLUMNS, doctrine

    _print_rows(COLUMNS, doctrine().rows(forum), format)


@doctrine_app.command("coverage")
def doctrine_coverage(
    format: Annotated[TableFormat, typer.Option(help="How to print it.")] = TableFormat.table,
) -> None:
    """Say how much of each doctrine table is in the graph, and why the rest is not."""
    from answerable.doctrine import doctrine_coverage

    _print_coverage(doctrine_coverage(), format)


def _show(node: Any, format: TextFormat, render: Callable[[Any], None]) -> None:
    if format is TextFormat.json:
        from answerable.law import plain

        _print_json(plain(node))
    else:
        render(node)


def _print_coverage(found: Sequence[Coverage], format: TableFormat) -> None:
    if format is TableFormat.json:
        from answerable.law import plain

        _print_json([plain(table) for table in found])
    else:
        from answerable.law_report import render_coverage

        render_coverage(found)


def _version(wanted: bool) -> None:
    if wanted:
        from answerable import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def _day(text: str | None, option: str = "--as-of") -> date | None:
    from answerable import InputError

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(option, "", text, "a day that exists, written YYYY-MM-DD") from None


def _pair(option: str, text: str) -> tuple[str, str]:
    from answerable import InputError

    name, sign, value = text.partition("=")
    if not (name.strip() and sign and value.strip()):
        raise InputError(option, "", text, "NAME=VALUE")
    return name.strip(), value.strip()


def _positions(texts: list[str] | None) -> dict[str, bool] | None:
    from answerable import InputError

    taken = dict(_pair("--position", text) for text in texts or ())
    for name, value in taken.items():
        if value not in ("yes", "no"):
            raise InputError("--position", name, value, "yes or no")
    return {name: value == "yes" for name, value in taken.items()} or None


def _plain(node: ProofNode, seen: set[int] | None = None) -> dict[str, Any]:
    """A proof as maps and lists; a step that several others rest on is written out once."""
    seen = set() if seen is None else seen
    own = {"conclusion": node.conclusion, "kind": node.kind, "rule": node.rule, "says": node.says, "cites": node.cites}
    own |= {"source": node.source, "standing": node.standing}
    if id(node) in seen and node.premises:
        return {**own, "shown_above": True}
    seen.add(id(node))
    return {**own, "premises": [_plain(p, seen) for p in node.premises]}


def _print_rows(columns: Sequence[str], rows: Sequence[Sequence[str]], format: RowFormat) -> None:
    if format is RowFormat.json:
        _print_json([dict(zip(columns, row, strict=True)) for row in rows])
    elif format is RowFormat.csv:
        import csv

        csv.writer(sys.stdout, lineterminator="\n").writerows([columns, *rows])
    else:
        from answerable.report import render_table

        render_table(columns, rows)


def _print_json(data: Any) -> None:
    import json

    typer.echo(json.dumps(data, indent=2, ensure_ascii=False, default=str))


def main() -> None:
    """Run the command line; an input that cannot be read ends with status 2 and no traceback."""
    # A command is short: walking the knowledge for garbage costs more than it frees.
    gc.set_threshold(GARBAGE, 50, 50)
    try:
        app()
    except BrokenPipeError:
        # Whoever read the output has enough; what is left must not fail again when Python closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        from answerable.errors import InputError

        if not isinstance(error, InputError):
            raise
        sys.stdout.flush()
        print(error, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
