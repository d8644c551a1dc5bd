"""Reading and writing case files."""

import json
import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import jsonschema
import pytest
import yaml
from pyoxigraph import NamedNode, RdfFormat
from pyoxigraph import parse as parse_rdf

from answerable import casefile, rooms
from answerable.cases import Case, json_schema

FILES = sorted({*(rooms.room("data") / "cases").glob("*.yaml"), *Path(__file__).parent.rglob("*.yaml")})
TEMPLATE = rooms.room("data") / "templates" / "case.yaml"


def case(text: str) -> Case:
    return casefile.parse("answerable: 1\nid: test\n" + text)


def test_template_is_a_case() -> None:
    assert casefile.template() == TEMPLATE.read_text(encoding="utf-8")
    assert casefile.load(TEMPLATE).id == "my-case"


@pytest.mark.parametrize("path", [TEMPLATE, *FILES], ids=lambda path: path.stem)
def test_written_case_reads_back(path: Path) -> None:
    read = casefile.load(path)
    assert casefile.parse(casefile.dump(read)) == read


def test_words_that_yaml_would_turn_into_something_else() -> None:
    read = case(
        "parties:\n"
        "  - {id: on, type: Organisation, name: no, established_in: NO}\n"
        "  - {id: off, type: Organisation, name: 012}\n"
        "events: [{id: use, type: Use, by: on, on: 2026-01-02, source: 1:30}]\n"
        "circumstances: [{is: FailureOfReasonableCare, of: on, holds: no}]\n"
    )
    party, other = read.parties
    assert (party.id, party.name, party.established_in, other.name) == ("on", "no", ("NO",), "012")
    event = read.events[0]
    assert (event.by, event.on, event.source) == (("on",), date(2026, 1, 2), "1:30")
    assert read.circumstances[0].holds is False
    assert casefile.parse(casefile.dump(read)) == read


def test_amounts_are_exact() -> None:
    harms = case("harms: [{id: loss, type: EconomicLoss, amount: 0.100000000000000055, currency: EUR}]").harms
    assert harms[0].amount == Decimal("0.100000000000000055")


def test_equal_amounts_are_written_alike() -> None:
    text = "harms: [{{id: loss, type: EconomicLoss, amount: {}, currency: EUR}}]"
    assert len({casefile.dump(case(text.format(amount))) for amount in ("100", "100.0", "+100.00", "'0100'")}) == 1


def test_empty_keys_are_unknown() -> None:
    read = case("title:\nevents:\nparties: [{id: bank, type: Organisation, name: ~}]")
    assert (read.title, read.events, read.parties[0].name) == (None, (), None)


def test_byte_order_mark_and_other_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_bytes(b"\xef\xbb\xbfanswerable: 1\r\nid: windows\r\ntitle: Caf\xc3\xa9\r\n")
    assert casefile.load(path).title == "Café"


def test_aliases_are_read() -> None:
    read = case("parties: [{id: a, type: Organisation, source: &s Letter}, {id: b, type: Organisation, source: *s}]")
    assert read.parties[1].source == "Letter"


def test_circumstances_and_conduct_are_named_after_what_they_say() -> None:
    read = case(
        "parties: [{id: bank, type: Organisation}, {id: bob, type: NaturalPerson}]\n"
        "circumstances:\n"
        "  - {is: FailureOfReasonableCare, of: bank, about: bob}\n"
        "  - {is: FailureOfReasonableCare, of: bank, about: bob, standing: alleged}\n"
        "documents: [{id: guide, type: InstructionsForUse, contains: []}]\n"
    )
    assert [c.id for c in read.circumstances] == [
        "failure-of-reasonable-care-bank-bob",
        "failure-of-reasonable-care-bank-bob-2",
    ]


def test_every_record_can_be_found() -> None:
    read = casefile.load(TEMPLATE)
    assert read.find("cap").name is None
    with pytest.raises(KeyError):
        read.find("nothing")


def test_long_chains_and_wide_diamonds_are_no_cycles() -> None:
    models = [f"{{id: m-{n}, type: AIModel, derived_from: m-{n + 1}, trained_on: m-{n + 1}}}" for n in range(2000)]
    assert len(case(f"artefacts: [{', '.join(models)}, {{id: m-2000, type: AIModel}}]").artefacts) == 2001


def test_json_schema_is_current() -> None:
    written = json.loads((rooms.room("data") / "case.schema.json").read_text(encoding="utf-8"))
    assert written == json_schema(), "python -m answerable.cases > data/case.schema.json"


@cache
def validator() -> jsonschema.Draft202012Validator:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("path", [TEMPLATE, *FILES], ids=lambda path: path.stem)
def test_editors_accept_what_we_read(path: Path) -> None:
    # Editors read days as text and `no` as a word, as YAML 1.2 does.
    loader = type("Loader", (yaml.SafeLoader,), {})
    loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in pairs if not tag.endswith((":timestamp", ":bool"))]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))
    validator().validate(yaml.load(path.read_text(encoding="utf-8"), loader))


def test_light_to_import() -> None:
    program = (
        "import sys, answerable.casefile; heavy = {'rdflib', 'pydantic', 'pyoxigraph', 'yaml'} & set(sys.modules);"
        "assert not heavy, heavy;"
        "import answerable.records; assert 'rdflib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def subjects(*folder: str) -> set[str]:
    paths = (rooms.room(folder[0]).joinpath(*folder[1:])).rglob("*.ttl")
    quads = (quad for path in paths for quad in parse_rdf(path=str(path), format=RdfFormat.TURTLE))
    return {quad.subject.value.rpartition("/")[2] for quad in quads if isinstance(quad.subject, NamedNode)}


def role_names() -> set[str]:
    """Roles by their name and by the key that the assessment shows."""
    terms = casefile.vocabulary()
    names = terms.members("LegalRole") | terms.members("FunctionalRole")
    quads = [
        quad
        for path in rooms.room("ontology").glob("*.ttl")
        for quad in parse_rdf(path=str(path), format=RdfFormat.TURTLE)
        if quad.predicate.value.endswith("/identifier") and quad.subject.value.rpartition("#")[2] in names
    ]
    return names | {quad.object.value for quad in quads}


def test_expectations_name_what_exists() -> None:
    # A misspelt norm that must not bind would otherwise pass for ever.
    doctrine = subjects("data", "doctrine")
    terms = casefile.vocabulary()
    roles = role_names()
    unknown = []
    for path in FILES:
        for part in casefile.load(path).expect:
            duties = part.obligations
            norms = [*duties.binding, *duties.not_binding, *duties.open, *duties.exempt, *duties.not_yet_applicable]
            unknown += [(path.name, n.norm) for n in (*norms, *part.sanctions) if n.norm not in casefile.law_ids()]
            named = [*(t.theory for t in part.liability), *part.voids, *part.absent_voids]
            unknown += [(path.name, name) for name in named if name not in doctrine]
            unknown += [(path.name, q) for q in part.open_questions if q not in terms.classes()]
            unknown += [(path.name, r.role) for r in part.roles if r.role not in roles]
    assert not unknown


def test_jurisdictions() -> None:
    known = casefile.jurisdictions()
    codes = set(known.values())
    assert {"EU", "DE", "UK", "US", "CA", "NO"} <= codes
    assert known["California"] == "US-CA" and known["Canada"] == "CA" and known["Turkey"] == "TR"
    assert len([c for c in codes if c.startswith("US-") and len(c) == 5]) == 51
    assert known["New York City"] == "US-NYC"
    assert len([c for c in codes if c.startswith("CA-")]) == 13
