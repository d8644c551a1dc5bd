"""Model cards read as cases: metadata, sections by heading, facts of the value chain, and clear refusals."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from answerable.casefile import dump, parse
from answerable.cases import Artefact, Case
from answerable.check import check
from answerable.dossiers import items, profiles
from answerable.errors import InputError
from answerable.importers import model_card
from answerable.importers.source import Source

REAL = Path(__file__).parents[3] / "shared" / "datasets" / "model_cards"
DAY = date(2026, 1, 5)
WANTED = ("annex-iv", "annex-xi", "annex-xii")

needs_dossiers = pytest.mark.skipif(not set(WANTED) <= set(profiles()), reason="no shapes of Annexes IV, XI and XII")
needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="the cards are not beside the project")


CARD = """---
license: apache-2.0
language:
- de
base_model: big/base
base_model_relation: finetune
datasets: [town/letters, "a set that nobody can find"]
pipeline_tag: text-classification
library_name: transformers
co2_eq_emissions:
  emissions: 12
  hardware_used: 2 GPUs
model-index:
- name: letter-sorter
  results:
  - task: {type: text-classification}
    dataset: {name: Letters, type: town/letters}
    metrics:
    - {type: accuracy, value: 0.91}
---

# Model Card for Letter Sorter

Sorts letters.

```text
## Uses
no heading, this is code
```

<!--
## Training Data
no heading either
-->

## Model Details

