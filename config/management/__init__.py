"""Commands that need settings and wiring both."""
