"""Every mistake gives one message: which file, where, what was found, what was expected."""

from pathlib import Path

import pytest

from answerable import casefile
from answerable.errors import InputError

FILES = sorted(Path(__file__).parent.glob("*.yaml"))


def refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        casefile.load(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "Traceback" not in message and "pydantic" not in message
    assert caught.value.__cause__ is None
    return message


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_message_names_place_and_remedy(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("#! ")
    needs = first.removeprefix("#! ").split(" | ")
    if "norm" in path.stem and not casefile.law_ids():
        pytest.fail("data/law holds no norm")
    message = refused(path)
    for part in needs:
        assert part in message


def test_the_collection_is_not_small() -> None:
    assert len(FILES) > 20


def test_several_mistakes_are_all_shown_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(
        "answerable: 1\nid: several\nevents:\n  - {id: b, type: Us}\n  - {id: c, type: Use, by: nobody}\n",
        encoding="utf-8",
    )
    message = refused(path)
    assert message.index(":4:") < message.index(":5:")


def test_huge_file(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as stream:
        stream.write(b"answerable: 1\nid: huge\n")
        stream.truncate(50_000_000)
    assert "50,000,000 bytes" in refused(path)


@pytest.mark.parametrize("raw", [b"\x89PNG\r\n\x1a\n\x00\x00", b"\xff\xfea\x00n\x00", b"answerable: 1\nid: \xe9\n"])
def test_binary_file(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "binary.yaml"
    path.write_bytes(raw)
    assert "UTF-8 text" in refused(path)


def test_control_characters(tmp_path: Path) -> None:
    path = tmp_path / "control.yaml"
    path.write_bytes(b"answerable: 1\nid: a\x00b\n")
    assert "expected: YAML" in refused(path)


def test_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.yaml"
    path.touch()
    assert "found:    nothing" in refused(path)


def test_deep_nesting(tmp_path: Path) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text("answerable: 1\nid: deep\nparties: " + "[" * 100_000, encoding="utf-8")
    assert "levels" in refused(path)


def test_missing_file_names_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "loan.yaml").touch()
    assert "did you mean loan.yaml?" in refused(tmp_path / "laon.yaml")


def test_folder(tmp_path: Path) -> None:
    assert "a folder" in refused(tmp_path)


def test_name_that_no_file_system_takes() -> None:
    with pytest.raises(InputError):
        casefile.load("a\0b")
    with pytest.raises(InputError):
        casefile.load("x" * 5000)


def test_mistake_without_lines_names_the_path_of_keys() -> None:
    with pytest.raises(InputError) as caught:
        casefile.from_data(
            {"answerable": 1, "id": "a", "harms": [{"id": "loss", "type": "EconomicLoss", "amount": 0.1}]}
        )
    assert caught.value.place == "harms[0].amount"
    assert "decimal" in caught.value.expected
