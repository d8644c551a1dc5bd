"""The command line. Heavy modules are imported by the command that needs them, so that help comes at once."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from answerable.web import MAX_MEGABYTES, MAX_ROWS, PORT

if TYPE_CHECKING:
    from answerable.law import Coverage
    from answerable.links.asking import Asker, Table
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


class QueryFormat(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"
    turtle = "turtle"


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
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help="model-card, spdx, cyclonedx, croissant, fmti; of incidents: aiid, aiaaic, ai-incident-law, avid.",
        ),
    ],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to import; of avid also a folder.")],
    profile: Annotated[
        list[str] | None, typer.Option(metavar="P", help="A dossier to fill; by default all that the kind can fill.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write one case file for each case here; by default, print.")
    ] = None,
    organisations: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Of incidents: a CSV of organisations (name, lei, qid ...).")
    ] = None,
    matches: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Of incidents: a match file with a reviewer's decisions.")
    ] = None,
) -> None:
    """Turn a document or a table of incidents that you have into case files. What it does not say is unknown."""
    from answerable import InputError, importers
    from answerable.casefile import dump

    if kind in importers.INCIDENT_KINDS:
        if profile:
            raise InputError("--profile", "", profile[0], "no dossier: incidents describe none")
        _import_incidents(kind, file, out, organisations, matches)
        return
    if given := [option for option, value in (("--organisations", organisations), ("--matches", matches)) if value]:
        raise InputError(given[0], "", kind, "one of " + ", ".join(importers.INCIDENT_KINDS))
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


def _import_incidents(
    kind: str, file: Path, out: Path | None, organisations: Path | None, matches: Path | None
) -> None:
    from answerable import InputError
    from answerable.identities import register
    from answerable.importers.incidents import portfolio

    if out is None:
        raise InputError("--out", "", "no folder", "a new folder: there is one case file for each incident")
    known = register(organisations, matches)
    with _progress(f"importing {file.name}") as move:
        summary = portfolio(kind, file, out, known, lambda n, of: move(completed=n, total=of))
    typer.echo("\n".join([*summary.lines(), f"{summary.imported:,} case files in {out}"]))


@app.command()
def query(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The name of a query; see --list.")] = None,
    case: Annotated[
        Path | None, typer.Option(metavar="CASE", help="A case file; by default, all cases that are shipped.")
    ] = None,
    param: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="A parameter of the query.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the queries by theme, with their parameters.")] = False,
    search: Annotated[str, typer.Option(metavar="WORDS", help="List the queries about something.")] = "",
    on: Annotated[
        str, typer.Option(metavar="URL", help="Ask a store into which `answerable load` has put the graph.")
    ] = "",
    as_of: AsOf = None,
    position: Positions = None,
    format: Annotated[QueryFormat, typer.Option(help="How to print the answer.")] = QueryFormat.table,
) -> None:
    """Ask one of the competency questions."""
    from answerable import InputError, queries

    if list_ or search:
        columns = ("theme", "query", "asks", "parameters")
        rows = [[q.theme, q.name, q.summary, q.usage] for q in queries.search(search)]
        _print_rows(columns, rows, _row_format(format, "the list of queries"))
        return
    if name is None:
        raise InputError("query", "", "no name", "the name of a query", "`answerable query --list` shows them")
    values = dict(_pair("--param", text) for text in param or ())
    asked = queries.find(name)
    rows_as = None if asked.gives_graph else _row_format(format, f"query {name}")
    if asked.gives_graph and format not in (QueryFormat.table, QueryFormat.turtle):
        raise InputError(f"query {name}", "--format", format.value, "turtle", "its answer is a graph")
    if on and case is not None:
        raise InputError(f"query {name}", "--on", "with --case", "one of the two", "load the case into the store")
    if on:
        from answerable import remote

        answer = remote.ask(remote.Endpoint.of(on, "--on"), asked, values)
    else:
        answer = queries.run(name, case, values, _day(as_of), _positions(position))
    if rows_as is None:
        typer.echo(answer.turtle, nl=False)
    else:
        _print_rows(answer.columns, answer.rows, rows_as)


def _row_format(format: QueryFormat, of: str) -> RowFormat:
    from answerable import InputError

    if format is QueryFormat.turtle:
        raise InputError(of, "--format", "turtle", "table, csv or json", "its answer is a table")
    return RowFormat(format.value)


@app.command()
def serve(
    dataset: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A dataset in N-Quads or TriG; by default, the shipped graph.")
    ] = None,
    host: Annotated[str, typer.Option(help="The address to listen on; by default, this machine alone.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, help="The port; 0 takes one that is free.")] = PORT,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Queries that run at a time; by default, one a core.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long a query may run.")] = 30,
    rows: Annotated[int, typer.Option(min=1, help="How many rows an answer may have.")] = MAX_ROWS,
    memory: Annotated[int, typer.Option(min=64, help="How many megabytes a query may need.")] = MAX_MEGABYTES,
    cache: Annotated[int, typer.Option(min=0, help="How many megabytes of answers are kept.")] = 64,
) -> None:
    """Serve the graph: a SPARQL endpoint, the questions as an API, a page to write queries in.

    It is read-only. Where ANSWERABLE_TOKEN is set, updates that bear it are taken; they are written back to the file of
    --dataset, and live as long as the service for the shipped graph.
    """
    from answerable.errors import InputError

    try:
        from answerable.web.server import run
    except ModuleNotFoundError as error:
        hint = "install it: pip install 'answerable[web]'"
        raise InputError("serve", "", f"no module {error.name}", "the extra `web`", hint) from None
    run(dataset, host, port, workers, seconds, rows, memory, cache)


Digest = Annotated[bool, typer.Option("--digest", help="Use digest authentication.")]


@app.command()
def load(
    cases: Annotated[
        list[Path] | None, typer.Argument(metavar="[CASE]...", help="Case files; by default, the shipped cases.")
    ] = None,
    to: Annotated[str, typer.Option(metavar="URL", help="The endpoint: QUERY_URL, or QUERY_URL,UPDATE_URL.")] = "",
    stated_only: Annotated[bool, typer.Option("--stated-only", help="Leave out what follows for the cases.")] = False,
    digest: Digest = False,
) -> None:
    """Load law, doctrine, cases and what follows into a store that takes SPARQL 1.1 updates.

    The graphs of the house in that store are replaced. Credentials: ANSWERABLE_STORE_USER and
    ANSWERABLE_STORE_PASSWORD, or a bearer token in ANSWERABLE_TOKEN.
    """
    from answerable import dataset, remote

    endpoint = remote.Endpoint.of(to, "--to", digest)
    parts = [part for part in dataset.parts(cases or None) if not (stated_only and part.graph in dataset.INFERRED)]
    with _progress("loading", sum(len(part.triples) for part in parts)) as move:
        remote.load(endpoint, parts, lambda sent: move(advance=sent))


@app.command()
def reason(
    on: Annotated[str, typer.Option(metavar="URL", help="The endpoint: QUERY_URL, or QUERY_URL,UPDATE_URL.")] = "",
    as_of: AsOf = None,
    digest: Digest = False,
) -> None:
    """Run the rules where the data are: on a store into which `answerable load` has put law and cases.

    What follows for each case is in its graphs `established` and `arguable` afterwards.
    """
    from answerable import remote

    endpoint = remote.Endpoint.of(on, "--on", digest)
    held = list(remote.cases(endpoint))
    with _progress("reasoning", len(held)) as move:
        remote.reason(endpoint, held, _day(as_of), lambda cases: move(advance=cases))


@contextmanager
def _progress(words: str, total: int | None = None) -> Iterator[Callable[..., object]]:
    """A bar on standard error, where that is a terminal; what moves it takes `advance`, or `completed` and `total`."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
        yield partial(bar.update, bar.add_task(words, total=total))


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


