"""The EU Publications Office: acts, titles, amendments, consolidated texts, case law, national measures.

Rows are sorted here: the servers compare strings, and some of them typed and untyped literals apart.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from urllib.parse import quote

from answerable import rooms
from answerable.errors import InputError
from answerable.identifiers import Celex, Ecli, Eli, IdentifierError
from answerable.links.asking import Asker, Table, joined, merged, tail
from answerable.links.client import Service

CELLAR = Service("EU Publications Office", "https://publications.europa.eu/webapi/rdf/sparql")
RESOURCES = Service("EU Publications Office", "https://publications.europa.eu/resource/celex/")
XHTML = "application/xhtml+xml, text/html;q=0.9"


@cache
def languages() -> Mapping[str, str]:
    """Languages of the Union: the code of two letters for each code of three."""
    with (rooms.room("data") / "links" / "languages.csv").open(encoding="utf-8", newline="") as file:
        return {row["authority"]: row["code"] for row in csv.DictReader(file)}


def wanted_languages(texts: Sequence[str]) -> list[str]:
    """Codes of three letters for codes of two or three, several in a text between commas.

    Raises:
        InputError: for a code that is none.
    """
    by_code = {code: authority for authority, code in languages().items()}
    found = []
    for code in (part.strip() for text in texts for part in text.split(",") if part.strip()):
        authority = code.upper() if code.upper() in languages() else by_code.get(code.lower(), "")
        if not authority:
            raise InputError("--lang", "", code, "a language of the Union: " + ", ".join(sorted(by_code)))
        found.append(authority)
    return found


def act_of(text: str) -> Celex:
    """The CELEX number that a user means, who may also write an ELI.

    Raises:
        IdentifierError: for anything else.
    """
    try:
        return Eli.parse(text).celex if "eli/" in text else Celex.parse(text)
    except IdentifierError as error:
        error.hint = error.hint or "an ELI is taken, too"
        raise


def _celex(text: str) -> str:
    """A CELEX number in normal form; what the service alone writes so stays as it is."""
    try:
        return str(Celex.parse(text))
    except IdentifierError:
        return text


WORK = ("celex", "eli", "ecli", "date", "in_force_from", "in_force_until", "in_force")


def work(asker: Asker, celex: Celex) -> Table:
    """What is known of an act or judgment."""
    known = merged(asker.sparql(CELLAR, "work", resource=celex.iri), WORK)
    known["celex"] = [_celex(value) for value in known["celex"]]
    # Virtuoso writes a boolean as 1 or 0.
    known["in_force"] = [{"1": "true", "0": "false"}.get(value, value) for value in known["in_force"]]
    return asker.table(WORK, joined(known, WORK))


def titles(asker: Asker, celex: Celex, wanted: Sequence[str] = ()) -> Table:
    """The titles of a work, in all languages or in those that are wanted (codes of three letters)."""
    rows = asker.sparql(CELLAR, "titles", resource=celex.iri)
    found = sorted({(tail(row["language"]), row["title"]) for row in rows})
    kept = [(languages().get(code, code), title) for code, title in found if not wanted or code in wanted]
    missing = [languages().get(code, code) for code in wanted if code not in {code for code, _ in found}]
    if missing and not asker.dry_run:
        asker.notes.append(f"no title in {', '.join(missing)}")
    return asker.table(("language", "title"), sorted(kept))


def changes(asker: Asker, celex: Celex, later: bool) -> Table:
    """What amends, corrects or repeals an act (`later`), or what it does so to."""
    columns = ("relation", "celex", "date", "location", "starts")
    rows = asker.sparql(CELLAR, "amended-by" if later else "amends", resource=celex.iri)
    kept = [[_celex(row.get(c, "")) if c == "celex" else row.get(c, "") for c in columns] for row in rows]
    return asker.table(columns, sorted(kept, key=lambda row: (row[2], row[1], row[0], row[3], row[4])))


def consolidated(asker: Asker, celex: Celex, probe: bool = False) -> Table:
    """Consolidated texts, newest last; `servable` says whether a text is listed, or answers where it is probed."""
    rows = asker.sparql(CELLAR, "consolidated", resource=celex.act.iri, prefix=celex.consolidations)
    held: dict[Celex, set[str]] = {}
    for row in rows:
        try:
            number = Celex.parse(row["celex"])
        except IdentifierError:
            continue
        held.setdefault(number, set()).update(filter(None, [tail(row.get("language", ""))]))
    columns = ("celex", "day", "eli", "servable")
    found = []
    for number in sorted(held, key=lambda n: (n.consolidated, str(n))):
        servable = "yes" if held[number] else "no: listed without a text"
        if probe and held[number]:
            answer = asker.document(
                RESOURCES,
                "/" + quote(str(number), safe=""),
                method="HEAD",
                accept=XHTML,
                language="eng",
                missing_is=(404, 406, 410),
            )
            servable = "yes" if answer and answer.status == 200 else f"no: {answer.status if answer else ''}"
        found.append([str(number), str(number.consolidated), _eli(number), servable])
    return asker.table(columns, found)


def _eli(number: Celex) -> str:
    try:
        return str(number.eli)
    except IdentifierError:
        return ""


_FRAGMENT = re.compile(r"AR?T?[.\s]*0*(?P<article>\d+[A-KM-OQ-SU-Z]?)(?=$|[^A-Z0-9]|[PLT])", re.IGNORECASE)
"""P, L and T begin the next part: paragraph, letter or point."""


def article_of(fragment: str) -> str:
    """The article in a fragment as the Publications Office writes it: 22 for `A22P1`, 4 for `A04PT1`."""
    match = _FRAGMENT.match(fragment.strip())
    return match["article"].lower() if match else ""


def case_law(asker: Asker, celex: Celex, article: str = "") -> Table:
    """Judgments that interpret an act, or one of its articles."""
    columns = ("celex", "ecli", "date", "fragment")
    rows = asker.sparql(CELLAR, "case-law", resource=celex.iri)
    kept = [row for row in rows if not article or article_of(row.get("fragment", "")) == article.lower()]
    silent = {row["celex"] for row in rows if not row.get("fragment")}
    if article and silent:
        asker.notes.append(f"{len(silent)} further judgments are listed without the article that they interpret")
    found = [
        [_celex(row["celex"]), _ecli(row.get("ecli", "")), row.get("date", ""), row.get("fragment", "")] for row in kept
    ]
    return asker.table(columns, sorted(found, key=lambda row: (row[2], row[0], row[3])))


def _ecli(text: str) -> str:
    try:
        return str(Ecli.parse(text))
    except IdentifierError:
        return text


def transposition(asker: Asker, celex: Celex) -> Table:
    """National measures that transpose a directive."""
    columns = ("country", "celex", "date", "title")
    rows = asker.sparql(CELLAR, "transposition", resource=celex.iri)
    found = [
        [
            tail(row.get("country", "")),
            _celex(row.get("celex", "")) or row["measure"],
            row.get("date", ""),
            row.get("title", ""),
        ]
        for row in rows
    ]
    return asker.table(columns, sorted(found))


PAIR = ("eli", "celex", "by")


def by_rule(eli: Eli) -> Table:
    """The CELEX number that follows from an ELI: its type as a letter, its number padded to four digits."""
    return Table(PAIR, [[str(eli.act), str(eli.act.celex), "rule"]])


def celex_of_eli(asker: Asker, eli: Eli) -> Table:
    """The CELEX number of an ELI: by rule, and as the Publications Office has it."""
    rows = asker.sparql(CELLAR, "eli-to-celex", eli=str(eli.act))
    found = sorted([str(eli.act), _celex(row["celex"]), CELLAR.name] for row in rows)
    return asker.table(PAIR, [*by_rule(eli).rows, *found])


def celex_of_ecli(asker: Asker, ecli: Ecli) -> Table:
    """The CELEX number of a judgment of the Union's courts."""
    rows = asker.sparql(CELLAR, "ecli-to-celex", ecli=str(ecli))
    return asker.table(
        ("ecli", "celex", "date"), sorted([str(ecli), _celex(r["celex"]), r.get("date", "")] for r in rows)
    )


def text(asker: Asker, celex: Celex, language: str = "ENG", out: Path | None = None) -> Table:
    """Write the text of a work, from the publications resource; the site for people refuses programs.

    A consolidated text carries no recitals.

    Raises:
        InputError: where the file cannot be written.
    """
    answer = asker.document(RESOURCES, "/" + quote(str(celex), safe=""), accept=XHTML, language=language.lower())
    if answer is None:
        return asker.table((), ())
    if celex.consolidated:
        asker.notes.append("a consolidated text carries no recitals: they are in the act as published")
    try:
        if out is None:
            sys.stdout.buffer.write(answer.body)
        else:
            out.write_bytes(answer.body)
    except OSError as error:
        raise InputError(str(out), "", str(error.strerror), "a file that can be written") from None
    asker.notes.append(f"{len(answer.body)} bytes of {answer.content_type}")
    return asker.table((), ())
