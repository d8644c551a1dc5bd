"""Which of the formats that can be sent a client would rather have (RFC 9110, section 12)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyoxigraph as ox

TABLES = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
"""Formats of a SELECT, the one that is sent to who does not care first."""
TRUTHS = {name: TABLES[name] for name in ("application/sparql-results+json", "application/sparql-results+xml")}
"""Formats of an ASK."""
GRAPHS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
}
"""Formats of a CONSTRUCT or DESCRIBE."""
ALIASES = {
    "application/json": "application/sparql-results+json",
    "application/xml": "application/sparql-results+xml",
    "text/xml": "application/sparql-results+xml",
    "text/plain": "text/csv",
}
"""What clients ask for who mean the format of SPARQL."""
GRAPH_ALIASES = {
    "application/json": "application/ld+json",
    "application/xml": "application/rdf+xml",
    "text/plain": "application/n-triples",
    "text/n3": "text/turtle",
}


def choose(accept: str, offers: Sequence[str]) -> str | None:
    """The offer that an Accept header prefers; the first for an empty one; nothing where none will do."""
    if not accept.strip():
        return offers[0]
    import mimeparse

    aliases = GRAPH_ALIASES if offers[0] == next(iter(GRAPHS)) else ALIASES
    also = {name: offer for name, offer in aliases.items() if offer in offers and name not in offers}
    try:
        # Of equals the last one wins.
        found: Any = mimeparse.best_match([*reversed(also), *reversed(offers)], accept)
    except mimeparse.MimeTypeParseException:
        return None
    return also.get(found, found) or None