link_app = typer.Typer(
    name="link",
    help="Ask legal datasets of others: EU Publications Office, Wikidata, Global LEI.",
    no_args_is_help=True,
)
app.add_typer(link_app)

LinkLanguage = Annotated[
    list[str] | None, typer.Option("--lang", metavar="L", help="A language, such as de; may be given several times.")
]
LinkEndpoint = Annotated[str, typer.Option("--endpoint", metavar="URL", help="Ask here instead of the public service.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the query or address, and send nothing.")]
Offline = Annotated[bool, typer.Option("--offline", help="Send nothing: only what was kept, and the shipped snapshot.")]
Refresh = Annotated[bool, typer.Option("--refresh", help="Ask again, whatever was kept.")]
CacheFolder = Annotated[
    Path | None,
    typer.Option("--cache", metavar="FOLDER", help="Where answers are kept; by default in the user's cache folder."),
]
Rows = Annotated[RowFormat, typer.Option("--format", help="How to print the rows.")]


class CelexTopic(StrEnum):
    work = "work"
    titles = "titles"
    amended_by = "amended-by"
    amends = "amends"
    consolidated = "consolidated"
    case_law = "case-law"
    transposition = "transposition"
    text = "text"


@link_app.command("celex")
def link_celex(
    celex: Annotated[str, typer.Argument(metavar="CELEX", help="A CELEX number, such as 32024R1689, or an ELI.")],
    topic: Annotated[CelexTopic, typer.Argument(help="What to ask about it.")] = CelexTopic.work,
    lang: LinkLanguage = None,
    article: Annotated[str, typer.Option(metavar="N", help="case-law: only what interprets this article.")] = "",
    probe: Annotated[bool, typer.Option("--probe", help="consolidated: ask of each text whether it is there.")] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="text: where to write it; by default, print.")
    ] = None,
    endpoint: LinkEndpoint = "",
    dry_run: DryRun = False,
    offline: Offline = False,
    refresh: Refresh = False,
    cache: CacheFolder = None,
    format: Rows = RowFormat.table,
) -> None:
    """Ask the EU Publications Office about an act or a judgment."""
    from answerable.links import cellar, snapshot

    number = cellar.act_of(celex)
    wanted = cellar.wanted_languages(lang or ())
    asks: dict[CelexTopic, Callable[[Asker], Table]] = {
        CelexTopic.work: lambda a: cellar.work(a, number),
        CelexTopic.titles: lambda a: cellar.titles(a, number, wanted),
        CelexTopic.amended_by: lambda a: cellar.changes(a, number, later=True),
        CelexTopic.amends: lambda a: cellar.changes(a, number, later=False),
        CelexTopic.consolidated: lambda a: cellar.consolidated(a, number, probe),
        CelexTopic.case_law: lambda a: cellar.case_law(a, number, article),
        CelexTopic.transposition: lambda a: cellar.transposition(a, number),
        CelexTopic.text: lambda a: cellar.text(a, number, wanted[0] if wanted else "ENG", out),
    }
    shipped = (lambda: snapshot.answer(number, wanted)) if topic in (CelexTopic.work, CelexTopic.titles) else None
    _link(asks[topic], endpoint, dry_run, offline, refresh, cache, format, shipped)


