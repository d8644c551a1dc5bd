"""The public surface, the rooms, and the contract of the assessment."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

import answerable
from answerable import rooms
from answerable.assessment import Allocation, Assessment, Exposure, Role, publish_schema


def test_the_public_surface_is_small() -> None:
    assert answerable.__all__ == [
        "Assessment",
        "Case",
        "InputError",
        "__version__",
        "assess",
        "calendar",
        "check",
        "explain",
        "load",
        "repairs",
        "responsibility",
        "what_if",
        "why_not",
    ]
    assert all(getattr(answerable, name) is not None for name in answerable.__all__)
    with pytest.raises(AttributeError):
        answerable.nothing  # noqa: B018


@pytest.mark.parametrize("name", ["assess", "check", "explain"])
def test_a_verb_stays_a_function_when_its_module_is_imported_first(name: str) -> None:
    code = f"import answerable.{name}, answerable; assert callable(answerable.{name})"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_rooms_are_found() -> None:
    for name in rooms.ROOMS:
        assert rooms.room(name).is_dir()
    found = rooms.files("ontology", ".ttl")
    assert found == sorted(found) and all(isinstance(path, Path) for path in found)
    with pytest.raises(ValueError, match="no room"):
        rooms.room("kitchen")


def test_an_assessment_reads_back_from_the_json_that_its_schema_describes() -> None:
    made = Assessment(
        case="x",
        as_of="2026-11-20",
        roles=[Role(party="bank", role="AIActDeployer", artefact="system", from_="2026-06-01", standing="established")],
        allocation=[
            Allocation(
                harm="h", regime="r", shares={"a": Decimal("0.3"), "b": None}, exposure=Exposure(high=Decimal("1250.5"))
            )
        ],
    )
    data = json.loads(made.to_json())
    jsonschema.validate(data, publish_schema())
    assert data["roles"][0]["from"] == "2026-06-01" and data["allocation"][0]["shares"] == {"a": 0.3, "b": None}
    assert Assessment.model_validate(data) == made


def test_the_schema_describes_real_assessments() -> None:
    for path in rooms.files("data", ".yaml"):
        if path.parent.name == "cases":
            data = json.loads(answerable.assess(path).to_json())
            jsonschema.validate(data, publish_schema())
            assert data["disclaimer"].startswith("Not legal advice") and data["assumptions"]
