"""Which organisation a name names: names compared as people write them, against a register, for a human to review.

Weights, thresholds and words are `data/organisations/matching.yaml`. A decision is `same`, `different` or `review`;
what needs review is never taken for the same. In the match file, a row with a reviewer wins over the comparison.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from answerable import rooms
from answerable.casefile import read_text, read_yaml
from answerable.errors import InputError

Decision = Literal["same", "different", "review"]
DECISIONS: tuple[Decision, ...] = get_args(Decision)
COLUMNS = ("name", "matched_id", "matched_name", "lei", "qid", "score", "decision", "reviewer")
MAX_BYTES = 20_000_000
_LEI, _QID = re.compile(r"[A-Z0-9]{18}\d{2}"), re.compile(r"Q[1-9]\d*")
_DOUBTFUL = {"CONFLICT", "UNKNOWN"}
_PRODUCT = "PRODUCT "
_QUOTES = dict.fromkeys(map(ord, "\u2018\u2019\u02bc"), "'")
_EXACT, _JOINED = 100.0, 99.0


@dataclass(frozen=True)
class Identity:
    """An organisation, or a product that is often named in the place of one."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    lei: str = ""
    qid: str = ""
    kind: Literal["organisation", "authority", "product"] = "organisation"

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


@dataclass(frozen=True)
class Match:
    """What became of a name; `identity` is the best candidate, whatever the decision."""

    name: str
    identity: Identity | None = None
    score: float = 0.0
    decision: Decision = "different"
    reviewer: str = ""

    @property
    def same(self) -> Identity | None:
        return self.identity if self.decision == "same" else None


# -- names


@dataclass(frozen=True)
class _Words:
    """How names are compared, as the data say."""

    thresholds: Mapping[str, float]
    candidates: int
    legal_forms: frozenset[str]
    ignored: frozenset[str]
    weak_last: frozenset[str]
    weak_first: frozenset[str]
    weak_weight: float
    mistyped: float
    written: tuple[tuple[re.Pattern[str], str], ...]
    endings: tuple[str, ...]
    stem: int
    typo: int


@cache
def _words() -> _Words:
    path = rooms.room("data") / "organisations" / "matching.yaml"
    data: dict[str, Any] = read_yaml(path.read_text(encoding="utf-8"), str(path))
    written = [
        (re.compile(rf"\b{re.escape(other)}\b"), first) for first, *others in data["written"] for other in others
    ]
    return _Words(
        thresholds={name: float(value) for name, value in data["thresholds"].items()},
        candidates=int(data["candidates"]),
        legal_forms=frozenset(data["legal_forms"]),
        ignored=frozenset(data["ignored"]),
        weak_last=frozenset(data["weak"]["last"]),
        weak_first=frozenset(data["weak"]["first"]),
        weak_weight=float(data["weak"]["weight"]),
        mistyped=float(data["mistyped"]),
        written=tuple(written),
        endings=tuple(sorted(data["endings"], key=len, reverse=True)),
        stem=int(data["stem"]),
        typo=int(data["typo"]),
    )


def plain(name: str) -> str:
    """A name in small letters, without accents, possessives and punctuation; words apart by single spaces."""
    text = unicodedata.normalize("NFKD", name.replace("&", " and ").translate(_QUOTES))
    text = "".join(c for c in text.casefold() if not unicodedata.combining(c))
    text = re.sub(r"(?<=\w)'(?=s\b)|(?<=\d)\.(?=\d)", lambda m: "" if m[0] == "'" else "_", text)
    return re.sub(r"[^\w]+", " ", text).strip()


@cache
def key(name: str) -> str:
    """The form in which names of one organisation are equal: one spelling, no legal form, no empty word."""
    words = _words()
    text = plain(name)
    for pattern, first in words.written:
        text = pattern.sub(first, text)
    tokens = text.split()
    while len(tokens) > 1 and tokens[-1] in words.legal_forms:
        tokens.pop()
    return " ".join([token for token in tokens if token not in words.ignored] or tokens)