@link_app.command("eli")
def link_eli(
    eli: Annotated[str, typer.Argument(metavar="ELI", help="An ELI of the Union; a part stands for its act.")],
    endpoint: LinkEndpoint = "",
    dry_run: DryRun = False,
    offline: Offline = False,
    refresh: Refresh = False,
    cache: CacheFolder = None,
    format: Rows = RowFormat.table,
) -> None:
    """Find the CELEX number of an ELI, by rule and at the EU Publications Office."""
    from answerable.identifiers import Eli
    from answerable.links import cellar, snapshot

    wanted = Eli.parse(eli)
    _link(
        lambda a: cellar.celex_of_eli(a, wanted),
        endpoint,
        dry_run,
        offline,
        refresh,
        cache,
        format,
        lambda: snapshot.answer(wanted) or cellar.by_rule(wanted),
    )


@link_app.command("ecli")
def link_ecli(
    ecli: Annotated[str, typer.Argument(metavar="ECLI", help="An ECLI, such as ECLI:EU:C:2023:957.")],
    endpoint: LinkEndpoint = "",
    dry_run: DryRun = False,
    offline: Offline = False,
    refresh: Refresh = False,
    cache: CacheFolder = None,
    format: Rows = RowFormat.table,
) -> None:
    """Find a judgment of the Union's courts at the EU Publications Office."""
    from answerable.identifiers import Ecli
    from answerable.links import cellar, snapshot

    wanted = Ecli.parse(ecli)
    _link(
        lambda a: cellar.celex_of_ecli(a, wanted),
        endpoint,
        dry_run,
        offline,
        refresh,
        cache,
        format,
        lambda: snapshot.answer(wanted),
    )


