"""The questions of the house as an API, described in OpenAPI."""

from __future__ import annotations

from typing import Any

from answerable import __version__
from answerable.queries import Parameter, Query, catalogue
from answerable.web.negotiation import GRAPHS, TABLES

_KINDS = {
    "record": "a record of a case, such as loan-refusal/bank",
    "case": "the id of a case",
    "law": "the id of a norm or an instrument",
    "doctrine": "the id of a theory or a part of one",
    "term": "the name of a term of the ontology",
    "jurisdiction": "the code of a jurisdiction",
    "position": "the name of a contested question",
}


def described(query: Query) -> dict[str, Any]:
    """A question as JSON."""
    return {
        "name": query.name,
        "theme": query.theme,
        "asks": query.summary,
        "parameters": [
            {"name": p.name, "type": p.type, "says": p.says, "default": p.default or None, "required": p.required}
            for p in query.parameters.values()
        ],
        "gives": "graph" if query.gives_graph else "table",
        "sparql": query.text,
    }


def openapi() -> dict[str, Any]:
    """The API in OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Answerable",
            "version": __version__,
            "summary": "Competency questions over law, doctrine, cases and what follows from them.",
            "description": "For research and triage; not legal advice.",
            "license": {"name": "CC BY 4.0 (data)", "url": "https://creativecommons.org/licenses/by/4.0/"},
        },
        "paths": {
            "/api/queries": {
                "get": {
                    "operationId": "list-queries",
                    "summary": "Every question, with its parameters and its SPARQL.",
                    "parameters": [
                        _parameter("search", "words that its name, theme or summary has", {"type": "string"})
                    ],
                    "responses": {"200": {"description": "the questions", "content": {"application/json": {}}}},
                }
            },
            **{f"/api/queries/{query.name}": {"get": _operation(query)} for query in catalogue()},
        },
    }


def _operation(query: Query) -> dict[str, Any]:
    formats = GRAPHS if query.gives_graph else ["application/json", *TABLES]
    problem = {"application/json": {"schema": {"type": "object", "properties": {"error": {"type": "string"}}}}}
    return {
        "operationId": query.name,
        "tags": [query.theme],
        "summary": query.summary,
        "parameters": [_of(parameter) for parameter in query.parameters.values()],
        "responses": {
            "200": {"description": "the answer", "content": {media: {} for media in formats}},
            "400": {"description": "an unknown or ill-written parameter", "content": problem},
            "406": {"description": "a format that it cannot be sent in", "content": problem},
            "503": {"description": "a limit was reached", "content": problem},
        },
    }


def _of(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if parameter.type == "day":
        schema["format"] = "date"
    elif parameter.type == "iri":
        schema["format"] = "uri"
    if parameter.default:
        schema["default"] = parameter.default
    says = parameter.says + (f" ({_KINDS[parameter.type]})" if parameter.type in _KINDS else "")
    return _parameter(parameter.name, says, schema, parameter.required)


def _parameter(name: str, says: str, schema: dict[str, Any], required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "description": says, "schema": schema}
