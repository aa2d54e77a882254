"""Tests of the demo material against its own answers."""
