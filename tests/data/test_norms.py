"""Every norm that binds says where it stands, whom it binds, since when, and how well it was checked."""

from __future__ import annotations

import pytest
from pyoxigraph import NamedNode

from answerable.engine import TYPE, knowledge
from answerable.iris import ANS

NORMS = sorted(
    {
        q.subject.value
        for q in knowledge().store.quads_for_pattern(None, TYPE, NamedNode(f"{ANS}DeonticNorm"), None)
        if isinstance(q.subject, NamedNode)
    }
)


def test_there_are_norms() -> None:
    assert len(NORMS) > 100


@pytest.mark.parametrize("norm", NORMS, ids=lambda iri: iri.rsplit("/", 1)[-1])
def test_norm(norm: str) -> None:
    base, node = knowledge(), NamedNode(norm)
    for name in ("isPartOf", "hasProvision", "hasBearerRole", "hasApplicationPeriod", "hasStatement"):
        assert base.objects(node, name), f"{norm} lacks ans:{name}"
    assert len(base.objects(node, "hasVerification")) == 1
    assert all(isinstance(p, NamedNode) for p in base.objects(node, "hasProvision"))
    for period in base.objects(node, "hasApplicationPeriod"):
        for name in ("appliesFrom", "isKnownFrom", "covers", "isSetBy"):
            assert base.objects(period, name), f"{period} lacks ans:{name}"
