"""The published schema is the one that the models give, and an assessment fits it."""

from __future__ import annotations

import json

import jsonschema
import pytest

import answerable
from answerable import rooms
from answerable.assessment import publish_schema

PUBLISHED = rooms.room("data") / "assessment.schema.json"


def test_the_published_schema_is_current() -> None:
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == publish_schema(), (
        "write answerable.assessment.publish_schema() to data/assessment.schema.json"
    )


@pytest.mark.parametrize("name", ["moffatt-v-air-canada", "schufa", "loan-refusal"])
def test_an_assessment_fits_the_schema(name: str) -> None:
    assessment = answerable.assess(rooms.room("data") / "cases" / f"{name}.yaml")
    jsonschema.validate(json.loads(assessment.to_json()), publish_schema())
