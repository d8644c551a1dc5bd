"""Links to legal datasets of others: asked politely, kept on disk, and checked against a snapshot that is shipped."""

from __future__ import annotations

from answerable.links.client import Answer, Client, Service

__all__ = ["Answer", "Client", "Service"]
