"""Commands of operators about users."""