@link_app.command("lei")
def link_lei(
    lei: Annotated[str, typer.Argument(metavar="LEI|NAME", help="A LEI; with --name, a legal name to search for.")],
    name: Annotated[bool, typer.Option("--name", help="Search by legal name.")] = False,
    endpoint: LinkEndpoint = "",
    dry_run: DryRun = False,
    offline: Offline = False,
    refresh: Refresh = False,
    cache: CacheFolder = None,
    format: Rows = RowFormat.table,
) -> None:
    """Find an organisation in the records of the Global LEI Foundation."""
    from answerable.identifiers import Lei
    from answerable.links import gleif

    if name:
        _link(lambda a: gleif.by_name(a, lei), endpoint, dry_run, offline, refresh, cache, format)
    else:
        wanted = Lei.parse(lei)
        _link(lambda a: gleif.by_lei(a, wanted), endpoint, dry_run, offline, refresh, cache, format)


@link_app.command("wikidata")
def link_wikidata(
    item: Annotated[
        str, typer.Argument(metavar="Q|LEI|CELEX|LABEL", help="An item, a LEI or a CELEX number; with --name, a label.")
    ],
    name: Annotated[bool, typer.Option("--name", help="Search by label or alias.")] = False,
    lang: Annotated[str, typer.Option(metavar="L", help="The language of labels.")] = "en",
    endpoint: LinkEndpoint = "",
    dry_run: DryRun = False,
    offline: Offline = False,
    refresh: Refresh = False,
    cache: CacheFolder = None,
    format: Rows = RowFormat.table,
) -> None:
    """Find an organisation, an act or a court case in Wikidata."""
    from answerable.links import wikidata

    if name:
        _link(lambda a: wikidata.by_label(a, item, lang), endpoint, dry_run, offline, refresh, cache, format)
    else:
        wanted = wikidata.item_of(item)
        _link(lambda a: wikidata.by_id(a, wanted, lang), endpoint, dry_run, offline, refresh, cache, format)


@link_app.command("check")
def link_check(
    live: Annotated[
        bool, typer.Option("--live", help="Compare with what the EU Publications Office says now.")
    ] = False,
    provisions: Annotated[bool, typer.Option("--provisions", help="List provisions, too.")] = False,
    draft: Annotated[bool, typer.Option("--draft", help="Print rows for what the snapshot lacks, as CSV.")] = False,
    endpoint: LinkEndpoint = "",
    dry_run: DryRun = False,
    offline: Offline = False,
    refresh: Refresh = False,
    cache: CacheFolder = None,
    format: Rows = RowFormat.table,
) -> None:
    """Say of each act and judgment that the data cite whether the shipped snapshot has it, and whether it is right."""
    from answerable.links import snapshot

    if draft:
        table = snapshot.draft()
        _print_rows(table.columns, table.rows, RowFormat.csv)
        return
    asked = live or bool(endpoint) or dry_run
    table = _link(
        lambda a: snapshot.check(a if asked else None, provisions), endpoint, dry_run, offline, refresh, cache, format
    )
    if any(snapshot.is_wrong(row) for row in table.rows):
        raise typer.Exit(1)


def _link(
    ask: Callable[[Asker], Table],
    endpoint: str,
    dry_run: bool,
    offline: bool,
    refresh: bool,
    cache: Path | None,
    format: RowFormat,
    shipped: Callable[[], Table | None] | None = None,
) -> Table:
    """Ask, print the rows, and say on stderr what must be known to read them."""
    from answerable.links.asking import Asker
    from answerable.links.client import Client, Offline

    with Client(cache, offline=offline, refresh=refresh) as client:
        asker = Asker(client, endpoint, dry_run)
        try:
            table = ask(asker)
        except Offline:
            found = shipped() if shipped else None
            if found is None:
                raise
            table = found
    if dry_run:
        typer.echo("\n".join(asker.printed))
    elif table.columns:
        _print_rows(table.columns, table.rows, format)
    for note in table.notes:
        typer.echo(note, err=True)
    return table


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
