"""The catalogue: every unit has a page, every link leads somewhere, nothing is loaded from outside."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import html5rdf
import pytest

from answerable.catalogue import Site, build, main
from answerable.law import law

HREF = re.compile(r'\bhref="([^"]*)"')
LOADED = re.compile(
    r"<(?:script|img|iframe|object|embed|source|video|audio)\b[^>]*\bsrc=\"([^\"]*)\"|<link\b[^>]*\bhref=\"([^\"]*)\""
)
OUTSIDE = re.compile(r"(?:[a-z]+:)?//", re.IGNORECASE)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("catalogue")
    assert build(out) == len(list(out.rglob("*.html")))
    return out


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, str]:
    return {path: path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html"))}


def test_each_unit_and_term_has_a_page(site: Path, pages: dict[Path, str]) -> None:
    read = law()
    paths = Site(read, site).paths
    assert len(set(paths.values())) == len(paths)
    assert len({path.casefold() for path in paths.values()}) == len(paths)
    wanted = {*read.norms(), *read.members("Amendment"), *read.members("Role"), *read.members("LegalInstrument")}
    assert wanted | read.members("ApplicationPeriod") | read.members("DocumentationItem") <= paths.keys()
    for node, path in paths.items():
        assert f"<code>{read.id(node)}</code>" in pages[site / path].replace("&#39;", "'"), path
    assert {"HighRiskAISystem", "AIActDeployer"} <= {read.id(node) for node in paths}


def test_links_lead_somewhere(site: Path, pages: dict[Path, str]) -> None:
    ids = {path: set(re.findall(r'\bid="([^"]+)"', text)) for path, text in pages.items()}
    broken = set()
    for path, text in pages.items():
        for href in set(map(unescape, HREF.findall(text))):
            if OUTSIDE.match(href):
                continue
            target, _, fragment = href.partition("#")
            file = (path.parent / unquote(target)).resolve() if target else path
            if not file.is_file() or (fragment and fragment not in ids[file]):
                broken.add((str(path.relative_to(site)), href))
    assert broken == set()


def test_links_inside_are_relative(pages: dict[Path, str]) -> None:
    for text in pages.values():
        assert not [href for href in HREF.findall(text) if href.startswith(("/", "file:"))]


def test_nothing_is_loaded_from_outside(site: Path, pages: dict[Path, str]) -> None:
    for text in pages.values():
        loaded = [one or other for one, other in LOADED.findall(text)]
        assert loaded and not [url for url in loaded if OUTSIDE.match(url) or url.startswith("data:")]
    for asset in ("style.css", "search.js"):
        text = (site / asset).read_text(encoding="utf-8")
        assert not re.search(r"@import|url\(|https?:|fetch\(|XMLHttpRequest", text)


def test_each_page_has_a_language_a_title_one_h1_and_landmarks(pages: dict[Path, str]) -> None:
    titles = set()
    for path, text in pages.items():
        assert '<html lang="en">' in text, path
        (title,) = re.findall(r"<title>([^<]+)</title>", text)
        titles.add(title)
        levels = [int(level) for level in re.findall(r"<h([1-6])\b", text)]
        assert levels[0] == 1 and levels.count(1) == 1, path
        assert all(after <= before + 1 for before, after in pairwise(levels)), path
        assert all(text.count(f"<{name}") == 1 for name in ("main", "header", "footer")), path
        ids = re.findall(r'\bid="([^"]+)"', text)
        assert len(ids) == len(set(ids)), path
    assert len(titles) == len(pages)


def samples(pages: dict[Path, str]) -> Iterator[str]:
    """The page of each list, and a few of each folder."""
    seen: dict[Path, int] = {}
    for path, text in pages.items():
        seen[path.parent] = seen.get(path.parent, 0) + 1
        if seen[path.parent] <= 8 or path.stem in ("AIA_86_1", "AIA_5_1_a", "PEN_AIA_99_3", "ai-act"):
            yield text


def test_pages_are_valid_html(pages: dict[Path, str]) -> None:
    for text in samples(pages):
        html5rdf.HTMLParser(strict=True).parse(text)


def test_a_norm_links_to_its_classes_role_exceptions_and_back(site: Path, pages: dict[Path, str]) -> None:
    norm = pages[site / "norms" / "AIA_86_1.html"]
    for target in (
        "../classes/AnnexIIIHighRiskAISystem.html",
        "../roles/AIActDeployer.html",
        "../norms/AIA_86_1.other-law.html",
        "../periods/AD_5.html",
        "../instruments/ai-act.html",
        "../norms/PEN_AIA_99_1.html",
    ):
        assert f'href="{target}"' in norm
        assert 'href="../norms/AIA_86_1.html"' in pages[(site / "norms" / target).resolve()]
    assert "Ask the affected person:" in norm and "only if article-113-literal is answered yes" in norm
    assert "Verified primary" in norm


def test_a_class_page_says_what_it_means_and_who_answers(site: Path, pages: dict[Path, str]) -> None:
    page = pages[site / "classes" / "HighRiskAISystem.html"]
    for said in ("A credit scoring system", "Is the system high-risk under Article 6", "Who answers", "Kinds of it"):
        assert said in page


def test_the_search_knows_every_norm(site: Path, pages: dict[Path, str]) -> None:
    page = pages[site / "index.html"]
    (inline,) = re.findall(r'<script type="application/json" id="entries">(.*?)</script>', page, re.DOTALL)
    entries = json.loads(inline)
    assert len(entries) == len(law().norms()) == page.count("<tr>") - 1
    operators = [e for e in entries if "AIActOperator" in e["bearers"]]
    assert all("AIActDeployer" in e["bearers"] for e in operators)
    assert all(len(p) == 5 for e in entries for p in e["periods"])


def test_a_folder_that_cannot_be_written_ends_with_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "file"
    file.write_text("")
    assert main([str(file)]) == 2
    assert "a folder that can be written" in capsys.readouterr().err
