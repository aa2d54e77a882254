"""What legacy_compat does to a database: additive things only."""