@cache
def keys(name: str) -> tuple[str, ...]:
    """The keys of a name: without what stands in brackets, and as a whole."""
    outer = re.sub(r"\([^()]*\)", " ", name)
    return tuple(dict.fromkeys(found for found in (key(outer), key(name)) if found))


@cache
def _bracketed(name: str) -> tuple[str, ...]:
    return tuple(found for inner in re.findall(r"\(([^()]*)\)", name) if (found := key(inner)))


def alike(one: str, other: str) -> float:
    """How alike two names are, from 0 to 100."""
    first, second = keys(one), keys(other)
    # A name in brackets is another name of the same; two equal remarks in brackets are not.
    if {*first} & {*second} or {*_bracketed(one)} & {*second} or {*_bracketed(other)} & {*first}:
        return _EXACT
    return max((_alike(*sorted((a, b))) for a in first for b in second), default=0.0)


@cache
def _alike(one: str, other: str) -> float:
    words = _words()
    if one.replace(" ", "") == other.replace(" ", ""):
        return _JOINED
    left, right = _weighed(one), _weighed(other)
    agreed, mistyped = 0.0, 0
    for test in (_equal, _near):
        for token, weight in list(left):
            twin = next(((t, w) for t, w in right if test(token, t)), None)
            if twin is not None:
                left.remove((token, weight))
                right.remove(twin)
                agreed += max(weight, twin[1])
                mistyped += test is _near
    total = agreed + sum(weight for _, weight in (*left, *right))
    return max(0.0, 100.0 * agreed / total - words.mistyped * mistyped) if total else 0.0


def _weighed(name: str) -> list[tuple[str, float]]:
    """The words of a name, and how much each tells; a name of weak words alone is told by them."""
    words, tokens = _words(), name.split()
    last = [token for n, token in enumerate(tokens) if all(t in words.weak_last for t in tokens[n:])]
    first = [token for n, token in enumerate(tokens, 1) if all(t in words.weak_first for t in tokens[:n])]
    strong = tokens[len(first) : len(tokens) - len(last)] or tokens
    weak = [(token, words.weak_weight) for token in (*first, *last)] if strong != tokens else []
    return [*((token, 1.0) for token in strong), *weak]


def _equal(one: str, other: str) -> bool:
    return one == other or _stem(one) == _stem(other)


@cache
def _stem(token: str) -> str:
    words = _words()
    for ending in words.endings:
        if token.endswith(ending) and len(token) - len(ending) >= words.stem:
            return token.removesuffix(ending)
    return token


def _near(one: str, other: str) -> bool:
    from rapidfuzz.distance import OSA

    one, other = _stem(one), _stem(other)
    long = min(len(one), len(other)) >= _words().typo
    letters = one.isalpha() and other.isalpha()
    return long and letters and one[0] == other[0] and OSA.distance(one, other, score_cutoff=1) <= 1


def decide(score: float) -> Decision:
    """What a likeness amounts to, by the thresholds of the data."""
    thresholds = _words().thresholds
    if score >= thresholds["same"]:
        return "same"
    return "review" if score >= thresholds["review"] else "different"


# -- the register


