"""Executors of jobs, by technology."""
