"""Turns outbox messages into deliveries."""
