"""Commands of the event store."""