- **Developed by:** [Sorting Systems GmbH](https://example.org)
- **Funded by [optional]:** A Foundation
- **Model type:** encoder
- **Repository:** https://example.org/sorter

## 1. Uses

### Direct Use

Sorting letters of a town hall.

### Out-of-Scope Use:

<!-- What it is not for. -->

## Bias, Risks, and Limitations

Poor with handwriting.

#### Handwriting

Half of the words are lost.

Training Details
================

### Training Data

[More Information Needed]

## Environmental Impact

- **Hardware Type:** 2 GPUs
- **Carbon Emitted:** 12 g

Emissions were counted.
"""


def read(folder: Path, text: str | bytes, *wanted: str) -> Case:
    path = folder / "card.md"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    (case,) = model_card.read(Source("model-card", path, wanted, DAY))
    return case


def at(words: str) -> str:
    """The line of the card in which these words stand first."""
    return f"L{next(n for n, line in enumerate(CARD.splitlines(), 1) if words in line)}"


def said(case: Case, item: str) -> dict[str, str]:
    """The words that answer an item, by their line."""
    return {
        str(entry.source).split("#")[1].split(",")[0]: entry.text
        for document in case.documents
        for entry in document.contains
        if entry.item == item and entry.text
    }


def silence(case: Case, item: str) -> str:
    (entry,) = (e for document in case.documents for e in document.contains if e.item == item)
    assert entry.text is None
    return str(entry.unknown)


def test_the_model_its_base_its_data_and_who_made_it(tmp_path: Path) -> None:
    case = read(tmp_path, CARD, *(name for name in WANTED if name in profiles()))
    assert (case.id, case.title) == ("card-letter-sorter", "Model card: Letter Sorter")
    found = {a.name: a for a in case.artefacts}
    assert list(found) == ["Letter Sorter", "big/base", "town/letters"]
    assert [a.type for a in case.artefacts] == ["AIModel", "AIModel", "Dataset"]
    model = found["Letter Sorter"]
    assert isinstance(model, Artefact)
    assert model.derived_from == (found["big/base"].id,) and model.trained_on == (found["town/letters"].id,)
    assert [(p.type, p.name) for p in case.parties] == [("Organisation", "Sorting Systems GmbH")]
    (event,) = case.events
    assert (event.type, event.by, event.of) == ("FineTuning", (case.parties[0].id,), (model.id,))
    assert found["big/base"].source == f"card.md#{at('base_model')}, read 2026-01-05"
    assert case.parties[0].source == f"card.md#{at('Developed by')}, read 2026-01-05"
    assert case.standing == "undisputed"
    assert [(d.type, d.of) for d in case.documents if d.id == "model-card"] == [("ModelCard", (model.id,))]


@pytest.mark.parametrize(
    ("relation", "kind"), [("adapter", "FineTuning"), ("merge", "Development"), ("quantized", "Development")]
)
def test_how_a_model_was_made_of_its_base(tmp_path: Path, relation: str, kind: str) -> None:
    case = read(tmp_path, CARD.replace("relation: finetune", f"relation: {relation}"))
    assert [event.type for event in case.events] == [kind]


@needs_dossiers
def test_metadata_and_sections_answer_items_with_their_lines(tmp_path: Path) -> None:
    case = read(tmp_path, CARD, "annex-xi")
    assert said(case, "AIA_AnxXI_1_1_a") == {
        at("pipeline_tag"): "text-classification",
        at("town hall"): "Sorting letters of a town hall.",
    }
    assert said(case, "AIA_AnxXI_1_1_d") == {at("encoder"): "encoder"}
    assert said(case, "AIA_AnxXI_1_1_f") == {at("license"): "apache-2.0"}
    assert said(case, "AIA_AnxXI_1_2_a") == {at("library_name"): "transformers"}
    assert said(case, "AIA_AnxXI_1_2_b") == {at("base_model"): "big/base (finetune)"}
    assert said(case, "AIA_AnxXI_2_1") == {at("model-index"): "text-classification on Letters: accuracy 0.91"}
    assert said(case, "AIA_AnxXI_1_2_d") == {at("co2_eq"): "2 GPUs", at("Hardware Type"): "2 GPUs"}


@needs_dossiers
def test_template_text_and_comments_are_passed_on_as_they_stand(tmp_path: Path) -> None:
    case = read(tmp_path, CARD, "annex-xi")
    assert said(case, "AIA_AnxXI_1_1_b") == {at("What it is not"): "<!-- What it is not for. -->"}
    assert said(case, "AIA_AnxXI_1_2_c")[at("[More Information")] == "[More Information Needed]"


@needs_dossiers
def test_what_the_card_is_silent_on_is_unknown(tmp_path: Path) -> None:
    case = read(tmp_path, CARD, "annex-xi")
    assert "environmental-impact" in silence(case, "AIA_AnxXI_1_2_e")  # emissions are not energy
    assert "no field" in silence(case, "AIA_AnxXI_2_3")
    told = read(tmp_path, CARD.replace("Emissions were counted", "It took 30 kWh"), "annex-xi")
    assert said(told, "AIA_AnxXI_1_2_e") == {at("Emissions were"): "It took 30 kWh."}


@needs_dossiers
def test_a_heading_that_nobody_knows_belongs_to_the_section_around_it(tmp_path: Path) -> None:
    case = read(tmp_path, CARD, "annex-iv")
    assert said(case, "AIA_AnxIV_3_i")[at("handwriting.")] == "Poor with handwriting.\n\n\nHalf of the words are lost."
    assert case.documents[1].type == "TechnicalDocumentation" and case.documents[1].of == ()


@needs_dossiers
def test_headings_are_matched_however_they_are_written(tmp_path: Path) -> None:
    for heading in (
        "## Direct Use",
        "###### **Direct use** [optional] ##",
        "Direct Use\n---",
        "# 2.1 Intended Use:",
        "## 🎯 Direct Use",
    ):
        case = read(tmp_path, f"# Model card: X\n\n{heading}\n\nFor letters.\n", "annex-xi")
        assert list(said(case, "AIA_AnxXI_1_1_a").values()) == ["For letters."], heading
    for label in ("**Intended use:** For letters.", "* __Intended Use__: For letters."):
        case = read(tmp_path, f"# Model card: X\n\n{label}\n", "annex-xi")
        assert list(said(case, "AIA_AnxXI_1_1_a").values()) == ["For letters."], label


@needs_dossiers
@pytest.mark.parametrize(
    "name", ["Mary Example", "Mary Example and Sorting Systems GmbH", "m-example", "Mary (Acme Inc)"]
)
def test_a_name_that_may_be_that_of_a_person_stays_in_the_card(tmp_path: Path, name: str) -> None:
    case = read(tmp_path, CARD.replace("[Sorting Systems GmbH](https://example.org)", name), *WANTED)
    assert [(p.type, p.name) for p in case.parties] == [("Party", "Developer")]
    assert name not in dump(case)
    assert "names the developer" in said(case, "AIA_AnxIV_1_a")[at("Developed by")]


def test_a_developer_that_is_a_placeholder_is_nobody(tmp_path: Path) -> None:
    case = read(tmp_path, CARD.replace("[Sorting Systems GmbH](https://example.org)", "[More Information Needed]"))
    assert case.parties == ()


@needs_dossiers
def test_a_licence_called_unknown_or_other_says_nothing(tmp_path: Path) -> None:
    for word in ("unknown", "other"):
        case = read(tmp_path, CARD.replace("license: apache-2.0", f"license: {word}"), "annex-xi")
        assert "license" in silence(case, "AIA_AnxXI_1_1_f")
    case = read(tmp_path, CARD.replace("license: apache-2.0", "license: other\nlicense_name: own"), "annex-xi")
    assert list(said(case, "AIA_AnxXI_1_1_f").values()) == ["own"]


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefg", "bcdefgh", strict=True)
)
REFUSED = {
    "metadata that are a list": ("---\n- a\n---\n# X\n", "2:1", "a list"),
    "metadata that are text": ("---\njust text\n---\n# X\n", "2:1", "text"),
    "metadata without end": ("---\nlicense: mit\n# X\n", "1:1", "do not end"),
    "a tag": ("---\nlicense: !!python/name:os.system x\n---\n# X\n", "2:10", "the tag"),
    "a bomb": (f"---\n{BOMB}---\n# X\n", "7:", "more than 500,000 values"),
    "a key twice": ("---\nlicense: mit\n\nlicense: mit\n---\n# X\n", "4:1", "license, a second time"),
    "broken YAML": ("---\nlicense: mit\ntags: [a\n---\n# X\n", "", ""),
    "base models that are maps": (
        "---\nlicense: mit\nbase_model: [{a: b}]\n---\n# X\n",
        "3:1 (base_model[0])",
        "a map",
    ),
    "datasets that are a map": ("---\ndatasets: {a: b}\n---\n# X\n", "2:1 (datasets)", "a map"),
    "too many datasets": (
        f"---\ndatasets: [{', '.join(f'd{n}' for n in range(300))}]\n---\n# X\n",
        "2:1",
        "300 entries",
    ),
    "the card of a dataset": ("# Dataset Card for Letters\n\nLetters.\n", "", "Dataset Card for Letters"),
    "metadata of a dataset": ("---\nlicense: mit\nsize_categories: [n<1K]\n---\n# X\n", "L3", "size_categories"),
    "no Markdown": ('{"a": 1}', "", "neither metadata nor a heading"),
    "nothing": ("", "", "neither metadata nor a heading"),
    "zero bytes": ("# X\n\n\0", "3:1", "bytes that are no text"),
    "no UTF-8": (b"# X\n\xff", "2:1", "bytes that are not text"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_card_is_refused_with_its_place(tmp_path: Path, name: str) -> None:
    text, place, found = REFUSED[name]
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    assert caught.value.place.startswith(place)
    assert found in caught.value.found
    assert caught.value.file.endswith("card.md")
    assert "a case" not in caught.value.expected


@needs_dossiers
def test_results_in_another_form_are_refused(tmp_path: Path) -> None:
    for broken, place in (
        ("model-index: {a: b}", "2:1 (model-index)"),
        ("model-index: [{results: [x]}]", "2:1 (model-index[0].results[0])"),
        ("model-index: [{results: [{task: x}]}]", "2:1 (model-index[0].results[0].task)"),
        ("co2_eq_emissions: {hardware_used: [x]}", "2:1 (co2_eq_emissions.hardware_used)"),
    ):
        with pytest.raises(InputError) as caught:
            read(tmp_path, f"---\n{broken}\n---\n# X\n", *WANTED)
        assert caught.value.place == place


def test_a_file_of_a_hundred_megabytes_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "card.md"
    with path.open("wb") as stream:
        stream.truncate(100_000_000)
    with pytest.raises(InputError, match="100,000,000 bytes"):
        model_card.read(Source("model-card", path))


def test_a_card_that_nobody_could_read_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="3,000,000 characters"):
        read(tmp_path, "# Usage\n\n" + "x" * 2_999_991)


def test_long_lines_of_markup_take_no_time(tmp_path: Path) -> None:
    for line in ("# " + " " * 500_000 + "x", "<!--->" * 200_000, "**" * 300_000, "[" * 300_000, "{{" * 300_000):
        assert read(tmp_path, f"# X\n{line}\n").artefacts[0].name == "X"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_changed_card_gives_a_case_or_a_clear_refusal(tmp_path: Path, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(CARD)))
    end = data.draw(st.integers(start, min(len(CARD), start + 40)))
    new = data.draw(st.text(st.sampled_from("-#:*`<!>[]{}&|\n\t\0 xé"), max_size=8))
    wanted = [name for name in WANTED if name in profiles()]
    try:
        case = read(tmp_path, CARD[:start] + new + CARD[end:], *wanted)
    except InputError as error:
        assert error.expected
    else:
        assert case.artefacts and parse(dump(case)) == case


# -- real cards


@needs_real
@needs_dossiers
def test_real_cards_answer_what_they_say() -> None:
    whisper = real("whisper_model-card.md")
    assert whisper.artefacts[0].name == "Whisper"
    assert list(said(whisper, "AIA_AnxXI_1_1_c")) == ["L27"]
    assert list(said(whisper, "AIA_AnxXI_1_2_c")) == ["L51"]
    assert silence(whisper, "AIA_AnxXI_1_2_e") and silence(whisper, "AIA_AnxXI_1_1_f")
    llama = real("llama4_MODEL_CARD.md")
    assert said(llama, "AIA_AnxXI_1_1_c") == {"L50": "April 5, 2025"}
    assert set(said(llama, "AIA_AnxXI_1_2_e")) == {"L74"}
    assert "L316" in said(llama, "AIA_AnxXI_2_2")
    index = real("sample_simple_model_index.md")
    assert said(index, "AIA_AnxXI_2_1")["L12"].splitlines() == [
        "image-classification on Beans: accuracy 0.9",
        "image-classification on Beans: f1 0.66",
    ]


@needs_real
@needs_dossiers
def test_a_real_card_without_metadata_leaves_all_unknown() -> None:
    case = real("sample_no_metadata.md")
    assert case.artefacts[0].name == "MyCoolModel"
    assert all(entry.unknown and not entry.text for document in case.documents for entry in document.contains)


@needs_real
@needs_dossiers
def test_the_template_is_read_and_holds_only_places() -> None:
    case = real("modelcard_template.md")
    assert case.parties == () and len(case.artefacts) == 1
    texts = [entry.text for document in case.documents for entry in document.contains if entry.text]
    assert len(texts) > 40
    assert all("More Information Needed" in t or t.startswith(("{{", "<!--")) for t in texts)


@needs_real
@needs_dossiers
def test_the_template_answers_nothing() -> None:
    rows = check(real("modelcard_template.md"), WANTED).completeness  # type: ignore[arg-type, unused-ignore]
    assert {row.status for row in rows if row.level == "must"} == {"missing", "unknown"}


@needs_real
@pytest.mark.parametrize(
    ("file", "found"), [("sample_invalid_card_data.md", "a list"), ("datasetcard_template.md", "Dataset Card")]
)
def test_real_files_that_are_no_card_are_refused(file: str, found: str) -> None:
    with pytest.raises(InputError) as caught:
        real(file)
    assert found in caught.value.found


@needs_real
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_changed_real_card_gives_a_case_or_a_clear_refusal(tmp_path: Path, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(sorted(REAL.glob("*.md")))).read_text(encoding="utf-8")
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 400)))
        text = text[:start] + data.draw(st.text(max_size=8)) + text[end:]
    try:
        case = read(tmp_path, text, *(name for name in WANTED if name in profiles()))
    except InputError as error:
        assert error.expected
    else:
        assert case.artefacts and parse(dump(case)) == case


def real(name: str) -> Case:
    (case,) = model_card.read(Source("model-card", REAL / name, [w for w in WANTED if w in profiles()], DAY))
    return case


def test_the_mapping_names_only_items_that_there_are() -> None:
    known = {item.id for item in items().values()}
    for profile, fields in Source("model-card", Path("none.md")).mapping.items():
        if profile in profiles():
            assert set(fields) <= known, profile


def test_every_field_of_the_mapping_can_be_found() -> None:
    wanted = {
        f for fields in Source("model-card", Path("x")).mapping.values() for names in fields.values() for f in names
    }
    loaded = model_card.settings("model-card")
    sections = {name for part in ("sections", "subsections", "labels") for name in loaded[part]}
    metadata = {"license", "datasets", "base_model", "pipeline_tag", "library_name", "model-index", "co2_eq_emissions"}
    assert {f for f in wanted if f not in sections and f.split(".")[0] not in metadata} == set()
