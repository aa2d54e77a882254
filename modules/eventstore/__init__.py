"""Event store and outbox on Django's own connection; knows no business words."""
