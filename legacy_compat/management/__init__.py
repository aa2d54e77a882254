"""Commands of the legacy_compat package."""
