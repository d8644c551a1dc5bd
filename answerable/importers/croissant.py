"""Croissant descriptions of datasets (JSON-LD, versions 1.0 and 1.1): one case a dataset, and nothing is fetched.

What the description says is stated by whoever issued it, and nobody disputes it: the standing `undisputed` of the case.
Organisations that made or publish the dataset are parties; persons are not named. What it is silent on is unknown.
Terms are read through the context of the file, so their prefixes do not matter. Which versions are read, and which
field answers which item, is `data/imports/croissant.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from answerable.cases import Case
from answerable.importers.source import Found, Ids, Source
from answerable.importers.words import excerpt, settings

MAX_PARTS = 40
MAX_PARTIES = 50
_WORDS = 400


def read(source: Source) -> list[Case]:
    """One case for each dataset of the file; nearly always one.

    Raises:
        InputError: naming the path in the file; also for a version or a context that is not known.
    """
    data = source.json
    several = isinstance(data, list)
    entries = data if several else [data]
    if not entries:
        raise source.wrong("", "an empty list", "a dataset in Croissant")
    datasets = [_Dataset(source, entry, f"[{number}]" if several else "") for number, entry in enumerate(entries)]
    ids = Ids()
    return [_case(source, dataset, ids.new(f"dataset {dataset.name}")) for dataset in datasets]


class _Dataset:
    """A dataset, its terms read through its context."""

    def __init__(self, source: Source, data: Any, at: str) -> None:
        self.source, self.at = source, at
        if not isinstance(data, dict):
            raise source.wrong(at, _shown(data), "an object with @context, @type and conformsTo")
        self.context = self._context(data)
        self.data = self._terms(data, at)
        if "Dataset" not in self._types(self.data):
            raise source.wrong(self._path("@type"), _shown(data.get("@type")), "a dataset (sc:Dataset)")
        self._version()
        name = self._first("name")
        if not isinstance(name, str) or not name.strip():
            raise source.wrong(self._path("name"), _shown(name), "the name of the dataset")
        self.name = name.strip()

    def _path(self, key: str) -> str:
        return f"{self.at}.{key}" if self.at else key

    # -- terms

    def _context(self, data: dict[str, Any]) -> dict[str, str]:
        """What each prefix and short name of the context stands for."""
        known = settings("croissant")["namespaces"]
        given = data.get("@context")
        if given is None:
            raise self.source.wrong(self._path("@context"), "nothing", "the context of Croissant")
        found: dict[str, str] = {}
        for part in given if isinstance(given, list) else [given]:
            if isinstance(part, str):
                # Nothing is fetched: an address counts where it says by itself what its terms stand for.
                if _bare(part).rstrip("/") + "/" not in known:
                    raise self.source.wrong(self._path("@context"), _shown(part), "a context written out in the file")
                found.setdefault("@vocab", part.rstrip("/") + "/")
                continue
            if not isinstance(part, dict):
                raise self.source.wrong(self._path("@context"), _shown(part), "an object of prefixes and terms")
            for key, value in part.items():
                meaning = value.get("@id") if isinstance(value, dict) else value
                if isinstance(meaning, str):
                    found[key] = meaning
        meanings = {_bare(value) for value in found.values()}
        if "mlcommons.org/croissant/" not in meanings:
            raise self.source.wrong(
                self._path("@context"),
                "no prefix for http://mlcommons.org/croissant/",
                "the context of Croissant",
                "is it a description in Croissant?",
            )
        return found

    def _term(self, key: str) -> str:
        """A key in its one form, such as `cr:recordSet`; those of schema.org bear no prefix."""
        meaning = key
        for _ in range(4):
            prefix, colon, rest = meaning.partition(":")
            if meaning in self.context and not meaning.startswith("@"):
                following = self.context[meaning]
            elif colon and prefix in self.context and not rest.startswith("//"):
                following = self.context[prefix] + rest
            else:
                break
            if following == meaning:
                break
            meaning = following
        if ":" not in meaning and not meaning.startswith("@"):
            meaning = self.context.get("@vocab", "") + meaning
        bare = _bare(meaning)
        for start, prefix in settings("croissant")["namespaces"].items():
            if bare.startswith(start):
                return str(prefix) + bare.removeprefix(start)
        return bare

    def _terms(self, data: dict[str, Any], at: str) -> dict[str, tuple[str, Any]]:
        """The values of an object with their paths, by term."""
        found: dict[str, tuple[str, Any]] = {}
        for key, value in data.items():
            if key != "@context":
                found.setdefault(self._term(key), (f"{at}.{key}" if at else key, value))
        for name, others in settings("croissant")["also_called"].items():
            for other in others:
                if other in found:
                    found.setdefault(name, found[other])
        return found

    def _types(self, terms: dict[str, tuple[str, Any]]) -> set[str]:
        return {self._term(t) for t in _many(terms.get("@type", ("", []))[1]) if isinstance(t, str)}

    def _first(self, name: str, terms: dict[str, tuple[str, Any]] | None = None) -> Any:
        """The first value of a term, out of its list and its language."""
        values = _many((self.data if terms is None else terms).get(name, ("", []))[1])
        value = values[0] if values else None
        return value.get("@value", value) if isinstance(value, dict) else value

    def _version(self) -> None:
        known = settings("croissant")["conforms_to"]
        path, value = self.data.get("dct:conformsTo", (self._path("conformsTo"), None))
        stated = [v.get("@id") if isinstance(v, dict) else v for v in _many(value)]
        versions = [v for v in stated if isinstance(v, str) and re.match(r"mlcommons\.org/croissant/\d", _bare(v))]
        unknown = [v for v in versions if _bare(v).rstrip("/") not in known]
        if unknown or not versions:
            found = _shown(unknown[0]) if unknown else _shown(value)
            raise self.source.wrong(path, found, "one of " + ", ".join(f"http://{version}" for version in known))

    # -- words

    def found(self, name: str) -> Iterator[Found]:
        """What the dataset says under a term."""
        if name not in self.data:
            return
        path, value = self.data[name]
        if name == "distribution":
            yield from self._joined(path, "Files", value, self._file)
        elif name == "cr:recordSet":
            yield from self._joined(path, "Records", value, self._records)
        elif name in ("creator", "publisher"):
            if names := [organisation for organisation, _ in self.organisations(name)]:
                yield excerpt(f"{name.capitalize()}: {', '.join(names)}"), path
        elif words := ", ".join(word for entry in _many(value) if (word := self._word(entry))):
            yield excerpt(words), path

    def organisations(self, name: str) -> list[tuple[str, str]]:
        """Name and path of each organisation under a term."""
        found = []
        path, value = self.data.get(name, ("", []))
        for number, entry in enumerate(_many(value)):
            if isinstance(entry, dict):
                place = f"{path}[{number}]" if isinstance(value, list) else path
                terms = self._terms(entry, place)
                known = settings("croissant")["organisations"]
                called = self._first("name", terms)
                if self._types(terms) & set(known) and isinstance(called, str) and called.strip():
                    found.append((excerpt(called, 200), place))
        return found[:MAX_PARTIES]

    def _joined(self, path: str, title: str, value: Any, word: Any) -> Iterator[Found]:
        """Parts of the dataset in one sentence."""
        entries = _many(value)
        words = []
        for number, entry in enumerate(entries):
            place = f"{path}[{number}]" if isinstance(value, list) else path
            if not isinstance(entry, dict):
                raise self.source.wrong(place, _shown(entry), "an object")
            if number < MAX_PARTS:
                words.append(word(self._terms(entry, place)))
        said = [text for text in words if text]
        if said:
            more = f"; and {len(entries) - MAX_PARTS} more" if len(entries) > MAX_PARTS else ""
            yield excerpt(f"{title}: {'; '.join(said)}{more}."), path

    def _called(self, terms: dict[str, tuple[str, Any]]) -> str:
        return next((v for key in ("name", "@id") if isinstance(v := self._first(key, terms), str) and v.strip()), "")

    def _file(self, terms: dict[str, tuple[str, Any]]) -> str:
        size, form = self._first("contentSize", terms), self._first("encodingFormat", terms)
        about = ", ".join(v for v in (form, size) if isinstance(v, str) and v.strip())
        called = self._called(terms)
        return excerpt(f"{called} ({about})" if called and about else called or about, _WORDS)

    def _records(self, terms: dict[str, tuple[str, Any]]) -> str:
        path, value = terms.get("cr:field", ("", []))
        fields = []
        for number, entry in enumerate(_many(value)):
            if not isinstance(entry, dict):
                raise self.source.wrong(f"{path}[{number}]", _shown(entry), "a field")
            if number < MAX_PARTS:
                inner = self._terms(entry, f"{path}[{number}]")
                kind = self._first("cr:dataType", inner)
                shown = self._term(kind) if isinstance(kind, str) else ""
                called = self._called(inner)
                fields.append(f"{called} ({shown})" if shown else called)
        more = len(_many(value)) - MAX_PARTS
        names = ", ".join(name for name in fields if name) + (f" and {more} more" if more > 0 else "")
        called = self._called(terms)
        return excerpt(f"{called} with {names}" if called and names else called or names, _WORDS * 2)

    def _word(self, value: Any) -> str:
        """A value in words; what is said of a person is not taken over."""
        if isinstance(value, dict):
            terms = self._terms(value, "")
            if "Person" in self._types(terms):
                return ""
            value = self._first("@value", terms) or next(
                (v for key in ("name", "url", "@id") if isinstance(v := self._first(key, terms), str)), ""
            )
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return ""
        return str(value).strip()


def _case(source: Source, dataset: _Dataset, key: str) -> Case:
    ids = Ids(source.profiles)
    ident = ids.new(dataset.name)
    parties: dict[str, dict[str, Any]] = {}
    made: dict[str, list[str]] = {"creator": [], "publisher": []}
    for role, makers in made.items():
        for name, place in dataset.organisations(role):
            if name not in parties:
                parties[name] = {
                    "id": ids.new(name),
                    "type": "Organisation",
                    "name": name,
                    "source": source.stated(place),
                }
            makers.append(parties[name]["id"])
    events = []
    if made["creator"]:
        stated = source.stated(dataset.data["creator"][0])
        events.append(
            {
                "id": ids.new(f"{ident}-made"),
                "type": "Development",
                "by": made["creator"],
                "of": ident,
                "source": stated,
            }
        )

    def found(name: str) -> Iterable[Found]:
        return list(dataset.found(name))

    issuer = next(iter(made["creator"]), None)
    stated = source.stated(dataset.data["name"][0])
    return source.case(
        {
            "id": key,
            "title": f"Dataset: {excerpt(dataset.name, 200)}",
            "parties": list(parties.values()),
            "artefacts": [{"id": ident, "type": "Dataset", "name": excerpt(dataset.name, 200), "source": stated}],
            "events": events,
            "documents": source.documents(ident, issuer, found),
        }
    )


def _bare(iri: str) -> str:
    return re.sub(r"^https?://", "", iri)


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else str(value)[:80].strip() or "an empty text"
