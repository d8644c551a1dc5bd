"""The Foundation Model Transparency Index: what each developer discloses of its flagship model, one case a developer.

The scores are the finding of a third party that heard the developers, and of no court or authority: nobody disputes
them, which is the standing `undisputed` of the case. A score of 1 answers an item. A score of 0 says that the developer
does not publish it, not that its file lacks it: the item is unknown. The editions, and which indicator bears on which
item, are `data/imports/fmti.yaml`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from answerable.cases import Case
from answerable.errors import InputError
from answerable.importers.source import Ids, Source, slug
from answerable.importers.words import excerpt, settings

_DISCLOSURE = 600
_TOTAL = "total"
Row = list[str]


@dataclass(frozen=True)
class _Score:
    indicator: str
    row: int
    disclosed: bool


@dataclass(frozen=True)
class _Edition:
    title: str
    id: str
    url: str
    width: int
    """How many columns stand before those of the developers."""
    indicators: str
    disclosures: str = ""
    reports: str = ""


def read(source: Source) -> list[Case]:
    """One case for each developer of the scores file.

    Raises:
        InputError: naming the row or the cell; also for indicators that are not beside the scores.
    """
    rows = _rows(source)
    edition = _edition(source, rows)
    definitions = _definitions(source, edition)
    developers = _developers(source, rows[0], edition)
    scores = _scores(source, rows, edition, definitions, developers)
    told = {name: _told(source, edition, name, scores[name]) for name in developers}
    return [_case(source, edition, name, scores[name], definitions, told[name]) for name in developers]


# -- the scores


def _rows(source: Source) -> list[Row]:
    """The rows of a CSV file, all as wide as its header."""
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(source.text, newline=""), strict=True)
    try:
        for row in reader:
            if rows and row and len(row) != len(rows[0]):
                raise source.wrong(f"row {len(rows) + 1}", f"{len(row)} columns", f"{len(rows[0])}, as in the header")
            rows.append(row)
    except csv.Error as error:
        raise source.wrong(f"line {reader.line_num}", str(error), "CSV that is whole and well-formed") from None
    while rows and not rows[-1]:
        rows.pop()
    if not rows:
        raise source.wrong("", "nothing", "a header, and one row an indicator")
    for number, row in enumerate(rows, 1):
        if not row:
            raise source.wrong(f"row {number}", "an empty row", "one row an indicator")
    return rows


def _edition(source: Source, rows: list[Row]) -> _Edition:
    for entry in settings("fmti")["editions"]:
        before = entry["before"]
        width = len(before)
        if [cell.strip() for cell in rows[0][:width]] == before and any(
            _key(row[width - 1]) == _key(entry["known_by"]) for row in rows[1:] if len(row) >= width
        ):
            known = {key: value for key, value in entry.items() if key not in ("before", "known_by")}
            return _Edition(width=width, **known)
    titles = ", ".join(entry["title"] for entry in settings("fmti")["editions"])
    raise source.wrong(
        "row 1",
        ",".join(rows[0])[:80],
        f"the scores of one of: {titles}",
        "give the file whose columns are the developers, such as Dec2025_scores.csv",
    )


def _definitions(source: Source, edition: _Edition) -> dict[str, tuple[str, str]]:
    """Name and definition of every indicator, by the key of each name that it has."""
    beside = source.path.parent / edition.indicators
    if not beside.is_file():
        raise InputError(
            str(beside), "", "no such file", f"the indicators of the {edition.title}", "put it beside the scores"
        )
    other = _beside(source, beside)
    found: dict[str, tuple[str, str]] = {}
    for number, row in _records(other, ("Indicator", "Definition")):
        name = row["Indicator"].strip()
        if not name or _key(name) in found:
            raise other.wrong(f"row {number}, column Indicator", name or "nothing", "each indicator once, with a name")
        found[_key(name)] = (name, row["Definition"].strip())
    for name, others in settings("fmti")["also_called"].items():
        for word in others if _key(name) in found else ():
            found.setdefault(_key(word), found[_key(name)])
    return found


def _developers(source: Source, header: Row, edition: _Edition) -> dict[str, int]:
    """The column of each developer."""
    found: dict[str, int] = {}
    for number, cell in enumerate(header[edition.width :], edition.width):
        name = excerpt(cell)
        if name.lower() == _TOTAL:
            continue
        if not name or name in found:
            raise source.wrong(f"row 1, column {number + 1}", name or "nothing", "each developer once, with a name")
        found[name] = number
    if not found:
        raise source.wrong("row 1", "no column of a developer", "one column a developer")
    return found


def _scores(
    source: Source,
    rows: list[Row],
    edition: _Edition,
    definitions: dict[str, tuple[str, str]],
    developers: dict[str, int],
) -> dict[str, dict[str, _Score]]:
    """The scores of each developer by the name of the indicator."""
    found: dict[str, dict[str, _Score]] = {name: {} for name in developers}
    for number, row in enumerate(rows[1:], 2):
        label = row[edition.width - 1].strip()
        if _TOTAL in [cell.strip().lower() for cell in row[: edition.width]]:
            continue
        if _key(label) not in definitions:
            expected = f"an indicator of {edition.indicators}"
            raise source.wrong(f"row {number}, column {edition.width}", label or "nothing", expected)
        indicator = definitions[_key(label)][0]
        for name, column in developers.items():
            cell = row[column].strip()
            place = f"row {number}, column {name}"
            if cell not in ("0", "1"):
                raise source.wrong(place, cell[:80] or "nothing", "0 (not disclosed) or 1 (disclosed)")
            if indicator in found[name]:
                first = found[name][indicator].row
                raise source.wrong(place, f"{indicator}, a second time", "each indicator once", f"first in row {first}")
            found[name][indicator] = _Score(indicator, number, cell == "1")
    known = {name for name, _ in definitions.values()}
    absent = sorted(known - set(next(iter(found.values()))))
    if absent:
        raise source.wrong(
            f"row {len(rows)}",
            f"the end, and no score for {len(absent)} of {len(known)} indicators, such as {absent[0]}",
            f"every indicator of {edition.indicators}",
            "is the file cut short?",
        )
    return found


# -- the words that were disclosed, where there is a file of them


def _told(source: Source, edition: _Edition, developer: str, scores: dict[str, _Score]) -> dict[str, tuple[str, str]]:
    """What the developer discloses in words, and where that stands, by indicator."""
    if edition.reports:
        path = source.path.parent / edition.reports.format(developer=re.sub(r"[^\w.-]+", "_", developer))
        column, check = "Disclosure", "Score"
    elif edition.disclosures:
        path, column, check = source.path.parent / edition.disclosures, developer, ""
    else:
        return {}
    if not path.is_file():
        return {}
    other = _beside(source, path)
    found: dict[str, tuple[str, str]] = {}
    by_key = {_key(name): score for name, score in scores.items()}
    for number, row in _records(other, ("Indicator", column, *([check] if check else []))):
        score = by_key.get(_key(row["Indicator"]))
        if score is None:
            continue
        if check and row[check].strip() != str(int(score.disclosed)):
            raise other.wrong(
                f"row {number}, column {check}",
                row[check].strip()[:80] or "nothing",
                f"{int(score.disclosed)}, as in {source.path.name}, row {score.row}, column {developer}",
            )
        if words := row[column].strip():
            found[score.indicator] = (excerpt(words, _DISCLOSURE), other.stated(f"row {number}, column {column}"))
    return found


def _records(source: Source, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    rows = _rows(source)
    header = [cell.strip() for cell in rows[0]]
    for column in columns:
        if column not in header:
            raise source.wrong("row 1", ", ".join(header)[:80], f"the column {column}")
    for number, row in enumerate(rows[1:], 2):
        yield number, dict(zip(header, row, strict=True))


def _beside(source: Source, path: Path) -> Source:
    return Source(source.kind, path, source.profiles, source.read_on)


# -- the cases


def _case(
    source: Source,
    edition: _Edition,
    developer: str,
    scores: dict[str, _Score],
    definitions: dict[str, tuple[str, str]],
    told: dict[str, tuple[str, str]],
) -> Case:
    ids = Ids(source.profiles)
    who, model = ids.new(developer), ids.new(f"{developer} model")
    column = f"column {developer}"
    documents = source.documents(model, who, lambda _: (), silent="The index has no indicator for it.")
    for name, document in zip(source.profiles, documents, strict=True):
        contains: list[dict[str, Any]] = []
        for entry in document["contains"]:
            asked = [scores[i] for i in source.mapping.get(name, {}).get(entry["item"], ()) if i in scores]
            contains += _answers(source, edition, column, entry, asked, definitions, told)
        document["contains"] = contains
    stated = source.stated(column)
    return source.case(
        {
            "id": slug(f"fmti {edition.id} {developer}"),
            "title": f"{developer}: flagship model, {edition.title}",
            "source": {"title": f"{edition.title} ({source.path.name})", "url": edition.url},
            "parties": [{"id": who, "type": "Organisation", "name": developer, "source": stated}],
            "artefacts": [
                {"id": model, "type": "GPAIModel", "name": f"Flagship model of {developer}", "source": stated}
            ],
            "events": [{"id": f"{model}-made", "type": "Development", "by": who, "of": model, "source": stated}],
            "documents": documents,
        }
    )


def _answers(
    source: Source,
    edition: _Edition,
    column: str,
    entry: dict[str, Any],
    asked: list[_Score],
    definitions: dict[str, tuple[str, str]],
    told: dict[str, tuple[str, str]],
) -> list[dict[str, Any]]:
    """What the scores say of one item: which indicators are disclosed and which are not, then the words of each."""
    if not asked:
        return [entry]
    item = entry["item"]
    disclosed = [score for score in asked if score.disclosed]
    silent = "; ".join(score.indicator for score in asked if not score.disclosed)
    rows = ", ".join(map(str, sorted(score.row for score in asked)))
    place = source.stated(f"{'row' if len(asked) == 1 else 'rows'} {rows}, {column}")
    if not disclosed:
        return [{"item": item, "unknown": f"Not publicly disclosed: {silent} ({edition.title}).", "source": place}]
    names = "; ".join(score.indicator for score in disclosed)
    text = f"Disclosed publicly: {names} ({edition.title})." + (f" Not publicly disclosed: {silent}." if silent else "")
    found = [{"item": item, "text": text, "source": place}]
    for score in disclosed:
        # The words of the developer stand apart, so that a stray "to do" in them does not undo the finding.
        words, where = told.get(score.indicator) or (
            f"The index asks: {definitions[_key(score.indicator)][1]}",
            source.stated(f"row {score.row}, {column}"),
        )
        found.append({"item": item, "text": f"{score.indicator}: {words}", "source": where})
    return found


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", name.lower())
