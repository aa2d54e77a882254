"""Tests of the web module."""
