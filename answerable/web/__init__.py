"""The graph over HTTP: a SPARQL endpoint, the questions of the house as an API, and a page to write queries in."""
