"""The API against its own description, as a client sees it."""
