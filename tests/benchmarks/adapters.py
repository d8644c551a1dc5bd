"""Reads the scenarios of public benchmarks as cases of ours: what was done, by whom, with what. Never a legal role,
never a level of risk: those are the labels that the answer is compared with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from answerable.casefile import from_data
from answerable.cases import Case
from answerable.engine import knowledge
from answerable.terms import ans, lexical

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SETS = ROOT.parent / "shared" / "datasets"
TABLE: dict[str, Any] = yaml.safe_load((HERE / "triggers.yaml").read_text(encoding="utf-8"))
SUBCLASS = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Scenario:
    """One scenario of a set: what it tells, and the labels that it gives."""

    set: str
    id: str
    text: str
    labels: Mapping[str, Any]
    deeds: tuple[str, ...]
    stated_deeds: bool
    artefact: str = "AISystem"
    facts: tuple[Mapping[str, Any], ...] = ()
    party: str = "Organisation"
    country: str | None = "DE"
    placed_in: str | None = "DE"
    placed_on: str = str(TABLE["done_on"])

    def __str__(self) -> str:
        return f"{self.set} {self.id}"


@dataclass
class Reading:
    """What the triggers make of a text."""

    read: bool = False
    states: set[str] = field(default_factory=set)
    denies: set[str] = field(default_factory=set)
    opens: set[str] = field(default_factory=set)
    use: set[str] = field(default_factory=set)
    use_not: set[str] = field(default_factory=set)


def plain(text: str) -> str:
    """The text in small letters, with one kind of hyphen, apostrophe and space."""
    text = re.sub(r"[\u2010-\u2015]", "-", text.lower())
    return re.sub(r"\s+", " ", re.sub(r"[\u2018\u2019]", "'", text)).strip()


@cache
def kinds(name: str) -> frozenset[str]:
    """A class and all that it is a kind of."""
    above = (lexical(node).rsplit("#", 1)[-1] for node in knowledge().index.objects(ans(name), SUBCLASS))
    stands_for = {TABLE["stands_for"][name]} if name in TABLE["stands_for"] else set()
    return frozenset({name, *stands_for}).union(*(kinds(node) for node in above if node != name))


def fires(trigger: Mapping[str, Any], text: str) -> bool:
    """Whether a trigger reads something in a text."""
    if "unless" in trigger and re.search(trigger["unless"], text):
        return False
    return all(re.search(one, text) for one in trigger["when"])


def read(text: str) -> Reading:
    """What the table of triggers reads in a text."""
    found = Reading()
    for trigger in TABLE["triggers"]:
        if not fires(trigger, text):
            continue
        found.read = True
        for key in ("states", "denies", "opens", "use", "use_not"):
            getattr(found, key).update(trigger.get(key, ()))
    found.denies -= found.states
    return found


def closed(reading: Reading, about: str) -> list[str]:
    """The features that a text which was read would have named."""
    named = {above for name in (*reading.states, *reading.use, *reading.opens) for above in kinds(name)}
    return [name for name in TABLE["closed"][about] if name not in named | reading.denies]


def case(scenario: Scenario) -> Case:
    """The scenario as a case of ours. Where no trigger reads its text, the deeds alone are stated."""
    reading = read(scenario.text)
    data: dict[str, Any] = {
        "answerable": "1",
        "id": re.sub(r"[^a-z0-9]+", "-", f"{scenario.set}-{scenario.id}".lower()).strip("-"),
        "as_of": str(TABLE["as_of"]),
        "forum": TABLE["member_state"],
        "parties": [{"id": "organisation", "type": scenario.party}],
        "artefacts": [{"id": "system", "type": scenario.artefact}],
        "events": [],
        "circumstances": [{**fact} for fact in scenario.facts],
    }
    if scenario.country:
        data["parties"][0]["established_in"] = scenario.country
    DeedWriter(scenario, data).write()
    if scenario.artefact == "AISystem" and reading.read:
        says = data["circumstances"]
        says += [{"is": name, "of": "system"} for name in sorted(reading.states)]
        denied = sorted({*reading.denies, *closed(reading, "system")})
        says += [{"is": name, "of": "system", "holds": NO} for name in denied]
        if "use" in scenario.deeds:
            says += [{"is": name, "of": "use"} for name in sorted(reading.use)]
            says += [
                {"is": name, "of": "use", "holds": NO} for name in sorted({*reading.use_not, *closed(reading, "use")})
            ]
    return from_data(data, str(scenario))


@dataclass
class DeedWriter:
    """Writes down who did what; whoever the scenario needs and does not name is a supplier."""

    scenario: Scenario
    data: dict[str, Any]

    def event(self, key: str, kind: str, by: str, of: str = "system", **more: str) -> None:
        self.data["events"].append({"id": key, "type": kind, "by": by, "of": of, **more})

    def write(self) -> None:
        deeds = self.scenario.deeds
        for deed in deeds:
            getattr(self, deed)()
        if deeds and "placing" not in deeds and "mandate" not in deeds and "importation" not in deeds:
            self.supplied(by="supplier", country=TABLE["member_state"])

    @property
    def day(self) -> str:
        return self.scenario.placed_on

    def made(self, by: str) -> None:
        kind = "ModelTraining" if self.scenario.artefact == "GPAIModel" else "SystemDevelopment"
        self.event("development", kind, by)

    def supplied(self, by: str, country: str) -> None:
        self.data["parties"].append({"id": by, "type": "Organisation", "established_in": country})
        self.made(by)
        where = self.scenario.placed_in
        self.event("supply", "PlacingOnMarket", by, under_name=by, on=self.day, **({"where": where} if where else {}))

    def placing(self) -> None:
        self.made("organisation")
        where = self.scenario.placed_in or self.scenario.country
        more = {"where": where} if where else {}
        self.event("placing", "PlacingOnMarket", "organisation", under_name="organisation", on=self.day, **more)

    def use(self) -> None:
        outside = self.scenario.country != TABLE["member_state"] and self.scenario.placed_in
        self.event(
            "use",
            "Use",
            "organisation",
            on=str(TABLE["done_on"]),
            **({"output_used_in": self.scenario.placed_in} if outside and self.scenario.labels.get("output") else {}),
        )

    def resale(self) -> None:
        self.event("resale", "MakingAvailable", "organisation", where=TABLE["member_state"], on=self.day)

    def product(self) -> None:
        self.data["artefacts"][0]["part_of"] = "product"
        self.data["artefacts"].append({"id": "product", "type": "TangibleProduct"})
        self.event(
            "product-placing",
            "PlacingOnMarket",
            "organisation",
            of="product",
            under_name="organisation",
            where=TABLE["member_state"],
            on=self.day,
        )

    def abroad(self) -> None:
        if all(party["id"] != "maker-abroad" for party in self.data["parties"]):
            self.data["parties"].append({"id": "maker-abroad", "type": "Organisation", "established_in": "US"})
            self.event("making-abroad", "SystemDevelopment", "maker-abroad")

    def mandate(self) -> None:
        self.abroad()
        where = TABLE["member_state"]
        self.event("sale", "PlacingOnMarket", "maker-abroad", under_name="maker-abroad", where=where, on=self.day)
        self.event("mandate", "RepresentationMandate", "organisation", on_behalf_of="maker-abroad", on=self.day)

    def importation(self) -> None:
        self.abroad()
        where = TABLE["member_state"]
        self.event("import", "Importation", "organisation", under_name="maker-abroad", where=where, on=self.day)


def deeds_in(text: str) -> list[str]:
    """The deeds that a text tells."""
    return [entry["deed"] for entry in TABLE["deeds"] if re.search(entry["when"], text)]


# -- one set of free text


def davidath() -> Iterator[Scenario]:
    """The scenarios of the AI Act Evaluation Benchmark; an id is the place in its file."""
    path = SETS / "davidath_ai_act_bench" / "scenarios.json"
    levels = {"high-risk": "high"}
    for number, entry in enumerate(json.loads(path.read_text(encoding="utf-8"))["data"]):
        use = plain(entry["intended_use"])
        told = deeds_in(use)
        role = entry["role"].lower()
        yield Scenario(
            set="davidath",
            id=f"{number:03}",
            text=plain(f"{entry['intended_use']} | {entry['system_type']} | {entry['input_data']}"),
            labels={
                "level": levels.get(entry["risk_level"], entry["risk_level"]),
                "roles": [role],
                "articles": sorted(entry["related_articles"]),
            },
            deeds=tuple(told or [TABLE["named_deeds"][role]]),
            stated_deeds=bool(told),
        )


# -- one set of questionnaires


def aiacc() -> Iterator[Scenario]:
    """The test cases of a compliance application that expect an answer of law; an id is the number of the case."""
    for path in sorted((SETS / "aiacc_testcases").glob("TC-*.md")):
        scenario = questionnaire(path)
        if scenario:
            yield scenario


def section(text: str, title: str) -> str:
    found = re.search(rf"^## {title}\s*$(.*?)(?=^## |\Z)", text, re.M | re.S)
    return found.group(1) if found else ""


def questionnaire(path: Path) -> Scenario | None:
    """One test case, or nothing where it tests the application and not the law."""
    whole = path.read_text(encoding="utf-8")
    given = section(whole, "Input")
    expected = section(whole, "Expected Result") + section(whole, "Success Criteria")
    tags = sorted(set(re.findall(r"`((?:legal|ai-system|role|risk):[\w-]+)`", expected)))
    outside = '"Not Applicable"' in expected
    if not tags and not outside:
        return None
    fields = {key: plain(value) for key, value in re.findall(r'^- (\w+): "(.*)"', given, re.M)}
    answers = {plain(q): plain(a) for q, a in re.findall(r"^- (.+\?) → (.+)$", given, re.M)}
    facts_in_brackets = [b for a in answers.values() for b in re.findall(r"^yes \((.+)\)", a)]
    told = [key for key in ("intendedPurpose", "description", "functionality") if key in fields]
    text = " | ".join([*(fields[key] for key in told), *facts_in_brackets])
    assigned = re.search(r"Role Assignment: (.+)", given)
    deeds = [deed for question, a in answers.items() if a.startswith(YES) for deed in deeds_in(question)]
    if assigned and not deeds:
        deeds = [TABLE["named_deeds"][plain(role).removesuffix(" only")] for role in assigned.group(1).split(" + ")]
    artefact, facts = what(answers, given, text)
    placed = answered(answers, "place ai systems on the eu market")
    private = answered(answers, "natural person using ai for non-professional")
    if not deeds and outside and private != YES and placed == NO:
        deeds = ["placing", "use"]
    elif not deeds:
        deeds = ["use"]
    if private == YES:
        facts.append({"is": "PersonalNonProfessionalUse", "of": "use"})
    legacy = answered(answers, "legacy system without significant changes") == YES
    if legacy:
        facts.append({"is": "UnchangedInDesign", "of": "system"})
    country = TABLE["countries"][fields["location"].rsplit(", ", 1)[-1]]
    return Scenario(
        set="aiacc",
        id=path.name[:6],
        text=text,
        labels={**labels(tags, outside, expected), "output": any("output" in tag for tag in tags)},
        deeds=tuple(dict.fromkeys(deeds)),
        stated_deeds=bool(answers),
        artefact=artefact,
        facts=tuple(facts),
        party="NaturalPerson" if "individual" in fields.get("legalEntity", "") else "Organisation",
        country=country,
        placed_in=None if placed == NO else TABLE["member_state"],
        placed_on=str(TABLE["placed_before"] if legacy else TABLE["done_on"]),
    )


def answered(answers: Mapping[str, str], question: str) -> str | None:
    """Yes, no or nothing."""
    found = [a for q, a in answers.items() if question in q]
    return None if not found else YES if found[0].startswith(YES) else NO if found[0].startswith(NO) else None


def what(answers: Mapping[str, str], given: str, text: str) -> tuple[str, list[Mapping[str, Any]]]:
    """What kind of artefact it is, and what its answers state of it."""
    if answered(answers, "meet the ai definition") == NO:
        return "Component", [{"is": "AISystem", "of": "system", "holds": NO}]
    stated_model = re.search(r"^GPAI: GPAI|^- GPAI: GPAI", given, re.M)
    if answered(answers, "general-purpose ai model") != YES and not stated_model:
        return "AISystem", []
    larger = "10^25" in text
    return "GPAIModel", [{"is": "LargeTrainingComputeModel", "of": "system", "holds": YES if larger else NO}]


def labels(tags: list[str], outside: bool, expected: str) -> dict[str, Any]:
    """The labels of a test case in our words."""
    named = {kind: [tag.split(":", 1)[1] for tag in tags if tag.startswith(f"{kind}:")] for kind in ("role", "risk")}
    models = {"gpai", "systemic-risk"}
    levels = [level for level in named["risk"] if level not in models]
    listed = re.search(r"\(Articles? ([^)]+)\)", expected)
    return {
        "scope": "outside" if outside else "within",
        "roles": sorted(named["role"]) or None,
        "level": levels[0] if levels else None,
        "model": sorted(models & set(named["risk"])) or None,
        "articles": articles(listed.group(1)) if listed else None,
    }


def articles(written: str) -> list[int]:
    """The numbers in a list of articles, ranges written out."""
    numbers: set[int] = set()
    for first, last in re.findall(r"(\d+)(?:\s*-\s*(\d+))?", written):
        numbers |= set(range(int(first), int(last or first) + 1))
    return sorted(numbers)
