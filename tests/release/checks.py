"""What a release must pass: sums, RO-Crate, and a wheel that works on its own. `make release` runs them on dist/.

The crate is held against what the specification says that it MUST: https://www.researchobject.org/ro-crate/specification/1.2/
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rdflib.namespace import SDO

from answerable import rooms

CASE = "moffatt-v-air-canada"
CONTEXT = "https://w3id.org/ro/crate/1.2/context"
PROFILE = "https://w3id.org/ro/crate/1.2"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}([+-]\d{2}:\d{2}|Z))?")


def wrong_sums(dist: Path) -> list[str]:
    """Files whose sum is absent, wrong, or of something that is not there."""
    said = dict(reversed(line.split("  ", 1)) for line in (dist / "SHA256SUMS").read_text().splitlines())
    there = {
        path.relative_to(dist).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in dist.rglob("*")
        if path.is_file() and path.name != "SHA256SUMS"
    }
    return sorted({name for name in said.keys() | there.keys() if said.get(name) != there.get(name)})


def wrong_crate(dist: Path) -> list[str]:
    """What the metadata break of the specification."""
    return list(_crate(json.loads((dist / "ro-crate-metadata.json").read_text()), dist))


def _crate(crate: dict[str, Any], dist: Path) -> Iterator[str]:
    if crate.get("@context") != CONTEXT:
        yield f"@context is {crate.get('@context')}"
    entities: dict[str, dict[str, Any]] = {entity.get("@id", ""): entity for entity in crate["@graph"]}
    if len(entities) != len(crate["@graph"]):
        yield "an @id is absent or used twice"
    for name, entity in entities.items():
        if not entity.get("@type"):
            yield f"{name} has no @type"
        yield from (f"{name}: {key} is unknown" for key in entity if not _known(key))
        for value in (v for values in entity.values() for v in (values if isinstance(values, list) else [values])):
            if isinstance(value, dict) and set(value) != {"@id"}:
                yield f"{name} holds an entity inside: {value}"
            if isinstance(value, dict) and value.get("@id") not in entities and value["@id"] != PROFILE:
                yield f"{name} names {value.get('@id')}, which is not described"
    descriptor, root = entities.get("ro-crate-metadata.json", {}), entities.get("./", {})
    if descriptor.get("@type") != "CreativeWork" or descriptor.get("about") != {"@id": "./"}:
        yield "the descriptor is no CreativeWork about the root"
    if descriptor.get("conformsTo") != {"@id": PROFILE}:
        yield f"the descriptor conforms to {descriptor.get('conformsTo')}"
    if root.get("@type") != "Dataset":
        yield "the root is no Dataset"
    yield from (
        f"the root has no {key}" for key in ("name", "description", "license", "datePublished") if key not in root
    )
    if not DAY.fullmatch(str(root.get("datePublished"))):
        yield f"datePublished is {root.get('datePublished')}"
    parts = {part["@id"] for part in root.get("hasPart", ())}
    files = {name for name, entity in entities.items() if entity.get("@type") in ("File", "Dataset")} - {"./"}
    yield from (f"{name} is not linked from the root" for name in files - parts)
    yield from (f"{name} is not there" for name in parts if not (dist / name).exists())
    own = {"ro-crate-metadata.json", "SHA256SUMS"}
    there = {path.name + ("/" if path.is_dir() else "") for path in dist.iterdir()} - own
    yield from (f"{name} is not described" for name in there - parts)
    for name in files:
        path, entity = dist / name, entities[name]
        if path.is_file() and (
            entity["contentSize"] != str(path.stat().st_size)
            or entity["sha256"] != hashlib.sha256(path.read_bytes()).hexdigest()
        ):
            yield f"{name} is of another size or sum"


def _known(key: str) -> bool:
    """Whether the context of RO-Crate defines a key: it takes in schema.org."""
    return key in ("@id", "@type", "conformsTo") or key in SDO


def installed(wheel: Path, folder: Path, *, dependencies: bool) -> str:
    """What `answerable assess` prints where the wheel is installed, outside the checkout.

    Without `dependencies` the packages of the running environment stand beside the wheel, so that nothing is fetched.
    """
    subprocess.run(
        [sys.executable, "-m", "venv", *([] if dependencies else ["--without-pip"]), str(folder)], check=True
    )
    python = str(folder / "bin" / "python")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    quiet = ["install", "--quiet", "--disable-pip-version-check"]
    if dependencies:
        constraints = ["--constraint", str(rooms.root() / "requirements.lock")]
        subprocess.run([python, "-m", "pip", *quiet, *constraints, str(wheel)], check=True, env=environment)
    else:
        site = next((folder / "lib").glob("python*/site-packages"))
        # Named in a .pth file, the other folder is searched, while its own .pth files, and so the checkout, are not.
        (site / "beside.pth").write_text(next(path for path in sys.path if path.endswith("site-packages")))
        command = [sys.executable, "-m", "pip", "--python", python, *quiet, "--no-deps", "--no-index", str(wheel)]
        subprocess.run(command, check=True, env=environment)
    find = "from answerable import rooms; print(rooms.room('data') / 'cases')"
    done = subprocess.run([python, "-c", find], cwd=folder, env=environment, capture_output=True, text=True, check=True)
    cases = Path(done.stdout.strip())
    assert cases.is_relative_to(folder.resolve()), f"the rooms come from {cases}"
    command = [str(folder / "bin" / "answerable"), "assess", str(cases / f"{CASE}.yaml"), "--format", "json"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True).stdout


def main(dist: Path) -> int:
    """Check a release and install its wheel anew; status 1 where something is wrong."""
    from tempfile import TemporaryDirectory

    problems = [*wrong_sums(dist), *wrong_crate(dist)]
    with TemporaryDirectory() as folder:
        text = installed(next(dist.glob("*.whl")).resolve(), Path(folder) / "venv", dependencies=True)
        problems += [] if json.loads(text)["case"] == CASE else ["the wheel assesses another case"]
    print("\n".join(problems) or "Sums, crate and wheel are right.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
