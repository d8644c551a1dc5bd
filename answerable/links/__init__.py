"""Links to legal datasets of others: asked politely, kept on disk, and checked against a snapshot that is shipped."""
