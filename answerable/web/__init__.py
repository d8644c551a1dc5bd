"""The graph over HTTP: a SPARQL endpoint, the questions of the house as an API, and a page to write queries in."""

PORT = 8000
MAX_ROWS = 500_000
"""Of an answer, unless the service is started with another number."""
MAX_MEGABYTES = 2000
"""Of memory for a query, likewise."""