class Register:
    """Identities, and the decisions of reviewers about names."""

    def __init__(self, identities: Iterable[Identity], reviewed: Iterable[Match] = ()) -> None:
        self.identities: dict[str, Identity] = {}
        self._by_key: dict[str, Identity] = {}
        self._keys: list[str] = []
        for identity in identities:
            self._add(identity)
        self.reviewed = {plain(match.name): match for match in reviewed}
        self._matches: dict[str, Match] = {}

    def _add(self, identity: Identity) -> None:
        """Add it, or to what is known of it: the same identifier, or a name of its own that is the same."""
        from answerable.importers.source import Ids

        known = next(
            (self._by_key[k] for code in (identity.lei, identity.qid) if (k := code.lower()) in self._by_key), None
        )
        known = known or next((self._by_key[k] for k in keys(identity.name) if k in self._by_key), None)
        if known is not None and (identity.kind == "product") != (known.kind == "product"):
            return
        if known is not None:
            names = tuple(dict.fromkeys(name for name in (*known.aliases, *identity.names) if name != known.name))
            identity = replace(known, aliases=names, lei=known.lei or identity.lei, qid=known.qid or identity.qid)
        elif not identity.id or identity.id in self.identities:
            identity = replace(identity, id=Ids(self.identities).new(identity.name))
        self.identities[identity.id] = identity
        found = [k for name in identity.names for k in keys(name)]
        for k in (*found, identity.lei.lower(), identity.qid.lower()):
            if k and (k not in self._by_key or self._by_key[k].id == identity.id):
                if k not in self._by_key:
                    self._keys.append(k)
                self._by_key[k] = identity

    def exact(self, name: str) -> Identity | None:
        """The identity that has this name, LEI or QID; no likeness counts."""
        return next((self._by_key[k] for k in keys(name) if k in self._by_key), None)

    def match(self, name: str) -> Match:
        """The identity that a name stands for; a reviewer's decision wins."""
        name = name.strip()
        token = plain(name)
        if token not in self._matches:
            self._matches[token] = self.reviewed.get(token) or self._found(name)
        return self._matches[token]

    def settle(self, name: str) -> Match:
        """As `match`; a name that is none of the register is one for the names that follow."""
        known = plain(name.strip()) in self._matches
        match = self.match(name)
        if not known and match.same is None and not match.reviewer:
            self._add(Identity("", name))
        return match

    def _found(self, name: str) -> Match:
        from rapidfuzz import fuzz, process

        exact = self.exact(name)
        if exact is not None:
            return Match(name, exact, _EXACT, "same")
        words, best = _words(), Match(name)
        for own in keys(name):
            near = process.extract(
                own,
                self._keys,
                scorer=fuzz.token_set_ratio,
                score_cutoff=words.thresholds["candidate"],
                limit=words.candidates,
            )
            for candidate, _, _ in near:
                score = _alike(*sorted((own, candidate)))
                if score > best.score:
                    best = Match(name, self._by_key[candidate], score)
        decision = decide(best.score)
        return replace(best, decision=decision) if decision != "different" else Match(name, None, best.score)


@cache
def _known() -> tuple[Identity, ...]:
    from answerable.importers.source import Ids

    path = rooms.room("data") / "organisations" / "known.yaml"
    data: dict[str, Any] = read_yaml(path.read_text(encoding="utf-8"), str(path))
    authorities, ids, found = {*data["authorities"]}, Ids(), list[Identity]()
    for name, aliases in [*data["names"].items(), *((product, []) for product in data["products"])]:
        own = ids.new(name)
        kind: Any = "product" if name in data["products"] else "authority" if name in authorities else "organisation"
        found.append(Identity(own, name, tuple(aliases), kind=kind))
    return tuple(found)


def register(organisations: Path | None = None, matches: Path | None = None) -> Register:
    """The shipped names, with the identities of a file and the decisions of a match file.

    Args:
        organisations: a CSV with the column `name`, and any of `aliases` (separated by semicolons), `legal_name`,
            `wikidata_qid` or `qid`, `lei`, and `qid_status`, `lei_status` (CONFLICT and UNKNOWN: not taken).
        matches: a match file, as `write_matches` makes it.

    Raises:
        InputError: naming file and row.
    """
    identities = [*_known(), *(_read_identities(organisations) if organisations else ())]
    plain_register = Register(identities)
    return Register(identities, _read_matches(matches, plain_register)) if matches else plain_register


# -- tables


