"""Tests of the move library."""
