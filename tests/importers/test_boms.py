"""Bills of materials, in CycloneDX and SPDX, become cases: small files of our own, and real ones."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from answerable.casefile import dump, parse
from answerable.cases import Case
from answerable.check import check
from answerable.errors import InputError
from answerable.importers import read

SHARED = Path(__file__).parents[3] / "shared" / "datasets"
CYCLONEDX, SPDX = SHARED / "cyclonedx", SHARED / "spdx3_ai"
needs_real = pytest.mark.skipif(not CYCLONEDX.is_dir(), reason="the data sets are not beside this checkout")

BOM: dict[str, Any] = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "version": 1,
    "components": [
        {
            "bom-ref": "model",
            "type": "machine-learning-model",
            "name": "Loan scorer",
            "version": "2",
            "supplier": {"name": "Example Models GmbH"},
            "authors": [{"name": "A person"}],
            "licenses": [{"license": {"id": "Apache-2.0"}}],
            "pedigree": {"ancestors": [{"type": "machine-learning-model", "name": "Base model"}]},
            "modelCard": {
                "modelParameters": {
                    "task": "classification",
                    "architectureFamily": "TBD",
                    "datasets": [
                        {"ref": "data"},
                        {
                            "name": "Inline data",
                            "classification": "public",
                            "governance": {"owners": [{"contact": {"name": "A person"}}]},
                        },
                    ],
                },
                "quantitativeAnalysis": {"performanceMetrics": [{"type": "accuracy", "value": "0.93"}]},
            },
        },
        {"bom-ref": "data", "type": "data", "name": "Ledger"},
        {"bom-ref": "library", "type": "library", "name": "numpy"},
    ],
    "services": [{"bom-ref": "api", "name": "Scoring API", "provider": {"name": "Example Hosting AG"}}],
    "dependencies": [{"ref": "api", "dependsOn": ["model"]}, {"ref": "model", "dependsOn": ["library"]}],
}
SPDX_FILE: dict[str, Any] = {
    "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
    "@graph": [
        {"type": "CreationInfo", "@id": "_:info", "specVersion": "3.0.1", "createdBy": ["urn:maker"]},
        {"type": "Organization", "spdxId": "urn:maker", "creationInfo": "_:info", "name": "Example Models GmbH"},
        {"type": "Person", "spdxId": "urn:person", "creationInfo": "_:info", "name": "A person"},
        {
            "type": "ai_AIPackage",
            "spdxId": "urn:model",
            "creationInfo": "_:info",
            "name": "Loan scorer",
            "suppliedBy": "urn:maker",
            "originatedBy": ["urn:person"],
            "ai_domain": ["credit scoring"],
            "ai_typeOfModel": ["n/a"],
            "ai_energyConsumption": {
                "type": "ai_EnergyConsumption",
                "ai_trainingEnergyConsumption": [{"ai_energyQuantity": "4.8", "ai_energyUnit": "kilowattHour"}],
            },
        },
        {
            "type": "dataset_DatasetPackage",
            "spdxId": "urn:data",
            "creationInfo": "_:info",
            "name": "Ledger",
            "comment": "Loans since 2015.",
        },
        {"type": "software_Package", "spdxId": "urn:numpy", "creationInfo": "_:info", "name": "numpy"},
        {
            "type": "Relationship",
            "spdxId": "urn:r1",
            "creationInfo": "_:info",
            "relationshipType": "trainedOn",
            "from": "urn:model",
            "to": ["urn:data"],
        },
        {
            "type": "Relationship",
            "spdxId": "urn:r2",
            "creationInfo": "_:info",
            "relationshipType": "dependsOn",
            "from": "urn:model",
            "to": ["urn:numpy"],
        },
    ],
}


OLD_INFO = {"type": "CreationInfo", "specVersion": "2.3"}


def written(folder: Path, data: Any) -> Path:
    path = folder / "file.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def imported(folder: Path, kind: str, data: Any, profiles: tuple[str, ...] = ("annex-xi",)) -> Case:
    (case,) = read(kind, written(folder, data), profiles)
    return case


def statuses(case: Case) -> dict[str, str]:
    return {row.item: row.status for row in check(case, "annex-xi").completeness}


def test_cyclonedx_parts_and_chain(tmp_path: Path) -> None:
    case = imported(tmp_path, "cyclonedx", BOM)
    artefacts = {a.id: a for a in case.artefacts}
    model = artefacts["loan-scorer"]
    assert model.type == "AIModel" and artefacts["ledger"].type == "Dataset"
    assert model.trained_on == ("ledger", "inline-data") and model.derived_from == ("base-model",)
    assert model.integrates == ("numpy",) and artefacts["scoring-api"].integrates == ("loan-scorer",)
    assert {p.name for p in case.parties} == {"Example Models GmbH", "Example Hosting AG"}
    assert {(e.type, e.by, e.of) for e in case.events} == {
        ("Supply", ("example-models-gmbh",), ("loan-scorer",)),
        ("OfferingAsService", ("example-hosting-ag",), ("scoring-api",)),
    }
    assert "A person" not in dump(case)
    assert parse(dump(case)) == case


def test_cyclonedx_items(tmp_path: Path) -> None:
    case = imported(tmp_path, "cyclonedx", BOM)
    found = statuses(case)
    assert found["AIA_AnxXI_1_1_a"] == "present" and found["AIA_AnxXI_1_1_f"] == "present"
    assert found["AIA_AnxXI_1_1_d"] == "missing"  # TBD
    assert found["AIA_AnxXI_1_2_e"] == "unknown"
    (metric,) = (e for d in case.documents for e in d.contains if e.item == "AIA_AnxXI_2_1")
    assert metric.text == "type: accuracy; value: 0.93"
    assert metric.source is not None
    assert metric.source.startswith(
        "file.json#/components/0/modelCard/quantitativeAnalysis/performanceMetrics/0, read 20"
    )


def test_spdx_parts_chain_and_items(tmp_path: Path) -> None:
    case = imported(tmp_path, "spdx", SPDX_FILE)
    (model,) = (a for a in case.artefacts if a.type == "AIModel")
    assert model.trained_on == ("ledger",) and model.integrates == ("numpy",)
    assert [p.name for p in case.parties] == ["Example Models GmbH"] and "A person" not in dump(case)
    assert [(e.type, e.by) for e in case.events] == [("Supply", ("example-models-gmbh",))]
    found = statuses(case)
    assert found["AIA_AnxXI_1_1_a"] == "present" and found["AIA_AnxXI_1_2_c"] == "present"
    assert found["AIA_AnxXI_1_1_d"] == "missing"  # n/a
    assert found["AIA_AnxXI_1_1_f"] == "unknown"
    (energy,) = (e for d in case.documents for e in d.contains if e.item == "AIA_AnxXI_1_2_e")
    assert energy.text is not None and "energy quantity: 4.8; energy unit: kilowattHour" in energy.text
    assert parse(dump(case)) == case


def test_what_stands_inside_another_element_is_read(tmp_path: Path) -> None:
    info = {"type": "CreationInfo", "specVersion": "3.0.1", "createdBy": ["urn:maker"]}
    data: Any = copy.deepcopy(SPDX_FILE)
    maker, model, ledger = (data["@graph"][n] for n in (1, 3, 4))
    for element in (maker, model, ledger):
        element["creationInfo"] = info
    model["suppliedBy"] = maker
    data["@graph"][6]["to"] = [ledger]
    data["@graph"] = [e for e in data["@graph"] if e not in (maker, ledger)]
    inside, flat = imported(tmp_path, "spdx", data), imported(tmp_path, "spdx", SPDX_FILE)
    assert inside.parties[0].name == flat.parties[0].name
    assert [(a.id, a.type, a.trained_on) for a in inside.artefacts if a.trained_on] == [
        (a.id, a.type, a.trained_on) for a in flat.artefacts if a.trained_on
    ]
    assert statuses(inside) == statuses(flat)


def test_a_circle_of_dependencies_is_opened_and_said(tmp_path: Path) -> None:
    circle = [{"ref": "model", "dependsOn": ["library"]}, {"ref": "library", "dependsOn": ["api", "data"]}]
    data = replaced(BOM, [{"ref": "api", "dependsOn": ["model"]}, *circle], "dependencies")
    case = imported(tmp_path, "cyclonedx", data)
    links = {(a.id, other) for a in case.artefacts for other in a.integrates}
    whole = {("scoring-api", "loan-scorer"), ("loan-scorer", "numpy"), ("numpy", "scoring-api"), ("numpy", "ledger")}
    (left_out,) = whole - links
    assert case.description is not None and f"{left_out[0]} -> {left_out[1]} (1 in all)" in case.description


def test_thousands_of_parts_in_circles_are_read(tmp_path: Path) -> None:
    number = 5_000
    parts = [{"bom-ref": f"p{n}", "type": "library", "name": "same name"} for n in range(number)]
    circle = [{"ref": f"p{n}", "dependsOn": [f"p{(n + 1) % number}"]} for n in range(number)]
    data = {**BOM, "components": parts, "services": [], "dependencies": circle}
    case = imported(tmp_path, "cyclonedx", data)
    assert len(case.artefacts) == number and sum(len(a.integrates) for a in case.artefacts) == number - 1


@pytest.mark.parametrize(
    ("held", "kind"),
    [
        ([], "Dataset"),
        ([{"type": "configuration"}], "Component"),
        ([{"type": "dataset"}, {"type": "x"}], "Dataset"),
    ],
)
def test_data_that_are_configuration_are_no_data_set(tmp_path: Path, held: list[Any], kind: str) -> None:
    case = imported(tmp_path, "cyclonedx", replaced(BOM, held, "components", 1, "data"))
    (ledger,) = (a for a in case.artefacts if a.id == "ledger")
    assert ledger.type == kind


def without(data: dict[str, Any], *path: Any) -> dict[str, Any]:
    changed: Any = copy.deepcopy(data)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return changed


def replaced(data: dict[str, Any], value: Any, *path: Any) -> dict[str, Any]:
    changed: Any = copy.deepcopy(data)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


@pytest.mark.parametrize(
    ("kind", "data", "place", "says"),
    [
        ("cyclonedx", json.dumps(BOM)[:200], "1:", "whole and well-formed"),
        ("cyclonedx", replaced(BOM, "2.0", "specVersion"), "/specVersion", "1.4, 1.5, 1.6, 1.7"),
        ("cyclonedx", without(BOM, "bomFormat"), "/", "CycloneDX"),
        ("cyclonedx", replaced(BOM, {}, "components"), "/components", "a list"),
        ("cyclonedx", replaced(BOM, 3, "components", 0, "name"), "/components/0/name", "a text"),
        ("cyclonedx", replaced(BOM, "model", "components", 1, "bom-ref"), "/components/1", "of its own"),
        ("cyclonedx", replaced(BOM, ["gone"], "dependencies", 0, "dependsOn"), "/dependencies/0/dependsOn", "file"),
        ("cyclonedx", '{"bomFormat": "CycloneDX", "bomFormat": "x"}', "", "each key once"),
        ("cyclonedx", "[" * 500 + "]" * 500, "", "levels"),
        ("cyclonedx", "[]", "/", "an object"),
        ("spdx", json.dumps(SPDX_FILE)[:-9], "1:", "whole and well-formed"),
        ("spdx", replaced(SPDX_FILE, "https://example.com/context.jsonld", "@context"), "/@context", "spdx-context"),
        ("spdx", replaced(SPDX_FILE, "2.3", "@graph", 0, "specVersion"), "/@graph/0/specVersion", "3.0.1"),
        ("spdx", replaced(SPDX_FILE, "urn:maker", "@graph", 3, "spdxId"), "/@graph/3", "of its own"),
        ("spdx", replaced(SPDX_FILE, 7, "@graph", 3, "suppliedBy"), "/@graph/3/suppliedBy", "id of an element"),
        ("spdx", replaced(SPDX_FILE, {}, "@graph"), "/@graph", "a list"),
        ("spdx", replaced(SPDX_FILE, [SPDX_FILE["@context"], "https://x.eu/y"], "@context"), "/@context", "context"),
        ("spdx", without(SPDX_FILE, "@graph", 4, "creationInfo"), "/@graph/4", "creationInfo"),
        ("spdx", replaced(SPDX_FILE, "_:gone", "@graph", 4, "creationInfo"), "/@graph/4/creationInfo", "this file"),
        ("spdx", replaced(SPDX_FILE, OLD_INFO, "@graph", 4, "creationInfo"), "/@graph/4/creationInfo", "3.0.1"),
        ("spdx", json.dumps(SPDX_FILE).replace('"3.0.1"', "NaN"), "", "finite"),
    ],
)  # fmt: skip
def test_a_broken_file_is_an_error_that_names_the_place(
    tmp_path: Path, kind: str, data: Any, place: str, says: str
) -> None:
    with pytest.raises(InputError) as raised:
        imported(tmp_path, kind, data)
    assert raised.value.file.endswith("file.json") and raised.value.place.startswith(place)
    assert says in raised.value.expected


def test_a_file_of_a_hundred_megabytes_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    with path.open("wb") as stream:
        stream.truncate(100_000_000)
    for kind in ("cyclonedx", "spdx", "croissant", "fmti", "model-card"):
        with pytest.raises(InputError, match="bytes"):
            read(kind, path)


@needs_real
def test_placeholder_fields_of_the_example_are_missing() -> None:
    (case,) = read("cyclonedx", CYCLONEDX / "valid-machine-learning-1.7.json", ("annex-xi", "annex-iv"))
    held = {row.item: row.status for row in check(case, ["annex-xi", "annex-iv"]).completeness if row.level == "must"}
    assert held["AIA_AnxXI_1_1_d"] == "missing"
    assert held["AIA_AnxXI_2_1"] == "unknown"  # A placeholder, too, but asked for only of a model with systemic risk.
    assert (
        held["AIA_AnxIV_2_b"] == held["AIA_AnxIV_2_c"] == held["AIA_AnxIV_2_g"] == held["AIA_AnxIV_3_ii"] == "missing"
    )
    assert held["AIA_AnxXI_1_1_a"] == "present"  # Beside the placeholder stands a use that says something.
    assert held["AIA_AnxXI_1_1_f"] == "unknown"


@needs_real
@pytest.mark.parametrize(("kind", "folder"), [("cyclonedx", CYCLONEDX), ("spdx", SPDX)])
def test_real_files_become_cases(kind: str, folder: Path) -> None:
    for path in sorted(folder.glob("*.json")):
        (case,) = read(kind, path)
        assert case.artefacts and parse(dump(case)) == case
        assert all(record.source for record in (*case.artefacts, *case.parties, *case.events, *case.documents))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [place for key, one in inner for place in places(one, (*path, key))]


ODD = st.sampled_from([None, True, 7, -1.5, "", "x", "\ud83d\ude00", [], {}, ["x"], {"name": 1}, [[]], {"ref": "gone"}])


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([("cyclonedx", BOM), ("spdx", SPDX_FILE)]), st.data())
def test_a_changed_file_is_a_case_or_an_error(tmp_path: Path, file: tuple[str, Any], data: st.DataObject) -> None:
    kind, whole = file
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(places(whole) or [("@context",)]))
        change = data.draw(st.sampled_from(["drop", "odd"])) if places(whole) else "odd"
        whole = without(whole, *path) if change == "drop" else replaced(whole, data.draw(ODD), *path)
    try:
        case = imported(tmp_path, kind, whole)
    except InputError as error:
        assert error.file and error.expected
        return
    assert parse(dump(case)) == case
