"""The query files that are sent to others: two parsers read them, and their examples are commands."""

from __future__ import annotations

import shlex

import pyoxigraph as ox
import pytest
from rdflib.plugins.sparql import prepareQuery

from answerable.links.asking import queries, without_header
from tests import commands

VALUES = {"iri": "http://example.org/a%28", "text": 'a "quoted" \\ text }'}


@pytest.mark.parametrize("name", queries())
def test_a_query_is_portable(name: str):
    query = queries()[name]
    text = without_header(query.bound({p.name: VALUES[p.type] for p in query.parameters.values()}))
    assert "#+" not in text and "VALUES" in text
    ox.Store().query(text)
    prepareQuery(text)


@pytest.mark.parametrize("name", queries())
def test_an_example_is_a_command_that_sends_this_query(name: str):
    program, *arguments = shlex.split(queries()[name].example)
    assert program == "answerable"
    printed = commands.run(*arguments, "--dry-run")
    last = [line for line in without_header(queries()[name].text).splitlines() if line.startswith("SELECT")]
    assert last[0] in printed


@pytest.mark.parametrize("name", queries())
def test_a_query_has_a_limit_and_scans_no_titles(name: str):
    lines = queries()[name].text.splitlines()
    assert lines[-1].startswith("LIMIT ")
    assert not [line for line in lines if "FILTER" in line and "title" in line]
    assert "MAX(" not in queries()[name].text and "ORDER BY" not in queries()[name].text


@pytest.mark.parametrize("name", [name for name in queries() if not name.startswith("wikidata")])
def test_what_is_not_to_be_shown_is_filtered(name: str):
    assert "cdm:do_not_index" in queries()[name].text
