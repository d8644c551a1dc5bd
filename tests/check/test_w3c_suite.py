"""The W3C SHACL suite, run as it is through the whole validator; which of the two engines judged is printed."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox
import pytest

from answerable.errors import InputError
from answerable.iris import SHACL
from answerable.shacl import Plan, Report, validate
from answerable.terms import read_triple

SUITE = Path(__file__).parents[3] / "shared" / "suites" / "w3c-shacl" / "tests"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
FAILURE = ox.NamedNode(f"{SHT}Failure")
KNOWN = {
    "sparql/node/prefixes-001": "pySHACL takes prefixes from its graph, not from sh:declare, and statements have none",
    "sparql/pre-binding/shapesGraph-001": "pySHACL does not support $shapesGraph",
}
"""What pySHACL, to which all SPARQL constraints go, does not do."""


class Case(NamedTuple):
    path: Path
    name: str
    data: Path
    shapes: Path
    result: Any


@cache
def triples(path: Path) -> tuple[ox.Triple, ...]:
    quads = ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=path.as_uri(), rename_blank_nodes=True)
    return tuple(quad.triple for quad in quads)


def values(path: Path, subject: Any, predicate: str) -> list[Any]:
    return [t.object for t in triples(path) if t.subject == subject and t.predicate.value == predicate]


def file_of(node: Any) -> Path:
    return Path(node.value.removeprefix("file://"))


def found(manifest: Path) -> list[Case]:
    cases = []
    for include in [t.object for t in triples(manifest) if t.predicate.value == f"{MF}include"]:
        cases += found(file_of(include))
    for test in [t.subject for t in triples(manifest) if t.predicate == TYPE and t.object.value == f"{SHT}Validate"]:
        (action,) = values(manifest, test, f"{MF}action")
        (data,), (shapes,) = (values(manifest, action, f"{SHT}{kind}Graph") for kind in ("data", "shapes"))
        (result,) = values(manifest, test, f"{MF}result")
        name = str(manifest.relative_to(SUITE).with_suffix(""))
        cases.append(Case(manifest, name, file_of(data), file_of(shapes), result))
    return cases


def cases(folder: str) -> list[Case]:
    manifest = SUITE / folder / "manifest.ttl"
    return found(manifest) if manifest.exists() else []


def expected(case: Case) -> Counter[tuple[str, ...]]:
    rows: Counter[tuple[str, ...]] = Counter()
    own = Plan(map(read_triple, triples(case.path)))
    for result in values(case.path, case.result, f"{SHACL}result"):

        def one(name: str, result: Any = result) -> Any:
            return next(iter(values(case.path, result, f"{SHACL}{name}")), None)

        path, value, shape = one("resultPath"), one("value"), one("sourceShape")
        rows[
            str(one("focusNode")),
            own.path(str(path)).text if path is not None else "",
            str(value) if value is not None else "",
            one("sourceConstraintComponent").value,
            shape.value if isinstance(shape, ox.NamedNode) else "",
            one("resultSeverity").value,
        ] += 1
    return rows


def rows(report: Report) -> Counter[tuple[str, ...]]:
    return Counter(
        (r.focus, r.path, r.value, r.component, "" if r.shape.startswith("_:") else r.shape, r.severity)
        for r in report.results
    )


def judged(case: Case, engine: Any = "auto") -> Report | None:
    data, shapes = (list(map(read_triple, triples(path))) for path in (case.data, case.shapes))
    try:
        return validate(data, shapes, engine)
    except InputError:
        return None


def check(case: Case) -> str:
    report = judged(case)
    if case.result == FAILURE:
        assert report is None, f"{case.name}: a failure is expected"
        return "failure, as expected"
    assert report is not None, f"{case.name}: it could not be run"
    assert rows(report) == expected(case), f"{case.name} by {report.engine}"
    assert report.conforms == (values(case.path, case.result, f"{SHACL}conforms")[0].value == "true")
    return report.engine + (f" ({report.why})" if report.why else "")


NO_SUITE = "the W3C suite is not beside this checkout"


@pytest.mark.skipif(not SUITE.exists(), reason=NO_SUITE)
def test_the_suite_is_all_there() -> None:
    assert len(cases("core")) > 90 and len(cases("sparql")) > 15


@pytest.mark.parametrize("case", cases("core"), ids=lambda case: case.name)
def test_core(case: Case, record_property: Any) -> None:
    way = check(case)
    record_property("engine", way)
    print(f"{case.name}: {way}")


@pytest.mark.parametrize("case", cases("sparql"), ids=lambda case: case.name)
def test_sparql(case: Case, request: pytest.FixtureRequest) -> None:
    if case.name in KNOWN:
        request.applymarker(pytest.mark.xfail(strict=True, reason=KNOWN[case.name]))
    print(f"{case.name}: {check(case)}")


@pytest.mark.skipif(not SUITE.exists(), reason=NO_SUITE)
def test_nearly_all_of_core_is_compiled(capsys: pytest.CaptureFixture[str]) -> None:
    ways = Counter(report.engine if (report := judged(case)) else "failure" for case in cases("core"))
    with capsys.disabled():
        print(f"\nW3C SHACL core: {dict(ways)}")
    assert ways["compiled"] > 0.9 * ways.total()