def _table(path: Path, kind: str, required: Iterable[str]) -> list[tuple[int, dict[str, str]]]:
    text = read_text(path, kind, MAX_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise InputError(str(path), f"line {reader.line_num}", str(error), f"{kind} that is whole") from None
    header = [cell.strip() for cell in rows[0]] if rows else []
    for column in required:
        if column not in header:
            raise InputError(
                str(path), "row 1", ", ".join(header)[:80] or "nothing", f"{kind} with the column {column}"
            )
    found = []
    for number, row in enumerate(rows[1:], 2):
        if any(cell.strip() for cell in row):
            if len(row) != len(header):
                raise InputError(str(path), f"row {number}", f"{len(row)} columns", f"{len(header)}, as in the header")
            found.append((number, dict(zip(header, map(str.strip, row), strict=True))))
    return found


def _read_identities(path: Path) -> list[Identity]:
    from answerable.importers.source import Ids

    ids, found = Ids(), list[Identity]()
    for number, row in _table(path, "a table of organisations (CSV)", ["name"]):

        def code(columns: tuple[str, ...], pattern: re.Pattern[str], what: str, row: Any = row, n: int = number) -> str:
            column = next((c for c in columns if row.get(c)), "")
            if not column or row.get(f"{columns[-1]}_status", "").upper() in _DOUBTFUL:
                return ""
            value: str = row[column]
            if not pattern.fullmatch(value):
                raise InputError(str(path), f"row {n}, column {column}", value[:80], what)
            return value

        written = row["name"]
        if not written:
            raise InputError(str(path), f"row {number}, column name", "nothing", "the name of an organisation")
        product = written.startswith(_PRODUCT)
        # "One/Other" is two names of one organisation; what stands in brackets is a remark.
        names = [n.strip() for n in re.sub(r"\([^()]*\)", "", written.removeprefix(_PRODUCT)).split("/") if n.strip()]
        aliases = [a.strip() for a in (*names[1:], row.get("legal_name", ""), *row.get("aliases", "").split(";"))]
        qid = code(("wikidata_qid", "qid"), _QID, "a Wikidata item, such as Q42")
        lei = code(("lei",), _LEI, "an LEI: 18 letters or digits, and 2 digits")
        name = names[0] if names else written
        kind: Literal["organisation", "product"] = "product" if product else "organisation"
        own = ids.new(name)
        found.append(Identity(own, name, tuple(a for a in aliases if a), lei, qid, kind))
    return found


def _read_matches(path: Path, known: Register) -> list[Match]:
    """The rows that a reviewer signed."""
    found = []
    for number, row in _table(path, "a match file (CSV)", ["name", "matched_id", "decision", "reviewer"]):
        if not row["reviewer"]:
            continue
        decision = row["decision"]
        if decision not in DECISIONS:
            raise InputError(str(path), f"row {number}, column decision", decision or "nothing", ", ".join(DECISIONS))
        own = row["matched_id"]
        identity = known.identities.get(own) or (known.exact(own) if own else None)
        if identity is None and own and row.get("matched_name"):
            identity = Identity(own, row["matched_name"], lei=row.get("lei", ""), qid=row.get("qid", ""))
        if identity is None and (own or decision == "same"):
            where = f"row {number}, column matched_id"
            expected = (
                "the id of an organisation of the register, its LEI or its QID; of another, its name in matched_name"
            )
            raise InputError(str(path), where, own or "nothing", expected)
        if not row["name"]:
            raise InputError(str(path), f"row {number}, column name", "nothing", "the name that was matched")
        score = row.get("score", "")
        number_ = float(score) if re.fullmatch(r"\d+(\.\d+)?", score) else 0.0
        found.append(Match(row["name"], identity, number_, decision, row["reviewer"]))
    return found


def matches_csv(matches: Iterable[Match]) -> str:
    """The match file: one row a name, in the order of the names."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for match in sorted(matches, key=lambda m: (plain(m.name), m.name)):
        i = match.identity
        matched = (i.id, i.name, i.lei, i.qid) if i else ("", "", "", "")
        writer.writerow((_cell(match.name), *matched, f"{match.score:.1f}", match.decision, match.reviewer))
    return out.getvalue()


def _cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in tuple("=+-@\t\r") else text
