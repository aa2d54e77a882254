"""Tests of legacy_compat."""
