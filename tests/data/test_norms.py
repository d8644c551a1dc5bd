"""Every norm that binds says where it stands, whom it binds, since when, and how well it was checked."""

from __future__ import annotations

import pytest

from answerable.engine import knowledge
from answerable.terms import TYPE, ans, is_iri

NORMS = sorted(n for n in knowledge().index.subjects(TYPE, ans("DeonticNorm")) if is_iri(n))


def test_there_are_norms() -> None:
    assert len(NORMS) > 100


@pytest.mark.parametrize("norm", NORMS, ids=lambda iri: iri[1:-1].rsplit("/", 1)[-1])
def test_norm(norm: str) -> None:
    base, node = knowledge(), norm
    for name in ("isPartOf", "hasProvision", "hasBearerRole", "hasApplicationPeriod", "hasStatement"):
        assert base.objects(node, name), f"{norm} lacks ans:{name}"
    assert len(base.objects(node, "hasVerification")) == 1
    assert all(is_iri(p) for p in base.objects(node, "hasProvision"))
    for period in base.objects(node, "hasApplicationPeriod"):
        for name in ("appliesFrom", "isKnownFrom", "covers", "isSetBy"):
            assert base.objects(period, name), f"{period} lacks ans:{name}"
